import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Action, accessOf, type Partition, type TableAccess, workerAccess } from "../../lib/access.ts";
import { type Operation, type OperationId, operations } from "../../lib/operations.ts";
import { password as loginPassword } from "../functions/practices/practices-contract.ts";
import { organizationsPath, profilePath, sourceProfile } from "../functions/therapists/therapists-contract.ts";
import { sentMessages } from "../kit/outside.ts";
import {
  codeIn,
  expectSuccess,
  minutesAfter,
  newPerson,
  openPortal,
  password,
  roles,
  type TestPortal,
  tokenIn,
} from "../kit/portal.ts";
import { call, expectOk, makeUser, send, type TableRequest, watchTable } from "../kit/system.ts";
import { freshKey, inHeaders, leastBody, makeTargets, rows as practiceRows } from "../registry/practices.ts";

vi.useFakeTimers({ toFake: ["Date"] });
afterAll(() => {
  vi.useRealTimers();
});

/** The table requests that each function was seen to make, whether its caller was accepted or refused. */
const seen = new Map<string, Map<Action, Set<Partition>>>();

/** Makes a call of an operation, and records the table requests that it causes. */
async function by<T>(id: OperationId | "SendMessages", work: () => Promise<T>): Promise<T> {
  // A session's use is recorded once a minute, so each call comes more than a minute after the last one.
  vi.setSystemTime(Date.now() + 61_000);
  const { answer, requests } = await watchTable(work);
  const actions = seen.get(id) ?? new Map<Action, Set<Partition>>();
  seen.set(id, actions);
  for (const [action, key] of requests.flatMap(accessIn)) {
    const [kind, , rest] = key.split("#");
    const partition = (action === "QueryIndex" ? `${kind}…${rest}` : kind) as Partition;
    actions.set(action, (actions.get(action) ?? new Set()).add(partition));
  }
  return answer;
}

/** The IAM actions of a request, each with its partition key. */
function accessIn({ command, input }: TableRequest): [Action, string][] {
  if (command === "BatchGetItem") {
    const [{ Keys }] = Object.values(input.RequestItems) as [{ Keys: { pk: string }[] }];
    return Keys.map(({ pk }) => ["BatchGetItem", pk]);
  }
  if (command === "Query") {
    return [[input.IndexName ? "QueryIndex" : "Query", input.ExpressionAttributeValues[":pk"]]];
  }
  if (command === "TransactWriteItems") {
    return (input.TransactItems as Record<string, { Item?: { pk: string }; Key?: { pk: string } }>[]).map((item) => {
      const [[kind, { Item, Key }]] = Object.entries(item) as [
        [string, { Item?: { pk: string }; Key?: { pk: string } }],
      ];
      return [`${kind}Item` as Action, (Item ?? Key)?.pk ?? ""];
    });
  }
  return [[command as Action, input.Item?.pk ?? input.Key?.pk]];
}

const admin = { loginId: "admin", loginPassword };
const wrongly = (auth: object) => ({ ...auth, applicationPassword: "wrong" });

/** Calls every operation for vendors, with both kinds of credentials, right and wrong. */
async function asVendors(): Promise<void> {
  const auth = await makeTargets();
  await makeUser(auth, { userId: "admin", ...admin, admin: true });
  const kinds = [
    auth,
    wrongly(auth),
    admin,
    { ...admin, loginPassword: "Wrong1234" },
    { ...admin, loginId: "nobody" },
    {},
  ];
  for (const row of practiceRows) {
    for (const kind of kinds) {
      const body = { auth: { ...kind, ...("applicationId" in kind && row.tier === "user" && { userId: "admin" }) } };
      await by(row.id, () => call(row.id, { ...leastBody(row), ...body }));
    }
  }
  // Each unique value is taken, changed and released.
  const claims = { websiteAddress: "first", directDomain: "first", directAddress: "first" };
  const moved = { websiteAddress: "second", directDomain: "second", directAddress: "second" };
  const name = "Practice";
  await by("PracticeCreate", () => call("PracticeCreate", { auth, accountId: freshKey(), name, ...claims }));
  await by("PracticeCreate", () => call("PracticeCreate", { auth, accountId: freshKey(), name, ...claims }));
  for (const id of ["PracticeUpdate", "PracticeSave"] as const) {
    for (const fields of [moved, { ...moved, websiteAddress: "third", directDomain: "third" }, { active: false }, {}]) {
      await by(id, () => call(id, { auth, accountId: "target", name, active: true, ...fields }));
    }
  }
  await expectOk(call("PracticeUpdate", { auth, accountId: "caller", name, directDomain: "direct" }));
  const person = { firstName: "Grace", lastName: "Hopper" };
  const own = (word: string) => ({ loginId: word, loginPassword, directAddress: word });
  for (const id of ["UserCreate", "UserUpdate", "UserSave"] as const) {
    for (const fields of [own(id), own(`${id}2`), { active: false }]) {
      const userId = id === "UserCreate" ? freshKey() : "target";
      await by(id, () => call(id, { auth, userId, ...person, ...fields }));
    }
  }
  await by("UserList", () => call("UserList", { auth, accountId: "caller", limit: 1 }));
  const { cursor } = await by("UserList", () => expectOk(call("UserList", { auth, limit: 1 })));
  await by("UserList", () => call("UserList", { auth, limit: 1, cursor }));
}

/** Calls every operation for therapists, with both kinds of credentials, right and wrong. */
async function asTherapists(): Promise<void> {
  const auth = await makeTargets();
  await makeUser(auth, { userId: "admin", loginId: "therapist", loginPassword, admin: true });
  const individual = { loginId: "therapist", loginPassword };
  for (const kind of [auth, wrongly(auth), individual, { ...individual, loginPassword: "Wrong1234" }]) {
    const headers = inHeaders(kind) ?? {};
    const post = (id: OperationId, path: string, body: object) => by(id, () => send("POST", path, { headers, body }));
    const get = (id: OperationId, path: string) => by(id, () => send("GET", path, { headers }));
    const save = (body: object) => post("OrganizationSave", organizationsPath, body);
    await save({ name: "One", therapist_user_id: 7 });
    // Organizations that are created at the same time compete for a number; the losers take the next one.
    await by("OrganizationSave", () =>
      Promise.all(["Two", "Three", "Four"].map((name) => send("POST", organizationsPath, { headers, body: { name } }))),
    );
    await save({ id: 1, therapist_user_id: 8 });
    await save({ id: 1, is_active: false });
    await save({ id: 99 });
    await get("OrganizationList", `${organizationsPath}?limit=1`);
    await get("OrganizationListByTherapist", `${organizationsPath}7/?limit=1`);
    const profile = { ...sourceProfile, userId: "admin" };
    for (const body of [profile, { ...profile, role: "other" }, {}])
      await post("PracticeProfileSave", profilePath, body);
    for (const path of ["admin/", "nobody/"]) await get("PracticeProfileGet", profilePath + path);
  }
}

/** Calls every portal operation as visitor, holder, administrator and application, with right and wrong credentials. */
async function asHolders(): Promise<void> {
  const portal = await openPortal({ sessionIdleMinutes: 1440 });
  await registering(portal);
  await loggingIn(portal);
  const holder = await portal.register();
  const asAnyone = async (id: OperationId, method: string, path: string, body?: unknown) => {
    for (const client of [portal.visitor(), holder, portal.administrator]) {
      await by(id, () => client.send(method, path, { body }));
    }
    for (const minutes of [8, 120]) {
      await by(id, () => holder.send(method, path, { body, now: minutesAfter(new Date(), minutes) }));
    }
  };
  await reading(holder, asAnyone);
  await changing(portal, asAnyone);
  await verifying(portal, holder, asAnyone);
  await resettingPasswords(holder, asAnyone);
  await endingSessions(portal, asAnyone);
  for (const origin of ["https://example.org", undefined]) {
    await by("AccountPreflight", () => portal.visitor().send("OPTIONS", "accounts", { headers: { origin } }));
  }
  await by("AccountPreflight", () => send("OPTIONS", "/nobody/v2/accounts"));
  await by("Unmatched", () => send("GET", "/nothing/here"));
}

type TestHolder = Awaited<ReturnType<TestPortal["register"]>>;
/** Makes a call as visitor, as holder at several times, and as administrator. */
type AsAnyone = (id: OperationId, method: string, path: string, body?: unknown) => Promise<void>;

async function registering(portal: TestPortal): Promise<void> {
  const { administrator, visitor } = portal;
  const register = (client = visitor(), person = newPerson()) =>
    by("AccountRegister", () => client.post("accounts/register", person));
  await register();
  await register(administrator);
  await register(visitor(), {});
  await portal.settings({ registration: false });
  await register();
  await portal.settings({ registration: true });
  const { email } = await portal.register();
  await register(visitor(), newPerson({ email }));
}

async function loggingIn(portal: TestPortal): Promise<void> {
  const { visitor } = portal;
  await portal.settings({ lockAttempts: 3 });
  const person = await portal.register();
  const login = (word: string, options: object = {}, email = person.email, client = visitor()) =>
    by("AccountLogin", () => client.post("accounts/login", { email, password: word, ...options }));
  await login(password);
  await login(password, {}, "nobody@example.org");
  for (const word of ["wrong 1", "wrong 2", "wrong 3", password]) await login(word);
  await portal.settings({ twoFactor: true });
  const careful = await portal.register();
  const device = visitor();
  await login(password, {}, careful.email, device);
  await login(password, {}, careful.email, device);
  const [sms] = await by("SendMessages", () => sentMessages());
  await login(password, { location: { verificationToken: "000000" } }, careful.email, device);
  await login(password, { location: { verificationToken: codeIn(sms) } }, careful.email, device);
  await portal.settings({ twoFactor: false });
}

async function reading(holder: TestHolder, asAnyone: AsAnyone): Promise<void> {
  await asAnyone("AccountStatus", "GET", "accounts/status?expand=true");
  await asAnyone("AccountGet", "GET", `accounts/${holder.id}?expand[]=updater`);
  await asAnyone("AccountGet", "GET", "accounts/me");
  await asAnyone("AccountGetProperty", "GET", "accounts/me/name/first");
  const queries = ["", `?where={"email":"${holder.email}"}`, `?where={"_id":"${holder.id}"}`, "?expand[]=updater"];
  for (const query of queries) await asAnyone("AccountList", "GET", `accounts${query.replaceAll('"', "%22")}`);
}

async function changing(portal: TestPortal, asAnyone: AsAnyone): Promise<void> {
  const marked = await portal.register();
  const [doctor, boss] = [await portal.signedIn([roles.provider]), await portal.signedIn([roles.administrator])];
  for (const [id, method] of [
    ["AccountPut", "PUT"],
    ["AccountPatch", "PATCH"],
  ] as const) {
    const change = (name: string, value: unknown) =>
      id === "AccountPut" ? { [name]: value } : { op: "set", path: name, value };
    const steps = [change("mobile", id === "AccountPut" ? "1-650-555-5556" : "1-650-555-5557"), change("nonsense", 1)];
    for (const body of steps) await asAnyone(id, method, "accounts/me", body);
    for (const value of [true, false]) {
      await by(id, () => doctor.send(method, `accounts/${marked.id}`, { body: change("favorite", value) }));
      await by(id, () => boss.send(method, `accounts/${marked.id}`, { body: change("locked", value) }));
    }
  }
}

async function verifying({ visitor }: TestPortal, holder: TestHolder, asAnyone: AsAnyone): Promise<void> {
  await asAnyone("AccountResendVerification", "POST", "accounts/me/resend-verification");
  const [verification] = await sentMessages(holder.email);
  await asAnyone("AccountVerify", "POST", `accounts/${"x".repeat(32)}`);
  const mail = (await sentMessages(holder.email)).find(({ text }) => text.includes("/verify?"));
  await by("AccountVerify", () => visitor().post(`accounts/${tokenIn(mail ?? verification)}`));
  await asAnyone("AccountResendVerification", "POST", "accounts/me/resend-verification");
}

async function resettingPasswords(holder: TestHolder, asAnyone: AsAnyone): Promise<void> {
  for (const email of [holder.email, "nobody@example.org", ""]) {
    await asAnyone("AccountRequestPasswordReset", "POST", "accounts/request-password-reset", { email });
  }
  const reset = tokenIn((await sentMessages(holder.email)).find(({ text }) => text.includes("/reset-password?")));
  for (const [token, word] of [
    ["x".repeat(32), password],
    [reset, "weak"],
    [reset, `${password} 2`],
  ]) {
    await asAnyone("AccountResetPassword", "POST", "accounts/reset-password", { token, password: word });
  }
}

async function endingSessions(portal: TestPortal, asAnyone: AsAnyone): Promise<void> {
  const { administrator, visitor } = portal;
  const holder = await portal.register();
  const update = "accounts/me/update-password";
  for (const [current, word] of [
    ["wrong", password],
    [password, "weak"],
    [password, `${password} 3`],
    ["x", "x"],
    ["x", "x"],
    ["x", "x"],
  ]) {
    await by("AccountUpdatePassword", () => holder.post(update, { current, password: word }));
  }
  await by("AccountUpdatePassword", () => visitor().post(update, {}));
  await by("AccountUpdatePassword", () => administrator.post(update, {}));
  await expectSuccess(by("AccountLogout", () => holder.post("accounts/me/logout")));
  await asAnyone("AccountLogout", "POST", "accounts/me/logout");
}

beforeAll(async () => {
  await asVendors();
  await asTherapists();
  await asHolders();
});

const sorted = (access: Iterable<readonly [string, Iterable<string>]>) =>
  Object.fromEntries([...access].map(([action, partitions]) => [action, [...partitions].sort()]));
const declared = (access: TableAccess) => sorted(Object.entries(access));

test.each(operations as readonly Operation[])(
  "$id may make exactly the table requests that it was seen to make (lib/access.ts)",
  (row) => {
    expect(sorted(seen.get(row.id) ?? [])).toEqual(declared(accessOf(row)));
  },
);

test("the worker that sends messages may make exactly the table requests that it was seen to make", () => {
  expect(sorted(seen.get("SendMessages") ?? [])).toEqual(declared(workerAccess));
});

test("the registry's table field agrees with the access in lib/access.ts", () => {
  for (const row of operations as readonly Operation[]) {
    const access = accessOf(row);
    // UpdateItem alone is not a write: it records a session's use, or a try.
    const writes = access.PutItem !== undefined;
    expect([row.id, row.table]).toEqual([row.id, writes ? "write" : access.BatchGetItem ? "read" : "none"]);
  }
});
