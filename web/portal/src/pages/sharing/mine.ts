import type { ConnectionGetAnswer } from "../../../../../client/src/client.ts";
import { nameOf } from "../../names.ts";
import { call } from "../../portal.ts";

/** A connection, as the portal answers it. */
export type Connection = ConnectionGetAnswer;

/** A connection that lets the reader see somebody else's account. */
export interface ReceivedConnection {
  readonly connection: Connection;
  /** The name of that account's holder; empty if it cannot be seen. */
  readonly name: string;
}

/** Somebody's connections, newest first. */
export interface Mine {
  /** Offers that nobody has accepted yet. */
  readonly pending: readonly Connection[];
  /** Those that let others see the account. */
  readonly active: readonly Connection[];
  /** Those that let its holder see the accounts of others. */
  readonly received: readonly ReceivedConnection[];
}

const pageSize = 1000;
/** The list cannot skip more. */
const skipMax = 10_000;

/** Loads the connections of an account. @param me its id */
export async function loadMine(me: string): Promise<Mine> {
  const all = await loadAll();
  // Administrators are answered those of everybody.
  const own = all.filter(({ context }) => context?._id === me);
  const given = all.filter(({ context, target }) => context && target.account?._id === me);
  const names = await loadNames(given.flatMap(({ context }) => context?._id ?? []));
  return {
    pending: own.filter(({ state }) => state === 0),
    active: own.filter(({ state }) => state === 1),
    received: given.map((connection) => ({ connection, name: names.get(connection.context?._id ?? "") ?? "" })),
  };
}

async function loadAll(): Promise<readonly Connection[]> {
  const all: Connection[] = [];
  let hasMore = true;
  while (hasMore && all.length <= skipMax) {
    const page = await call((portal) => portal.connectionList({ limit: pageSize, skip: all.length }));
    all.push(...page.data);
    hasMore = page.hasMore && page.data.length > 0;
  }
  return all;
}

/** Loads the names of accounts, by their ids. */
async function loadNames(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const where = JSON.stringify({ _id: { $in: ids } });
  const { data } = await call((portal) => portal.accountList({ where, limit: pageSize, "paths[]": ["name"] }));
  return new Map(data.map((account) => [account._id, nameOf(account)]));
}
