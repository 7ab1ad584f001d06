import { useState } from "react";
import { Card } from "../../kit/card.tsx";
import { Choice } from "../../kit/choice.tsx";
import { Form } from "../../kit/form.tsx";
import { Notice } from "../../kit/notice.tsx";
import { call } from "../../portal.ts";
import { noteAccount } from "../../session.ts";
import type { Text } from "../../text/en.ts";
import { useText } from "../../text/language.ts";
import {
  type Notification,
  notificationsOf,
  type Preferences,
  switchesOn,
  switchOf,
  withSwitches,
} from "./preferences.ts";

/** What the holder wants to be told by the practice, and how: one switch for each way. */
export function Notifications({ initial }: { readonly initial: Preferences | undefined }) {
  const text = useText();
  const { account, common } = text;
  const [stored, setStored] = useState(initial);
  const [isChanged, setChanged] = useState(false);
  const shown = notificationsOf(stored).filter(({ endpoints = [] }) => endpoints.length > 0);
  const [on, setOn] = useState(() => switchesOn(shown));

  async function save(): Promise<void> {
    const before = switchesOn(shown);
    const switches = shown.flatMap((each) => (each.endpoints ?? []).map((endpoint) => switchOf(each, endpoint)));
    const turned = new Map(
      switches.filter((each) => on.has(each) !== before.has(each)).map((each) => [each, on.has(each)]),
    );
    setChanged(turned.size > 0);
    if (turned.size === 0) return;
    // The list is stored as a whole, so the newest one is changed: another page may have turned other switches.
    const { preferences } = await call((portal) => portal.accountGet({ id: "me", "paths[]": ["preferences"] }));
    const notifications = withSwitches(notificationsOf(preferences), turned);
    const after = await call((portal) => portal.accountPut({ id: "me", body: { preferences: { notifications } } }));
    noteAccount(after);
    setStored(after.preferences);
    setOn(switchesOn(notificationsOf(after.preferences)));
  }

  const turn = (name: string) => (isSelected: boolean) =>
    setOn((before) => new Set(isSelected ? [...before, name] : [...before].filter((each) => each !== name)));
  return (
    <Card title={account.notifications}>
      {!stored?.notifications?.length && <Notice kind="hint">{account.notChosen}</Notice>}
      <Form send={save} submit={common.save} done={isChanged ? account.notificationsSaved : account.nothingChanged}>
        {shown.map((each) => (
          <fieldset key={each._id ?? each.name ?? each.label}>
            <legend>{labelOf(each, text)}</legend>
            {(each.endpoints ?? []).map((endpoint) => {
              const name = switchOf(each, endpoint);
              return (
                <Choice key={name} label={labelOf(endpoint, text)} isSelected={on.has(name)} onChange={turn(name)} />
              );
            })}
          </fieldset>
        ))}
      </Form>
    </Card>
  );
}

/** What the practice calls it; our own words for what this page offers. */
function labelOf({ name = "", label, _id = "" }: Omit<Notification, "endpoints">, { account }: Text): string {
  const known: Readonly<Record<string, string>> = account.notificationNames;
  return label || (Object.hasOwn(known, name) && known[name]) || name || _id;
}
