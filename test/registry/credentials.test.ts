import { beforeAll, describe, expect, it } from "vitest";
import type { Operation, Tier } from "../../lib/operations.ts";
import { documentedRows } from "../../openapi/handlers.ts";
import { expectRefusal, missing, password } from "../functions/practices/practices-contract.ts";
import { hashes } from "../kit/cheap-hashes.ts";
import { type ReadyCall, readyCallInSharedWorld, worldOf } from "../kit/examples.ts";
import { type SharedWorld, sharedWorld } from "../kit/shared-worlds.ts";
import {
  call,
  changeVendor,
  countsTries,
  expectOk,
  freshKey,
  inHeaders,
  leavesNoTrace,
  makePractice,
  makeUser,
  type TableRequest,
  type TestPractice,
  watchTable,
} from "../kit/system.ts";

type Auth = Readonly<Record<string, unknown>>;
type Refusal = 4010 | 4011 | 4012;
type Outcome = 2000 | Refusal;

const rows = documentedRows.filter(({ family }) => family === "practices");

const loginOfDisabled = { loginId: "disabled", loginPassword: password };
/** Other vendors: one with a practice, and a disabled one with a user who has a login. */
async function makeStrangers() {
  const stranger = await makePractice({ accountId: "stranger" });
  const disabled = await makePractice({ accountId: "disabled" });
  const ofDisabled = await makeUser(disabled, { ...loginOfDisabled, admin: true });
  await changeVendor(disabled, (vendor) => ({ ...vendor, disabled: true }));
  return { stranger, ofDisabled };
}
let strangers: Awaited<ReturnType<typeof makeStrangers>>;
beforeAll(async () => {
  strangers = await makeStrangers();
});

/** Runs `make` at the first call only, and returns the same result each time. */
function onlyOnce<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/**
 * All callers that might send a request. Each is created in the world of the request when a situation first needs it.
 * @param tier of the operation
 * @param add adds records to that world
 */
function makeCallers(
  tier: Tier,
  { applicationId, applicationPassword, ...own }: TestPractice,
  add: SharedWorld["add"],
) {
  const once = <T>(make: () => Promise<T>) => onlyOnce(() => add(make));
  const vendor = { applicationId, applicationPassword };
  // The request may be about its own practice or delete it, so credentials name this practice only if they must.
  const needsOwn = tier === "account" || tier === "user";
  const practice = once(async () => (needsOwn ? { ...vendor, ...own } : makePractice({ accountId: "caller" }, vendor)));
  const addUser = async (userId: string, fields: object) => makeUser(await practice(), { userId, ...fields });
  const addLogin = (userId: string, fields: object = {}) =>
    once(async () => {
      const login = { loginId: freshKey(), loginPassword: password };
      await addUser(userId, { ...login, admin: true, ...fields });
      return login;
    });
  const closed = once(async () => {
    const practiceOfClosed = await makePractice({ accountId: "closed" }, vendor);
    const login = { loginId: freshKey(), loginPassword: password };
    const user = await makeUser(practiceOfClosed, { userId: "of closed", ...login, admin: true });
    await expectOk(call("PracticeUpdate", { auth: practiceOfClosed, name: "Closed", active: false }));
    return { user, login };
  });
  return {
    vendor,
    practice,
    user: once(() => addUser("user", {})),
    inactiveUser: once(() => addUser("inactive", { active: false })),
    admin: addLogin("admin"),
    member: addLogin("member", { admin: false }),
    victim: addLogin("victim"),
    lockedOut: addLogin("locked out", { active: false }),
    ofClosed: async () => (await closed()).user,
    loginOfClosed: async () => (await closed()).login,
    ofOther: once(async () => makeUser(await makePractice({ accountId: "other" }, vendor), { userId: "of other" })),
  };
}
type Callers = ReturnType<typeof makeCallers>;

/** A request of an operation, and all callers that might send it. */
interface Scene {
  readonly ready: ReadyCall;
  readonly callers: Callers;
}
let scenes = 0;
async function makeScene(row: Operation): Promise<Scene> {
  scenes += 1;
  const sharing = { use: `scene ${scenes}` };
  const { add } = await sharedWorld(worldOf(row.id), sharing);
  const ready = await readyCallInSharedWorld(row.id, undefined, sharing);
  return { ready, callers: makeCallers(row.tier, ready.world.practice, add) };
}

/** The outcome of a situation at each tier. */
type Outcomes = Readonly<Record<Tier & ("none" | "vendor" | "account" | "user"), Outcome>>;
const good: Outcomes = { none: 2000, vendor: 2000, account: 2000, user: 2000 };
const badVendor: Outcomes = { none: 2000, vendor: 4010, account: 4010, user: 4010 };
const badPractice: Outcomes = { ...good, account: 4011, user: 4011 };
const badUser: Outcomes = { ...good, user: 4012 };
const goodAdmin: Outcomes = { ...good, vendor: 4010 };
const goodMember: Outcomes = { ...badVendor, user: 2000 };

/** What a refusal says is missing in the request, by situation and tier. */
const missingIn: Readonly<Record<string, (tier: Tier) => string | undefined>> = {
  "no credentials": () => missing.credentials,
  "empty credentials": () => missing.credentials,
  "blank credentials": () => missing.credentials,
  "practice and user alone": () => missing.credentials,
  "an application": (tier) => (tier === "vendor" ? undefined : missing.practice),
  "a user without practice": (tier) => (tier === "vendor" ? undefined : missing.practice),
  "a practice": (tier) => (tier === "user" ? missing.user : undefined),
  "a bad application with a good login": () => undefined,
  "an application id alone with a good login": (tier) => (tier === "vendor" ? undefined : missing.practice),
  "an application password alone with a good login": (tier) => (tier === "vendor" ? undefined : missing.practice),
};

/** Somebody's credentials, with changes. */
const but = async (who: () => Promise<object>, change: Auth): Promise<Auth> => {
  const changed = Object.entries({ ...(await who()), ...change });
  return Object.fromEntries(changed.filter(([, value]) => value !== undefined));
};
const unknownLogin = { loginId: "unknown", loginPassword: password };

const situations: readonly [string, Outcomes, (callers: Callers) => object | undefined | Promise<object>][] = [
  ["no credentials", badVendor, () => undefined],
  ["empty credentials", badVendor, () => ({})],
  [
    "blank credentials",
    badVendor,
    () => ({ applicationId: "", applicationPassword: null, accountId: " ", loginId: "" }),
  ],

  ["an application without password", badVendor, ({ user }) => but(user, { applicationPassword: "" })],
  ["an application with a wrong password", badVendor, ({ user }) => but(user, { applicationPassword: "wrong" })],
  ["a password that is not text", badVendor, ({ user }) => but(user, { applicationPassword: { $ne: "" } })],
  ["a password without application", badVendor, ({ user }) => but(user, { applicationId: "" })],
  ["an unknown application", badVendor, ({ user }) => but(user, { applicationId: "unknown" })],
  [
    "an application id that is not text",
    badVendor,
    ({ user, vendor }) => but(user, { applicationId: [vendor.applicationId] }),
  ],
  ["an application id that is too long", badVendor, ({ user }) => but(user, { applicationId: "x".repeat(5000) })],
  ["a disabled application", badVendor, () => strangers.ofDisabled],
  [
    "another application's password",
    badVendor,
    ({ user }) => but(user, { applicationId: strangers.stranger.applicationId }),
  ],
  [
    "practice and user alone",
    badVendor,
    async ({ user }) => but(user, { applicationId: undefined, applicationPassword: undefined }),
  ],

  ["an application", badPractice, ({ vendor }) => vendor],
  ["a user without practice", badPractice, ({ user }) => but(user, { accountId: undefined })],
  ["an unknown practice", badPractice, ({ user }) => but(user, { accountId: "unknown" })],
  [
    "a practice named in other case",
    badPractice,
    async ({ user, practice }) => but(user, { accountId: (await practice()).accountId.toUpperCase() }),
  ],
  ["an inactive practice", badPractice, ({ ofClosed }) => ofClosed()],
  ["another vendor's practice", badPractice, ({ user }) => but(user, { accountId: "stranger" })],
  ["a practice key that is too long", badPractice, ({ user }) => but(user, { accountId: "x".repeat(5000) })],
  [
    "a practice key that is not text",
    badPractice,
    async ({ user, practice }) => but(user, { accountId: { accountId: (await practice()).accountId } }),
  ],

  ["a practice", badUser, ({ practice }) => practice()],
  ["an unknown user", badUser, ({ practice }) => but(practice, { userId: "unknown" })],
  ["a user named in other case", badUser, ({ user }) => but(user, { userId: "USER" })],
  ["an inactive user", badUser, ({ inactiveUser }) => inactiveUser()],
  [
    "another practice's user",
    badUser,
    async ({ practice, ofOther }) => but(practice, { userId: (await ofOther()).userId }),
  ],
  ["a user key that is too long", badUser, ({ practice }) => but(practice, { userId: "x".repeat(5000) })],
  ["a user key that is not text", badUser, ({ practice }) => but(practice, { userId: true })],
  ["a user", good, ({ user }) => user()],

  ["an administrator who signs in", goodAdmin, ({ admin }) => admin()],
  [
    "an administrator who signs in, naming themselves",
    goodAdmin,
    async ({ admin, practice }) => but(admin, { accountId: (await practice()).accountId, userId: "admin" }),
  ],
  [
    "an administrator who signs in, naming another practice",
    badVendor,
    ({ admin }) => but(admin, { accountId: "stranger" }),
  ],
  [
    "an administrator who signs in, naming another user of their practice",
    badVendor,
    async ({ admin, user }) => but(admin, { userId: (await user()).userId }),
  ],
  [
    "a user who signs in, naming another",
    badVendor,
    async ({ member, user }) => but(member, { userId: (await user()).userId }),
  ],
  [
    "a user who signs in, naming an id that is not text",
    badVendor,
    ({ member }) => but(member, { userId: ["member"] }),
  ],
  ["a user who signs in", goodMember, ({ member }) => member()],
  [
    "a user who signs in with a wrong password",
    badVendor,
    ({ victim }) => but(victim, { loginPassword: "Wr0ng-Password" }),
  ],
  ["a login without password", badVendor, ({ victim }) => but(victim, { loginPassword: "" })],
  [
    "a login that is not text",
    badVendor,
    async ({ admin }) => but(admin, { loginId: { loginId: (await admin()).loginId } }),
  ],
  ["a password without login", badVendor, ({ admin }) => but(admin, { loginId: "" })],
  ["an unknown login", badVendor, () => unknownLogin],
  ["a login of an inactive user", badVendor, ({ lockedOut }) => lockedOut()],
  ["a login of an inactive practice", badVendor, ({ loginOfClosed }) => loginOfClosed()],
  ["a login of a disabled vendor's practice", badVendor, () => loginOfDisabled],

  [
    "a good application with a bad login",
    good,
    async ({ user, admin }) => ({ ...(await user()), ...(await admin()), loginPassword: "Wr0ng" }),
  ],
  [
    "a bad application with a good login",
    badVendor,
    async ({ user, admin }) => ({ ...(await user()), applicationPassword: "wrong", ...(await admin()) }),
  ],
  [
    "an application id alone with a good login",
    badVendor,
    ({ vendor, admin }) => but(admin, { applicationId: vendor.applicationId }),
  ],
  [
    "an application password alone with a good login",
    badVendor,
    ({ vendor, admin }) => but(admin, { applicationPassword: vendor.applicationPassword }),
  ],
];

/** The tier of each method (contract practices §3, accounts §5). */
const tiers = {
  none: ["Ping"],
  vendor: [
    "PingWithApplicationAuth",
    ...["PracticeCreate", "PracticeUpdate", "PracticeSave", "PracticeDelete", "PracticeGet", "PracticeList"],
    "UserList",
    "EventList",
  ],
  account: [
    "PingWithAccountAuth",
    ...["UserCreate", "UserUpdate", "UserSave", "UserDelete", "UserGet"],
    ...["PortalSettingsGet", "PortalSettingsSave"],
  ],
  user: ["PingWithAuth"],
};
it("requires for each method the tier that the contract names", () => {
  const asked = Map.groupBy(rows, ({ tier }) => tier);
  const names = Object.fromEntries([...asked].map(([tier, methods]) => [tier, methods.map(({ id }) => id).sort()]));
  expect(names).toEqual(Object.fromEntries(Object.entries(tiers).map(([tier, methods]) => [tier, methods.toSorted()])));
});

/**
 * Whether an operation is the first of its tier. Operations share the code that reads credentials from headers: the first of
 * each tier is sent every situation in headers too. That others read them is a test of its own.
 */
const isFirstOfTier = (row: Operation) => rows.find(({ tier }) => tier === row.tier) === row;

describe.each(rows)("$id ($tier tier)", (row) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await makeScene(row);
  });

  const places = isFirstOfTier(row) ? ["body", "headers"] : ["body"];
  it.each(situations)(
    `answers %s as its tier requires, in ${places.join(" and in ")}`,
    async (what, outcomes, authOf) => {
      const outcome = outcomes[row.tier as keyof Outcomes];
      for (const place of places) {
        const { ready, callers } = scene;
        const auth = await authOf(callers);
        const headers = auth && inHeaders(auth);
        if (place === "headers" && !headers) continue;
        const change = place === "headers" && headers ? { headers, body: { auth: undefined } } : { body: { auth } };
        if (outcome === 2000) await expectOk(ready.send(change));
        else {
          const answer = await leavesNoTrace(() => ready.send(change), countsTries);
          expectRefusal(answer, outcome, missingIn[what]?.(row.tier));
        }
      }
    },
  );

  it.each([["text"], [7], [0], [true], [false], [[]], [[{ applicationId: "x" }]]])(
    "answers 4000 to auth %j, which is not an object, even if the headers are valid",
    async (auth) => {
      const { ready, callers } = scene;
      const headers = inHeaders(await callers.user()) ?? {};
      expectRefusal(await leavesNoTrace(() => ready.send({ headers, body: { auth } })), 4000);
    },
  );

  if (row.tier !== "none") {
    it("takes credentials from headers when those in the body are absent or all blank", async () => {
      for (const auth of [undefined, null, "", {}, { applicationId: " ", userId: null }, { unknown: "field" }]) {
        const { ready, callers } = scene;
        const headers = inHeaders(row.tier === "vendor" ? callers.vendor : await callers.user()) ?? {};
        await expectOk(ready.send({ headers, body: { auth } }));
      }
    });
    it("takes credentials only from the body if one of them is not blank", async () => {
      const headers = inHeaders(await scene.callers.user()) ?? {};
      const unnamed = row.tier === "vendor" ? undefined : missing.practice;
      for (const [auth, left] of [
        [{ userId: "user" }, missing.credentials],
        [{ accountId: 0 }, missing.credentials],
        [{ loginPassword: "x" }, undefined],
        [{ applicationId: "unknown" }, unnamed],
      ] as const) {
        const attempt = () => scene.ready.send({ headers, body: { auth } });
        expectRefusal(await leavesNoTrace(attempt, countsTries), 4010, left);
      }
      const wrong = { authorization: "Basic eDp5", "x-account-id": "unknown", "x-user-id": "unknown" };
      const { ready, callers } = scene;
      await expectOk(ready.send({ headers: wrong, body: { auth: await callers.user() } }));
    });
  }
});

/** Callers that must look alike: neither the answer nor the work may reveal which of them is calling. */
const lookAlikes: readonly [
  string,
  Refusal,
  readonly ("vendor" | "account" | "user")[],
  (callers: Callers) => Promise<object[]>,
][] = [
  [
    "an unknown application, a wrong password and a disabled application",
    4010,
    ["vendor", "account", "user"],
    async ({ user }) => [
      await but(user, { applicationId: "unknown" }),
      await but(user, { applicationPassword: "wrong" }),
      strangers.ofDisabled,
    ],
  ],
  [
    "an unknown practice, an inactive one and another vendor's",
    4011,
    ["account", "user"],
    async ({ user, ofClosed }) => [
      await but(user, { accountId: "unknown" }),
      await but(user, { accountId: (await ofClosed()).accountId }),
      await but(user, { accountId: "stranger" }),
    ],
  ],
  [
    "an unknown user, an inactive one and another practice's",
    4012,
    ["user"],
    async ({ user, inactiveUser, ofOther }) => [
      await but(user, { userId: "unknown" }),
      await but(user, { userId: (await inactiveUser()).userId }),
      await but(user, { userId: (await ofOther()).userId }),
    ],
  ],
];

/** The requests of a call: their commands in order, and how many keys each one names. */
const shapes = (requests: readonly TableRequest[]) =>
  requests
    .toSorted((one, other) => one.begun - other.begun)
    .map(({ command, input }) => {
      const tables: { Keys: unknown[] }[] = Object.values(input.RequestItems ?? {});
      return `${command} ${tables.flatMap(({ Keys }) => Keys).length}`;
    });

describe.each(lookAlikes)("%s", (_, code, tiers, callersOf) => {
  it.each(rows.filter(({ tier }) => (tiers as readonly Tier[]).includes(tier)))(
    "look alike at $id: the same answer and the same requests to the table",
    async (row) => {
      const { ready, callers } = await makeScene(row);
      const watched = [];
      for (const auth of await callersOf(callers)) watched.push(await watchTable(() => ready.send({ body: { auth } })));
      const seen = watched.map(({ answer, requests }) => ({ ...answer, requests: shapes(requests) }));
      for (const { answer } of watched) expectRefusal(answer, code);
      for (const other of seen) expect(other).toEqual(seen[0]);
    },
  );
});

describe("an unknown login, a wrong password, an inactive user, practice and vendor", () => {
  it.each(rows.filter(({ tier }) => tier === "account" || tier === "user"))(
    "look alike at $id: the same answer, requests to the table and number of hashes",
    async (row) => {
      // Each row has logins of its own, so that no login is locked by the tries of other rows.
      const { ready, callers } = await makeScene(row);
      const leaving = await makePractice();
      const ofLeaving = { loginId: freshKey(), loginPassword: password };
      await makeUser(leaving, { userId: "of leaving", ...ofLeaving, admin: true });
      await changeVendor(leaving, (vendor) => ({ ...vendor, disabled: true }));
      const tried = [
        { loginId: freshKey(), loginPassword: password },
        await but(callers.victim, { loginPassword: "Wr0ng-Password" }),
        await callers.lockedOut(),
        await callers.loginOfClosed(),
        ofLeaving,
      ];
      const seen = [];
      for (const auth of tried) {
        const before = hashes.made;
        const { answer, requests } = await watchTable(() => ready.send({ body: { auth } }));
        expectRefusal(answer, 4010);
        seen.push({ ...answer, requests: shapes(requests), hashes: hashes.made - before });
      }
      expect(seen[0]?.hashes).toBe(1);
      for (const other of seen) expect(other).toEqual(seen[0]);
    },
  );

  it("makes no hash while a login is locked, for the right password or a wrong one", async () => {
    const loginId = freshKey();
    await makeUser(await makePractice(), { userId: loginId, loginId, loginPassword: password });
    const ping = (loginPassword: string) => call("PingWithAuth", { auth: { loginId, loginPassword } });
    for (let time = 0; time < 5; time++) await ping("Wr0ng");
    const before = hashes.made;
    for (const given of ["Wr0ng", password]) {
      expectRefusal(await ping(given), 4010);
    }
    expect(hashes.made).toBe(before);
  });
});

describe("headers", () => {
  let practice: TestPractice;
  beforeAll(async () => {
    practice = await makePractice({ accountId: "caller" });
    await makeUser(practice, { userId: "user" });
  });
  const ping = (headers: Record<string, string>) => call("PingWithAuth", {}, { headers });
  const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString("base64")}` });
  const login = (pair: string) => ({ authorization: `Individual ${Buffer.from(pair).toString("base64")}` });
  const ids = { "x-account-id": "caller", "x-user-id": "user" };

  it.each(["basic", "BASIC", "Basic"])("take the scheme %s", async (scheme) => {
    const { applicationId, applicationPassword } = practice;
    const { authorization } = basic(`${applicationId}:${applicationPassword}`);
    await expectOk(ping({ ...ids, authorization: authorization.replace("Basic", scheme) }));
  });
  it("take a password with colons, and a login and password beyond ASCII", async () => {
    const loginPassword = "Pä:ss:Wörd-1";
    await makeUser(practice, { userId: "ümlaut", loginId: "Ümlaut", loginPassword });
    await expectOk(ping(login(`ümlaut:${loginPassword}`)));
  });
  it("take the names of headers in any case", async () => {
    const { authorization } = basic(`${practice.applicationId}:${practice.applicationPassword}`);
    await expectOk(ping({ AUTHORIZATION: authorization, "X-Account-Id": "caller", "X-USER-ID": "user" }));
  });
  it.each([
    ["", "an empty value"],
    ["Basic", "no credentials"],
    ["Basic !!!", "not base64"],
    ["Basic bm8gY29sb24=", "no colon"],
    ["Bearer dmVuZG9yLTE6eA==", "another scheme"],
    ["Digest username=x", "yet another scheme"],
  ])("answer 4010 to Authorization: %s (%s)", async (authorization) => {
    expectRefusal(await ping({ ...ids, authorization }), 4010, missing.credentials);
  });
});
