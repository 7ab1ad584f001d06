import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { routeOf } from "../lib/api/routes.ts";
import { type OperationId, operations } from "../lib/operations.ts";
import { newVendor, type Vendor, vendorPart, withSecret } from "../lib/practices/vendor.ts";
import { settle } from "../lib/table/transact.ts";
import { toEvent } from "../local/event.ts";
import { functionFile } from "../local/functions.ts";

/** An answer of the system, its body read. */
export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests assert on it, whatever it is
  readonly json: any;
}

/** What of a request is out of the ordinary. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when it is a string or bytes, else as JSON. */
  readonly body?: unknown;
  /** When the request is made; how tests let time pass. */
  readonly now?: Date;
}

type Handler = (event: unknown, context: unknown) => Promise<APIGatewayProxyStructuredResultV2>;

/** Sends a request through the registry's route to the real handler, as a real API Gateway event. */
export async function send(method: string, target: string, options: RequestOptions = {}): Promise<Response> {
  const { body, headers = {}, now = new Date() } = options;
  const bytes =
    body === undefined
      ? Buffer.alloc(0)
      : Buffer.isBuffer(body)
        ? body
        : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const route = routeOf(method, target.split("?")[0] ?? "");
  const { handler } = (await import(functionFile(route.row).href)) as { handler: Handler };
  const event = toEvent(
    {
      method,
      target,
      headers: { host: "frontdesk.test", "content-type": "application/json", ...headers },
      body: bytes,
      sourceIp: "127.0.0.1",
      now,
    },
    route,
  );
  const answer = await handler(event, {});
  const text = answer.body ?? "";
  return {
    status: answer.statusCode ?? 200,
    headers: (answer.headers ?? {}) as Record<string, string>,
    cookies: answer.cookies ?? [],
    text,
    json: text === "" ? undefined : JSON.parse(text),
  };
}

/** Calls an `/api/io` method. */
export const call = (id: OperationId, body: unknown, options: Omit<RequestOptions, "body"> = {}): Promise<Response> =>
  send("POST", `/api/io/${id}`, { ...options, body });

/** A vendor that exists, and its credentials. */
export interface TestVendor {
  readonly applicationId: string;
  readonly applicationPassword: string;
}

let vendors = 0;

/** Makes a vendor, enabled unless told otherwise. */
export async function makeVendor(change: (vendor: Vendor) => Vendor = (vendor) => vendor): Promise<TestVendor> {
  vendors += 1;
  const applicationId = `vendor-${vendors}`;
  const applicationPassword = `secret-of-${applicationId}`;
  const vendor = change(newVendor(applicationId, `Vendor ${vendors}`, applicationPassword, new Date()));
  await settle(
    undefined,
    async () => undefined,
    () => ({ parts: [vendorPart(undefined, vendor)], answer: undefined }),
  );
  return { applicationId, applicationPassword };
}

/** A practice that exists, with the credentials of its account tier. */
export interface TestPractice extends TestVendor {
  readonly accountId: string;
}

/** Makes a practice of a vendor, a new one unless told otherwise. */
export async function makePractice(fields: Record<string, unknown> = {}, vendor?: TestVendor): Promise<TestPractice> {
  const auth = vendor ?? (await makeVendor());
  const accountId = String(fields.accountId ?? "practice-1");
  await expectOk(call("PracticeCreate", { auth, name: "Test Practice", ...fields, accountId }));
  return { ...auth, accountId };
}

/** Makes a user of a practice; gives the credentials of the user tier. */
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

/** Every operation of the registry, for suites that run over all of them. */
export const allOperations = operations;

export { withSecret };
