import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { useText } from "../text/language.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Form, type FormProps } from "./form.tsx";

/** A question that stands before something that cannot be undone. */
export interface ConfirmProps extends Pick<FormProps, "send" | "submit" | "check" | "explain" | "explainFields"> {
  readonly title: string;
  readonly kind?: FormProps["kind"];
  /** Called when it is answered, either way. */
  readonly onClose: () => void;
  /** Gets the focus when it was done, where the button that asked is gone then. Without it that button gets the focus. */
  readonly focusAfter?: RefObject<HTMLElement | null>;
  readonly children: ReactNode;
}

/** Asks before something is done, and does it. If that fails, the question stays and says why. Shown as long as it is asked. */
export function Confirm({ title, kind = "danger", send, onClose, focusAfter, children, ...form }: ConfirmProps) {
  const { common } = useText();
  const isDone = useRef(false);
  const [asker] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // The window gives the focus back when it has closed, before the next frame is painted. It does not always do so when
      // the page around it changes at the same time.
      setTimeout(() => {
        if (isDone.current && focusAfter) focusAfter.current?.focus();
        else if (document.activeElement === document.body && asker instanceof HTMLElement) asker.focus();
      });
    },
    [focusAfter, asker],
  );
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <Form
        {...form}
        kind={kind}
        send={async (values) => {
          await send(values);
          isDone.current = true;
          onClose();
        }}
        beside={
          <Button kind="quiet" onPress={onClose}>
            {common.cancel}
          </Button>
        }
      >
        {children}
      </Form>
    </Dialog>
  );
}
