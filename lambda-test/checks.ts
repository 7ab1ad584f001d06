import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import type { APIGatewayProxyStructuredResultV2, DynamoDBBatchResponse } from "aws-lambda";
import { routeOf } from "../lib/api/routes.ts";
import { messageFilter } from "../lib/messages/filter.ts";
import { type Operation, operations } from "../lib/operations.ts";
import { demo } from "../local/demo.ts";
import type { Engine } from "../local/dynoxide.ts";
import { toEvent } from "../local/gateway-event.ts";
import type { Outside } from "../local/outside.ts";
import { streamPump } from "../local/stream-pump.ts";
import type { Deployable } from "./assembly.ts";
import type { RunningFunction } from "./runtime-api.ts";

/** What is checked, and with what. */
export interface Checked {
  readonly functions: readonly Deployable[];
  // biome-ignore lint/suspicious/noExplicitAny: each function has its own
  readonly invoke: (id: string, event: object) => Promise<any>;
  readonly start: (deployable: Pick<Deployable, "directory" | "environment">) => Promise<RunningFunction>;
  readonly outside: Outside;
  readonly engine: Engine;
  readonly say: (line: string) => void;
}

interface Asked {
  readonly body?: object | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Runs one check and counts it. */
type Check = (what: string, work: () => Promise<void>) => Promise<void>;

const rows: readonly Operation[] = operations;

/** Checks every function, and then a day in the life of a vendor and of somebody with a portal account. */
export async function checkAll(checked: Checked) {
  const counts = { passed: 0, failed: 0 };
  const check: Check = async (what, work) => {
    try {
      await work();
      counts.passed += 1;
      checked.say(`ok      ${what}`);
    } catch (error) {
      counts.failed += 1;
      checked.say(`FAILED  ${what}: ${(error as Error).message}`);
    }
  };
  await checkStarts(checked, check);
  await checkVendor(checked, check);
  await checkPortal(checked, check);
  return counts;
}

/** Sends a request to the function of its route, as API Gateway does. */
async function send({ invoke }: Checked, method: string, target: string, { body, headers = {} }: Asked = {}) {
  const route = routeOf(method, target);
  const bytes = Buffer.from(body === undefined ? "" : JSON.stringify(body));
  const all = { host: "frontdesk.test", "content-type": "application/json", ...headers };
  const request = { method, target, headers: all, body: bytes, sourceIp: "127.0.0.1", now: new Date() };
  const answer = (await invoke(route.row.id, toEvent(request, route))) as APIGatewayProxyStructuredResultV2;
  const { statusCode: status, headers: its = {}, cookies = [] } = answer;
  return { status, headers: its, cookies, json: answer.body ? JSON.parse(answer.body) : undefined };
}

/** Every function starts and answers, and none starts without its settings. */
async function checkStarts(checked: Checked, check: Check): Promise<void> {
  const { functions, invoke, start } = checked;
  for (const row of rows) {
    await check(
      `${row.id} starts, and answers ${row.id === "Ping" ? "its ping" : "who has no credentials"}`,
      async () => {
        const method = row.method === "ANY" ? "GET" : row.method;
        const path = row.paths[0] === "$default" ? "/nothing/here" : filled(row.paths[0] ?? "");
        expectRefusal(row, await send(checked, method, path, { body: method === "GET" ? undefined : {} }));
      },
    );
  }
  await check("SendMessages starts, and handles no records", async () => {
    deepEqual(await invoke("SendMessages", { Records: [] }), { batchItemFailures: [] });
  });
  for (const { id, directory, environment } of functions) {
    const told = Object.keys(environment);
    if (told.length === 0) continue;
    await check(`${id} does not start without TABLE_NAME, and says so`, async () => {
      const { TABLE_NAME: _, ...rest } = environment;
      await rejects(
        start({ directory, environment: rest }),
        /^Error: Frontdesk cannot start: wrong settings: TABLE_NAME: /,
      );
    });
  }
}

/** A vendor makes practices, a user and an organization. */
async function checkVendor(checked: Checked, check: Check): Promise<void> {
  const io = async (id: string, body: object) => (await send(checked, "POST", `/api/io/${id}`, { body })).json;
  const { applicationId, applicationPassword } = demo;
  const vendor = { applicationId, applicationPassword };
  const auth = { ...vendor, accountId: "practice-1" };
  const practice = { auth: vendor, accountId: "practice-1", name: "Riverside Clinic", websiteAddress: "riverside" };
  const user = { firstName: "Ada", lastName: "Mills", loginId: "ada", loginPassword: "Stethoscope1" };
  await check("a vendor creates a practice, once", async () => {
    deepEqual(await io("PracticeCreate", practice), {
      successful: true,
      responseMessage: "OK",
      responseCode: 2000,
      accountId: "practice-1",
      action: "create",
    });
    equal((await io("PracticeCreate", practice)).responseCode, 4130);
  });
  await check("and a user, who signs in", async () => {
    equal((await io("UserCreate", { auth, userId: "user-1", ...user })).responseCode, 2000);
    const { loginId, loginPassword } = user;
    equal((await io("PingWithAuth", { auth: { loginId, loginPassword } })).responseCode, 2000);
    equal((await io("PingWithAuth", { auth: { loginId, loginPassword: "wrong" } })).responseCode, 4010);
  });
  await check("saves the practice, reads it, and lists it with a sealed cursor", async () => {
    equal((await io("PracticeSave", { ...practice, name: "Lakeside Clinic" })).action, "update");
    equal((await io("PracticeGet", { auth: vendor, accountId: "practice-1" })).practice.name, "Lakeside Clinic");
    equal((await io("PracticeSave", { ...practice, accountId: "practice-2", websiteAddress: "" })).action, "create");
    const first = await io("PracticeList", { auth: vendor, limit: 1 });
    const second = await io("PracticeList", { auth: vendor, limit: 1, cursor: first.cursor });
    deepEqual([first.practiceList[0].accountId, second.practiceList[0].accountId], ["practice-1", "practice-2"]);
  });
  await check("deactivates it, which ends access: 4011", async () => {
    equal((await io("PingWithAccountAuth", { auth })).responseCode, 2000);
    equal((await io("PracticeSave", { ...practice, active: false })).responseCode, 2000);
    equal((await io("PingWithAccountAuth", { auth })).responseCode, 4011);
    equal((await io("PracticeSave", { ...practice, active: true })).responseCode, 2000);
  });
  await check("a therapist's organization is saved and listed", async () => {
    const basic = Buffer.from(`${applicationId}:${applicationPassword}`).toString("base64");
    const headers = { authorization: `Basic ${basic}`, "x-account-id": "practice-1" };
    const made = await send(checked, "POST", "/therapist/organizations/", { headers, body: { name: "Lakeside" } });
    equal(made.status, 201);
    deepEqual((await send(checked, "GET", "/therapist/organizations/", { headers })).json, [made.json]);
  });
}

/** Somebody registers at the vendor's portal, signs in, and gets a mail. */
async function checkPortal(checked: Checked, check: Check): Promise<void> {
  const { invoke, engine, outside } = checked;
  const headers = { "medable-client-key": demo.clientKey };
  const person = { email: "charles@example.org", password: "mauve otter juggles 41 kettles" };
  const registration = { ...person, name: { first: "Charles", last: "Best" }, mobile: "1-650-555-5555" };
  await check("somebody registers a portal account, signs in, and has a session", async () => {
    const registered = await send(checked, "POST", "/riverside/v2/accounts/register", { headers, body: registration });
    equal(registered.status, 200);
    equal(registered.json.email, person.email);
    const signedIn = await send(checked, "POST", "/riverside/v2/accounts/login", { headers, body: person });
    equal(signedIn.status, 200);
    const cookie = signedIn.cookies.map((each) => each.split(";")[0]).join("; ");
    const status = await send(checked, "GET", "/riverside/v2/accounts/status", { headers: { ...headers, cookie } });
    equal(status.json.loggedin, true);
    const wrong = { ...person, password: "wrong" };
    const refused = await send(checked, "POST", "/riverside/v2/accounts/login", { headers, body: wrong });
    equal(refused.json.code, "kInvalidCredentials");
  });
  await check("the worker opens the message that was queued, and mails it", async () => {
    const handler = (event: object): Promise<DynamoDBBatchResponse> => invoke("SendMessages", event);
    const consumers = [{ name: "SendMessages", filter: messageFilter, handler }];
    const pump = streamPump({ endpoint: engine.endpoint, tableName: "frontdesk", consumers });
    await pump.drain();
    await pump.stop();
    const [mail, ...more] = outside.messages();
    equal(more.length, 0);
    equal(mail?.to, person.email);
    match(mail?.text ?? "", /https:\/\/riverside\.portal\.example\.com\/verify\?token=/);
  });
}

/** A path of the registry with something in the place of each variable. */
const filled = (path: string) =>
  path
    .replace("{org}", "nobody")
    .replace("{token}", "x".repeat(32))
    .replace("{therapistUserId}", "1")
    .replace(/\{\w+\+?\}/g, "0".repeat(24));

/** Asserts that an answer is what the row's family says to somebody without credentials. */
function expectRefusal(
  { id, family, tier }: Operation,
  { status, headers, json }: { status: number | undefined; headers: object; json: Record<string, unknown> },
): void {
  const type = String((headers as Record<string, string>)["content-type"]);
  if (id === "AccountPreflight") {
    ok(status === 204 || status === 200);
    equal((headers as Record<string, string>).vary, "Origin");
  } else if (family === "practices") {
    equal(status, 200);
    match(type, /^application\/json/);
    equal(json.responseCode, tier === "none" ? 2000 : { vendor: 4010, account: 4010, user: 4010 }[tier as "vendor"]);
  } else if (family === "therapists") {
    deepEqual([status, type, json.title], [401, "application/problem+json", "Unauthorized"]);
  } else if (family === "accounts") {
    deepEqual([status, json.object, json.code], [403, "fault", "kAccessDenied"]);
  } else {
    deepEqual([status, type, json.title], [404, "application/problem+json", "Not Found"]);
  }
}
