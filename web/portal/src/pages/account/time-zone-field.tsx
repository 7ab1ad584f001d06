import { useId, useMemo, useState } from "react";
import { useFieldError } from "../../kit/form-errors.ts";
import { useLanguage, useText } from "../../text/language.ts";
import { titleOf, zoneFrom, zonesWith } from "./time-zones.ts";

/** Properties of `TimeZoneField`. Its value is a name of the IANA database, or empty; or what was typed, if it is no zone. */
export interface TimeZoneFieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/**
 * A time zone, chosen from all that there are by the browser's own list of suggestions. Any part of its name finds it: a
 * city, an area, `Eastern`.
 */
export function TimeZoneField({ name, label, hint, value, onChange }: TimeZoneFieldProps) {
  const { common } = useText();
  const { error, clear } = useFieldError(name);
  const language = useLanguage();
  const zones = useMemo(() => zonesWith(value, language), [value, language]);
  const [typed, setTyped] = useState("");
  const id = useId();
  // The value may have changed elsewhere, such as by saving.
  const shown = zoneFrom(typed, zones) === value ? typed : titleOf(value, language);
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} <span className="optional">({common.optional})</span>
      </label>
      <span className="control">
        <input
          id={id}
          name={name}
          list={`${id}-zones`}
          value={shown}
          autoComplete="off"
          aria-invalid={error ? true : undefined}
          aria-describedby={`${id}-note`}
          onFocus={({ target }) => target.select()}
          onBlur={() => setTyped(titleOf(value, language))}
          onChange={({ target }) => {
            clear();
            setTyped(target.value);
            onChange(zoneFrom(target.value, zones));
          }}
        />
      </span>
      <datalist id={`${id}-zones`}>
        {zones.map((zone) => (
          <option key={zone.id} value={zone.title} />
        ))}
      </datalist>
      <span id={`${id}-note`} className={error ? "error" : "hint"}>
        {error ?? hint}
      </span>
    </div>
  );
}
