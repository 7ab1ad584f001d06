import { waitForAll } from "../../table/deadline.ts";
import { emailKey, portalAccountKey, portalAccountPrefix } from "../../table/keys.ts";
import { answerRoom, queryRange } from "../../table/page.ts";
import { readItems } from "../../table/read.ts";
import type { PracticeId } from "../../table/records.ts";
import { type Account, accountFrom, accountView } from "../account/account.ts";
import { normaliseEmail } from "../account/email.ts";
import { invalidArgument } from "../account/invalid-argument.ts";
import { type AccessLevel, accessTo, type CallerRights } from "../account/properties.ts";
import { connectedTo } from "../connections/connected.ts";
import { limitMax, type PageQuery, readPageQuery, unsupported } from "./page-query.ts";
import { readWhere, type Where } from "./where.ts";

/** The parameters of a list. */
interface ListQuery extends PageQuery {
  /** Oldest first; otherwise newest first. */
  readonly ascending: boolean;
  readonly where: Where;
}

/** A list ends early, with `hasMore`, after this many reads, or when the accounts found have more than `bytesMax`. */
const readsMax = 25;
const bytesMax = 2 * 1024 * 1024;

/** What the caller may do with the accounts of a list. */
const listAccess = ({ administrator, provider }: CallerRights): AccessLevel => (!administrator && provider ? 2 : 6);

/** Reads `limit`, `skip`, `sort` and `where`. @throws Failure kInvalidArgument */
export function readListQuery(query: Readonly<Record<string, unknown>>, viewer: CallerRights): ListQuery {
  return {
    ...readPageQuery(query, unsupported),
    ascending: isAscending(query.sort),
    where: readWhere(query.where, listAccess(viewer)),
  };
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

/** Who lists accounts. */
interface Lister extends CallerRights {
  readonly account: Account | undefined;
  readonly favorites: ReadonlySet<string>;
}

/**
 * Returns the accounts of a list that the caller may see, and whether there are more.
 * @param caller what connections give them is read here
 */
export async function listAccounts(
  portal: PracticeId,
  { limit, skip, ascending, where }: ListQuery,
  caller: Lister,
  now: Date,
): Promise<{ accounts: readonly Account[]; hasMore: boolean; connected: CallerRights["connected"] }> {
  const accounts: Account[] = [];
  let toSkip = skip;
  let bytes = 0;
  let reads = 0;
  // With a filter, read large pages even for a small limit: few accounts may match, and the reads could be used up
  // before one is found.
  const enough = where.filters ? limitMax : limit + skip + 1;
  const { connected, pages } = await readConnectedAndPages(portal, where, ascending, caller, enough);
  const viewer = { ...caller, connected };
  const viewOptions = { caller: viewer, favorites: viewer.favorites, now, inList: true };
  for await (const items of pages) {
    for (const account of items) {
      const access = accessTo(account, viewer);
      if (access === 0 || !where.matches(accountView(account, { ...viewOptions, access }))) continue;
      if (toSkip > 0) {
        toSkip -= 1;
        continue;
      }
      bytes += Buffer.byteLength(JSON.stringify(account.document));
      if (accounts.length === limit || (bytes > bytesMax && accounts.length > 0))
        return { accounts, hasMore: true, connected };
      accounts.push(account);
    }
    reads += 1;
    if (reads === readsMax) return { accounts, hasMore: true, connected };
  }
  return { accounts, hasMore: false, connected };
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
 * Reads what connections give the caller, and the accounts that may match, page by page. For callers who see everyone, the
 * first page is read at the same time.
 */
async function readConnectedAndPages(
  portal: PracticeId,
  where: Where,
  ascending: boolean,
  caller: Lister,
  enough: number,
): Promise<{ connected: CallerRights["connected"]; pages: AsyncIterable<readonly Account[]> }> {
  if (!caller.administrator && !caller.provider) {
    const connected = await connectedTo(caller);
    return { connected, pages: ownAndConnected(portal, where, ascending, { ...caller, connected }) };
  }
  const pages = everyone(portal, where, ascending, enough);
  const [connected, first] = await waitForAll([connectedTo(caller), pages.next()]);
  return { connected, pages: resumed(first, pages) };
}

/** The pages of a generator whose first one was already read. */
async function* resumed<Page>(first: IteratorResult<Page>, others: AsyncGenerator<Page>): AsyncGenerator<Page> {
  if (first.done) return;
  yield first.value;
  yield* others;
}

/**
 * Yields the accounts that may match, in order. Reads them by key when the filter names keys, otherwise all of the
 * portal within the filter's bounds.
 */
async function* everyone(
  portal: PracticeId,
  where: Where,
  ascending: boolean,
  enough: number,
): AsyncGenerator<readonly Account[]> {
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

/** How many connected accounts are read at once. */
const connectedAtOnce = 100;

/** Yields the viewer's own account and those that they are connected to, as far as they are within the filter's bounds. */
async function* ownAndConnected(
  portal: PracticeId,
  where: Where,
  ascending: boolean,
  { account: own, connected }: Lister,
): AsyncGenerator<readonly Account[]> {
  const within = (id: string) =>
    (where.ids?.includes(id) ?? true) && (where.from ?? "") <= id && id <= (where.to ?? "g");
  const sorted = [...(own ? [own.id] : []), ...connected.keys()].filter(within).sort();
  const order = ascending ? sorted : sorted.reverse();
  for (let start = 0; start < order.length; start += connectedAtOnce) {
    const ids = order.slice(start, start + connectedAtOnce);
    const others = ids.filter((id) => id !== own?.id);
    const items = await readItems(Object.fromEntries(others.map((id) => [id, portalAccountKey({ ...portal, id })])));
    yield ids.flatMap((id) => (id === own?.id ? own : accountFrom(items[id])) ?? []);
  }
}

async function idsOf(portal: PracticeId, email: string): Promise<string[]> {
  const { claim } = await readItems({ claim: emailKey(portal, normaliseEmail(email) ?? "") });
  return claim ? [claim.id] : [];
}
