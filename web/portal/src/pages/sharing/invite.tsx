import { Fragment, useState } from "react";
import { isFailure } from "../../../../../client/src/client.ts";
import { Card } from "../../kit/card.tsx";
import { Field } from "../../kit/field.tsx";
import { Form, type Values } from "../../kit/form.tsx";
import { call } from "../../portal.ts";
import type { Text } from "../../text/en.ts";
import { useText } from "../../text/language.ts";
import { AccessChoice, accessOf } from "./access.tsx";

/** Invites somebody to see or manage the holder's account. */
export function Invite({ onSent }: { readonly onSent: () => void }) {
  const { connections } = useText();
  // The fields are empty again after each invitation.
  const [{ round, invited }, setSent] = useState({ round: 0, invited: "" });

  async function send(values: Values): Promise<void> {
    const { email = "", message = "" } = values;
    const target = { email, access: accessOf(values), ...(message.trim() && { message }) };
    const { data } = await call((portal) => portal.connectionCreate({ id: "me", body: { targets: [target] } }));
    setSent({ round: round + 1, invited: data[0]?.target.email ?? email });
    onSent();
  }

  return (
    <Card title={connections.inviteTitle}>
      <Form
        send={send}
        submit={connections.invite}
        done={connections.invited(invited)}
        explain={explain}
        explainFields={explainFields}
      >
        <Fragment key={round}>
          <Field label={connections.email} name="email" type="email" autoComplete="off" isRequired />
          <AccessChoice />
          <Field label={connections.message} name="message" lines={3} hint={connections.messageHint} />
        </Fragment>
      </Form>
    </Card>
  );
}

/** The sentence for an invitation that was refused. */
export function explain(error: unknown, { connections, faults }: Text): string | undefined {
  if (!isFailure(error)) return undefined;
  if (error.code === "kExists") return faults.checkFields;
  return error.code === "kInvalidArgument" && /at most 200/.test(error.message) ? connections.full : undefined;
}

function explainFields(error: unknown, { connections }: Text): Record<string, string> {
  if (!isFailure(error)) return {};
  const sentences: Record<string, string> = {};
  for (const { path, message, code } of error.faults) {
    if (path.endsWith(".message")) sentences.message = connections.messageTooLong;
    if (code === "kExists")
      sentences.email = /account itself/.test(message) ? connections.ownAddress : connections.connected;
  }
  return sentences;
}
