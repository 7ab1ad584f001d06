import { type ReactNode, type RefObject, useId } from "react";

/** A part of a page, with a heading of its own. */
export interface CardProps {
  readonly title: string;
  /** The heading, which gets the focus when what had it before is gone. */
  readonly heading?: RefObject<HTMLHeadingElement | null>;
  readonly children: ReactNode;
}

/** A part of a page in a box of its own. */
export function Card({ title, heading, children }: CardProps) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {children}
    </section>
  );
}
