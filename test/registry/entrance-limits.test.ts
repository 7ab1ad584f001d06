import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { accessLog } from "../../lib/audit/access-note.ts";
import type { Operation } from "../../lib/operations.ts";
import type { Change } from "../../openapi/describe.ts";
import { descriptionOf } from "../../openapi/descriptions.ts";
import {
  byIndividual,
  documentedRow,
  firstExample,
  type ReadyCall,
  readyCall,
  readyCallInSharedWorld,
  type SendingOptions,
  sendExample,
  takesIndividuals,
} from "../kit/examples.ts";
import { openPortal } from "../kit/portal.ts";
import { engineError, throughProxy } from "../kit/proxy.ts";
import { realClock } from "../kit/slow-clock.ts";
import {
  allItems,
  allOperations,
  call,
  callCounts,
  expectOk,
  isSuccess,
  isWrite,
  makePractice,
  type Response,
  send,
  type TableRequest,
  watchTable,
} from "../kit/system.ts";
import { makeWorld, type World } from "../kit/worlds.ts";

realClock();

/*
 * How many calls of an entrance an address and an application may make in a minute, over all routes together. See
 * docs/decisions/entrance-limits.md.
 */

const limits = vi.hoisted(() => ({ ENTRANCES_PER_ADDRESS: "", ENTRANCES_PER_APPLICATION: "" }));
vi.mock("../../lib/settings.ts", async (original) => ({
  ...(await original<object>()),
  entranceSettings: () => limits,
}));

const unlimited = 1_000_000;
function limit(perAddress: number, perApplication: number): void {
  limits.ENTRANCES_PER_ADDRESS = String(perAddress);
  limits.ENTRANCES_PER_APPLICATION = String(perApplication);
}

/** The outcomes of calls in the access log. */
let outcomes: unknown[] = [];
beforeEach(() => {
  // Worlds are made without limits.
  limit(unlimited, unlimited);
  outcomes = [];
  accessLog.write = (line) => outcomes.push((line as { code: unknown }).code);
});
afterEach(() => {
  delete accessLog.write;
});

const rows = allOperations as readonly Operation[];
const entrances = rows.filter(({ entrance }) => entrance);

const firstExampleOf = (id: string) => firstExample(descriptionOf(id));

let addresses = 0;
/** An address that nobody has called from. */
const freshAddress = () => `2001:db8:0:${(++addresses).toString(16)}::1`;

/** Sends a request from an address. `undefined` sends it as a gateway would that states none. */
const from = (address: string | undefined): SendingOptions => ({
  event: (event) => {
    const http = { ...event.requestContext.http, sourceIp: address as string };
    return { ...event, requestContext: { ...event.requestContext, http } };
  },
});

/**
 * What a stranger sends: a request that is typical, but for PingWithAuth with a wrong secret, because an application that
 * proves its secret is not limited by its address.
 */
const strange = (id: string): Change => (id === "PingWithAuth" ? { auth: { applicationPassword: "wrong" } } : {});

const secondsLeft = ({ now = new Date() }: World) => 60 - Math.floor((now.getTime() % 60_000) / 1000);

const bodies = {
  practices: { successful: false, responseMessage: "an unknown error has occurred", responseCode: 5000 },
  therapists: {
    type: "/docs/errors.html#therapists-429",
    title: "Too Many Requests",
    status: 429,
    detail: "Nothing was done. Send the same request again when the time in Retry-After is over.",
    instance: expect.any(String),
  },
  accounts: {
    object: "fault",
    name: "error",
    code: "kThrottled",
    errCode: "cortex.throttled.unspecified",
    status: 429,
    message: "Too many requests",
    reason: "Too many requests",
    path: "",
    faults: [],
  },
  edge: undefined,
};

function expectThrottled(id: string, { status, headers, cookies, json }: Response, world: World): void {
  const seconds = secondsLeft(world);
  expect([id, status, headers["retry-after"]]).toEqual([id, 429, String(seconds)]);
  expect(json).toEqual(bodies[documentedRow(id).family]);
  expect(cookies).toEqual([]);
  expect(outcomes.at(-1)).toBe("throttled");
}

/** The keys that requests have written, without counts of calls. */
const written = (requests: readonly TableRequest[]) =>
  requests
    .filter((request) => isWrite(request) && request.done)
    .map(({ command, input }) => String(input.Key?.pk ?? command));

/** Sends this many requests, one after the other, over all routes of an operation. */
async function sendOverRoutes({ paths, id }: Operation, { send }: ReadyCall, many: number, change: Change, at: string) {
  for (let place = 0; place < many; place++) {
    const answer = await send(change, { ...from(at), address: paths[place % paths.length] as string });
    expect([id, place, answer.status]).not.toEqual([id, place, 429]);
  }
}

describe.each(entrances)("$id", (row: Operation) => {
  const { id, paths } = row;
  const change = strange(id);

  it("answers as many calls of an address as are allowed, over all routes together, and then 429 on each route, and does nothing", async () => {
    const ready = await readyCallInSharedWorld(id);
    const [address, other] = [freshAddress(), freshAddress()];
    const many = paths.length + 1;
    limit(many, unlimited);
    await sendOverRoutes(row, ready, many, change, address);
    for (const path of paths) {
      const { answer, requests } = await watchTable(() => ready.send(change, { ...from(address), address: path }));
      expectThrottled(id, answer, ready.world);
      expect(written(requests)).toEqual([]);
    }
    expect((await ready.send(change, from(other))).status).not.toBe(429);
  });
  it("answers again when the minute is over", async () => {
    const { world, request, send } = await readyCallInSharedWorld(id);
    const options = from(freshAddress());
    limit(1, unlimited);
    await send(change, options);
    expectThrottled(id, await send(change, options), world);
    const start = (world.now ?? new Date()).getTime();
    const next = new Date(start + secondsLeft(world) * 1000 - (start % 1000));
    const at = (now: Date) => sendExample(id, request, { ...world, now }, change, options);
    expect((await at(new Date(next.getTime() - 1))).status).toBe(429);
    expect((await at(next)).status).not.toBe(429);
  });
  it("lets exactly as many pass of many at once", async () => {
    const many = 5;
    const world = await makeWorld((await readyCall(id)).request.given);
    const now = world.now ?? new Date();
    const options = from(freshAddress());
    limit(many, unlimited);
    const sending = Array.from({ length: 3 * many }, () =>
      sendExample(id, firstExampleOf(id), { ...world, now }, change, options),
    );
    const statuses = (await Promise.all(sending)).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 429)).toHaveLength(many);
  });
  it("answers as many calls of an application as are allowed, from whichever addresses, and then 429", async () => {
    const ready = await readyCallInSharedWorld(id, undefined, { use: `the application of ${id}` });
    const elsewhere = await readyCall(id);
    const many = paths.length + 1;
    limit(unlimited, many);
    for (let place = 0; place < many; place++) await sendOverRoutes(row, ready, 1, {}, freshAddress());
    for (const path of paths) {
      const { answer, requests } = await watchTable(() => ready.send({}, { ...from(freshAddress()), address: path }));
      expectThrottled(id, answer, ready.world);
      // The session that the call shows counts as used.
      expect(written(requests).filter((key) => !key.startsWith("SESSION#"))).toEqual([]);
    }
    // Another application's calls are not concerned.
    expect((await elsewhere.send({}, from(freshAddress()))).status).not.toBe(429);
  });
  it("does not count calls for an application that an address may not make", async () => {
    const ready = await readyCallInSharedWorld(id, undefined, { use: `an address of ${id}` });
    const address = freshAddress();
    limit(1, 3);
    for (let place = 0; place < 6; place++) await ready.send(change, from(address));
    expect((await ready.send({}, from(freshAddress()))).status).not.toBe(429);
  });
});

describe("strangers who name an application without proof", () => {
  it("do not stop its servers at PingWithAuth", async () => {
    const { send } = await readyCall("PingWithAuth");
    limit(unlimited, 2);
    for (let place = 0; place < 4; place++) await send(strange("PingWithAuth"), from(freshAddress()));
    expect((await send({}, from(freshAddress()))).json.responseCode).toBe(2000);
  });
  it("do not stop its servers at a portal, neither with a wrong secret nor with the public client key", async () => {
    const portal = await openPortal();
    const { applicationId, accountId } = portal.practice;
    const wrong = { authorization: `Basic ${btoa(`${applicationId}:wrong`)}`, "x-account-id": accountId };
    limit(unlimited, 2);
    const now = new Date();
    const ask = (client = portal.visitor(), headers = {}) =>
      client.post(
        "accounts/request-password-reset",
        { email: "nobody@example.org" },
        { now, headers, ...from(freshAddress()) },
      );
    for (let place = 0; place < 4; place++) await ask(portal.visitor(), wrong);
    for (let place = 0; place < 2; place++) expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(429);
    for (let place = 0; place < 2; place++) expect((await ask(portal.administrator)).status).toBe(200);
    expect((await ask(portal.administrator)).status).toBe(429);
  });
  it("do not stop holders of sessions, neither with the client key nor without", async () => {
    const portal = await openPortal();
    const [holder, now] = [await portal.signedIn(), new Date()];
    limit(unlimited, 2);
    const options = () => ({ now, ...from(freshAddress()) });
    const token = "t".repeat(32);
    for (let place = 0; place < 4; place++) {
      await portal.visitor().post("accounts/me/resend-verification", {}, options());
      await portal.visitor().post(`accounts/${token}`, {}, options());
    }
    expect((await portal.visitor().post(`accounts/${token}`, {}, options())).status).toBe(429);
    expect((await holder.post(`accounts/${token}`, {}, options())).status).toBe(404);
    expect((await holder.post("accounts/me/resend-verification", {}, options())).status).toBe(200);
  });
  it("do not use up the application's calls with a client key of another one", async () => {
    const [portal, other] = [await openPortal(), await openPortal()];
    limit(unlimited, 1);
    const ask = (clientKey: string) =>
      portal
        .visitor()
        .post("accounts/login", {}, { headers: { "medable-client-key": clientKey }, ...from(freshAddress()) });
    expect((await ask(other.clientKey)).status).toBe(403);
    // The key's own application has no calls left.
    expect((await ask(other.clientKey)).status).toBe(429);
    expect((await ask(portal.clientKey)).status).toBe(400);
  });
  // Regression: only calls to portals of the key's application counted. A deactivated portal of it took longer than none, and
  // answered 429 when the calls were used up, where others answered 403.
  it("do not learn by the count which names are portals of the application", async () => {
    const [portal, other] = [await openPortal(), await openPortal()];
    const stopped = await makePractice({ accountId: "stopped", websiteAddress: "stopped" }, portal.practice);
    await expectOk(
      call("PracticeUpdate", { auth: stopped, name: "Stopped", websiteAddress: "stopped", active: false }),
    );
    const ask = (org: string) =>
      send("POST", `/${org}/v2/accounts/login`, {
        body: {},
        headers: { "medable-client-key": portal.clientKey },
        ...from(freshAddress()),
      });
    for (const [callsMax, status] of [
      [unlimited, 403],
      [0, 429],
    ] as const) {
      limit(unlimited, callsMax);
      const works = [];
      for (const org of ["stopped", other.org, "nowhere"]) {
        const { answer, requests } = await watchTable(() => ask(org));
        works.push([answer.status, answer.json.code, requests.map(({ command }) => command).sort()]);
      }
      expect(works[0]?.[0]).toBe(status);
      expect(works).toEqual([works[0], works[0], works[0]]);
    }
  });
});

describe("an application that proves its secret", () => {
  it("is not limited by its address, also while strangers there are", async () => {
    const ready = await readyCall("PingWithAuth");
    const address = from(freshAddress());
    limit(1, unlimited);
    for (let place = 0; place < 3; place++) expect((await ready.send({}, address)).json.responseCode).toBe(2000);
    expect((await ready.send(strange("PingWithAuth"), address)).status).toBe(429);
    const portal = await openPortal();
    const login = () =>
      portal.administrator.post("accounts/login", { email: "a@example.org", password: "wrong" }, address);
    limit(1, unlimited);
    for (let place = 0; place < 3; place++) expect((await login()).status).toBe(403);
  });
});

describe("individuals", () => {
  const operations = rows.filter(takesIndividuals);
  const wrong = { loginPassword: "Wrong1234" };

  it("share one limit of an address over all operations, in the form of each family, and reserve no guess over it", async () => {
    const now = new Date();
    const readied: (ReadyCall & { readonly id: string })[] = [];
    for (const { id } of operations) readied.push({ id, ...(await readyCallInSharedWorld(id)) });
    const login = await (await makeWorld("practice")).administrator();
    const options = from(freshAddress());
    const sendAll = async (change: object, each: (id: string, answer: Response, written: string[]) => void) => {
      for (const { id, request, world } of readied) {
        const byLogin = byIndividual(documentedRow(id), { ...login, ...change });
        const sending = () => sendExample(id, request, { ...world, now }, byLogin, options);
        const { answer, requests } = await watchTable(sending);
        each(id, answer, written(requests));
      }
    };
    limit(operations.length, unlimited);
    await sendAll({ ...wrong, loginId: "nobody" }, (id, { status }) => expect([id, status]).not.toEqual([id, 429]));
    // The right password is refused as well, so that the refusal says nothing about it.
    for (const change of [wrong, {}]) {
      await sendAll(change, (id, answer, keys) => {
        expectThrottled(id, answer, { ...readied[0]?.world, now } as World);
        expect([id, keys]).toEqual([id, []]);
      });
    }
    const elsewhere = await call("PingWithAuth", { auth: login }, { now, ...from(freshAddress()) });
    expect(elsewhere.json.responseCode).toBe(2000);
  });
  it("who sign in do not use the limit up: a server may do so for many of them", async () => {
    const login = await (await makeWorld("practice")).administrator();
    const options = { now: new Date(), ...from(freshAddress()) };
    const ping = (change = {}) => call("PingWithAuth", { auth: { ...login, ...change } }, options);
    limit(2, 1);
    for (let place = 0; place < 5; place++) expect((await ping()).json.responseCode).toBe(2000);
    for (let place = 0; place < 2; place++) expect((await ping(wrong)).json.responseCode).toBe(4010);
    expect((await ping()).status).toBe(429);
  });
  // Regression: refused sign-ins were counted for the rest of the minute, and locked out a server that signs in many at once.
  it("who were refused because many signed in at once may sign in when those have", async () => {
    const login = await (await makeWorld("practice")).administrator();
    const options = { now: new Date(), ...from(freshAddress()) };
    const ping = () => call("PingWithAuth", { auth: login }, options);
    limit(2, unlimited);
    const statuses = (await Promise.all(Array.from({ length: 8 }, ping))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(2);
    expect((await ping()).json.responseCode).toBe(2000);
  });
  it("get exactly as many guesses as are allowed, of many at once", async () => {
    const options = { now: new Date(), ...from(freshAddress()) };
    limit(4, unlimited);
    const guesses = Array.from({ length: 12 }, (_, place) =>
      call("PingWithAuth", { auth: { loginId: `guessed-${place}`, ...wrong } }, options),
    );
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(4);
  });
});

describe("an address", () => {
  const guess = (address: string | undefined) =>
    call("PingWithAuth", { auth: { loginId: "nobody", loginPassword: "Wrong1234" } }, { now, ...from(address) });
  const now = new Date();

  it("of IPv6 is counted together with the others of its /64", async () => {
    limit(2, unlimited);
    expect((await guess("2001:db8:1:1::1")).status).toBe(200);
    expect((await guess("2001:db8:1:1:ffff::2")).status).toBe(200);
    expect((await guess("2001:db8:1:1:0:0:0:3")).status).toBe(429);
    expect((await guess("2001:db8:1:2::1")).status).toBe(200);
  });
  it("that is not stated is one address", async () => {
    limit(2, unlimited);
    const statuses = [await guess(undefined), await guess(undefined), await guess(undefined)].map(
      ({ status }) => status,
    );
    expect(statuses).toEqual([200, 200, 429]);
  });
  it("is not stored, nor is an application's secret: counts are found by a digest, and end soon", async () => {
    const { send, world } = await readyCall("PingWithAuth");
    await send({}, from("198.51.100.17"));
    const counts = await callCounts();
    expect(counts.length).toBeGreaterThan(1);
    const time = Date.now() / 1000;
    for (const { pk, sk, expiresAt, calls, ...others } of counts) {
      expect([pk, sk, others]).toEqual([expect.stringMatching(/^LIMIT#[0-9a-f]{64}$/), "LIMIT", {}]);
      expect(Number(calls)).toBeGreaterThanOrEqual(0);
      expect(Math.abs(Number(expiresAt) - time)).toBeLessThan(3600);
    }
    expect(JSON.stringify(counts)).not.toContain(world.practice.applicationId);
  });
});

describe("a call over the limit", () => {
  it("reserves no guess at the password of an account", async () => {
    const portal = await openPortal();
    const { email } = await portal.register();
    const options = { now: new Date(), ...from(freshAddress()) };
    const login = () => portal.visitor().post("accounts/login", { email, password: "wrong password" }, options);
    limit(1, unlimited);
    await login();
    const before = await allItems();
    for (let place = 0; place < 8; place++) expect((await login()).status).toBe(429);
    expect(await allItems()).toEqual(before);
    limit(unlimited, unlimited);
    expect((await login()).json.code).toBe("kInvalidCredentials");
  });
  it("is counted also if it repeats a call with its idempotency key", async () => {
    const portal = await openPortal();
    const headers = { "idempotency-key": "one key" };
    const options = { now: new Date(), headers, ...from(freshAddress()) };
    const ask = () => portal.visitor().post("accounts/request-password-reset", { email: "a@example.org" }, options);
    limit(2, unlimited);
    expect((await ask()).headers["idempotent-replayed"]).toBeUndefined();
    expect((await ask()).headers["idempotent-replayed"]).toBe("true");
    expect((await ask()).status).toBe(429);
  });
  it("can be read by pages of allowed origins, with its Retry-After", async () => {
    const origin = "https://app.example.org";
    const portal = await openPortal({ allowedOrigins: [origin] });
    const options = { now: new Date(), headers: { origin }, ...from(freshAddress()) };
    limit(1, unlimited);
    await portal.visitor().post("accounts/login", {}, options);
    const { status, headers } = await portal.visitor().post("accounts/login", {}, options);
    expect([status, headers["access-control-allow-origin"]]).toEqual([429, origin]);
    expect(headers["access-control-expose-headers"]).toContain("Retry-After");
  });
  it("is answered alike whether the portal exists or not", async () => {
    const options = { now: new Date(), body: {}, ...from(freshAddress()) };
    limit(1, unlimited);
    await send("POST", "/nowhere/v2/accounts/login", options);
    const { status, json } = await send("POST", "/nowhere/v2/accounts/login", options);
    expect([status, json]).toEqual([429, bodies.accounts]);
  });
  it("of one entrance leaves the others as they are", async () => {
    const portal = await openPortal();
    const options = { now: new Date(), ...from(freshAddress()) };
    limit(1, unlimited);
    const post = async (path: string) => (await portal.visitor().post(path, {}, options)).status;
    expect([await post("accounts/login"), await post("accounts/login")]).toEqual([400, 429]);
    expect([await post("accounts/register"), await post("accounts/register")]).toEqual([400, 429]);
  });
});

describe("while calls cannot be counted", () => {
  const broken = <T>(work: () => Promise<T>) =>
    throughProxy(
      async (request) =>
        String(request.json.Key?.pk?.S).startsWith("LIMIT#") ? engineError("ThrottlingException") : request.forward(),
      work,
    );

  it("entrances answer 503 and judge nothing", async () => {
    const portal = await openPortal();
    const { email } = await portal.register();
    const before = await allItems();
    const answers = await broken(() =>
      Promise.all([
        portal.visitor().post("accounts/login", { email, password: "wrong" }, { remainingMs: 7500 }),
        call("PingWithAuth", { auth: { loginId: "nobody", loginPassword: "Wrong1234" } }, { remainingMs: 7500 }),
      ]),
    );
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    expect(await allItems()).toEqual(before);
  });
  it("other operations answer applications as usual", async () => {
    const ready = await readyCall("UserSave");
    expect(isSuccess(await broken(() => ready.send()))).toBe(true);
  });
});
