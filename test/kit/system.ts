import { isDeepStrictEqual } from "node:util";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { logger } from "../../lib/api/log.ts";
import { routeOf } from "../../lib/api/routes.ts";
import { type OperationId, operations } from "../../lib/operations.ts";
import { newClientKey, newVendor, withClientKey, withSecret, writeVendor } from "../../lib/practices/vendor.ts";
import { documents } from "../../lib/table/client.ts";
import { vendorKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import type { Vendor } from "../../lib/table/records.ts";
import { held, retryOnConflict, write } from "../../lib/table/transact.ts";
import { toEvent } from "../../local/gateway-event.ts";
import { functionFile } from "../../tools/function-file.ts";
import { askEngine, itemOf, type JsonItem } from "./engine-requests.ts";

// A line for each call would hide the results of a run. The suite about logs switches them on.
logger.level = "SILENT";

/** An answer of the system, with its body read. */
export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests assert on bodies of every type
  readonly json: any;
  /** The answer's `Frontdesk-Request-Id`: not among the headers and not enumerable, so that answers can be compared. */
  readonly requestId: string;
}

/** Unusual options of a request. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Strings and bytes are sent unchanged, everything else as JSON. */
  readonly body?: unknown;
  /** The time of the request. Tests use it to let time pass. */
  readonly now?: Date;
  /** The time that is left of the function's time limit, in milliseconds. Default: Lambda's 15 s. */
  readonly remainingMs?: number;
  /** Changes the event, as a gateway other than ours might do. */
  readonly event?: (event: APIGatewayProxyEventV2) => APIGatewayProxyEventV2;
}

/** The address that requests of tests come from: one that is reserved for documentation. */
export const testSourceIp = "203.0.113.7";

type Handler = (event: unknown, context: unknown) => Promise<APIGatewayProxyStructuredResultV2>;

const handlers = new Map<string, Promise<Handler>>();

/** The handler in a file. It is imported once, because vitest asks its main process for every import. */
function handlerOf(href: string): Promise<Handler> {
  const known = handlers.get(href);
  if (known) return known;
  const loading = import(href).then((module: { handler: Handler }) => module.handler);
  handlers.set(href, loading);
  return loading;
}

/** Sends a request through the registry's route to the real handler, as a real API Gateway event. */
export async function send(method: string, target: string, options: RequestOptions = {}): Promise<Response> {
  const { body, headers = {}, now = new Date(), remainingMs = 15_000, event: changed = (event) => event } = options;
  const bytes =
    body === undefined
      ? Buffer.alloc(0)
      : Buffer.isBuffer(body)
        ? body
        : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const route = routeOf(method, target.split("?")[0] ?? "");
  const handler = await handlerOf(functionFile(route.row).href);
  const event = toEvent(
    {
      method,
      target,
      headers: {
        host: "frontdesk.test",
        "content-type": "application/json",
        "content-length": String(bytes.length),
        ...headers,
      },
      body: bytes,
      sourceIp: testSourceIp,
      now,
    },
    route,
  );
  const end = performance.now() + remainingMs;
  const answer = await handler(changed(event), { getRemainingTimeInMillis: () => end - performance.now() });
  const text = answer.body ?? "";
  const { "frontdesk-request-id": requestId, ...answered } = (answer.headers ?? {}) as Record<string, string>;
  const response = {
    status: answer.statusCode ?? 200,
    headers: answered,
    cookies: answer.cookies ?? [],
    text,
    json: text === "" || text.startsWith("<!doctype html>") ? undefined : JSON.parse(text),
  };
  return Object.defineProperty(response as unknown as Response, "requestId", { value: requestId });
}

/** Calls an `/api/io` method. */
export const call = (id: OperationId, body: unknown, options: Omit<RequestOptions, "body"> = {}): Promise<Response> =>
  send("POST", `/api/io/${id}`, { ...options, body });

/** Headers without those that are `undefined`. */
export const statedHeaders = (headers: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined));

/**
 * Credentials as headers instead of the body's `auth`; `undefined` if headers cannot express them: values that are not
 * text, characters beyond ASCII, an application together with an individual.
 */
export function inHeaders(auth: object): Record<string, string> | undefined {
  if (Object.values(auth).some((value) => typeof value !== "string" || /[^\x20-\x7e]/.test(value))) return undefined;
  const { applicationId, applicationPassword, accountId, userId, loginId, loginPassword } = auth as Record<
    string,
    string
  >;
  const pair = (name = "", word = "") => Buffer.from(`${name}:${word}`).toString("base64");
  const basic = applicationId !== undefined || applicationPassword !== undefined;
  const individual = loginId !== undefined || loginPassword !== undefined;
  if (basic && individual) return undefined;
  return {
    ...(basic && { authorization: `Basic ${pair(applicationId, applicationPassword)}` }),
    ...(individual && { authorization: `Individual ${pair(loginId, loginPassword)}` }),
    ...(accountId !== undefined && { "x-account-id": accountId }),
    ...(userId !== undefined && { "x-user-id": userId }),
  };
}

let keys = 0;
/** A key that was not used before in this file. */
export const freshKey = (): string => `fresh-${++keys}`;

/** The credentials of an existing vendor. */
export interface TestVendor {
  readonly applicationId: string;
  readonly applicationPassword: string;
}

let vendors = 0;

/** The write of a vendor without an audit event, because tests count the events of their own calls. */
export function vendorWrite(before: Vendor | undefined, after: Vendor) {
  const context = { now: new Date(), requestId: "test" };
  const { parts } = writeVendor(before, after, "vendor.made", { actor: { kind: "operator" }, context });
  return { parts: parts.slice(0, -1), answer: undefined };
}

/** Client keys of vendors that were made with one, by the vendors' ids. To add a key later takes two more requests. */
const unusedKeys = new Map<string, string>();

/** Returns a vendor with a client key, which `takeClientKey` returns once. */
export function withUnusedKey(vendor: Vendor): Vendor {
  const clientKey = newClientKey();
  unusedKeys.set(vendor.applicationId, clientKey);
  return withClientKey(vendor, clientKey);
}

/** Returns the client key that a vendor was made with, unless it was taken already. */
export function takeClientKey({ applicationId }: TestVendor): string | undefined {
  const clientKey = unusedKeys.get(applicationId);
  unusedKeys.delete(applicationId);
  return clientKey;
}

/** Makes a vendor, which is enabled by default. */
export async function makeVendor(change: (vendor: Vendor) => Vendor = (vendor) => vendor): Promise<TestVendor> {
  vendors += 1;
  const applicationId = `vendor-${vendors}`;
  const applicationPassword = `secret-of-${applicationId}`;
  const vendor = change(newVendor(applicationId, `Vendor ${vendors}`, applicationPassword, new Date()));
  await write(() => vendorWrite(undefined, vendor).parts);
  return { applicationId, applicationPassword };
}

/** Changes an existing vendor. */
export async function changeVendor({ applicationId }: TestVendor, change: (vendor: Vendor) => Vendor): Promise<void> {
  const find = async () => (await readItems({ vendor: vendorKey(applicationId) })).vendor as Vendor;
  await retryOnConflict(held(await find(), find), ({ value: vendor }) => vendorWrite(vendor, change(vendor)));
}

/** An existing practice, with the credentials of its account tier. */
export interface TestPractice extends TestVendor {
  readonly accountId: string;
}

/** Makes a practice of a vendor. Default: a new vendor. */
export async function makePractice(fields: Record<string, unknown> = {}, vendor?: TestVendor): Promise<TestPractice> {
  const auth = vendor ?? (await makeVendor());
  const accountId = String(fields.accountId ?? "practice-1");
  await expectOk(call("PracticeCreate", { auth, name: "Test Practice", ...fields, accountId }));
  return { ...auth, accountId };
}

/** Makes a user of a practice. @returns the credentials of the user tier */
export async function makeUser(auth: TestPractice, fields: Record<string, unknown> = {}) {
  const userId = String(fields.userId ?? "user-1");
  await expectOk(call("UserCreate", { auth, firstName: "Test", lastName: "User", ...fields, userId }));
  return { ...auth, userId };
}

/** The answer of a call that must succeed. */
export async function expectOk(pending: Promise<Response>): Promise<Response["json"]> {
  const response = await pending;
  if (response.json?.responseCode !== 2000)
    throw new Error(`expected success, got ${response.status} ${response.text}`);
  return response.json;
}

/** Whether an answer is a success, in the dialect of its family. */
export const isSuccess = ({ status, json }: Pick<Response, "status" | "json">): boolean =>
  status < 400 && json?.successful !== false && json?.object !== "fault";

/** Every operation of the registry, for suites that run over all of them. */
export const allOperations = operations;

export { withSecret };

/** An item as it is stored in the table. */
export type Item = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string };

const keyOf = ({ pk, sk }: Item) => `${pk}\n${sk}`;

/** Whether an item counts calls. Every call of an entrance changes such an item, also one that is refused. */
const countsCalls = ({ pk }: Partial<Pick<Item, "pk">>): boolean => String(pk).startsWith("LIMIT#");

/** Every item of the table but the counts of calls, by key. */
export const allItems = async (): Promise<Item[]> => (await scan()).filter((item) => !countsCalls(item));

/** The counts of calls. */
export const callCounts = async (): Promise<Item[]> => (await scan()).filter(countsCalls);

/** Every item of the table, by key. Only tests may scan. */
async function scan(): Promise<Item[]> {
  const items: Item[] = [];
  let ExclusiveStartKey: JsonItem | undefined;
  do {
    const answer = await askEngine("Scan", {
      TableName: process.env.TABLE_NAME,
      ConsistentRead: true,
      ExclusiveStartKey,
    });
    for (const item of answer.Items as JsonItem[]) items.push(itemOf(item) as Item);
    ExclusiveStartKey = answer.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items.sort((one, other) => (one.pk === other.pk ? inOrder(one.sk, other.sk) : inOrder(one.pk, other.pk)));
}
const inOrder = (one: string, other: string) => (one < other ? -1 : 1);

/** Puts the table back to a state that `allItems` has returned. */
export async function restoreTable(state: readonly Item[]): Promise<void> {
  const now = new Map((await allItems()).map((item) => [keyOf(item), item]));
  const kept = new Set(state.map(keyOf));
  const changed = state.filter((item) => !isDeepStrictEqual(now.get(keyOf(item)), item));
  const added = [...now.values()].filter((item) => !kept.has(keyOf(item)));
  const requests = [
    ...changed.map((Item) => ({ PutRequest: { Item } })),
    ...added.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })),
  ];
  for (let start = 0; start < requests.length; start += 25) {
    const RequestItems = { [String(process.env.TABLE_NAME)]: requests.slice(start, start + 25) };
    await documents.send(new BatchWriteCommand({ RequestItems }));
  }
}

/** Deletes every item: for suites that read the whole table after each test, and for those that use the samples' own names. */
export const emptyTable = (): Promise<void> => restoreTable([]);

/** One request to DynamoDB, as it was passed to the SDK. */
export interface TableRequest {
  /** For example `BatchGetItem`. */
  readonly command: string;
  // biome-ignore lint/suspicious/noExplicitAny: each command has its own
  readonly input: any;
  /** Positions in the order of all beginnings and ends. */
  readonly begun: number;
  readonly ended: number;
  /** How many items it read. */
  readonly itemsRead: number;
  /** Whether DynamoDB carried it out. */
  readonly done: boolean;
}

/** Orders the beginnings and ends of requests. */
let clock = 0;

/** Sends a request to the table, and adds it to those that are watched. @param input of the request */
export function noted<Sent extends { readonly output: object }>(
  watched: Promise<TableRequest>[],
  commandName: string | undefined,
  input: TableRequest["input"],
  send: () => Promise<Sent>,
): Promise<Sent> {
  const begun = clock++;
  const command = String(commandName).replace(/Command$/, "");
  const sent = send();
  watched.push(
    sent.then(
      ({ output }) => {
        const { Item, Items = [], Responses = {} } = output as Partial<Record<string, object>>;
        const itemsRead = [Item ? [Item] : [], Items, ...Object.values(Responses)].flat().length;
        return { command, input, begun, ended: clock++, itemsRead, done: true };
      },
      () => ({ command, input, begun, ended: clock++, itemsRead: 0, done: false }),
    ),
  );
  return sent;
}

/** Runs `work`, and returns its answer and its requests to DynamoDB, including those that it did not wait for. */
export async function watchTable<T>(work: () => Promise<T>): Promise<{ answer: T; requests: TableRequest[] }> {
  const watched: Promise<TableRequest>[] = [];
  documents.middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        noted(watched, commandName, args.input, () => next(args)),
    { step: "initialize", name: "watchTable" },
  );
  try {
    const answer = await work();
    return { answer, requests: await Promise.all(watched) };
  } finally {
    documents.middlewareStack.remove("watchTable");
  }
}

/** The number of round trips: requests that overlap in time count as one. */
export function roundTrips(requests: readonly TableRequest[]): number {
  let trips = 0;
  let lastEnd = -1;
  for (const { begun, ended } of requests.toSorted((one, other) => one.ended - other.ended)) {
    if (begun < lastEnd) continue;
    trips += 1;
    lastEnd = ended;
  }
  return trips;
}

/** Whether a request changes the table. Counts of calls do not count. */
export const isWrite = ({ command, input }: TableRequest): boolean =>
  !/^(BatchGetItem|GetItem|Query|Scan)$/.test(command) && !countsCalls({ ...input.Key });

/**
 * Runs `work`, which must not change the table. @throws Error when a write was carried out
 * @param but writes that are allowed, such as counts of wrong guesses
 */
export async function leavesNoTrace<T>(
  work: () => Promise<T>,
  but: (write: TableRequest) => boolean = () => false,
): Promise<T> {
  const { answer, requests } = await watchTable(work);
  const written = requests.filter((request) => request.done && isWrite(request) && !but(request));
  if (written.length > 0) throw new Error(`expected no trace in the table, but it wrote ${JSON.stringify(written)}`);
  return answer;
}

/** Whether a write counts guesses at a password, or stores the event of a lock. A refused sign-in writes nothing else. */
export const countsTries = ({ input }: TableRequest): boolean =>
  String(input.Key?.pk).startsWith("TRIES#") || input.TransactItems?.[0]?.Put?.Item?.what === "user.lockedOut";
