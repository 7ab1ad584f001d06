import { useState } from "react";
import type { Account, AccountPutInput } from "../../../../../client/src/client.ts";
import { Choice } from "../../kit/choice.tsx";
import { Field } from "../../kit/field.tsx";
import { Form, type Values } from "../../kit/form.tsx";
import { Select } from "../../kit/select.tsx";
import { roleIds } from "../../roles.ts";
import type { Text } from "../../text/en.ts";
import { useText } from "../../text/language.ts";
import { callAsAdministrator } from "../people/administrators.tsx";
import { Said } from "../people/said.tsx";

import type { PartProps } from "./part.ts";

/** What is known about the person. Only what was changed is sent, so that two administrators do not undo each other. */
export function Details({ account, onChanged }: PartProps) {
  const { person, common } = useText();
  const [saved, setSaved] = useState<string>();
  const isProvider = account.profile?.provider !== undefined || account.roles?.includes(roleIds.provider);
  const paths = isProvider ? [...personPaths, ...providerPaths] : personPaths;

  async function send(values: Values): Promise<void> {
    setSaved(undefined);
    const body = changesOf(account, values, paths);
    if (Object.keys(body).length > 0) {
      onChanged(await callAsAdministrator((portal) => portal.accountPut({ id: account._id, body })));
      setSaved(common.saved);
    } else setSaved(person.unchanged);
  }
  return (
    <section className="card">
      <h2>{person.details}</h2>
      <Said>{saved}</Said>
      {/* Another one after a change: it shows what the server has made of it, and what others have changed. */}
      <Form key={paths.map((path) => shownAt(account, path)).join("\n")} send={send} submit={common.save}>
        <PersonFields account={account} />
        {isProvider && <ProviderFields account={account} />}
      </Form>
    </section>
  );
}

const personPaths = ["name.prefix", "name.first", "name.middle", "name.last", "name.suffix", "mobile"].concat(
  "dob",
  "gender",
  "tz",
);
const provider = "profile.provider";
const providerPaths = ["affiliation", "specialty", "npi", "license.number", "license.state", "state"]
  .concat("visibility.provider", "visibility.public")
  .map((path) => `${provider}.${path}`);

/** The value at a path, as fields show it. */
function shownAt(account: Account, path: string): string {
  let value: unknown = account;
  for (const name of path.split(".")) value = value instanceof Object ? Reflect.get(value, name) : undefined;
  if (typeof value === "boolean") return value ? "on" : "";
  return typeof value === "string" ? value : "";
}

type Body = AccountPutInput["body"];

/** The fields that were changed, as the properties that change. An empty field clears its property. */
function changesOf(account: Account, values: Values, paths: readonly string[]): Body {
  const changes: Body = {};
  for (const path of paths) {
    const value = values[path]?.trim() ?? "";
    if (value === shownAt(account, path)) continue;
    setAt(changes, path.split("."), path.includes("visibility") ? value === "on" : value || null);
  }
  return changes;
}

function setAt(object: object, [name = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    Reflect.set(object, name, value);
    return;
  }
  const inner: object = Reflect.get(object, name) ?? {};
  Reflect.set(object, name, inner);
  setAt(inner, rest, value);
}

function PersonFields({ account }: { readonly account: Account }) {
  const {
    person,
    account: { fields },
  } = useText();
  const at = (name: keyof typeof fields) => ({ name, label: fields[name], defaultValue: shownAt(account, name) });
  const zones = Intl.supportedValuesOf("timeZone");
  const zone = account.tz && !zones.includes(account.tz) ? [account.tz] : [];
  return (
    <>
      <div className="pair">
        <Field {...at("name.first")} isRequired />
        <Field {...at("name.last")} isRequired />
        <Field {...at("name.prefix")} />
        <Field {...at("name.middle")} />
        <Field {...at("name.suffix")} />
      </div>
      <Field {...at("mobile")} hint={person.mobileHint} type="tel" isRequired />
      <div className="pair">
        <Field {...at("dob")} type="date" />
        <Select {...at("gender")} options={genders(person)} />
      </div>
      <Select
        {...at("tz")}
        options={[["", person.notStated], ...[...zone, ...zones].map((each) => [each, each] as const)]}
      />
    </>
  );
}

const genders = ({ genders, notStated }: Text["person"]): (readonly [string, string])[] => [
  ["", notStated],
  ...Object.entries(genders),
];

function ProviderFields({ account }: { readonly account: Account }) {
  const { person } = useText();
  const at = (path: string) => ({
    name: `${provider}.${path}`,
    defaultValue: shownAt(account, `${provider}.${path}`),
  });
  const ticked = (path: string) => ({
    name: `${provider}.${path}`,
    value: "on",
    defaultSelected: shownAt(account, `${provider}.${path}`) === "on",
  });
  return (
    <fieldset className="group">
      <legend>{person.provider}</legend>
      <div className="pair">
        <Field {...at("affiliation")} label={person.affiliation} />
        <Field {...at("specialty")} label={person.specialty} />
        <Field {...at("npi")} label={person.npi} />
        <Field {...at("license.number")} label={person.licenseNumber} />
        <Field {...at("license.state")} label={person.licenseState} />
        <Field {...at("state")} label={person.profileState} />
      </div>
      <Choice {...ticked("visibility.provider")} label={person.visibleToProviders} />
      <Choice {...ticked("visibility.public")} label={person.visibleToAll} />
    </fieldset>
  );
}
