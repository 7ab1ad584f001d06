import { type ReactNode, useState } from "react";
import { Button, type ButtonProps } from "../../kit/button.tsx";
import { Confirm, type ConfirmProps } from "../../kit/confirm.tsx";
import { Notice } from "../../kit/notice.tsx";

/** Something that is done after a question. */
export interface AskedProps extends Omit<ConfirmProps, "onClose" | "submit" | "kind" | "children"> {
  /** The name of the button that asks, and of the one that does it. */
  readonly name: string;
  /** Says more than the name where several buttons have the same one. */
  readonly longName?: string;
  readonly kind?: ButtonProps["kind"];
  /** What happens then. */
  readonly text: ReactNode;
  readonly isDanger?: boolean;
  /** What is said when it is done. */
  readonly done?: ReactNode;
  /** Fields, if something must be entered. */
  readonly children?: ReactNode;
}

/** A button that asks in a window above the page, does something, and says that it is done. */
export function Asked({ name, longName, kind = "secondary", text, isDanger, done, children, ...confirm }: AskedProps) {
  const [isOpen, setOpen] = useState(false);
  const [said, setSaid] = useState<ReactNode>();
  return (
    <>
      <Button
        kind={kind}
        {...(longName && { "aria-label": longName })}
        onPress={() => {
          setSaid(undefined);
          setOpen(true);
        }}
      >
        {name}
      </Button>
      {said && <Notice kind="done">{said}</Notice>}
      {isOpen && (
        <Confirm
          {...confirm}
          submit={name}
          kind={isDanger ? "danger" : "primary"}
          send={async (values) => {
            await confirm.send(values);
            setSaid(done);
          }}
          onClose={() => setOpen(false)}
        >
          <p>{text}</p>
          {children}
        </Confirm>
      )}
    </>
  );
}
