import { type Operation, type OperationId, operations } from "../../lib/operations.ts";
import type { Change } from "../../openapi/describe.ts";
import { descriptionOf, isDescribed } from "../../openapi/descriptions.ts";
import type { WorldName } from "../../openapi/worlds.ts";
import { callsOf, type ReadyCall, readyCall, worldOf } from "../kit/examples.ts";
import { allItems, type Item, makeVendor, type Response, restoreTable, send, type TestVendor } from "../kit/system.ts";
import { makeWorld, type World } from "../kit/worlds.ts";

/** A call of an operation that has the documented outcome, provided that the table works. */
export interface Call {
  readonly id: OperationId;
  /** Its name in the description. */
  readonly name: string;
  /** Status of the answer, if the description states one. */
  readonly status?: number | undefined;
  /** The vendor of the practice that the call is about. */
  readonly vendor: TestVendor;
  readonly send: (options: { readonly remainingMs: number }, change?: Change) => Promise<Response>;
}

/** Calls that can each be sent once, and once again after each `restore`. */
export interface Calls {
  readonly calls: readonly Call[];
  /** All items of the table before a call is sent. */
  readonly items: readonly Item[];
  /** Puts the table and the clients of portals back to their state before the calls. That is faster than new worlds. */
  restore(): Promise<void>;
  /** Puts only the clients of portals back. */
  restoreClients(): void;
}

/** Prepares every call of every description, each in its world. @param isWanted which operations to call */
export async function makeCalls(isWanted: (row: Operation) => boolean = () => true): Promise<Calls> {
  const calls: Call[] = [];
  const worlds: World[] = [];
  const shared = new Map<WorldName, Promise<World>>();
  for (const row of operations.filter(isWanted)) {
    const { id } = row;
    if (!isDescribed(id)) {
      calls.push(await undescribedCall(id));
      continue;
    }
    for (const name of callsOf(descriptionOf(id))) {
      const ready = await makeCall(row, name, shared);
      worlds.push(ready.world);
      const { status } = ready.request as { status?: number };
      calls.push({
        id,
        name,
        status,
        vendor: ready.world.practice,
        send: (options, change = {}) => ready.send(change, options),
      });
    }
  }
  const items = await allItems();
  const clients = worlds.map(keepClient);
  const restoreClients = () => {
    for (const restore of clients) restore();
  };
  return {
    calls,
    items,
    async restore() {
      await restoreTable(items);
      restoreClients();
    },
    restoreClients,
  };
}

/** A call of the only operation without a description, which answers unknown paths. */
const undescribedCall = async (id: OperationId): Promise<Call> => ({
  id,
  name: "an unknown path",
  status: 404,
  vendor: await makeVendor(),
  send: (options) => send("GET", "/nothing/here", options),
});

/** Makes a call. Reads share one world of each name. */
function makeCall({ id, table }: Operation, name: string, shared: Map<WorldName, Promise<World>>) {
  const world = worldOf(id, name);
  const isShared = table === "read";
  const making = (isShared && shared.get(world)) || makeWorldOfNow(world);
  if (isShared) shared.set(world, making);
  return readyCall(id, name, making);
}

/** Makes a world in which time stands still, so that a code of an authenticator app can be sent after a minute too. */
async function makeWorldOfNow(name: WorldName): Promise<World> {
  const world = await makeWorld(name);
  return { ...world, now: world.now ?? new Date() };
}

/** Saves the cookies and the CSRF token of a portal's client. @returns a function that restores them */
function keepClient({ client }: Pick<ReadyCall["world"], "client">): () => void {
  if (!client) return () => {};
  const [cookies, csrf] = [[...client.cookies], client.csrf];
  return () => {
    client.cookies.clear();
    for (const [name, value] of cookies) client.cookies.set(name, value);
    client.csrf = csrf;
  };
}
