import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";
import { isSecondClick } from "./double-click.ts";

/** A button. `primary` is what the page is for; `danger` destroys something. */
export interface ButtonProps extends Omit<AriaButtonProps, "className" | "isPending"> {
  readonly kind?: "primary" | "secondary" | "danger" | "quiet";
  /** While something that was begun is still running: the button keeps the focus, and does nothing. */
  readonly isPending?: boolean;
}

/** A button that begins one thing at a time. */
export const Button = ({ kind = "primary", isPending = false, onPress = () => {}, ...props }: ButtonProps) => (
  <AriaButton
    {...props}
    {...(isPending && { "aria-disabled": true })}
    className={isPending ? `button ${kind} pending` : `button ${kind}`}
    onPress={(event) => {
      if (!isPending && !isSecondClick()) onPress(event);
    }}
  />
);
