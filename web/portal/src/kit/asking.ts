import { type RefObject, useRef, useState } from "react";

/** What a window that asks gets from the list from which it was opened. */
export interface AskedProps {
  /** Gets the focus when it was done. */
  readonly focusAfter: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
  /** Called with what was done, in words. */
  readonly onDone: (say: string) => void;
}

/** A list in which something can be done with an entry, after a question. */
interface Asking<Asked> {
  /** Of the list's title, which gets the focus afterwards: the entry may be gone. */
  readonly heading: RefObject<HTMLHeadingElement | null>;
  /** What is asked about now. */
  readonly asked: Asked | undefined;
  readonly ask: (about: Asked) => void;
  /** What was done last, in words. */
  readonly said: string;
  readonly props: AskedProps;
}

/**
 * The state of a list in which something can be done with an entry, after a question.
 * @param onChanged is called when something was done
 */
export function useAsking<Asked>(onChanged: () => void): Asking<Asked> {
  const heading = useRef<HTMLHeadingElement>(null);
  const [asked, setAsked] = useState<Asked>();
  const [said, setSaid] = useState("");
  const onDone = (say: string) => {
    setSaid(say);
    onChanged();
  };
  const ask = (about: Asked) => setAsked(() => about);
  return { heading, asked, ask, said, props: { focusAfter: heading, onClose: () => setAsked(undefined), onDone } };
}
