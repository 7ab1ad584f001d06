import { deepEqual, equal, match, ok } from "node:assert/strict";
import { type Operation, operations } from "../lib/operations.ts";

/** The answer to a request. */
export interface Answered {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The lines of `Set-Cookie`. */
  readonly cookies: readonly string[];
  /** The parsed body. `undefined` if it is empty. */
  // biome-ignore lint/suspicious/noExplicitAny: each operation has its own answer
  readonly json: any;
}

/** What a request may have besides its method and its path. */
export interface RequestParts {
  /** Is sent as JSON. */
  readonly body?: object | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How requests reach the operations, and who the caller is. */
export interface Reached {
  readonly send: (method: string, target: string, parts?: RequestParts) => Promise<Answered>;
  /** Runs a check, and prints and counts it. */
  readonly check: (title: string, work: () => Promise<void>) => Promise<void>;
  readonly vendor: { readonly applicationId: string; readonly applicationPassword: string; readonly clientKey: string };
}

const rows: readonly Operation[] = operations;

const user = { firstName: "Ada", lastName: "Mills", loginId: "ada", loginPassword: "Stethoscope1" };
/** The person who registers in `portalAccounts`. */
export const person = { email: "charles@example.org", password: "mauve otter juggles 41 kettles" };

/**
 * Every operation answers a caller without credentials as its family does.
 * @param unreached operations that requests cannot reach
 */
export async function refusals({ send, check }: Reached, unreached: readonly string[] = []): Promise<void> {
  for (const row of rows.filter(({ id }) => !unreached.includes(id))) {
    const answer = row.id === "Ping" ? "answers a ping" : "answers a caller without credentials";
    await check(`${row.id} starts, and ${answer}`, async () => {
      const { method, path, body } = firstRequest(row);
      expectRefusal(row, await send(method, path, { body }));
    });
  }
}

/** A vendor creates, changes, lists and closes practices and users. */
export async function practices({ send, check, vendor: { clientKey: _, ...auth } }: Reached): Promise<void> {
  const io = async (id: string, body: object) => (await send("POST", `/api/io/${id}`, { body })).json;
  const ofPractice = { ...auth, accountId: "practice-1" };
  const practice = { auth, accountId: "practice-1", name: "Riverside Clinic", websiteAddress: "riverside" };
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
    equal((await io("UserCreate", { auth: ofPractice, userId: "user-1", ...user })).responseCode, 2000);
    const { loginId, loginPassword } = user;
    equal((await io("PingWithAuth", { auth: { loginId, loginPassword } })).responseCode, 2000);
    equal((await io("PingWithAuth", { auth: { loginId, loginPassword: "wrong" } })).responseCode, 4010);
  });
  await check("saves the practice, reads it, and lists it with a sealed cursor", async () => {
    equal((await io("PracticeSave", { ...practice, name: "Lakeside Clinic" })).action, "update");
    const { practice: read } = await io("PracticeGet", { auth, accountId: "practice-1" });
    equal(read.name, "Lakeside Clinic");
    const second = { ...practice, accountId: "practice-2", websiteAddress: "" };
    equal((await io("PracticeSave", second)).action, "create");
    const page = await io("PracticeList", { auth, limit: 1 });
    const next = await io("PracticeList", { auth, limit: 1, cursor: page.cursor });
    deepEqual([page.practiceList[0].accountId, next.practiceList[0].accountId], ["practice-1", "practice-2"]);
  });
  await check("deactivates it, which ends access: 4011", async () => {
    equal((await io("PingWithAccountAuth", { auth: ofPractice })).responseCode, 2000);
    equal((await io("PracticeSave", { ...practice, active: false })).responseCode, 2000);
    equal((await io("PingWithAccountAuth", { auth: ofPractice })).responseCode, 4011);
    equal((await io("PracticeSave", { ...practice, active: true })).responseCode, 2000);
  });
}

/** A vendor saves a therapist's organization. */
export async function therapists({ send, check, vendor }: Reached): Promise<void> {
  await check("a therapist's organization is saved and listed", async () => {
    const basic = Buffer.from(`${vendor.applicationId}:${vendor.applicationPassword}`).toString("base64");
    const headers = { authorization: `Basic ${basic}`, "x-account-id": "practice-1" };
    const made = await send("POST", "/therapist/organizations/", { headers, body: { name: "Lakeside" } });
    equal(made.status, 201);
    deepEqual((await send("GET", "/therapist/organizations/", { headers })).json, [made.json]);
  });
}

/** A person registers at the portal of the practice, and signs in. */
export async function portalAccounts({ send, check, vendor }: Reached): Promise<void> {
  const clientKey = { "medable-client-key": vendor.clientKey };
  await check("a person registers a portal account, signs in, and has a session", async () => {
    const portal = (path: string, body: object) =>
      send("POST", `/riverside/v2/accounts/${path}`, { headers: clientKey, body });
    const name = { first: "Charles", last: "Best" };
    const registered = await portal("register", { ...person, name, mobile: "1-650-555-5555" });
    equal(registered.status, 200);
    equal(registered.json.email, person.email);
    const signedIn = await portal("login", person);
    equal(signedIn.status, 200);
    const cookie = signedIn.cookies.map((each) => each.split(";")[0]).join("; ");
    const headers = { ...clientKey, cookie };
    equal((await send("GET", "/riverside/v2/accounts/status", { headers })).json.loggedin, true);
    const refused = await portal("login", { ...person, password: "wrong" });
    equal(refused.json.code, "kInvalidCredentials");
  });
}

/** A request without credentials that reaches an operation. */
export function firstRequest({ method: stated, paths: [path = ""] }: Operation) {
  const method = stated === "ANY" ? "GET" : stated;
  return {
    method,
    path: path === "$default" ? "/nothing/here" : filled(path),
    body: method === "GET" ? undefined : {},
  };
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
