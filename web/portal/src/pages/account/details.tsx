import { useState } from "react";
import { type Account, isFailure } from "../../../../../client/src/client.ts";
import { Button } from "../../kit/button.tsx";
import { Card } from "../../kit/card.tsx";
import { Field } from "../../kit/field.tsx";
import { Form } from "../../kit/form.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Select } from "../../kit/select.tsx";
import { call } from "../../portal.ts";
import { noteAccount } from "../../session.ts";
import { signOut } from "../../sign-out.ts";
import type { Text } from "../../text/en.ts";
import { useLanguage, useText } from "../../text/language.ts";
import { changedFields, changeOf, draftAfterSave, draftOf, type FieldName } from "./draft.ts";
import { TimeZoneField } from "./time-zone-field.tsx";

/** The last day that has begun anywhere on earth, where clocks are 14 hours ahead of UTC. */
const latestDay = (): string => new Date(Date.now() + 14 * 3_600_000).toISOString().slice(0, 10);

/**
 * Name, phone number, birth date, gender and time zone. Only what was changed here is sent, so that a change that was made
 * elsewhere in the meantime stays.
 */
export function Details({ initial }: { readonly initial: Account }) {
  const text = useText();
  const { account, common } = text;
  const language = useLanguage();
  const [stored, setStored] = useState(() => draftOf(initial));
  const [draft, setDraft] = useState(stored);
  const [isTooOld, setTooOld] = useState(false);
  const [saved, setSaved] = useState<readonly FieldName[]>([]);
  const bind = (name: FieldName) => ({
    name,
    label: account.fields[name],
    value: draft[name],
    onChange: (value: string) => setDraft((before) => ({ ...before, [name]: value })),
  });

  async function save(): Promise<void> {
    const changed = changedFields(stored, draft);
    setSaved(changed);
    if (changed.length === 0) return;
    setTooOld(false);
    const after = await call((portal) => portal.accountPatch({ id: "me", body: changeOf(draft, changed) })).catch(
      (error: unknown) => {
        setTooOld(isSessionTooOld(error));
        throw error;
      },
    );
    noteAccount(after);
    setStored(draftOf(after));
    setDraft((typed) => draftAfterSave(draftOf(after), typed, draft));
  }

  return (
    <Card title={account.details}>
      <Form
        send={save}
        submit={common.save}
        explain={explain}
        explainFields={explainFields}
        done={savedSentence(saved, text, language)}
      >
        <p className="fixed">
          <span>{common.email}</span> {initial.email}
          <small>{account.emailFixed}</small>
        </p>
        <div className="fields">
          <Field {...bind("name.prefix")} autoComplete="honorific-prefix" />
          <Field {...bind("name.first")} autoComplete="given-name" isRequired />
          <Field {...bind("name.middle")} autoComplete="additional-name" />
          <Field {...bind("name.last")} autoComplete="family-name" isRequired />
          <Field {...bind("name.suffix")} autoComplete="honorific-suffix" />
        </div>
        <Field {...bind("mobile")} type="tel" autoComplete="tel" hint={account.mobileHint} isRequired />
        {isTooOld && <SignInAgain />}
        <div className="fields">
          <Field {...bind("dob")} type="date" autoComplete="bday" max={latestDay()} />
          <Select {...bind("gender")} options={genders(text)} />
        </div>
        <TimeZoneField {...bind("tz")} hint={account.tzHint} />
      </Form>
    </Card>
  );
}

function genders({ account: { genders } }: Text): [string, string][] {
  return [["", genders.none], ...Object.entries(genders).filter(([value]) => value !== "none")];
}

function savedSentence(saved: readonly FieldName[], { account }: Text, language: string): string {
  if (saved.length === 0) return account.nothingChanged;
  const names = saved.map((name) => account.fields[name]);
  return account.savedFields(new Intl.ListFormat(language).format(names));
}

/** Where a second step is on, the number can be changed only soon after signing in. */
const isSessionTooOld = (error: unknown): boolean =>
  isFailure(error, "AccountPatch") && error.faults.some((each) => isMobileRefused(each));

const isMobileRefused = ({ path, code }: { path: string; code?: string }) =>
  path === "account.mobile" && code === "kAccessDenied";

const explainFields = (error: unknown, { account }: Text): Record<string, string> => ({
  ...(isSessionTooOld(error) && { mobile: account.signInFirst }),
  ...(isFailure(error) && error.faults.some(({ path }) => path === "account.tz") && { tz: account.tzUnknown }),
});

const explain = (error: unknown, { account }: Text) => (isSessionTooOld(error) ? account.sessionTooOld : undefined);

/** Offers to sign in again, which begins a session that is new enough. */
function SignInAgain() {
  const { account, common } = useText();
  const [isStuck, setStuck] = useState(false);
  const leave = () => {
    setStuck(false);
    signOut("out").catch(() => setStuck(true));
  };
  return (
    <>
      {isStuck && <Notice kind="problem">{common.stillSignedIn}</Notice>}
      <Button kind="secondary" onPress={leave}>
        {account.signInAgain}
      </Button>
    </>
  );
}
