import { type ReactNode, useEffect, useRef } from "react";

/** A page: its title, which is also the window's, and its content. */
export interface PageProps {
  readonly title: string;
  readonly children: ReactNode;
  /** Tables and lists need the whole width; forms and text do not. */
  readonly isWide?: boolean;
}

let isFirst = true;

/**
 * A page. After the first one, the title gets the focus, so that a screen reader tells that the page has changed. Another
 * title of the same page, such as that of a second step, gets it only if what had it is gone: choosing a language, or saving
 * a name that is the title, must not move the reader.
 */
export function Page({ title, children, isWide = false }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const isOther = document.title !== title;
    document.title = title;
    if (isOther && !isFirst && document.activeElement === document.body) heading.current?.focus();
  }, [title]);
  useEffect(() => {
    if (!isFirst) heading.current?.focus();
    isFirst = false;
  }, []);
  return (
    <div className={isWide ? "page wide" : "page"}>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </div>
  );
}
