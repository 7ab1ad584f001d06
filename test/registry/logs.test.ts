import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { logger } from "../../lib/api/log.ts";
import { fullPractice, fullUser, refusal } from "../functions/practices/practices-contract.ts";
import { type EngineAnswer, type EngineRequest, engineError, hangUp, throughProxy } from "../kit/proxy.ts";
import { realClock } from "../kit/slow-clock.ts";
import {
  call,
  expectOk,
  inHeaders,
  makePractice,
  makeUser,
  makeVendor,
  type RequestOptions,
  send,
} from "../kit/system.ts";

realClock();

let lines: string[];
beforeEach(() => {
  lines = [];
  logger.level = "INFO";
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((chunk: string | Uint8Array) => {
      lines.push(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
      return true;
    });
  }
});
afterEach(() => {
  logger.level = "SILENT";
  vi.restoreAllMocks();
});

/** Every value that callers send contains this mark, except ids of records. So a log that repeats a value is found. */
const mark = "unmistakable";
const [practiceId, userId] = ["logged-practice", "logged-user"];
const marked = (name: string) => `${mark}-${name}`;
const marks = (...names: string[]) => Object.fromEntries(names.map((name) => [name, marked(name)]));
const entries = () => lines.flatMap((line) => line.split("\n")).filter((line) => line !== "");
const expectNothingTold = (...more: string[]) => {
  const said = lines.join("");
  expect(said.toLowerCase()).not.toContain(mark);
  for (const secret of more) expect(said).not.toContain(secret);
};

const practiceFields = (name: string) => ({
  ...fullPractice(marked(name)),
  address1: marked("street"),
  city: marked("city"),
});
const userFields = (name: string) => ({
  ...fullUser(marked(name)),
  firstName: marked("first"),
  lastName: marked("last"),
  loginPassword: "Unmistakable-1",
});

/** A vendor, a practice and a user. Logs must contain none of their values. */
async function makeWorld() {
  const vendor = await makeVendor();
  const auth = await makePractice({ accountId: practiceId, ...practiceFields("a") }, vendor);
  const user = await makeUser(auth, { userId, ...userFields("u") });
  await makeUser(auth, { userId: `${userId}-2` });
  return { vendor, auth, user };
}
let world: Awaited<ReturnType<typeof makeWorld>>;
beforeAll(async () => {
  world = await makeWorld();
});

/** Calls with every outcome that callers can cause. */
const calls: readonly [string, (subjects: typeof world) => Promise<unknown>][] = [
  ["a create", ({ auth }) => call("PracticeCreate", { auth, accountId: "logged-new", ...practiceFields("new") })],
  ["an update", ({ auth }) => call("PracticeUpdate", { auth, ...practiceFields("changed") })],
  ["a get", ({ user }) => call("UserGet", { auth: user })],
  [
    "a list and its cursor",
    async ({ auth }) => {
      const { cursor } = await expectOk(call("UserList", { auth, limit: 1 }));
      await expectOk(call("UserList", { auth, limit: 1, cursor }));
      await call("PracticeList", { auth, cursor });
      expectNothingTold(cursor);
    },
  ],
  [
    "a sign-in",
    () => call("PingWithAuth", { auth: { loginId: `${marked("u")}@Login.example`, loginPassword: "Unmistakable-1" } }),
  ],
  [
    "a sign-in by headers",
    () => {
      const headers = inHeaders({ loginId: `${marked("u")}@Login.example`, loginPassword: "Unmistakable-1" }) ?? {};
      return call("PingWithAuth", {}, { headers: { ...headers, "user-agent": mark, "x-forwarded-for": mark } });
    },
  ],
  ["a wrong password", ({ auth }) => call("PracticeGet", { auth: { ...auth, applicationPassword: marked("wrong") } })],
  ["a wrong login", () => call("PingWithAuth", { auth: { loginId: marked("nobody"), loginPassword: marked("X1") } })],
  [
    "faults in every field",
    ({ auth }) =>
      call("UserCreate", {
        auth,
        userId: "logged-faults",
        state: marked("OH"),
        npi: marked("1"),
        loginId: marked("a b"),
        phone: mark,
      }),
  ],
  ["a taken value", ({ auth }) => call("PracticeCreate", { auth, accountId: practiceId, name: mark })],
  [
    "an application that does not exist",
    () =>
      call("UserGet", { auth: { ...marks("applicationId", "applicationPassword"), ...marks("accountId", "userId") } }),
  ],
  ["ids that cannot be ids", ({ auth }) => call("UserGet", { auth, userId: `${marked("id")}\n${mark}` })],
  ["ids that are too long", ({ auth }) => call("UserGet", { auth, userId: mark.repeat(11) })],
  ["bad JSON", () => send("POST", "/io/Ping", { body: `{"${mark}": ${mark}}` })],
  ["a large body", () => send("POST", "/io/Ping", { body: mark.repeat(30_000) })],
  ["an unknown path", () => send("POST", `/api/io/${mark}?${mark}=${mark}`, { body: { mark } })],
  ["a known path with a query", () => send("POST", `/api/io/Ping?${mark}=${mark}`, { body: { mark } })],
  ["another verb", () => send("DELETE", `/api/io/Ping?${mark}`, { body: { mark } })],
];

describe("a log", () => {
  it.each(calls)("of %s contains no value that the caller sent, and none that is stored", async (_, work) => {
    await work(world);
    expectNothingTold(world.vendor.applicationPassword);
    expect(entries().length).toBeGreaterThan(0);
  });
  it("has one line of JSON for each call, with the outcome and the number of round trips", async () => {
    const { auth } = world;
    await call("Ping", {});
    await call("PracticeGet", { auth, accountId: "unknown" });
    await call("PingWithApplicationAuth", {});
    await send("POST", "/io/Ping", { body: "{" });
    await send("GET", "/io/Ping");
    await send("DELETE", "/io/Ping");
    const told = entries().map((line) => JSON.parse(line));
    expect(told).toHaveLength(6);
    expect(told).toMatchObject([
      { operation: "Ping", status: 200, code: "ok", roundTrips: 0 },
      { operation: "PracticeGet", status: 200, code: 4131, roundTrips: 1 },
      { operation: "PingWithApplicationAuth", status: 200, code: 4010, roundTrips: 1 },
      { operation: "Ping", status: 200, code: 4000, roundTrips: 0 },
      // The route of pages takes every GET that no operation takes.
      { operation: "PortalPage", status: 405, roundTrips: 0 },
      { operation: "Unmatched", status: 405, roundTrips: 0 },
    ]);
    for (const { requestId } of told) expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

/** Breaks every request to the table, or those of one operation. */
const broken = (answer: EngineAnswer | typeof hangUp, operation?: string) => async (request: EngineRequest) =>
  operation === undefined || request.operation === operation ? answer : request.forward();
const quoting = `One or more parameter values were invalid: ${mark}, "${marked("item")}"`;

describe("an unexpected error", () => {
  const failures: readonly [string, EngineAnswer | typeof hangUp, string?][] = [
    ["a validation error that quotes the request", engineError("ValidationException", { message: quoting })],
    ["a validation error of a write", engineError("ValidationException", { message: quoting }), "TransactWriteItems"],
    ["a missing table", engineError("ResourceNotFoundException", { message: quoting })],
    ["denied access", engineError("AccessDeniedException", { message: quoting })],
    [
      "an item that is too large",
      engineError("TransactionCanceledException", {
        Message: quoting,
        CancellationReasons: [{ Code: "ValidationError", Message: quoting, Item: { pk: { S: mark } } }],
      }),
      "TransactWriteItems",
    ],
    ["an engine that answers without sense", { status: 400, json: mark }],
  ];
  /** Temporary errors that last until the time limit. */
  const lasting: typeof failures = [
    ["an engine that hangs up", hangUp],
    ["an engine that breaks", engineError("InternalServerError", { message: quoting }, 500)],
    ["an engine that throttles", engineError("ThrottlingException", { message: quoting })],
  ];
  const statuses: readonly [number, ...(typeof failures)[number]][] = [
    ...failures.map((failure) => [500, ...failure] as [number, ...typeof failure]),
    ...lasting.map((failure) => [503, ...failure] as [number, ...typeof failure]),
  ];
  const attempt = (auth: object, options: Omit<RequestOptions, "body"> = {}) =>
    call("UserSave", { auth, userId: "logged-broken", ...userFields("broken") }, options);

  /** The function retries until its time limit: half a second here. */
  const limitOf = (status: number) => (status === 503 ? { remainingMs: 7500 } : {});

  it.each(statuses)(
    "is answered with HTTP %i and code 5000, without an explanation: %s",
    async (status, _, answer, operation) => {
      const { auth } = world;
      const response = await throughProxy(broken(answer, operation), () => attempt(auth, limitOf(status)));
      expect(response.status).toBe(status);
      expect(response.json).toEqual(refusal(5000));
      expect(response.headers["cache-control"]).toBe("no-store");
    },
  );
  it.each(statuses)(
    "is logged (%i) with its name and stack trace, and without any value of the request: %s",
    async (status, _, answer, operation) => {
      const { auth, vendor } = world;
      await throughProxy(broken(answer, operation), () => attempt(auth, limitOf(status)));
      expectNothingTold(vendor.applicationPassword, "argon2id$v=");
      const told = entries().map((line) => JSON.parse(line));
      const error = told.find(({ level }) => level === "ERROR");
      expect(error).toMatchObject({ operation: "UserSave", requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
      const place = expect.arrayContaining([expect.stringMatching(/^ {4}at /)]);
      expect(error.causes).toEqual(
        expect.arrayContaining([expect.objectContaining({ name: expect.any(String), place })]),
      );
      expect(told.find(({ level }) => level === "INFO")).toMatchObject({ operation: "UserSave", status });
    },
  );
  it("is not a refusal: credentials that could not be read are not called wrong", async () => {
    const { user } = world;
    const ping = () => call("PingWithAuth", { auth: user });
    const response = await throughProxy(broken(engineError("AccessDeniedException")), ping);
    expect(response.json.responseCode).toBe(5000);
  });
});
