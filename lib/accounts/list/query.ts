import { emailKey, portalAccountKey, portalAccountPrefix } from "../../table/keys.ts";
import { answerRoom, queryRange } from "../../table/page.ts";
import { readItems } from "../../table/read.ts";
import type { PracticeId } from "../../table/records.ts";
import { type Account, accountFrom, accountView } from "../account/account.ts";
import { normaliseEmail } from "../account/email.ts";
import { invalidArgument } from "../account/invalid-argument.ts";
import { type AccessLevel, accessTo, type CallerRights } from "../account/properties.ts";
import { readWhere, type Where } from "./where.ts";

/** The parameters of a list. */
interface ListQuery {
  readonly limit: number;
  readonly skip: number;
  /** Oldest first; otherwise newest first. */
  readonly ascending: boolean;
  readonly where: Where;
}

const limitDefault = 100;
const limitMax = 1000;
const skipMax = 10_000;
/** A list ends early, with `hasMore`, after this many reads, or when the accounts found have more than `bytesMax`. */
const readsMax = 25;
const bytesMax = 2 * 1024 * 1024;

/** What the caller may do with the accounts of a list. */
const listAccess = ({ administrator, provider }: CallerRights): AccessLevel => (!administrator && provider ? 2 : 6);

/**
 * Arguments of the source's lists that are not supported here. They are refused, because ignoring them would return
 * another list than the caller wants.
 */
const unsupported = ["startingAfter", "endingBefore", "pipeline", "group", "favorites", "accessLevel"];

/** Reads `limit`, `skip`, `sort` and `where`. @throws Failure kInvalidArgument */
export function readListQuery(query: Readonly<Record<string, unknown>>, viewer: CallerRights): ListQuery {
  const stated = unsupported.filter((name) => Object.hasOwn(query, name) && query[name] !== "");
  if (stated.length > 0) throw invalidArgument(`Not supported: ${stated.join(", ")}`);
  return {
    limit: wholeNumber(query.limit, "limit", 1, limitMax) ?? limitDefault,
    skip: wholeNumber(query.skip, "skip", 0, skipMax) ?? 0,
    ascending: isAscending(query.sort),
    where: readWhere(query.where, listAccess(viewer)),
  };
}

function wholeNumber(text: unknown, name: string, min: number, max: number): number | undefined {
  if (text === undefined || text === "") return undefined;
  const value = typeof text === "string" && /^[0-9]{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw invalidArgument(`${name} is a whole number from ${min} to ${max}`);
}

/**
 * Reads `sort`. `_id`, `{"_id":1}` and `[{"_id":1}]` are ascending; `{"_id":-1}`, `[{"_id":-1}]` and no `sort` are
 * descending.
 */
function isAscending(sort: unknown): boolean {
  if (sort === undefined || sort === "") return false;
  const stated = typeof sort === "string" ? sort : JSON.stringify(sort);
  const text = stated.replace(/[\s"]/g, "").replace(/^\[(\{.*\})\]$/, "$1");
  if (text === "_id" || text === "{_id:1}") return true;
  if (text === "{_id:-1}") return false;
  throw invalidArgument("sort is by _id");
}

/** Returns the accounts of a list that the caller may see, and whether there are more. */
export async function listAccounts(
  portal: PracticeId,
  { limit, skip, ascending, where }: ListQuery,
  viewer: CallerRights & { readonly account: Account | undefined; readonly favorites: ReadonlySet<string> },
  now: Date,
): Promise<{ accounts: readonly Account[]; hasMore: boolean }> {
  const accounts: Account[] = [];
  let toSkip = skip;
  let bytes = 0;
  let reads = 0;
  const viewOptions = { caller: viewer, favorites: viewer.favorites, now, inList: true };
  // With a filter, read large pages even for a small limit: few accounts may match, and the reads could be used up
  // before one is found.
  const enough = where.filters ? limitMax : limit + skip + 1;
  for await (const items of candidates(portal, where, ascending, viewer, enough)) {
    for (const account of items) {
      if (!where.matches(accountView(account, { ...viewOptions, access: accessTo(account.id, viewer) }))) continue;
      if (toSkip > 0) {
        toSkip -= 1;
        continue;
      }
      bytes += Buffer.byteLength(JSON.stringify(account.document));
      if (accounts.length === limit || (bytes > bytesMax && accounts.length > 0)) return { accounts, hasMore: true };
      accounts.push(account);
    }
    reads += 1;
    if (reads === readsMax) return { accounts, hasMore: true };
  }
  return { accounts, hasMore: false };
}

/**
 * Returns as many accounts of a list as an answer has room for, at least one. Expanded accounts can be many times
 * larger than stored ones.
 */
export function fitting<View extends object>(views: readonly View[]): readonly View[] {
  const hasRoom = answerRoom();
  const end = views.findIndex((view) => !hasRoom(view));
  return end < 0 ? views : views.slice(0, end);
}

/**
 * Yields the accounts that may match, in order. Reads them by key when the filter names keys, otherwise all of the
 * portal within the filter's bounds.
 */
async function* candidates(
  portal: PracticeId,
  where: Where,
  ascending: boolean,
  viewer: CallerRights & { readonly account: Account | undefined },
  enough: number,
): AsyncGenerator<readonly Account[]> {
  if (!viewer.administrator && !viewer.provider) {
    if (viewer.account) yield [viewer.account];
    return;
  }
  const ids = where.ids ?? (where.email === undefined ? undefined : await idsOf(portal, where.email));
  if (ids) {
    const sorted = [...new Set(ids)].sort();
    const order = ascending ? sorted : sorted.reverse();
    const items = await readItems(Object.fromEntries(order.map((id) => [id, portalAccountKey({ ...portal, id })])));
    yield order.flatMap((id) => accountFrom(items[id]) ?? []);
    return;
  }
  const bound = (text: string) => text.slice(0, 24);
  // Ids are hex digits, so `g` sorts after all of them.
  const [from, to] = [bound(where.from ?? ""), bound(where.to ?? "g")];
  if (from > to) return;
  const prefix = portalAccountPrefix(portal);
  const atOnce = Math.min(enough, limitMax);
  for await (const items of queryRange({ prefix, from, to, descending: !ascending, atOnce })) {
    yield items.map((item) => accountFrom(item));
  }
}

async function idsOf(portal: PracticeId, email: string): Promise<string[]> {
  const { claim } = await readItems({ claim: emailKey(portal, normaliseEmail(email) ?? "") });
  return claim ? [claim.id] : [];
}
