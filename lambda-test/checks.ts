import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import type { DynamoDBBatchResponse } from "aws-lambda";
import { routeOf } from "../lib/api/routes.ts";
import { messageFilter } from "../lib/messages/filter.ts";
import { type Operation, operations } from "../lib/operations.ts";
import type { Answer } from "../local/answer.ts";
import { demo } from "../local/demo.ts";
import type { Engine } from "../local/dynoxide.ts";
import { toEvent } from "../local/gateway-event.ts";
import type { Outside } from "../local/outside.ts";
import { streamPump } from "../local/stream-pump.ts";
import { functionDefaults } from "../tools/function-settings.ts";
import type { Deployable } from "./assembly.ts";
import type { RunningFunction } from "./runtime-api.ts";

/** What the checks need. */
export interface Checked {
  readonly functions: readonly Deployable[];
  // biome-ignore lint/suspicious/noExplicitAny: each function has its own answer
  readonly invoke: (id: string, event: object) => Promise<any>;
  readonly start: (deployable: Pick<Deployable, "directory" | "environment">) => Promise<RunningFunction>;
  readonly outside: Outside;
  readonly engine: Engine;
  readonly say: (line: string) => void;
}

interface RequestParts {
  readonly body?: object | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

const rows: readonly Operation[] = operations;

const vendor = { applicationId: demo.applicationId, applicationPassword: demo.applicationPassword };
const auth = { ...vendor, accountId: "practice-1" };
const practice = { auth: vendor, accountId: "practice-1", name: "Riverside Clinic", websiteAddress: "riverside" };
const user = { firstName: "Ada", lastName: "Mills", loginId: "ada", loginPassword: "Stethoscope1" };
const clientKey = { "medable-client-key": demo.clientKey };
const person = { email: "charles@example.org", password: "mauve otter juggles 41 kettles" };

/** Checks every function, and then the typical calls of a vendor and of a person with a portal account. */
export async function checkAll(checked: Checked): Promise<{ passed: number; failed: number }> {
  const checks = new Checks(checked);
  await checks.starts();
  await checks.missingSettings();
  await checks.practices();
  await checks.therapists();
  await checks.portalAccounts();
  await checks.worker();
  return checks.counts;
}

class Checks {
  readonly counts = { passed: 0, failed: 0 };
  readonly #checked: Checked;

  constructor(checked: Checked) {
    this.#checked = checked;
  }

  /** Every function starts, and answers a caller without credentials as its family does. */
  async starts(): Promise<void> {
    await this.#check("PortalPage serves a page, which names files that were built", async () => {
      const { statusCode, body } = await this.#checked.invoke("PortalPage", eventOf("GET", "/riverside/verify", {}));
      equal(statusCode, 200);
      match(String(body), /data-org="riverside"/);
      match(String(body), /"\/_portal\/main-[\w-]+\.css"/);
      match(String(body), /"\/_portal\/main-[\w-]+\.js"/);
    });
    for (const row of rows) {
      const answer = row.id === "Ping" ? "answers a ping" : "answers a caller without credentials";
      await this.#check(`${row.id} starts, and ${answer}`, async () => {
        expectRefusal(row, read(await this.#checked.invoke(row.id, firstEvent(row.id))));
      });
    }
    for (const id of ["SendMessages", "CleanUp"]) {
      await this.#check(`${id} starts, and handles an event without records`, async () => {
        deepEqual(await this.#checked.invoke(id, firstEvent(id)), { batchItemFailures: [] });
      });
    }
    await this.#check("EraseOverdue starts, and finds no account to erase", async () => {
      equal((await this.#checked.invoke("EraseOverdue", firstEvent("EraseOverdue"))) ?? null, null);
    });
    await this.#check("ProcessImage starts, and leaves an object alone that is no upload", async () => {
      equal((await this.#checked.invoke("ProcessImage", firstEvent("ProcessImage"))) ?? null, null);
    });
  }

  /** A function with settings fails at its first event when one is missing. */
  async missingSettings(): Promise<void> {
    const { functions, start } = this.#checked;
    for (const { id, directory, environment } of functions) {
      // The function of pages does not use the table.
      const name = ["TABLE_NAME", "PORTAL_URL"].find((each) => each in environment);
      if (!name) continue;
      await this.#check(`${id} does not work without ${name}, and says so`, async () => {
        const { [name]: _, ...rest } = environment;
        const running = await start({ directory, environment: rest });
        try {
          const complaint = new RegExp(`^Error: Frontdesk cannot start: wrong settings: ${name}: `);
          await rejects(running.invoke(firstEvent(id)), complaint);
        } finally {
          await running.stop();
        }
      });
    }
  }

  /** A vendor creates, changes, lists and closes practices and users. */
  async practices(): Promise<void> {
    await this.#check("a vendor creates a practice, once", async () => {
      deepEqual(await this.#io("PracticeCreate", practice), {
        successful: true,
        responseMessage: "OK",
        responseCode: 2000,
        accountId: "practice-1",
        action: "create",
      });
      equal((await this.#io("PracticeCreate", practice)).responseCode, 4130);
    });
    await this.#check("and a user, who signs in", async () => {
      equal((await this.#io("UserCreate", { auth, userId: "user-1", ...user })).responseCode, 2000);
      const { loginId, loginPassword } = user;
      equal((await this.#io("PingWithAuth", { auth: { loginId, loginPassword } })).responseCode, 2000);
      equal((await this.#io("PingWithAuth", { auth: { loginId, loginPassword: "wrong" } })).responseCode, 4010);
    });
    await this.#check("saves the practice, reads it, and lists it with a sealed cursor", async () => {
      equal((await this.#io("PracticeSave", { ...practice, name: "Lakeside Clinic" })).action, "update");
      const { practice: read } = await this.#io("PracticeGet", { auth: vendor, accountId: "practice-1" });
      equal(read.name, "Lakeside Clinic");
      const second = { ...practice, accountId: "practice-2", websiteAddress: "" };
      equal((await this.#io("PracticeSave", second)).action, "create");
      const page = await this.#io("PracticeList", { auth: vendor, limit: 1 });
      const next = await this.#io("PracticeList", { auth: vendor, limit: 1, cursor: page.cursor });
      deepEqual([page.practiceList[0].accountId, next.practiceList[0].accountId], ["practice-1", "practice-2"]);
    });
    await this.#check("deactivates it, which ends access: 4011", async () => {
      equal((await this.#io("PingWithAccountAuth", { auth })).responseCode, 2000);
      equal((await this.#io("PracticeSave", { ...practice, active: false })).responseCode, 2000);
      equal((await this.#io("PingWithAccountAuth", { auth })).responseCode, 4011);
      equal((await this.#io("PracticeSave", { ...practice, active: true })).responseCode, 2000);
    });
  }

  async therapists(): Promise<void> {
    await this.#check("a therapist's organization is saved and listed", async () => {
      const basic = Buffer.from(`${vendor.applicationId}:${vendor.applicationPassword}`).toString("base64");
      const headers = { authorization: `Basic ${basic}`, "x-account-id": "practice-1" };
      const made = await this.#send("POST", "/therapist/organizations/", { headers, body: { name: "Lakeside" } });
      equal(made.status, 201);
      deepEqual((await this.#send("GET", "/therapist/organizations/", { headers })).json, [made.json]);
    });
  }

  async portalAccounts(): Promise<void> {
    await this.#check("a person registers a portal account, signs in, and has a session", async () => {
      const portal = (path: string, body: object) =>
        this.#send("POST", `/riverside/v2/accounts/${path}`, { headers: clientKey, body });
      const name = { first: "Charles", last: "Best" };
      const registered = await portal("register", { ...person, name, mobile: "1-650-555-5555" });
      equal(registered.status, 200);
      equal(registered.json.email, person.email);
      const signedIn = await portal("login", person);
      equal(signedIn.status, 200);
      const cookie = signedIn.cookies.map((each) => each.split(";")[0]).join("; ");
      const headers = { ...clientKey, cookie };
      equal((await this.#send("GET", "/riverside/v2/accounts/status", { headers })).json.loggedin, true);
      const refused = await portal("login", { ...person, password: "wrong" });
      equal(refused.json.code, "kInvalidCredentials");
    });
  }

  /** The worker mails the message that the registration has queued. */
  async worker(): Promise<void> {
    const { invoke, engine, outside } = this.#checked;
    await this.#check("the worker opens the message that was queued, and mails it", async () => {
      const handler = (event: object): Promise<DynamoDBBatchResponse> => invoke("SendMessages", event);
      const consumers = [{ name: "SendMessages", filters: [messageFilter], handler }];
      const { TABLE_NAME: tableName } = functionDefaults;
      const pump = streamPump({ endpoint: engine.endpoint, tableName, consumers });
      await pump.drain();
      await pump.stop();
      const [mail, ...more] = outside.messages();
      equal(more.length, 0);
      equal(mail?.to, person.email);
      match(mail?.text ?? "", /https:\/\/riverside\.portal\.example\.com\/verify\?token=/);
    });
  }

  /** Runs a check, prints whether it passed, and counts it. */
  async #check(title: string, work: () => Promise<void>): Promise<void> {
    const { say } = this.#checked;
    try {
      await work();
      this.counts.passed += 1;
      say(`ok      ${title}`);
    } catch (error) {
      this.counts.failed += 1;
      say(`FAILED  ${title}: ${(error as Error).message}`);
    }
  }

  /** Calls the function of a route with the event that API Gateway would send. */
  async #send(method: string, target: string, parts?: RequestParts) {
    const id = routeOf(method, target).row.id;
    return read(await this.#checked.invoke(id, eventOf(method, target, parts)));
  }

  /** Calls an `/api/io` method. Returns the answer's body. */
  async #io(id: string, body: object) {
    return (await this.#send("POST", `/api/io/${id}`, { body })).json;
  }
}

/** The event that API Gateway would send for a request. */
function eventOf(method: string, target: string, { body, headers = {} }: RequestParts = {}) {
  const bytes = Buffer.from(body === undefined ? "" : JSON.stringify(body));
  const all = { host: "frontdesk.test", "content-type": "application/json", ...headers };
  const request = { method, target, headers: all, body: bytes, sourceIp: "127.0.0.1", now: new Date() };
  return toEvent(request, routeOf(method, target));
}

/** An event that every function can handle: a request without credentials, or no records for the worker. */
function firstEvent(id: string): object {
  const row = rows.find((each) => each.id === id);
  // What a worker has nothing to do for.
  if (!row) return { Records: [], detail: { bucket: { name: "another" }, object: { key: "" } } };
  const method = row.method === "ANY" ? "GET" : row.method;
  const path = row.paths[0] === "$default" ? "/nothing/here" : filled(row.paths[0] ?? "");
  return eventOf(method, path, { body: method === "GET" ? undefined : {} });
}

/** A function's answer with its body parsed. */
function read({ statusCode: status, headers = {}, cookies = [], body }: Answer) {
  return { status, headers, cookies, json: body ? JSON.parse(body) : undefined };
}

/** A path of the registry with a value for each variable. */
const filled = (path: string) =>
  path
    .replace("{org}", "nobody")
    .replace("{path+}", "v2/accounts")
    .replace("{token}", "x".repeat(32))
    .replace("{therapistUserId}", "1")
    .replace(/\{\w+\+?\}/g, "0".repeat(24));

/** Asserts that an answer is the one of the row's family to a caller without credentials. */
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
    equal(json.responseCode, tier === "none" ? 2000 : 4010);
  } else if (family === "therapists") {
    deepEqual([status, type, json.title], [401, "application/problem+json", "Unauthorized"]);
  } else if (family === "accounts") {
    // There is no portal at this address. Only callers who prove nothing are told so.
    const refusal = tier === "none" ? [404, "fault", "kNotFound"] : [403, "fault", "kAccessDenied"];
    deepEqual([status, json.object, json.code], refusal);
  } else {
    deepEqual([status, type, json.title], [404, "application/problem+json", "Not Found"]);
  }
}
