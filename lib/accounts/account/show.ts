import { Failure } from "../../errors.ts";
import { connectionAccessKey, portalAccountKey } from "../../table/keys.ts";
import { readTogether } from "../../table/read.ts";
import type { AccountItem, PracticeId } from "../../table/records.ts";
import { type Account, accountFrom, accountView } from "./account.ts";
import { invalidArgument } from "./invalid-argument.ts";
import { accessTo, type CallerRights } from "./properties.ts";
import { quoted, valueAt } from "./property-path.ts";
import { getTarget } from "./target.ts";

/** What a query says of how accounts are to be shown. */
export interface ViewQuery {
  /** Dotted paths to narrow to; all when there are none. */
  readonly paths: readonly string[];
  readonly include: readonly string[];
  readonly expand: readonly string[];
}

const pathsMax = 100;

/** A query parameter that may be given several times, as `name`, `name[]` or `name[0]`. */
function texts(value: unknown, name: string): string[] {
  const list = value === undefined ? [] : Array.isArray(value) ? value : [value];
  if (list.length > pathsMax || !list.every((element) => typeof element === "string"))
    throw invalidArgument(`Bad ${name}`);
  return list as string[];
}

/** Reads `paths[]`, `include[]` and `expand[]`. @throws Failure kInvalidArgument, kIllegalExpansion */
export function readViewQuery(query: Readonly<Record<string, unknown>>): ViewQuery {
  const expand = texts(query.expand, "expand");
  const illegal = expand.find((name) => name !== "updater");
  if (illegal !== undefined) throw new Failure("kIllegalExpansion", [], `Cannot be expanded${quoted([illegal])}`);
  return { paths: texts(query.paths, "paths"), include: texts(query.include, "include"), expand };
}

/** Who is shown accounts, where and when. */
export interface ViewContext {
  readonly portal: PracticeId;
  readonly viewer: CallerRights & { readonly favorites: ReadonlySet<string> };
  readonly now: Date;
  readonly inList: boolean;
}

/** A request that reads one account. */
export interface AccountRequest {
  readonly portal: PracticeId;
  readonly viewer: ViewContext["viewer"];
  /** Names the account: by `id`, or the viewer's own. */
  readonly path: Readonly<Record<string, string>>;
  readonly input: Readonly<Record<string, unknown>>;
  readonly context: { readonly now: Date };
}

/**
 * Returns one account, or the viewer's own (`me`), with the properties that the viewer may see.
 * @param item the account as it was read
 * @throws Failure kInvalidArgument, kIllegalExpansion, kNotLoggedIn, kNotFound
 */
export async function showAccount(item: AccountItem | undefined, request: AccountRequest): Promise<object> {
  const { portal, viewer, path, input, context } = request;
  const viewQuery = readViewQuery(input);
  const { account } = getTarget(item, path, viewer);
  const [view] = await showAccounts([account], viewQuery, { portal, viewer, now: context.now, inList: false });
  return view as object;
}

/**
 * Returns one property of an account, as a list when it is an array. A property that the viewer may not read is unknown.
 * @param item the account as it was read
 * @param property names, with slashes between them
 * @throws Failure kNotLoggedIn, kNotFound
 */
export function showProperty(item: AccountItem | undefined, property: string, request: AccountRequest): object {
  const { viewer, path, context } = request;
  const { account, access } = getTarget(item, path, viewer);
  const viewOptions = { access, caller: viewer, favorites: viewer.favorites, now: context.now };
  const value = valueAt(accountView(account, viewOptions), property.replace(/\/$/, "").split("/"));
  if (value === undefined) throw new Failure("kNotFound");
  return Array.isArray(value) ? { object: "list", data: value, hasMore: false } : { object: "result", data: value };
}

/**
 * Returns accounts as the viewer sees them, with only the properties that were asked for, and `updater` expanded if it
 * was asked for.
 */
export async function showAccounts(
  accounts: readonly Account[],
  { paths, include, expand }: ViewQuery,
  { portal, viewer, now, inList }: ViewContext,
): Promise<Record<string, unknown>[]> {
  const viewOptions = { caller: viewer, favorites: viewer.favorites, now };
  const views = accounts.map((account) =>
    accountView(account, { ...viewOptions, access: accessTo(account, viewer), inList, include }),
  );
  if (expand.includes("updater")) {
    const ids = views.flatMap(({ updater }) => (updater ? [(updater as { _id: string })._id] : []));
    const { accounts: updaters, connected } = await readUpdaters(portal, ids, viewer.id);
    const caller = { ...viewer, connected };
    for (const view of views) {
      const updater = updaters[(view.updater as { _id: string } | undefined)?._id ?? ""];
      const access = updater ? accessTo(updater, caller) : 0;
      if (updater && access > 0) view.updater = accountView(updater, { ...viewOptions, access, inList: true, include });
    }
  }
  return paths.length === 0 ? views : views.map((view) => narrowed(view, paths));
}

/**
 * Reads the accounts of a page's updaters, in one round trip. Returns them by id, and what connections give the viewer.
 * @param viewerId the viewer's own account
 */
async function readUpdaters({ applicationId, accountId }: PracticeId, ids: readonly string[], viewerId = "") {
  const practice = { applicationId, accountId };
  const [items, access] = await readTogether(
    Object.fromEntries(ids.map((id) => [id, portalAccountKey({ ...practice, id })])),
    Object.fromEntries(ids.map((id) => [id, connectionAccessKey({ ...practice, id: viewerId }, id)])),
  );
  const connected = Object.entries(access).flatMap(([id, item]) => (item ? [[id, item] as const] : []));
  const accounts = Object.fromEntries(Object.entries(items).map(([id, item]) => [id, accountFrom(item)]));
  return { accounts, connected: new Map(connected) };
}

/** Returns only some paths of a view, with `_id` and `object`. A path without a value is left out. */
function narrowed(view: Record<string, unknown>, paths: readonly string[]): Record<string, unknown> {
  const result: Record<string, unknown> = { _id: view._id, object: view.object };
  for (const path of paths) {
    const names = path.split(".");
    const value = valueAt(view, names);
    if (value === undefined) continue;
    let at = result;
    for (const name of names.slice(0, -1)) {
      const below = at[name];
      const next = typeof below === "object" && below !== null ? { ...below } : {};
      at[name] = next;
      at = next as Record<string, unknown>;
    }
    at[names.at(-1) as string] = value;
  }
  return result;
}
