import type { Operation } from "../../lib/operations.ts";
import { mainPath, template, templateOf } from "../../openapi/addresses.ts";
import type { Change, Described, Example, Way } from "../../openapi/describe.ts";
import { descriptionOf } from "../../openapi/descriptions.ts";
import { documentedRows } from "../../openapi/handlers.ts";
import type { WorldName } from "../../openapi/worlds.ts";
import { type Sharing, sharedWorld } from "./shared-worlds.ts";
import type { RequestOptions, Response } from "./system.ts";
import { inHeaders, send, statedHeaders } from "./system.ts";
import { type Login, makeWorld, toTherapist, type World } from "./worlds.ts";

/** Sends the examples of operations (`functions/{family}/{operation}.examples.ts`), in worlds of their own. */

type Json = Record<string, unknown>;

/** The page that calls portals from a browser. */
const origin = "https://app.example.org";

/** The row of a described operation. @throws Error when no row has this id */
export function documentedRow(id: string): Operation {
  const row = documentedRows.find((each) => each.id === id);
  if (!row) throw new Error(`${id} is not documented`);
  return row;
}

/** The first example of an operation. Others are variants of it. */
export const firstExample = ({ examples }: Described): Example => Object.values(examples)[0] as Example;

/** All requests of an operation that succeed, by name: its examples and the further ways to call it. */
export const requestsOf = ({ examples, ways = {} }: Described): readonly (readonly [string, Example | Way])[] => [
  ...Object.entries(examples),
  ...Object.entries(ways),
];

/** The names of all calls of an operation that succeed: its requests, and the first example in other circumstances. */
export const callsOf = (description: Described): readonly string[] => [
  ...requestsOf(description).map(([name]) => name),
  ...Object.keys(description.circumstances ?? {}),
];

/** The path of a request, with the variable names that its example uses. */
const addressOf = (row: Operation, request: Example | Way): string =>
  "address" in request && request.address ? template(request.address) : templateOf(mainPath(row));

/** The request of an example with a change, with the names of a world. */
function requestOf(address: string, example: Example | Way, change: Change, { fill, path: own = {} }: World) {
  const values: Readonly<Record<string, string>> = { org: "riverside", ...example.path, ...own, ...change.path };
  const path = address.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
  const query = change.rawQuery ?? new URLSearchParams({ ...example.query, ...change.query }).toString();
  return {
    target: fill(query === "" ? path : `${path}?${query}`),
    body: change.raw ?? fill(changedBody(example.body, change)),
    headers: fill({ ...example.headers }),
  };
}

function changedBody(body: unknown, change: Change): unknown {
  if (body === undefined || Array.isArray(body)) return body;
  const { auth, ...fields } = body as Json;
  return {
    ...(auth !== undefined && { auth: { ...(auth as Json), ...change.auth } }),
    ...fields,
    ...change.body,
  };
}

/** Unusual options of a request. */
export interface SendingOptions extends Pick<RequestOptions, "remainingMs" | "event"> {
  /** A method instead of the operation's. */
  readonly method?: string;
  /** Another address of the operation, as in the registry, or one with a slash added. */
  readonly address?: string;
}

/** Sends an example with a change in a world. */
export async function sendExample(
  id: string,
  example: Example | Way,
  world: World,
  change: Change = {},
  { method, address, ...options }: SendingOptions = {},
): Promise<Response> {
  if (change.before) await sendExample(id, example, world, change.before);
  const row = documentedRow(id);
  const verb = method ?? row.method;
  const at = address === undefined ? addressOf(row, example) : template(address);
  const { target, body, headers: own } = requestOf(at, example, change, world);
  const now = change.minutesLater ? new Date(Date.now() + change.minutesLater * 60_000) : world.now;
  const sent = { ...options, ...(body !== undefined && { body }), ...(now && { now }) };
  const headers = { ...own, ...change.headers };
  if (world.client) {
    const [, , ...below] = target.split("/");
    const versioned = below[0] === "v2";
    const path = below.slice(versioned ? 1 : 0).join("/");
    return world.client.send(verb, path, { ...sent, versioned, headers: { origin, ...headers } });
  }
  if (row.family === "therapists") return toTherapist(world.practice, verb, target, body, { ...sent, headers });
  return send(verb, target, { ...sent, headers: statedHeaders(headers) });
}

/** A successful request of an operation, ready to be sent once, in its own world. */
export interface ReadyCall {
  readonly world: World;
  readonly request: Example | Way;
  /** The body that it sends. */
  readonly body: unknown;
  send(change?: Change, options?: SendingOptions): Promise<Response>;
}

/** The request of a call, and the change of its circumstances. */
function requestNamed(id: string, name: string | undefined): { request: Example | Way; own: Change } {
  const description = descriptionOf(id);
  const own = name === undefined ? undefined : description.circumstances?.[name];
  if (own) return { request: firstExample(description), own };
  const [, request] = requestsOf(description).find(([each]) => name === undefined || each === name) ?? [];
  if (!request) throw new Error(`${id} has no example or way ${name}`);
  return { request, own: {} };
}

/** The world that a call needs. @param name one of `callsOf`; default: the first */
export function worldOf(id: string, name?: string): WorldName {
  const { request, own } = requestNamed(id, name);
  return own.given ?? request.given;
}

/**
 * Makes the world of an operation's call.
 * @param name one of `callsOf`; default: the first
 * @param making the world, if it exists already
 */
export async function readyCall(id: string, name?: string, making = makeWorld(worldOf(id, name))): Promise<ReadyCall> {
  const { request, own } = requestNamed(id, name);
  const world = await making;
  return {
    world,
    request,
    body: world.fill(request.body),
    send: (change, options) => sendExample(id, request, world, { ...own, ...change }, options),
  };
}

/** Whether an operation takes a body. */
export const takesBody = ({ method }: Operation): boolean => ["POST", "PUT", "PATCH"].includes(method);

/** The name of an operation's request with the longest body that is an object. */
export function fullestRequest(id: string): string {
  const lengthOf = ({ body = {} }: Example | Way) => (Array.isArray(body) ? -1 : JSON.stringify(body).length);
  const [name] = requestsOf(descriptionOf(id)).reduce((most, each) =>
    lengthOf(each[1]) > lengthOf(most[1]) ? each : most,
  );
  return name;
}

/** The change of a request that an individual sends instead of an application: it has only their login. */
export function byIndividual({ family }: Operation, login: Login): Change {
  if (family === "practices") return { body: { auth: login } };
  return { headers: { ...inHeaders(login), "x-account-id": undefined } };
}

/** Whether an individual may send an operation's requests: not at portals, and only if the tier is account or user. */
export const takesIndividuals = ({ family, tier }: Operation): boolean =>
  family !== "accounts" && (tier === "account" || tier === "user");

/**
 * The same as `readyCall` for suites with many calls: the calls of a test file share one world of each name. Each call
 * begins with the world's first state. Only calls by `send` are undone, not other requests of a test.
 */
export async function readyCallInSharedWorld(id: string, name?: string, sharing?: Sharing): Promise<ReadyCall> {
  const { request, own } = requestNamed(id, name);
  const { world, madeAt, run } = await sharedWorld(worldOf(id, name), sharing);
  const ready = { ...world, now: world.now ?? madeAt };
  return {
    world: ready,
    request,
    body: world.fill(request.body),
    send: (change, options) => run(() => sendExample(id, request, ready, { ...own, ...change }, options)),
  };
}

/** The name of an operation's request that has the same path variables as an address. */
export function requestFor(id: string, address: string): string | undefined {
  const variables = (path: string) => path.match(/\{\w+/g)?.join();
  const [name] =
    requestsOf(descriptionOf(id)).find(
      ([, request]) => "address" in request && variables(String(request.address)) === variables(address),
    ) ?? [];
  return name;
}
