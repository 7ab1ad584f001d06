import type { ReactNode } from "react";
import {
  FieldError,
  Input,
  Label,
  Text as Note,
  TextArea,
  TextField,
  type TextFieldProps,
} from "react-aria-components";
import { useText } from "../text/language.ts";
import { useFieldError } from "./form-errors.ts";

/** A text field with its label. Its name is the property that it changes, such as `name.first`. */
export interface FieldProps extends Omit<TextFieldProps, "children" | "className"> {
  readonly label: string;
  /** What to enter, where the label does not say it. */
  readonly hint?: ReactNode;
  /** Several lines instead of one. */
  readonly lines?: number;
  /** Stands behind the input, such as a button. */
  readonly after?: ReactNode;
  readonly placeholder?: string;
  /** For dates: the last one that can be chosen. */
  readonly max?: string;
}

/** A text field with label, hint and error. */
export function Field({ label, hint, lines, after, placeholder, max, onChange, ...props }: FieldProps) {
  const { common } = useText();
  const { error, clear } = useFieldError(props.name);
  const input = { ...(placeholder && { placeholder }), ...(max && { max }) };
  return (
    <TextField
      {...props}
      className="field"
      validationBehavior="aria"
      isInvalid={error !== undefined}
      onChange={(value) => {
        clear();
        onChange?.(value);
      }}
    >
      <Label>
        {label}
        {!props.isRequired && !props.isReadOnly && <span className="optional"> ({common.optional})</span>}
      </Label>
      <span className="control">
        {lines ? <TextArea rows={lines} {...input} /> : <Input {...input} />}
        {after}
      </span>
      {hint && <Note slot="description">{hint}</Note>}
      <FieldError>{error}</FieldError>
    </TextField>
  );
}
