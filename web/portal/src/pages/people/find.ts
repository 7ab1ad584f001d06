import type { Account } from "../../../../../client/src/client.ts";
import { readStatus } from "../../inside.tsx";
import { callAsAdministrator } from "./administrators.tsx";

/** Which people are wanted. Empty texts want all. */
export interface Filter {
  /** The beginning of a name or of an e-mail address. */
  readonly text: string;
  /** The id of a role. */
  readonly role: string;
  readonly state: string;
}

/** The part of the list of people that is shown, newest first. */
export interface Shown {
  readonly people: readonly Account[];
  readonly hasMore: boolean;
}

/** The part of a list that was shown before, by the ids of its first and its last account. */
export interface Range {
  readonly newest: string;
  readonly oldest: string;
  readonly hasMore: boolean;
}

const atOnce = 25;
/** As many as the server answers at once. */
const most = 1000;
const shownPaths = ["name", "email", "roles", "state", "locked", "activationRequired", "created"];
const isAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

type Condition = Readonly<Record<string, unknown>>;

async function list(limit: number, ...conditions: Condition[]): Promise<Shown> {
  const where = JSON.stringify(Object.assign({}, ...conditions));
  const { data, hasMore } = await callAsAdministrator((portal) =>
    portal.accountList({ limit, where, "paths[]": shownPaths }),
  );
  return { people: data, hasMore };
}

/** Returns the newest people. */
export async function findPeople(filter: Filter): Promise<Shown> {
  // Somebody whose rights were taken is not refused: they list themselves. So the session is read again, too.
  const [found] = await Promise.all([list(atOnce, conditionOf(filter)), readStatus().catch(() => {})]);
  const text = filter.text.trim();
  // In a very large portal the search ends before it has seen everybody. A whole address is found at once.
  const isWhole = found.people.length === 0 && found.hasMore && isAddress.test(text);
  if (!isWhole) return found;
  return list(atOnce, { email: text, ...otherConditions(filter) });
}

/** Returns those after the last one that is shown. New registrations do not shift them. */
export const findMore = (filter: Filter, last: string): Promise<Shown> =>
  list(atOnce, { _id: { $lt: last } }, conditionOf(filter));

/** Returns what was shown before. */
export async function findAgain(filter: Filter, { newest, oldest, hasMore }: Range): Promise<Shown> {
  const { people } = await list(most, { _id: { $lte: newest, $gte: oldest } }, conditionOf(filter));
  return { people, hasMore };
}

/** Condition that a property begins with a text. A pattern has at most 100 characters, and may escape each of them. */
const beginsWith = (text: string): Condition => ({
  $regex: `/^${text
    .slice(0, 46)
    .toWellFormed()
    .replace(/[^\p{L}\p{N}]/gu, "\\$&")}/i`,
});

const otherConditions = ({ role, state }: Filter): Condition => ({
  ...(role && { roles: role }),
  ...(state === "locked" ? { locked: true } : state && { state }),
});

function conditionOf(filter: Filter): Condition {
  const text = filter.text.normalize("NFC").trim().replace(/\s+/g, " ");
  if (!text) return otherConditions(filter);
  const [begin, end] = splitAtLastBlank(text);
  const $or = [
    { email: beginsWith(text) },
    { "name.first": beginsWith(text) },
    { "name.last": beginsWith(text) },
    // First and last name, in either order: `Ada Mills`, `Mills, Ada`.
    ...(begin && end
      ? [
          { "name.first": beginsWith(begin), "name.last": beginsWith(end) },
          { "name.last": beginsWith(begin), "name.first": beginsWith(end) },
        ]
      : []),
  ];
  return { $or, ...otherConditions(filter) };
}

function splitAtLastBlank(text: string): [string, string] {
  const at = text.lastIndexOf(" ");
  return at < 0 ? ["", ""] : [text.slice(0, at).replace(/,$/, ""), text.slice(at + 1)];
}
