import { useState } from "react";
import { Button } from "react-aria-components";
import { useText } from "../text/language.ts";
import { Field, type FieldProps } from "./field.tsx";

/** A password, which can be shown while it is typed. */
export function PasswordField(props: Omit<FieldProps, "type" | "after">) {
  const { common } = useText();
  const [isShown, setShown] = useState(false);
  return (
    <Field
      {...props}
      type={isShown ? "text" : "password"}
      spellCheck="false"
      after={
        // Its name says what it does. A state as well would be read as "Hide, pressed".
        <Button
          className="inside"
          onPress={() => setShown(!isShown)}
          aria-label={isShown ? common.hidePasswordLong : common.showPasswordLong}
        >
          {isShown ? common.hidePassword : common.showPassword}
        </Button>
      }
    />
  );
}
