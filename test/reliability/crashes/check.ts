import { readFileSync } from "node:fs";
import { join } from "node:path";
import { instanceRecorded, type RunningInstance } from "../../../local/folder.ts";
import type { SentMessage } from "../../../local/outside.ts";
import { verifyTable } from "../../../local/verify/verify-table.ts";
import type { Item } from "../../kit/system.ts";
import { askPatiently, type Call } from "./ask.ts";
import { type Client, shownPractice, shownUser } from "./client.ts";
import { administrator, io, therapist } from "./desk.ts";
import type { Ledger, Shown } from "./ledger.ts";
import { endLeasesBefore, openMessages, whenWorkIsDone } from "./messages.ts";
import { atTableOf } from "./other-engine.ts";

/** A server that has started after a crash. */
export interface Restarted {
  readonly url: string;
  readonly folder: string;
  /** When it began to start, in epoch milliseconds. */
  readonly since: number;
}

/**
 * Holds what a server shows, and what its table has, against what clients know of their calls before the crash.
 * @returns a line for each guarantee that was broken
 */
export async function findViolations(server: Restarted, clients: readonly Client[], ledger: Ledger): Promise<string[]> {
  const found = (await Promise.all(clients.map((client) => checkRecords(server, client)))).flat();
  found.push(...(await checkEvents(server, ledger)), ...checkAccessLog(server, ledger));
  const instance = instanceRecorded(server.folder);
  if (!instance) return [...found, "the running server is not recorded in its folder"];
  found.push(...(await checkTable(server, instance, ledger)));
  return found;
}

/** Reads a record that may not exist. */
async function read({ url }: Restarted, call: Call, shown: (json: never) => Shown): Promise<Shown> {
  const answer = await askPatiently(url, call);
  return answer.outcome === "refused" ? undefined : shown(answer.json as never);
}

/** Every acknowledged change can be read, and one without an answer is there wholly or not at all. */
async function checkRecords(server: Restarted, client: Client): Promise<string[]> {
  const { home, other, records } = client;
  type Fields = Readonly<Record<string, string | null>>;
  type Practice = { readonly name: string; readonly websiteAddress: string | null; readonly active: boolean };
  const looked = [
    records.other.look(
      await read(server, io("PracticeGet", other), ({ practice }: { practice: Practice }) =>
        shownPractice(practice.name, practice.websiteAddress ?? "", practice.active),
      ),
    ),
    records.profile.look(
      await read(
        server,
        therapist("PracticeProfileGet", home, { method: "GET", path: "practice-profile/therapist" }),
        ({ role }: Fields) => String(role),
      ),
    ),
    records.settings.look(
      await read(
        server,
        io("PortalSettingsGet", home),
        ({ portalSettings }: { portalSettings: { unverifiedDays: number } }) => `${portalSettings.unverifiedDays} days`,
      ),
    ),
  ];
  for (const [userId, record] of records.users) {
    const call = io("UserGet", home, { userId });
    looked.push(
      record.look(
        await read(server, call, ({ user }: { user: Fields }) => shownUser(String(user.firstName), user.loginId ?? "")),
      ),
    );
  }
  return [...looked, ...(await checkAccounts(server, client))].filter((line) => line !== undefined);
}

async function checkAccounts({ url }: Restarted, { home, accounts }: Client): Promise<(string | undefined)[]> {
  const answer = await askPatiently(url, administrator("AccountList", home, { method: "GET", path: "?limit=1000" }));
  type Listed = { readonly _id: string; readonly email: string; readonly name: { readonly first: string } };
  const listed = new Map(((answer.json.data ?? []) as Listed[]).map((account) => [account.email, account]));
  const unknown = [...listed.keys()].filter((email) => !accounts.some((account) => account.email === email));
  return [
    ...unknown.map((email) => `${email} has an account, but nobody has registered it`),
    ...accounts.map((account) => {
      const found = listed.get(account.email);
      if (found) account.id = found._id;
      return account.record.look(found?.name.first);
    }),
  ];
}

/** Request ids of all events of a practice, also of deleted ones under its key. */
async function requestIdsIn({ url }: Restarted, accountId: string): Promise<Set<string>> {
  const ids = new Set<string>();
  let cursor: string | undefined;
  do {
    const answer = await askPatiently(url, io("EventList", accountId, { accountId, limit: 1000, cursor }));
    for (const { requestId } of answer.json.eventList ?? []) ids.add(requestId);
    cursor = answer.json.cursor;
  } while (cursor);
  return ids;
}

/** Each acknowledged change has its event, and no refused call has one. */
async function checkEvents(server: Restarted, { changes, refusals }: Ledger): Promise<string[]> {
  const found: string[] = [];
  for (const accountId of new Set([...changes, ...refusals].map((each) => each.accountId))) {
    const ids = await requestIdsIn(server, accountId);
    const here = (each: { accountId: string }) => each.accountId === accountId;
    for (const { what, requestId } of changes.filter(here))
      if (!ids.has(requestId)) found.push(`${what} in ${accountId} was acknowledged, but has no event (${requestId})`);
    for (const { what, requestId } of refusals.filter(here))
      if (ids.has(requestId)) found.push(`${what} in ${accountId} was refused, but has an event (${requestId})`);
  }
  return found;
}

/** Each answered call has its line in the access log. */
function checkAccessLog({ folder }: Restarted, { answered }: Ledger): string[] {
  const text = readFileSync(join(folder, "access.log"), "utf8");
  return answered.filter((id) => !text.includes(`"${id}"`)).map((id) => `the call ${id} is not in the access log`);
}

/** All items agree, all messages are sent, and erased accounts have left nothing. */
async function checkTable({ url, since }: Restarted, instance: RunningInstance, ledger: Ledger): Promise<string[]> {
  const { items, left, disagreements } = await atTableOf(instance, async () => {
    await endLeasesBefore(since);
    const work = await whenWorkIsDone();
    const { disagreements } = await verifyTable({ segments: 1, unitsPerSecond: Number.POSITIVE_INFINITY });
    return { ...work, disagreements };
  });
  return [
    ...disagreements,
    ...left.map(({ type, pk }) => `${type} ${pk} was never done`),
    ...(await checkMessages(url, since, items, ledger)),
    ...checkErased(items, ledger),
  ];
}

/** Each acknowledged message is in the table and was sent, before the crash or to the inbox of the new server. */
async function checkMessages(
  url: string,
  since: number,
  items: readonly Item[],
  { mailed }: Ledger,
): Promise<string[]> {
  const stored = await openMessages(items);
  const inbox = (await (await fetch(`${url}/_local/messages`)).json()) as SentMessage[];
  const missing = mailed.filter(({ to, kind }) => !stored.some((each) => each.to === to && each.kind === kind));
  const sentNow = stored.filter(({ doneAt }) => doneAt !== undefined && Date.parse(doneAt) >= since);
  const notArrived = sentNow.filter(({ to }) => !inbox.some((message) => message.to === to));
  return [
    ...missing.map(({ to, kind }) => `the mail ${kind} to ${to} was acknowledged, but is not in the table`),
    ...notArrived.map(({ to, kind }) => `the mail ${kind} to ${to} did not arrive after the crash`),
  ];
}

/** Nothing but audit events and sealed messages is left of accounts whose erasure was acknowledged. */
function checkErased(items: readonly Item[], { erased }: Ledger): string[] {
  const texts = items
    .filter(({ type }) => type !== "event" && type !== "message")
    .map((item) => ({ key: `${item.pk} ${item.sk}`, text: JSON.stringify(item) }));
  return erased.flatMap((name) =>
    texts.filter(({ text }) => text.includes(name)).map(({ key }) => `${name} was erased, but is in ${key}`),
  );
}
