import { useState } from "react";
import { useLocation } from "wouter";
import { isFailure } from "../../../../../client/src/client.ts";
import { Button } from "../../kit/button.tsx";
import { Card } from "../../kit/card.tsx";
import { Confirm } from "../../kit/confirm.tsx";
import { Facts } from "../../kit/facts.tsx";
import type { Values } from "../../kit/form.tsx";
import { PasswordField } from "../../kit/password-field.tsx";
import { Time } from "../../kit/time.tsx";
import { call } from "../../portal.ts";
import { noteSignedOut, useSession } from "../../session.ts";
import type { Text } from "../../text/en.ts";
import { useText } from "../../text/language.ts";

/** Since when the account exists, when it was last changed, and how to delete it. */
export function About() {
  const { account } = useText();
  const session = useSession();
  const { created, updated } = session.state === "in" ? session.account : {};
  return (
    <Card title={account.about}>
      <Facts
        facts={[
          ...(created ? [[account.created, <Time key="created" at={created} />] as const] : []),
          ...(updated ? [[account.updated, <Time key="updated" at={updated} />] as const] : []),
        ]}
      />
      <Deletion />
    </Card>
  );
}

function Deletion() {
  const { account, common } = useText();
  const [isAsking, setAsking] = useState(false);
  const [, navigate] = useLocation();

  async function erase({ password = "" }: Values): Promise<void> {
    await call((portal) => portal.accountDelete({ id: "me", body: { password } }));
    // First to the page for everybody, because pages inside lead to the one for signing in.
    navigate("/deleted", { replace: true });
    noteSignedOut();
  }

  return (
    <>
      <Button kind="danger" onPress={() => setAsking(true)}>
        {account.delete}
      </Button>
      {isAsking && (
        <Confirm
          title={account.deleteTitle}
          submit={account.deleteNow}
          send={erase}
          onClose={() => setAsking(false)}
          explain={explain}
          explainFields={explainFields}
        >
          <p>{account.deleteText}</p>
          <p>{account.deleteStays}</p>
          <PasswordField label={common.password} name="password" autoComplete="current-password" isRequired autoFocus />
        </Confirm>
      )}
    </>
  );
}

function explain(error: unknown, { account }: Text): string | undefined {
  if (!isFailure(error, "AccountDelete")) return undefined;
  if (error.code === "kInvalidCredentials") return account.deleteWrong;
  return error.code === "kAccountLocked" ? account.deleteLocked : undefined;
}

const explainFields = (error: unknown, { account }: Text): Record<string, string> =>
  isFailure(error, "AccountDelete") && error.code === "kInvalidCredentials" ? { password: account.passwordWrong } : {};
