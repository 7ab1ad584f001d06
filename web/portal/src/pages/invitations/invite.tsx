import { useDeferredValue, useState } from "react";
import { sentenceOf } from "../../faults.ts";
import { Button } from "../../kit/button.tsx";
import { Field } from "../../kit/field.tsx";
import { Form, type Values } from "../../kit/form.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Select } from "../../kit/select.tsx";
import type { Text } from "../../text/en.ts";
import { useText } from "../../text/language.ts";
import { roleOptions } from "../people/words.ts";
import { MarkedAddresses } from "./marked-addresses.tsx";
import { type Address, readAddresses } from "./read-addresses.ts";
import { type Fate, type Fates, type Invitation, sendInvitations } from "./send-invitations.ts";

/** Characters that a message may have. */
const messageMax = 500;

/** Invites one person or many. What was understood is shown before anything is sent. */
export function Invite({ onSent }: { readonly onSent: () => void }) {
  const text = useText();
  const { invitations } = text;
  const [entered, setEntered] = useState("");
  const addresses = readAddresses(useDeferredValue(entered));
  const good = addresses.filter(({ kind }) => kind === "good");
  const sending = useInvitations(onSent);

  async function send({ addresses = "", role, message }: Values): Promise<void> {
    const targets = readAddresses(addresses)
      .filter(({ kind }) => kind === "good")
      .map(({ email }) => invitationTo(email, role, message));
    // What could not be sent is listed below, and can be sent from there.
    setEntered("");
    await sending.send(targets);
  }
  return (
    <section className="card">
      <h2>{invitations.invite}</h2>
      <p>{invitations.inviteText}</p>
      <Form send={send} check={check} submit={invitations.submit(good.length)}>
        <Field
          name="addresses"
          label={invitations.addresses}
          hint={invitations.addressesHint}
          lines={4}
          value={entered}
          onChange={setEntered}
          spellCheck="false"
          isRequired
        />
        <Understood addresses={addresses} good={good.length} />
        <RoleAndMessage />
      </Form>
      <Outcome {...sending} />
    </section>
  );
}

/** An invitation of one address. */
export const invitationTo = (email: string, role: string | undefined, message: string | undefined): Invitation => ({
  email,
  ...(role && { roles: [role] }),
  ...(message?.trim() && { message: message.trim() }),
});

/** What is wrong with a message, if anything. */
export const checkMessage = ({ message = "" }: Values, { invitations }: Text): Record<string, string> =>
  [...message].length > messageMax ? { message: invitations.tooLong } : {};

const check = (values: Values, text: Text): Record<string, string> => ({
  ...checkMessage(values, text),
  ...(readAddresses(values.addresses ?? "").some(({ kind }) => kind === "good")
    ? {}
    : { addresses: text.invitations.nobody }),
});

/** The role that invited people get, and words of one's own. */
export function RoleAndMessage() {
  const text = useText();
  const { invitations } = text;
  return (
    <>
      <Select
        name="role"
        label={invitations.role}
        hint={invitations.roleHint}
        options={roleOptions(invitations.noRole, text)}
      />
      <Field name="message" label={invitations.message} hint={invitations.messageHint} lines={3} />
    </>
  );
}

/** Shows what was understood, once there is more than one plain address. */
function Understood({ addresses, good }: { readonly addresses: readonly Address[]; readonly good: number }) {
  const { invitations } = useText();
  const isPlain = addresses.length < 2 && addresses.every(({ entered, email }) => entered === email);
  if (isPlain) return null;
  return (
    <div>
      <h3 className="addresses-title">{invitations.understood}</h3>
      <p role="status">{invitations.count(good)}</p>
      <MarkedAddresses
        addresses={addresses.map(({ entered, email, kind }) => ({
          address: kind === "bad" ? entered : email,
          words: invitations[kind],
          kind: kinds[kind],
        }))}
      />
    </div>
  );
}

const kinds = { good: "good", duplicate: "warn", bad: "bad" } as const;

/** The invitations that are being sent, and what has come of each. */
function useInvitations(onSent: () => void) {
  const text = useText();
  const [all, setAll] = useState<readonly Invitation[]>([]);
  const [fates, setFates] = useState<Fates>({});
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function sendSome(targets: readonly Invitation[]): Promise<void> {
    setPending(true);
    setProblem(undefined);
    try {
      await sendInvitations(targets, (some) => setFates((before) => ({ ...before, ...some })));
    } catch (error) {
      setProblem(sentenceOf(error, text));
    } finally {
      setPending(false);
      onSent();
    }
  }
  const fateOf = ({ email }: Invitation): Fate => fates[email] ?? "notSent";
  return {
    all,
    fateOf,
    isPending,
    problem,
    send: (targets: readonly Invitation[]) => {
      setAll(targets);
      setFates({});
      return sendSome(targets);
    },
    sendRest: () => sendSome(all.filter((each) => fateOf(each) === "notSent")),
  };
}

/** What came of each invitation, and a way to send those that could not be sent. */
function Outcome({ all, fateOf, isPending, problem, sendRest }: ReturnType<typeof useInvitations>) {
  const { invitations } = useText();
  if (all.length === 0) return null;
  const countOf = (fate: Fate) => all.filter((each) => fateOf(each) === fate).length;
  const sent = countOf("sent");
  return (
    <div className="part">
      <h3>{invitations.outcome}</h3>
      {isPending && <p role="status">{invitations.progress(all.length - countOf("notSent"), all.length)}</p>}
      {problem && <Notice kind="problem">{problem}</Notice>}
      {!isPending && (
        <Notice kind={sent === all.length ? "done" : "hint"}>{invitations.outcomeCount(sent, all.length)}</Notice>
      )}
      <MarkedAddresses
        addresses={all.map((each) => ({
          address: each.email,
          words: invitations[fateOf(each)],
          kind: fateKinds[fateOf(each)],
        }))}
      />
      {!isPending && countOf("notSent") > 0 && (
        <Button kind="secondary" onPress={() => void sendRest()}>
          {invitations.sendRest}
        </Button>
      )}
    </div>
  );
}

const fateKinds = { sent: "good", hasAccount: "warn", refused: "bad", notSent: "warn" } as const;
