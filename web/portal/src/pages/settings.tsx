import { useCallback, useState } from "react";
import type { Settings, SettingsPutInput } from "../../../../client/src/client.ts";
import { Choice } from "../kit/choice.tsx";
import { Field } from "../kit/field.tsx";
import { Form, type Values } from "../kit/form.tsx";
import { Loaded, useLoading } from "../kit/loaded.tsx";
import { Page } from "../kit/page.tsx";
import { Select } from "../kit/select.tsx";
import type { Text } from "../text/en.ts";
import { useText } from "../text/language.ts";
import { callAsAdministrator, ForAdministrators } from "./people/administrators.tsx";
import { Said } from "./people/said.tsx";
import "./person/person.css";

/** The settings of the portal, for administrators. */
export default function SettingsPage() {
  const { nav } = useText();
  return (
    <ForAdministrators>
      <Page title={nav.settings}>
        <LoadedSettings />
      </Page>
    </ForAdministrators>
  );
}

function LoadedSettings() {
  const { settings: text } = useText();
  const load = useCallback(() => callAsAdministrator((portal) => portal.settingsGet()), []);
  const loading = useLoading(load);
  return (
    <>
      <p>{text.intro}</p>
      <Loaded from={loading}>{(settings) => <SettingsForm settings={settings} onSaved={loading.set} />}</Loaded>
    </>
  );
}

/** Settings that are whole numbers, with their limits. */
const limits = {
  unverifiedDays: [1, 365],
  lockAttempts: [3, 100],
  lockMinutes: [1, 1440],
  sessionIdleMinutes: [5, 1440],
  sessionHours: [1, 168],
  smsPerDay: [0, 100_000],
} as const;
type NumberName = keyof typeof limits;
const isNumberName = (name: string): name is NumberName => Object.hasOwn(limits, name);
const numberNames = Object.keys(limits).filter(isNumberName);

/** The form. Only what was changed is sent, so that two administrators do not undo each other. */
function SettingsForm({
  settings,
  onSaved,
}: {
  readonly settings: Settings;
  readonly onSaved: (settings: Settings) => void;
}) {
  const { settings: text, common } = useText();
  const [saved, setSaved] = useState<string>();

  async function send(values: Values): Promise<void> {
    setSaved(undefined);
    const changes = changesOf(settings, values);
    if (Object.keys(changes).length > 0) onSaved(await callAsAdministrator((portal) => portal.settingsPut(changes)));
    setSaved(Object.keys(changes).length > 0 ? text.saved : text.unchanged);
  }
  return (
    <div className="card">
      <Said>{saved}</Said>
      {/* Another one after each change: it shows what others have changed, too. */}
      <Form key={JSON.stringify(settings)} send={send} check={check} explainFields={originFaults} submit={common.save}>
        <Registration settings={settings} />
        <SigningIn settings={settings} />
        <Others settings={settings} />
      </Form>
    </div>
  );
}

const originsIn = (text = ""): string[] =>
  text
    .split(/\s+/)
    .map((line) => line.replace(/\/$/, ""))
    .filter(Boolean);

const registrations: Readonly<Record<string, Settings["registration"]>> = {
  everybody: true,
  invited: "invitation",
  nobody: false,
};

function changesOf(settings: Settings, values: Values): SettingsPutInput {
  const wanted: SettingsPutInput = {
    registration: registrations[values.registration ?? ""],
    twoFactor: values.twoFactor === "on",
    minPasswordScore: Number(values.minPasswordScore),
    allowedOrigins: originsIn(values.allowedOrigins),
    ...Object.fromEntries(numberNames.map((name) => [name, Number(values[name])])),
  };
  const before: Readonly<Record<string, unknown>> = { ...settings };
  const isChanged = ([name, value]: [string, unknown]) => JSON.stringify(value) !== JSON.stringify(before[name]);
  return Object.fromEntries(Object.entries(wanted).filter(isChanged));
}

function check(values: Values, { settings: text }: Text): Record<string, string> {
  const wrong = numberNames.filter((name) => {
    const [min, max] = limits[name];
    const value = values[name]?.trim() ?? "";
    return !/^\d+$/.test(value) || Number(value) < min || Number(value) > max;
  });
  return Object.fromEntries(wrong.map((name) => [name, text.rangeWrong(limits[name][0], limits[name][1])]));
}

/** A wrong origin is named by its place in the list; the field has all of them. */
const originFaults = (error: unknown, { settings: text }: Text): Record<string, string> =>
  error instanceof Error && "faults" in error && /"settings\.allowedOrigins/.test(JSON.stringify(error.faults))
    ? { allowedOrigins: text.originWrong }
    : {};

/** A whole number with its limits. */
function NumberField({
  name,
  settings,
  hint,
}: {
  readonly name: NumberName;
  readonly settings: Settings;
  readonly hint?: string;
}) {
  const { settings: text } = useText();
  const [min, max] = limits[name];
  const range = text.range(min, max);
  return (
    <Field
      name={name}
      label={text[name]}
      hint={hint ? `${hint} ${range}` : range}
      defaultValue={`${settings[name]}`}
      inputMode="numeric"
      autoComplete="off"
      isRequired
    />
  );
}

interface PartProps {
  readonly settings: Settings;
}

function Registration({ settings }: PartProps) {
  const { settings: text } = useText();
  const current = Object.keys(registrations).find((name) => registrations[name] === settings.registration);
  return (
    <fieldset className="group">
      <legend>{text.registration}</legend>
      <Select
        name="registration"
        label={text.registrationField}
        hint={text.registrationHint}
        defaultValue={current ?? "everybody"}
        options={[
          ["everybody", text.registrationOpen],
          ["invited", text.registrationInvited],
          ["nobody", text.registrationClosed],
        ]}
      />
      <NumberField name="unverifiedDays" settings={settings} />
    </fieldset>
  );
}

function SigningIn({ settings }: PartProps) {
  const { settings: text } = useText();
  return (
    <fieldset className="group">
      <legend>{text.signIn}</legend>
      <Choice
        name="twoFactor"
        value="on"
        defaultSelected={settings.twoFactor}
        label={text.twoFactor}
        hint={text.twoFactorHint}
      />
      <Select
        name="minPasswordScore"
        label={text.minPasswordScore}
        hint={text.minPasswordScoreHint}
        defaultValue={`${settings.minPasswordScore}`}
        options={Object.entries(text.scores)}
      />
      <NumberField name="lockAttempts" settings={settings} />
      <NumberField name="lockMinutes" settings={settings} />
    </fieldset>
  );
}

function Others({ settings }: PartProps) {
  const { settings: text } = useText();
  return (
    <>
      <fieldset className="group">
        <legend>{text.sessions}</legend>
        <NumberField name="sessionIdleMinutes" settings={settings} hint={text.sessionIdleHint} />
        <NumberField name="sessionHours" settings={settings} hint={text.sessionsHint} />
      </fieldset>
      <fieldset className="group">
        <legend>{text.messages}</legend>
        <NumberField name="smsPerDay" settings={settings} hint={text.smsPerDayHint} />
      </fieldset>
      <fieldset className="group">
        <legend>{text.programs}</legend>
        <Field
          name="allowedOrigins"
          label={text.allowedOrigins}
          hint={text.allowedOriginsHint}
          lines={4}
          defaultValue={settings.allowedOrigins.join("\n")}
          spellCheck="false"
        />
      </fieldset>
    </>
  );
}
