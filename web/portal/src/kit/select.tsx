import { useId } from "react";
import { useFieldError } from "./form-errors.ts";

/** One of several values, by the browser's own list: it works with every keyboard, phone and screen reader. */
export interface SelectProps {
  readonly label: string;
  readonly name?: string;
  readonly hint?: string;
  /** Values with their names, in this order. */
  readonly options: readonly (readonly [value: string, name: string])[];
  readonly defaultValue?: string;
  readonly value?: string;
  readonly onChange?: (value: string) => void;
  readonly isDisabled?: boolean;
}

/** A list from which one value is chosen, with its label. */
export function Select({ label, name, hint, options, onChange, isDisabled, ...values }: SelectProps) {
  const { error, clear } = useFieldError(name);
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <span className="control">
        <select
          {...values}
          id={id}
          name={name}
          disabled={isDisabled}
          aria-invalid={error ? true : undefined}
          aria-describedby={`${id}-note`}
          onChange={(event) => {
            clear();
            onChange?.(event.target.value);
          }}
        >
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </span>
      <span id={`${id}-note`} className={error ? "error" : "hint"}>
        {error ?? hint}
      </span>
    </div>
  );
}
