import { type Account, isFailure } from "../../../../../client/src/client.ts";
import { Card } from "../../kit/card.tsx";
import { Field } from "../../kit/field.tsx";
import { Form, type Values } from "../../kit/form.tsx";
import { Select } from "../../kit/select.tsx";
import { call } from "../../portal.ts";
import type { Text } from "../../text/en.ts";
import { useText } from "../../text/language.ts";
import { changedFields, changeOf, draftOf, type FieldName } from "../account/draft.ts";

/** Changes what a connection lets the reader change of somebody else's account. Only what was changed here is sent. */
export function Edit({
  account,
  onChanged,
}: {
  readonly account: Account;
  readonly onChanged: (account: Account) => void;
}) {
  const text = useText();
  const { connections, common } = text;
  const stored = draftOf(account);
  const { none, ...genders } = text.account.genders;
  const at = (name: FieldName) => ({ name, label: text.account.fields[name], defaultValue: stored[name] });

  async function send(values: Values): Promise<void> {
    const draft = { ...stored, ...values };
    const body = changeOf(draft, changedFields(stored, draft));
    onChanged(await call((portal) => portal.accountPatch({ id: account._id, body })));
  }

  return (
    <Card title={connections.editTitle}>
      <Form send={send} submit={common.save} done={common.saved} explainFields={explainFields} explain={explain}>
        {/* It is about somebody else: the browser must not fill in what it knows of the reader. */}
        <Field {...at("name.first")} autoComplete="off" isRequired />
        <Field {...at("name.last")} autoComplete="off" isRequired />
        <Field {...at("mobile")} type="tel" autoComplete="off" isRequired />
        <Field {...at("dob")} type="date" autoComplete="off" />
        <Select {...at("gender")} options={[["", none], ...Object.entries(genders)]} />
      </Form>
    </Card>
  );
}

/** Codes for signing in may go to the number, so that nobody but its holder may change it then. */
const isMobileRefused = (error: unknown): boolean =>
  isFailure(error, "AccountPatch") &&
  error.faults.some(({ path, code }) => path === "account.mobile" && code === "kAccessDenied");

const explain = (error: unknown, { faults, connections }: Text): string | undefined => {
  if (isMobileRefused(error)) return faults.checkFields;
  return isFailure(error) && error.code === "kNotFound" ? connections.gone : undefined;
};

const explainFields = (error: unknown, { connections }: Text): Record<string, string> =>
  isMobileRefused(error) ? { mobile: connections.mobileRefused } : {};
