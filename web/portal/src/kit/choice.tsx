import type { ReactNode } from "react";
import { Checkbox, type CheckboxProps } from "react-aria-components";

/** A box to tick. */
export interface ChoiceProps extends Omit<CheckboxProps, "children" | "className"> {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
}

/** A box to tick, with its label and a hint below it. */
export const Choice = ({ label, hint, ...props }: ChoiceProps) => (
  <Checkbox {...props} className="choice">
    <span className="box" aria-hidden="true" />
    <span>
      {label}
      {hint && <small>{hint}</small>}
    </span>
  </Checkbox>
);
