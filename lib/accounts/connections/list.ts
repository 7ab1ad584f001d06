import { connectionKey, connectionPrefix } from "../../table/keys.ts";
import { queryRange } from "../../table/page.ts";
import { readItems } from "../../table/read.ts";
import type { Connection, PracticeId } from "../../table/records.ts";
import { type Account, liveConnections } from "../account/account.ts";
import type { CallerRights } from "../account/properties.ts";
import type { PageQuery } from "../list/page-query.ts";
import { readConnected } from "./connected.ts";
import { isLive } from "./connection.ts";

/** A list ends early, with `hasMore`, after this many reads. */
const readsMax = 25;

interface Connections {
  readonly connections: readonly Connection[];
  readonly hasMore: boolean;
}

/** Returns a part of the connections of a portal, newest first: all for an administrator, their own for others. */
export async function listConnections(
  portal: PracticeId,
  page: PageQuery,
  viewer: CallerRights & { readonly account: Account | undefined },
  now: Date,
): Promise<Connections> {
  return viewer.administrator ? listAll(portal, page, now) : listOwn(portal, page, viewer.account, now);
}

async function listAll(portal: PracticeId, { limit, skip }: PageQuery, now: Date): Promise<Connections> {
  const connections: Connection[] = [];
  let toSkip = skip;
  let reads = 0;
  const atOnce = Math.min(limit + skip + 1, 1000);
  const range = { prefix: connectionPrefix(portal), from: "", to: "g", descending: true, atOnce };
  for await (const items of queryRange(range)) {
    for (const connection of items.filter((item) => isLive(item, now))) {
      if (toSkip > 0) toSkip -= 1;
      else if (connections.length === limit) return { connections, hasMore: true };
      else connections.push(connection);
    }
    reads += 1;
    if (reads === readsMax) return { connections, hasMore: true };
  }
  return { connections, hasMore: false };
}

/** The connections to an account, and those that give it access. */
async function listOwn(
  portal: PracticeId,
  { limit, skip }: PageQuery,
  account: Account | undefined,
  now: Date,
): Promise<Connections> {
  if (!account) return { connections: [], hasMore: false };
  const given = await readConnected(account);
  const ids = [...liveConnections(account, now), ...given.map(({ connectionId }) => connectionId)].sort().reverse();
  const wanted = ids.slice(skip, skip + limit);
  const found = await readItems(Object.fromEntries(wanted.map((id) => [id, connectionKey(portal, id)])));
  const connections = wanted.flatMap((id) => found[id] ?? []).filter((connection) => isLive(connection, now));
  return { connections, hasMore: ids.length > skip + limit };
}
