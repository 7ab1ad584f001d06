import { request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Operation, operations } from "../../lib/operations.ts";
import { type Gateway, startGateway } from "../../local/gateway.ts";
import { outcomeOf } from "../../local/log-line.ts";
import { openPortal, type TestPortal } from "../kit/portal.ts";

let gateway: Gateway;
let portal: TestPortal;
let logged = Promise.withResolvers<string>();

beforeAll(async () => {
  gateway = await startGateway({ port: 0, log: (line) => logged.resolve(line) });
  portal = await openPortal();
});
afterAll(() => gateway.close());

type Headers = Readonly<Record<string, string>>;

/** Sends a request. Returns its log line without the time. */
async function lineOf(method: string, path: string, body: unknown = "", headers: Headers = {}): Promise<string> {
  logged = Promise.withResolvers();
  const request = httpRequest({ host: "localhost", port: gateway.port, method, path, headers });
  request.end(typeof body === "string" ? body : JSON.stringify(body));
  await new Promise<void>((resolve, reject) => {
    request.once("response", (response) => text(response).then(() => resolve(), reject));
    request.once("error", reject);
  });
  return (await logged.promise).replace(/ \d+ ms$/, "");
}

const json = { "content-type": "application/json" };
const form = { "content-type": "application/x-www-form-urlencoded" };
const basic = ({ applicationId, applicationPassword, accountId }: TestPortal["practice"]) => ({
  authorization: `Basic ${Buffer.from(`${applicationId}:${applicationPassword}`).toString("base64")}`,
  "x-account-id": accountId,
});

describe("what the line says of an answer", () => {
  const row = operations[0] as Operation;
  const outcome = (body: object) =>
    outcomeOf({
      row,
      headers: {},
      body: undefined,
      answer: { statusCode: 400, headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
    });
  it("is one line, so that no answer writes lines of its own into a terminal", () => {
    expect(outcome({ message: "one\n\u001b[31mtwo" })).toBe("400 one [31mtwo");
  });
  it("leaves out what a fault quotes", () => {
    const faults = [{ path: "account.state", reason: 'must not be "a secret"' }];
    expect(outcome({ object: "fault", code: "kEnumValue", faults })).toBe("400 kEnumValue account.state: must not be");
  });
});

describe("the line of a call", () => {
  it("has the code, and for a refusal the wrong field and the reason", async () => {
    const { practice: auth } = portal;
    const create = (fields: object) => lineOf("POST", "/api/io/PracticeCreate", { auth, ...fields });
    expect(await create({ accountId: "line-1", name: "Line" })).toBe("POST /api/io/PracticeCreate 2000");
    expect(await create({ accountId: "line-1", name: "Line" })).toBe(
      "POST /api/io/PracticeCreate 4130 account already exists",
    );
    expect(await create({ accountId: "line-2", name: "Line", phone: "555" })).toBe(
      "POST /api/io/PracticeCreate 4060 phone: must be exactly 10 digits",
    );
    expect(await create({ accountId: "line-2", postal: "1" })).toBe(
      "POST /api/io/PracticeCreate 4060 name: is required; postal: must be exactly 5 or 9 digits",
    );
    expect(await lineOf("POST", "/api/io/PracticeCreate", "{")).toBe("POST /api/io/PracticeCreate 4000 Bad Request");
  });
  it("has the status of a therapist call, and the problem's detail", async () => {
    const path = "/therapist/organizations/";
    const headers = { ...json, ...basic(portal.practice) };
    expect(await lineOf("POST", path, { name: "Line" }, headers)).toBe("POST /therapist/organizations/ 201");
    expect(await lineOf("POST", path, { name: 1 }, headers)).toBe(
      "POST /therapist/organizations/ 400 name: must be text",
    );
    expect(await lineOf("GET", path)).toBe(
      "GET /therapist/organizations/ 401 These credentials open no active practice. No credentials were sent: they go into the body's auth, or into an Authorization header.",
    );
  });
  it("has the status and code of a portal call, and the fault's reason", async () => {
    const at = `/${portal.org}/v2/accounts`;
    const key = { "medable-client-key": portal.clientKey };
    expect(await lineOf("GET", `${at}/status`, "", key)).toBe("GET /{org}/v2/accounts/status 200");
    expect(await lineOf("GET", `${at}/me`, "", key)).toBe("GET /{org}/v2/accounts/{id} 403 kNotLoggedIn Not signed in");
    const person = { email: "line@example.org", password: "short", name: { first: "A" }, mobile: "1-650-555-5555" };
    expect(await lineOf("POST", `${at}/register`, person, { ...json, ...key })).toMatch(
      /^POST \/\{org\}\/v2\/accounts\/register 400 kValidationError account\.name\.last: .+; account\.password: .+$/,
    );
  });
});

describe("a hint", () => {
  const status = () => `/${portal.org}/v2/accounts/status`;
  it("says that a portal call has no client key", async () => {
    expect(await lineOf("GET", status())).toBe(
      "GET /{org}/v2/accounts/status 403 kAccessDenied Send the vendor's client key in a Medable-Client-Key header",
    );
    const otherKey = { "medable-client-key": "x" };
    expect(await lineOf("GET", status(), "", otherKey)).toBe(
      "GET /{org}/v2/accounts/status 403 kAccessDenied Access denied",
    );
    expect(await lineOf("GET", status(), "", basic({ ...portal.practice, accountId: "x" }))).not.toContain("(");
  });
  it("says that JSON was sent without its content type", async () => {
    const hint = "(the body looks like JSON: it needs Content-Type: application/json)";
    const key = { "medable-client-key": portal.clientKey };
    const person = { email: "hint@example.org", password: "a-password-that-must-not-show" };
    const line = await lineOf("POST", `/${portal.org}/v2/accounts/register`, person, { ...form, ...key });
    expect(line).toContain(hint);
    expect(line).not.toContain("must-not-show");
    expect(await lineOf("POST", "/therapist/organizations/", { name: "x" }, form)).toContain(hint);
    // `/api/io` accepts any content type.
    expect(await lineOf("POST", "/api/io/Ping", {}, form)).toBe("POST /api/io/Ping 2000");
  });
  it("names ignored fields if they look like field names", async () => {
    const { practice: auth } = portal;
    const fields = { name: "Line", faxNumber: "5", webSite: "x", '{"password":"secret"}': 1, "na me": 2 };
    expect(await lineOf("POST", "/api/io/PracticeSave", { auth, accountId: "line-3", ...fields })).toBe(
      "POST /api/io/PracticeSave 2000 (ignored: faxNumber, webSite)",
    );
    const headers = { ...json, ...basic(auth) };
    expect(await lineOf("POST", "/therapist/organizations/", { name: "Line", foo: 1 }, headers)).toBe(
      "POST /therapist/organizations/ 201 (ignored: foo)",
    );
  });
  it("says that there is no such operation, and nothing else", async () => {
    expect(await lineOf("POST", "/api/io/PracticeLis", {}, form)).toBe(
      "POST $default 4000 Bad Request (no operation has this path and method)",
    );
  });
});

/** Every value in the requests contains this text. It must never be in the log. */
const canary = "canary7b3f";

describe("no line holds a value that was sent", () => {
  const values = (depth = 2): Record<string, unknown> => ({
    accountId: `${canary}-account`,
    userId: `${canary}-user`,
    name: depth > 0 ? { first: `${canary}\u0000`, last: `${canary} last` } : canary,
    firstName: `${canary}\n`,
    phone: `${canary}-phone`,
    email: `${canary}@example.org`,
    mobile: `${canary}-mobile`,
    password: `${canary}-password`,
    loginId: `${canary} login`,
    loginPassword: canary,
    websiteAddress: `${canary}_`,
    directDomain: `${canary}..`,
    npi: canary,
    token: canary,
    location: canary,
    expand: [canary],
    where: JSON.stringify({ [canary]: canary }),
    sort: canary,
    limit: canary,
    cursor: canary,
    tz: canary,
    gender: canary,
    allowedOrigins: [canary],
    profile: { provider: { npi: canary } },
    [`${canary} "quoted"`]: canary,
    [`{"${canary}":1}`]: canary,
  });
  const rows = (operations as readonly Operation[]).filter(({ id }) => id !== "Unmatched");
  /** Callers also send values in path variables. */
  const pathOf = (row: Operation, org: string) =>
    String(row.paths[0])
      .replace("{org}", org)
      .replaceAll(/\{\w+\+?\}/g, canary);
  const query = () =>
    new URLSearchParams(Object.fromEntries(Object.entries(values()).map(([name, value]) => [name, String(value)])));

  const kindOf = ({ family, tier, method }: Operation) => `${family} ${tier} ${method}`;
  /** The first operation of each kind. It gets every combination, because operations of a kind share the code that logs. */
  const thorough = new Set(new Map(rows.toReversed().map((row) => [kindOf(row), row])).values());

  it.each(rows.map((row) => [row.id, row] as const))("%s", async (_, row) => {
    const { practice: auth } = portal;
    const holder = row.tier === "session" ? await portal.signedIn() : undefined;
    const cookie = holder && [...holder.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const known = {
      ...(row.family === "accounts" ? { "medable-client-key": portal.clientKey } : basic(auth)),
      ...(holder && { cookie: String(cookie), "medable-csrf-token": String(holder.csrf) }),
    };
    const strange = { "medable-client-key": canary, authorization: `Basic ${canary}`, "x-account-id": canary };
    const inBody = { auth, ...values() };
    const bodies: readonly [unknown, Headers][] =
      row.method === "GET"
        ? [["", {}]]
        : [
            [inBody, json],
            [[{ op: "set", path: canary, value: canary }], json],
            [[{ op: canary, path: `${canary}.${canary}`, value: canary }], json],
            [inBody, form],
            [`${query()}`, form],
            [`${canary}&${canary}=${canary}`, form],
            [`{"${canary}`, json],
            [inBody, { "content-type": `text/${canary}` }],
          ];
    const ownPath = pathOf(row, portal.org);
    for (const path of new Set([ownPath, ownPath.replace(canary, "me"), pathOf(row, canary)])) {
      for (const headers of [known, strange, {}]) {
        // An operation that is like one before it gets every body once, and every path and headers with the first body.
        const isWhole = thorough.has(row) || (path === ownPath && headers === known);
        for (const [place, [body, type]] of (isWhole ? bodies : bodies.slice(0, 1)).entries()) {
          for (const target of place === 0 ? [path, `${path}?${query()}`] : [path]) {
            const line = await lineOf(row.method, target, body, { ...headers, ...type });
            expect(line).toMatch(/^[A-Z]+ \S+ \d{3,4}\b/);
            expect(line).not.toContain(canary);
            expect(line).not.toMatch(/\p{Cc}/u);
          }
        }
      }
    }
  });
});
