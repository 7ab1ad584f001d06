import { Fragment, useState } from "react";
import { isFailure } from "../../../../../client/src/client.ts";
import { Card } from "../../kit/card.tsx";
import { Form, type Values } from "../../kit/form.tsx";
import { NewPassword } from "../../kit/new-password.tsx";
import { PasswordField } from "../../kit/password-field.tsx";
import { call } from "../../portal.ts";
import { useSession } from "../../session.ts";
import type { Text } from "../../text/en.ts";
import { useText } from "../../text/language.ts";

/** Changes the holder's own password. */
export function PasswordSection({ onChanged }: { readonly onChanged: () => void }) {
  const text = useText();
  const { security } = text;
  const session = useSession();
  const account = session.state === "in" ? session.account : undefined;
  const [round, setRound] = useState(0);

  async function send({ current = "", password = "" }: Values): Promise<void> {
    await call((portal) => portal.accountUpdatePassword({ current, password }));
    setRound((before) => before + 1);
    onChanged();
  }

  return (
    <Card title={security.passwordTitle}>
      <Form
        send={send}
        submit={security.change}
        done={security.changed}
        explain={explainPassword}
        explainFields={(error, text) => explainPasswordField(error, text, "current")}
      >
        <p>{security.passwordText}</p>
        {/* Password managers learn from it whose password this is. */}
        <input hidden readOnly autoComplete="username" value={account?.email ?? ""} />
        <Fragment key={round}>
          <PasswordField label={security.current} name="current" autoComplete="current-password" isRequired />
          <NewPassword label={security.newPassword} {...(account && { chooser: account })} />
        </Fragment>
      </Form>
    </Card>
  );
}

/** The sentence for a call that asks for the holder's own password. */
export function explainPassword(error: unknown, { security, faults }: Text): string | undefined {
  if (!isFailure(error)) return undefined;
  if (error.code === "kAccountLocked") return security.locked;
  return error.code === "kInvalidCredentials" ? faults.checkFields : undefined;
}

/** The sentence for the field with the holder's own password, if it is wrong. @param field its name */
export const explainPasswordField = (error: unknown, { security }: Text, field: string): Record<string, string> =>
  isFailure(error) && error.code === "kInvalidCredentials" ? { [field]: security.wrongPassword } : {};
