import { objectsOf } from "../../../lib/accounts/image/objects.ts";
import type { SentMessage } from "../../../local/outside.ts";
import type { Item } from "../../kit/system.ts";
import type { Lane, Person } from "./lane.ts";
import { type Expected, type Ledger, type MessageKind, Violation } from "./ledger.ts";

/** What must hold of the whole table, the inboxes and the bucket when all workers have finished. */

/** Throws a violation that lists what is wrong, unless nothing is. */
function expectNone(what: string, wrong: readonly unknown[]): void {
  if (wrong.length > 0) throw new Violation(`${what}: ${wrong.map((each) => JSON.stringify(each)).join(", ")}`);
}

/** Whether two lists have the same texts, in any order. */
const isSame = (some: readonly string[], others: readonly string[]) =>
  some.toSorted().join() === others.toSorted().join();

type Event = Item & {
  readonly what: string;
  readonly who: { readonly kind: string };
  readonly requestId: string;
  readonly record: { readonly id?: string; readonly connections?: string };
};
const isEvent = (item: Item): item is Event => item.type === "event";

/** The request of the hourly worker. */
const schedule = "schedule";

/**
 * Expects one event for each acknowledged change, and no other. Workers add one for each connection that they delete.
 * @param before the ids of requests that came before the run
 * @returns how many events were compared
 */
export function expectEvents(
  ledger: Ledger,
  items: readonly Item[],
  lanes: readonly Lane[],
  before: ReadonlySet<string>,
): number {
  const events = items.filter(isEvent).filter(({ requestId }) => !before.has(requestId));
  const byRequest = Map.groupBy(events, ({ requestId }) => requestId);
  const overdue = lanes.flatMap(({ model }) => model.overdue.map(({ id }) => id));
  const erased = (byRequest.get(schedule) ?? []).map(({ what, record }) => `${what} ${record.id}`);
  const wanted = overdue.map((id) => `account.erased ${id}`);
  expectNone(
    "accounts that were unverified for too long, and were not erased once",
    isSame(erased, wanted) ? [] : [erased, wanted],
  );
  byRequest.delete(schedule);
  for (const [requestId, whats] of ledger.events) {
    const stored = (byRequest.get(requestId) ?? []).filter((event) => !isDeletionByWorker(event));
    const names = stored.map(({ what }) => what);
    if (!isSame(whats, names))
      throw new Violation(
        `the acknowledged change ${requestId} was to have the events ${whats}, and has ${JSON.stringify(stored)}`,
      );
    byRequest.delete(requestId);
  }
  expectDeletions(ledger, events.filter(isDeletionByWorker));
  expectNone("events of calls that were refused", [...byRequest.values()].flat());
  return events.length;
}

const isDeletionByWorker = ({ what, who }: Event) => what === "connection.deleted" && who.kind === "system";

/**
 * Expects one event for each connection that workers had to delete. If both its accounts were erased, the event is of either
 * request.
 */
function expectDeletions({ deletions }: Ledger, events: readonly Event[]): void {
  const deleted = events.map(({ record }) => String(record.connections));
  const wanted = [...deletions.values()].flat();
  if (!isSame(deleted, wanted))
    throw new Violation(`workers were to delete the connections ${wanted}, and have deleted ${deleted}`);
  expectNone(
    "connections that were deleted for a request without any",
    events.filter(({ requestId }) => !deletions.has(requestId)),
  );
}

/** The words by which the kind of a message is known. */
const wordsOf: Readonly<Record<MessageKind, RegExp>> = {
  verification: /^Confirm your e-mail address for /,
  passwordReset: /^Reset your password for /,
  passwordChanged: /^Your password for .* was changed$/,
  mobileChanged: /^Your mobile number for .* was changed$/,
  totpAdded: /^An authenticator app for .* was added$/,
  totpRemoved: /^The authenticator app for .* was removed$/,
  accountErased: /^Your account at .* was deleted$/,
  devicesForgotten: /^Your devices for .* were forgotten$/,
  connectionInvitation: /^You are invited to share an account at /,
  registrationInvitation: /^You are invited to register at /,
  numberReplaced: /has a new mobile number/,
};

function kindOf({ subject, text }: SentMessage): string {
  const [kind] = Object.entries(wordsOf).find(([, words]) => words.test(subject || text)) ?? [];
  return kind ?? `an unknown message: ${subject || text}`;
}

/** At most so many mails, or text messages, go to one recipient in an hour. */
const messagesMax = 5;

/** Expects that each message was sent once, and none but these; of more than five to one recipient only five. */
export function expectMessages(expected: readonly Expected[], sent: readonly SentMessage[]): void {
  const wanted = Map.groupBy(expected, ({ to }) => to);
  const got = Map.groupBy(sent, ({ to }) => to);
  for (const to of new Set([...wanted.keys(), ...got.keys()])) {
    const left = (wanted.get(to) ?? []).map(({ kind }) => kind as string);
    const due = Math.min(left.length, messagesMax);
    const kinds = (got.get(to) ?? []).map(kindOf);
    for (const kind of kinds) {
      const place = left.indexOf(kind);
      if (place < 0) throw new Violation(`${to} was sent a ${kind} too many`);
      left.splice(place, 1);
    }
    if (kinds.length !== due) throw new Violation(`${to} was not sent ${due - kinds.length} of ${left}`);
  }
}

const daySeconds = 86_400;

/**
 * Items with nothing but ids to which nothing leads any more, so that they stay until they expire, by their type: those of
 * uploads that another one has followed, and tokens that a newer mail has made void. For how many days each is kept.
 */
const keptDays: Readonly<Record<string, number>> = { upload: 1, token: 8 };

/** Whether an item may stay until it expires. A minute is for the time of the run. */
const isKept = ({ type, expiresAt }: Item) =>
  Number(expiresAt) < Date.now() / 1000 + (keptDays[String(type)] ?? 0) * daySeconds + 60;

/** An item without the address to which its holder has offered a connection: that offer is the holder's own. */
const withoutOffers = ({ targetEmail: _, connections: __, ...item }: Item) => item;

/**
 * Expects that nothing is left of what was erased, but events, items that expire soon, which have ids only, and offers that
 * others have made.
 */
export function expectGone(lanes: readonly Lane[], items: readonly Item[]): void {
  const others = items.filter((item) => !isEvent(item));
  const ofPeople = others.filter((item) => !isKept(item)).map((item) => ({ item, text: JSON.stringify(item) }));
  const ofAddresses = others.map((item) => ({ item, text: JSON.stringify(withoutOffers(item)) }));
  for (const { model } of lanes) {
    const people = [...model.gone.ids, ...model.overdue.map(({ id }) => id)];
    const addresses = [...model.gone.emails, ...model.overdue.map(({ email }) => email)];
    const left = [
      ...people.flatMap((id) => ofPeople.filter(({ text }) => text.includes(id))),
      ...addresses.flatMap((email) => ofAddresses.filter(({ text }) => text.includes(email))),
    ];
    expectNone(
      `${people} ${addresses} were erased, and these items name one of them`,
      left.map(({ item }) => item),
    );
  }
}

/** Expects that no two clients were told that they have the same name. */
export function expectOneOwner(lanes: readonly Lane[]): void {
  const owners = new Map<string, string>();
  const claim = (kind: string, name: string, owner: string) => {
    if (name === "") return;
    const key = `${kind} ${name}`;
    if (owners.has(key)) throw new Violation(`both ${owners.get(key)} and ${owner} own the ${key}`);
    owners.set(key, owner);
  };
  for (const { name, model, portal } of lanes) {
    for (const { accountId, websiteAddress, directDomain } of model.practices.values()) {
      claim("web address", websiteAddress, accountId);
      claim("Direct domain", directDomain, accountId);
    }
    for (const { accountId, userId, loginId, directAddress } of model.users.values()) {
      claim("login", loginId, userId);
      claim(`Direct address in ${accountId}`, directAddress, userId);
    }
    for (const { email } of model.people) claim(`e-mail address in ${portal.org}`, email, name);
  }
}

/** Expects that the bucket has the pictures of accounts that exist, and nothing else. */
export function expectPictures(lanes: readonly Lane[], objects: readonly string[]): void {
  const people: readonly Person[] = lanes.flatMap(({ model }) => model.people);
  const pictures = people.flatMap(({ image }) => (image?.isReady ? objectsOf(image.uploadId) : []));
  const facets = pictures.filter((key) => !key.startsWith("uploads/"));
  expectNone(
    "objects of no account",
    objects.filter((key) => !facets.includes(key)),
  );
  expectNone(
    "pictures that are not in the bucket",
    facets.filter((key) => !objects.includes(key)),
  );
}
