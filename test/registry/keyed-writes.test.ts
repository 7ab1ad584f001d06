import { describe, expect, it } from "vitest";
import { claimKey } from "../../lib/table/idempotency.ts";
import { interrupted } from "../accounts-security/attack.ts";
import { sentMessages } from "../kit/outside.ts";
import { freshEmail, newPerson, openPortal, type PortalClient } from "../kit/portal.ts";
import { type EngineRequest, hangUp, throughProxy } from "../kit/proxy.ts";
import { realClock } from "../kit/slow-clock.ts";
import {
  allItems,
  call,
  expectOk,
  freshKey,
  inHeaders,
  makePractice,
  makeUser,
  makeVendor,
  type RequestOptions,
  type Response,
  send,
  type TestPractice,
} from "../kit/system.ts";
import { toTherapist } from "../kit/worlds.ts";

realClock();

const keyed = (key: string, options: Omit<RequestOptions, "body" | "headers"> = {}) => ({
  ...options,
  headers: { "idempotency-key": key },
});
const isReplay = ({ headers }: Response) => headers["idempotent-replayed"] === "true";

const organizations = "/therapist/organizations/";
const hours = 3_600_000;

/** Sends a request fifty times at once. */
const fiftyTimes = <T>(work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 50 }, work));

/** Asserts that all answers are the first one, and that all but one are replays. Returns that answer. */
function expectOneAnswer(responses: readonly Response[]): Response {
  const [first] = responses.filter((response) => !isReplay(response));
  expect(responses.filter(isReplay)).toHaveLength(responses.length - 1);
  for (const { status, cookies, text } of responses) {
    expect({ status, cookies, text }).toEqual({ status: first?.status, cookies: first?.cookies, text: first?.text });
  }
  return first as Response;
}

/** The audit events of a portal or practice. */
const eventsOf = async ({ accountId }: { readonly accountId: string }, what: string) =>
  (await allItems()).filter((item) => item.type === "event" && item.what === what && item.pk.endsWith(`#${accountId}`))
    .length;

it("a request whose key another one has claimed meanwhile, because it took too long, writes nothing", async () => {
  const auth = await makePractice({ accountId: freshKey() });
  const takeOver = async () => {
    const open = (await allItems()).filter(({ type, sealed }) => type === "idempotency" && sealed === undefined);
    const [newest] = open.toSorted((one, other) => Number(other.endsAt) - Number(one.endsAt));
    const key = { pk: String(newest?.pk), sk: String(newest?.sk) };
    const claim = { key, claimId: "another run", fingerprint: String(newest?.fingerprint) };
    const { other } = await claimKey(claim, hours, new Date(Date.now() + hours));
    expect(other).toBeUndefined();
  };
  const user = { userId: "u", firstName: "Ada", lastName: "Mills" };
  const response = await interrupted(
    ({ TransactItems }) => TransactItems !== undefined,
    takeOver,
    () => call("UserCreate", { auth, ...user }, keyed("k", { remainingMs: 7500 })),
  );
  expect(response.status).toBe(503);
  expect(await eventsOf(auth, "user.created")).toBe(0);
});

describe("fifty of one request at once, with one key", () => {
  it("create one organization, with one id", async () => {
    const auth = await makePractice({ accountId: freshKey() });
    const body = { name: "Riverside", therapist_user_id: 7 };
    const responses = await fiftyTimes(() => toTherapist(auth, "POST", organizations, body, keyed("k")));
    expect(expectOneAnswer(responses)).toMatchObject({ status: 201, json: { id: 1 } });
    expect(await eventsOf(auth, "organization.created")).toBe(1);
  });
  it("create one user", async () => {
    const auth = await makePractice({ accountId: freshKey() });
    const user = {
      userId: "u",
      firstName: "Ada",
      lastName: "Mills",
      loginId: freshKey(),
      loginPassword: "Stethoscope1",
    };
    const responses = await fiftyTimes(() => call("UserCreate", { auth, ...user }, keyed("k")));
    expect(expectOneAnswer(responses).json).toMatchObject({ responseCode: 2000, action: "create" });
    expect(await eventsOf(auth, "user.created")).toBe(1);
  });
  it("register one account, mail once, and give one session, which works", async () => {
    const portal = await openPortal();
    const before = (await sentMessages()).length;
    const person = newPerson({ email: freshEmail() });
    const responses = await fiftyTimes(() =>
      portal.visitor().post("accounts/register", person, { headers: { "idempotency-key": "k" } }),
    );
    const first = expectOneAnswer(responses);
    expect(first.status).toBe(200);
    expect((await sentMessages()).length - before).toBe(1);
    expect(await eventsOf(portal.practice, "account.registered")).toBe(1);
    const [session = ""] = first.cookies.filter((cookie) => cookie.startsWith("md.sid="));
    const status = await portal.visitor().get("accounts/status", { headers: { cookie: session.split(";")[0] } });
    expect(status.json).toMatchObject({ loggedin: true });
  });
  it("change a password once, and count one guess", async () => {
    const portal = await openPortal();
    const person = await portal.register();
    const { cookies, csrf } = person;
    const body = { current: person.password, password: "another zqhvwkxjgtb" };
    const [first, ...responses] = await Promise.all(
      Array.from({ length: 50 }, () => {
        const browser = portal.visitor();
        for (const [name, value] of cookies) browser.cookies.set(name, value);
        browser.csrf = csrf;
        return browser.post("accounts/me/update-password", body, { headers: { "idempotency-key": "k" } });
      }),
    );
    expect(expectOneAnswer([first as Response, ...responses]).status).toBe(200);
    expect(await eventsOf(portal.practice, "account.passwordChanged")).toBe(1);
    expect((await allItems()).filter(({ pk }) => pk.startsWith("TRIES#"))).toEqual([]);
  });
  it("make one connection, and mail once", async () => {
    const portal = await openPortal();
    const person = await portal.register();
    const before = (await sentMessages()).length;
    const body = { targets: [{ email: freshEmail(), access: 2 }] };
    const responses = await fiftyTimes(() =>
      person.post("accounts/me/connections", body, { headers: { "idempotency-key": "k" } }),
    );
    expect(expectOneAnswer(responses).json.data).toHaveLength(1);
    expect((await sentMessages()).length - before).toBe(1);
    expect(await eventsOf(portal.practice, "connection.created")).toBe(1);
  });
});

const create = (auth: TestPractice, name: string, options: RequestOptions = keyed("k")) =>
  toTherapist(auth, "POST", organizations, { name, therapist_user_id: 7 }, options);

describe("an answer", () => {
  it("is kept for 24 hours, also when the table has not cleaned up yet", async () => {
    const auth = await makePractice({ accountId: freshKey() });
    const start = Date.now();
    const at = (ms: number) => keyed("k", { now: new Date(start + ms) });
    expect((await create(auth, "One", at(0))).json.id).toBe(1);
    const late = await create(auth, "One", at(24 * hours - 1));
    expect([late.json.id, isReplay(late)]).toEqual([1, true]);
    const next = await create(auth, "One", at(24 * hours));
    expect([next.json.id, isReplay(next)]).toEqual([2, false]);
    const again = await create(auth, "One", at(24 * hours + 1));
    expect([again.json.id, isReplay(again)]).toEqual([2, true]);
  });
  it("is kept of a write that had nothing to change", async () => {
    const portal = await openPortal();
    const person = await portal.register();
    const patch = () => person.patch("accounts/me", [], { headers: { "idempotency-key": "k" } });
    const [first, again] = [await patch(), await patch()];
    expect([first.status, again.status, again.text]).toEqual([200, 200, first.text]);
    expect([isReplay(first), isReplay(again)]).toEqual([false, true]);
  });
  it("may be as large as an account can be, also when every character of it is escaped", async () => {
    const portal = await openPortal();
    const person = await portal.register();
    await portal.administrator.put(`accounts/${person.id}`, { state: "verified" });
    const text = '"'.repeat(255);
    const endpoints = Array.from({ length: 10 }, () => ({ label: text, name: text }));
    const notifications = Array.from({ length: 22 }, () => ({ label: text, name: text, endpoints }));
    const put = () =>
      portal.administrator.put(
        `accounts/${person.id}`,
        { preferences: { notifications } },
        { headers: { "idempotency-key": "k" } },
      );
    const [first, again] = [await put(), await put()];
    expect([first.status, again.status, again.text === first.text]).toEqual([200, 200, true]);
    expect(first.text.length).toBeGreaterThan(250_000);
  });
  it("is stored also with a transaction that has no room for all its parts", async () => {
    const portal = await openPortal();
    const targets = Array.from({ length: 50 }, () => ({ email: freshEmail() }));
    const invite = () =>
      portal.administrator.post("accounts/invitations", { targets }, { headers: { "idempotency-key": "k" } });
    const [first, again] = [await invite(), await invite()];
    expect([first.status, first.json.data.length, again.text === first.text]).toEqual([200, 50, true]);
  });
  it("is that of the same request when the members of its objects come in another order", async () => {
    const auth = await makePractice({ accountId: freshKey() });
    await create(auth, "One");
    const body = { therapist_user_id: 7, name: "One" };
    expect(isReplay(await toTherapist(auth, "POST", organizations, body, keyed("k")))).toBe(true);
  });
  it("is that of the same request when the credentials come in another place", async () => {
    const { applicationId, applicationPassword } = await makeVendor();
    const auth = { applicationId, applicationPassword };
    const fields = { accountId: freshKey(), name: "Practice" };
    await expectOk(
      call("PracticeSave", { auth: { ...auth, accountId: fields.accountId }, name: "Practice" }, keyed("k")),
    );
    const headers = { ...keyed("k").headers, ...inHeaders({ ...auth, accountId: fields.accountId }) };
    const again = await call("PracticeSave", { name: "Practice" }, { headers });
    expect([again.json.responseCode, isReplay(again)]).toEqual([2000, true]);
  });
  it("is not answered to a caller who is not admitted any more", async () => {
    const auth = await makePractice({ accountId: freshKey() });
    await create(auth, "One");
    await expectOk(call("PracticeUpdate", { auth, name: "Practice", active: false }));
    expect((await create(auth, "One")).status).toBe(401);
  });
});

describe("a key", () => {
  it("belongs to one practice, one caller and one operation", async () => {
    const vendor = await makeVendor();
    const [auth, other] = [
      await makePractice({ accountId: freshKey() }, vendor),
      await makePractice({ accountId: freshKey() }, vendor),
    ];
    expect((await create(auth, "One")).status).toBe(201);
    expect((await create(other, "Another")).status).toBe(201);
    const settings = await call("PortalSettingsSave", { auth, lockAttempts: 7 }, keyed("k"));
    expect([settings.json.responseCode, isReplay(settings)]).toEqual([2000, false]);
    const login = { loginId: freshKey(), loginPassword: "Stethoscope1" };
    await makeUser(auth, { userId: "u", admin: true, ...login });
    const fields = { name: "By an individual", therapist_user_id: 7 };
    const byIndividual = () =>
      send("POST", organizations, { body: fields, headers: { ...keyed("k").headers, ...inHeaders(login) } });
    expect((await byIndividual()).status).toBe(201);
    expect(isReplay(await byIndividual())).toBe(true);
  });
  it("belongs to one account of a portal, and one session", async () => {
    const portal = await openPortal();
    const [person, other] = [await portal.register(), await portal.register()];
    const elsewhere = await portal.login(person);
    const rename = (caller: PortalClient) =>
      caller.put("accounts/me", { name: { first: "Grace" } }, { headers: { "idempotency-key": "k" } });
    expect((await rename(person)).json._id).toBe(person.id);
    expect((await rename(other)).json._id).toBe(other.id);
    expect(await rename(elsewhere)).toMatchObject({ status: 400, json: { code: "kInvalidArgument" } });
  });
  it("may be used again after a refusal, with another body, and nothing is kept of that request", async () => {
    const [auth, accountId] = [await makePractice({ accountId: freshKey() }), freshKey()];
    const before = (await allItems()).filter(({ type }) => type === "idempotency").length;
    const name = "Practice";
    const refused = await call("PracticeCreate", { auth, accountId: auth.accountId, name }, keyed("k"));
    expect(refused.json.responseCode).toBe(4130);
    expect((await allItems()).filter(({ type }) => type === "idempotency")).toHaveLength(before);
    await expectOk(call("PracticeCreate", { auth, accountId, name }, keyed("k")));
  });
  it("is ignored by reads, and by the login, which begins a session each time", async () => {
    const portal = await openPortal();
    const person = await portal.register();
    const read = await call("PracticeGet", { auth: portal.practice }, keyed("k".repeat(256)));
    expect(read.json.responseCode).toBe(2000);
    const login = () =>
      portal.visitor().post("accounts/login", { email: person.email, password: person.password }, keyed("k"));
    const [one, other] = [await login(), await login()];
    expect([one.status, other.status, isReplay(other)]).toEqual([200, 200, false]);
    expect(one.cookies).not.toEqual(other.cookies);
  });
  it("is judged after the credentials", async () => {
    const auth = { ...(await makePractice({ accountId: freshKey() })), applicationPassword: "wrong" };
    expect((await create(auth, "One", keyed(""))).status).toBe(401);
  });
});

describe("while the first request is under way", () => {
  it("the second waits, and gets its answer", async () => {
    const auth = await makePractice({ accountId: freshKey() });
    let isWritten = false;
    const slowly = async (request: EngineRequest) => {
      if (request.operation === "TransactWriteItems") {
        await new Promise((resolve) => setTimeout(resolve, 600));
        isWritten = true;
      }
      return request.forward();
    };
    await throughProxy(slowly, async () => {
      const first = create(auth, "One");
      await new Promise((resolve) => setTimeout(resolve, 150));
      const second = await create(auth, "One");
      expect([isWritten, second.json.id, isReplay(second)]).toEqual([true, 1, true]);
      expect((await first).text).toBe(second.text);
    });
  });
  it("a request with another body is refused at once", async () => {
    const auth = await makePractice({ accountId: freshKey() });
    const slowly = async (request: EngineRequest) => {
      if (request.operation === "TransactWriteItems") await new Promise((resolve) => setTimeout(resolve, 600));
      return request.forward();
    };
    await throughProxy(slowly, async () => {
      const first = create(auth, "One");
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect((await create(auth, "Another")).status).toBe(422);
      expect((await first).status).toBe(201);
    });
  });
});

describe("after a crash between the claim and the write", () => {
  it("the same request waits until no time is left, and goes on once the claim has lapsed", async () => {
    const auth = await makePractice({ accountId: freshKey() });
    const start = Date.now();
    let claimed = false;
    // The claim is made, and no request of that function arrives any more.
    const lost = await throughProxy(
      async (request) => {
        if (request.operation === "TransactWriteItems" || (request.operation === "BatchGetItem" && claimed))
          return hangUp;
        const answer = await request.forward();
        if (request.operation === "PutItem") claimed = true;
        return answer;
      },
      () => create(auth, "One", keyed("k", { now: new Date(start), remainingMs: 7200 })),
    );
    expect(lost.status).toBe(503);
    const early = await create(auth, "One", keyed("k", { now: new Date(start + 14_999), remainingMs: 7200 }));
    expect([early.status, early.headers["retry-after"]]).toEqual([503, "1"]);
    const next = await create(auth, "One", keyed("k", { now: new Date(start + 15_000) }));
    expect([next.status, next.json.id, isReplay(next)]).toEqual([201, 1, false]);
    expect(await eventsOf(auth, "organization.created")).toBe(1);
  });
});
