import { beforeAll, describe, expect, it } from "vitest";
import type { Tier } from "../../lib/operations.ts";
import { expectRefusal, missing, password } from "../functions/practices/practices-contract.ts";
import { hashes } from "../kit/cheap-hashes.ts";
import {
  call,
  changeVendor,
  countsTries,
  expectOk,
  leavesNoTrace,
  makePractice,
  makeUser,
  type TableRequest,
  watchTable,
} from "../kit/system.ts";
import { freshKey, inHeaders, leastBody, makeTargets, type Row, rows } from "./practices.ts";

type Auth = Readonly<object>;
type Refusal = 4010 | 4011 | 4012;
type Outcome = 2000 | Refusal;

/** Everyone who might call: a vendor's practice with users, and what is wrong about others. */
async function makeWorld() {
  const practice = await makeTargets();
  const login = { loginPassword: password, admin: true };
  const user = await makeUser(practice, { userId: "user" });
  const inactiveUser = await makeUser(practice, { userId: "inactive", active: false });
  await makeUser(practice, { ...login, userId: "admin", loginId: "admin" });
  await makeUser(practice, { ...login, userId: "member", loginId: "member", admin: false });
  await makeUser(practice, { ...login, userId: "victim", loginId: "victim" });
  await makeUser(practice, { ...login, userId: "locked out", loginId: "inactive", active: false });

  const closed = await makePractice({ accountId: "closed" }, practice);
  const ofClosed = await makeUser(closed, { ...login, loginId: "closed" });
  await expectOk(call("PracticeUpdate", { auth: closed, name: "Closed", active: false }));

  const other = await makePractice({ accountId: "other" }, practice);
  const ofOther = await makeUser(other, { userId: "of other" });
  const stranger = await makePractice({ accountId: "stranger" });

  const disabled = await makePractice({ accountId: "disabled" });
  const ofDisabled = await makeUser(disabled, { ...login, loginId: "disabled" });
  await changeVendor(disabled, (vendor) => ({ ...vendor, disabled: true }));
  const { applicationId, applicationPassword } = practice;
  const vendor = { applicationId, applicationPassword };
  return { vendor, practice, user, inactiveUser, ofClosed, ofOther, stranger, ofDisabled };
}
let world: Awaited<ReturnType<typeof makeWorld>>;
beforeAll(async () => {
  world = await makeWorld();
});
type World = typeof world;

/** What a situation means at each tier. */
type Outcomes = Readonly<Record<Tier & ("none" | "vendor" | "account" | "user"), Outcome>>;
const good: Outcomes = { none: 2000, vendor: 2000, account: 2000, user: 2000 };
const badVendor: Outcomes = { none: 2000, vendor: 4010, account: 4010, user: 4010 };
const badPractice: Outcomes = { ...good, account: 4011, user: 4011 };
const badUser: Outcomes = { ...good, user: 4012 };
const goodAdmin: Outcomes = { ...good, vendor: 4010 };
const goodMember: Outcomes = { ...badVendor, user: 2000 };

const individual = (loginId: unknown, loginPassword: unknown = password) => ({ loginId, loginPassword });

/** What a refusal names that the request left out, by situation and tier. */
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

const situations: readonly [string, Outcomes, (world: World) => Auth | undefined][] = [
  ["no credentials", badVendor, () => undefined],
  ["empty credentials", badVendor, () => ({})],
  [
    "blank credentials",
    badVendor,
    () => ({ applicationId: "", applicationPassword: null, accountId: " ", loginId: "" }),
  ],

  ["an application without password", badVendor, ({ user }) => ({ ...user, applicationPassword: "" })],
  ["an application with a wrong password", badVendor, ({ user }) => ({ ...user, applicationPassword: "wrong" })],
  ["a password that is no text", badVendor, ({ user }) => ({ ...user, applicationPassword: { $ne: "" } })],
  ["a password without application", badVendor, ({ user }) => ({ ...user, applicationId: "" })],
  ["an unknown application", badVendor, ({ user }) => ({ ...user, applicationId: "unknown" })],
  ["an application id that is no text", badVendor, ({ user }) => ({ ...user, applicationId: [user.applicationId] })],
  ["an application id too long to be one", badVendor, ({ user }) => ({ ...user, applicationId: "x".repeat(5000) })],
  ["a disabled application", badVendor, ({ ofDisabled }) => ofDisabled],
  [
    "another application's password",
    badVendor,
    ({ user, stranger }) => ({ ...user, applicationId: stranger.applicationId }),
  ],
  ["practice and user alone", badVendor, () => ({ accountId: "caller", userId: "user" })],

  ["an application", badPractice, ({ vendor }) => vendor],
  ["a user without practice", badPractice, ({ vendor }) => ({ ...vendor, userId: "user" })],
  ["an unknown practice", badPractice, ({ user }) => ({ ...user, accountId: "unknown" })],
  ["a practice named in other case", badPractice, ({ user }) => ({ ...user, accountId: "CALLER" })],
  ["an inactive practice", badPractice, ({ ofClosed }) => ofClosed],
  ["another vendor's practice", badPractice, ({ user }) => ({ ...user, accountId: "stranger" })],
  ["a practice key too long to be one", badPractice, ({ user }) => ({ ...user, accountId: "x".repeat(5000) })],
  ["a practice key that is no text", badPractice, ({ user }) => ({ ...user, accountId: { accountId: "caller" } })],

  ["a practice", badUser, ({ practice }) => practice],
  ["an unknown user", badUser, ({ practice }) => ({ ...practice, userId: "unknown" })],
  ["a user named in other case", badUser, ({ practice }) => ({ ...practice, userId: "USER" })],
  ["an inactive user", badUser, ({ inactiveUser }) => inactiveUser],
  ["another practice's user", badUser, ({ practice, ofOther }) => ({ ...practice, userId: ofOther.userId })],
  ["a user key too long to be one", badUser, ({ practice }) => ({ ...practice, userId: "x".repeat(5000) })],
  ["a user key that is no text", badUser, ({ practice }) => ({ ...practice, userId: true })],
  ["a user", good, ({ user }) => user],

  ["an administrator who signs in", goodAdmin, () => individual("admin")],
  [
    "an administrator who signs in, naming themselves",
    goodAdmin,
    () => ({ ...individual("admin"), accountId: "caller", userId: "admin" }),
  ],
  [
    "an administrator who signs in, naming another practice",
    badVendor,
    () => ({ ...individual("admin"), accountId: "stranger" }),
  ],
  [
    "an administrator who signs in, naming another user of their practice",
    badVendor,
    () => ({ ...individual("admin"), userId: "user" }),
  ],
  ["a user who signs in, naming another", badVendor, () => ({ ...individual("member"), userId: "admin" })],
  ["a user who signs in, naming what is no id", badVendor, () => ({ ...individual("member"), userId: ["member"] })],
  ["a user who signs in", goodMember, () => individual("member")],
  ["a user who signs in with a wrong password", badVendor, () => individual("victim", "Wr0ng-Password")],
  ["a login without password", badVendor, () => individual("victim", "")],
  ["a login that is no text", badVendor, () => individual({ loginId: "admin" })],
  ["a password without login", badVendor, () => individual("")],
  ["an unknown login", badVendor, () => individual("unknown")],
  ["a login of an inactive user", badVendor, () => individual("inactive")],
  ["a login of an inactive practice", badVendor, () => individual("closed")],
  ["a login of a disabled vendor's practice", badVendor, () => individual("disabled")],

  ["a good application with a bad login", good, ({ user }) => ({ ...user, ...individual("admin", "Wr0ng") })],
  [
    "a bad application with a good login",
    badVendor,
    ({ user }) => ({
      ...user,
      applicationPassword: "wrong",
      ...individual("admin"),
    }),
  ],
  [
    "an application id alone with a good login",
    badVendor,
    ({ vendor }) => ({
      applicationId: vendor.applicationId,
      ...individual("admin"),
    }),
  ],
  [
    "an application password alone with a good login",
    badVendor,
    ({ vendor }) => ({
      applicationPassword: vendor.applicationPassword,
      ...individual("admin"),
    }),
  ],
];

/** The tier of each method (contract practices §3, accounts §5). */
const tiers = {
  none: ["Ping"],
  vendor: [
    "PingWithApplicationAuth",
    ...["PracticeCreate", "PracticeUpdate", "PracticeSave", "PracticeGet", "PracticeList"],
    "UserList",
  ],
  account: [
    "PingWithAccountAuth",
    ...["UserCreate", "UserUpdate", "UserSave", "UserGet"],
    ...["PortalSettingsGet", "PortalSettingsSave"],
  ],
  user: ["PingWithAuth"],
};
it("asks of each method for the tier that the contract names", () => {
  const asked = Map.groupBy(rows as readonly Row[], ({ tier }) => tier);
  const names = Object.fromEntries([...asked].map(([tier, methods]) => [tier, methods.map(({ id }) => id).sort()]));
  expect(names).toEqual(Object.fromEntries(Object.entries(tiers).map(([tier, methods]) => [tier, methods.toSorted()])));
});

describe.each(rows)("$id ($tier tier)", (row: Row) => {
  it.each(situations)("answers %s as its tier demands, in the body and in headers", async (what, outcomes, auth) => {
    const stated = auth(world);
    const outcome = outcomes[row.tier];
    const headers = stated && inHeaders(stated);
    const ways = [{ body: { auth: stated }, options: {} }, ...(headers ? [{ body: {}, options: { headers } }] : [])];
    for (const { body, options } of ways) {
      const attempt = () => call(row.id, { ...leastBody(row), ...body }, options);
      if (outcome === 2000) await expectOk(attempt());
      else expectRefusal(await leavesNoTrace(attempt, countsTries), outcome, missingIn[what]?.(row.tier));
    }
  });

  it.each([["text"], [7], [0], [true], [false], [[]], [[{ applicationId: "x" }]]])(
    "answers 4000 to auth %j, which is no object, though the headers are good",
    async (auth) => {
      const headers = inHeaders(world.user) ?? {};
      expectRefusal(await leavesNoTrace(() => call(row.id, { ...leastBody(row), auth }, { headers })), 4000);
    },
  );

  if (row.tier !== "none") {
    it("takes credentials from headers when those in the body are absent or all blank", async () => {
      const headers = inHeaders(row.tier === "vendor" ? world.vendor : world.user) ?? {};
      for (const auth of [undefined, null, "", {}, { applicationId: " ", userId: null }, { unknown: "field" }]) {
        await expectOk(call(row.id, { ...leastBody(row), auth }, { headers }));
      }
    });
    it("takes credentials from the body alone as soon as one of them is not blank", async () => {
      const headers = inHeaders(world.user) ?? {};
      const unnamed = row.tier === "vendor" ? undefined : missing.practice;
      for (const [auth, left] of [
        [{ userId: "user" }, missing.credentials],
        [{ accountId: 0 }, missing.credentials],
        [{ loginPassword: "x" }, undefined],
        [{ applicationId: "unknown" }, unnamed],
      ] as const) {
        const attempt = () => call(row.id, { ...leastBody(row), auth }, { headers });
        expectRefusal(await leavesNoTrace(attempt, countsTries), 4010, left);
      }
      const wrong = { authorization: "Basic eDp5", "x-account-id": "unknown", "x-user-id": "unknown" };
      await expectOk(call(row.id, { ...leastBody(row), auth: world.user }, { headers: wrong }));
    });
  }
});

/** What differs between callers must not show: neither in the answer nor in the work. */
const lookAlikes: readonly [string, Refusal, readonly ("vendor" | "account" | "user")[], (world: World) => Auth[]][] = [
  [
    "an unknown application, a wrong password and a disabled application",
    4010,
    ["vendor", "account", "user"],
    ({ user, ofDisabled }) => [
      { ...user, applicationId: "unknown" },
      { ...user, applicationPassword: "wrong" },
      ofDisabled,
    ],
  ],
  [
    "an unknown practice, an inactive one and another vendor's",
    4011,
    ["account", "user"],
    ({ user, ofClosed }) => [
      { ...user, accountId: "unknown" },
      { ...user, accountId: ofClosed.accountId },
      { ...user, accountId: "stranger" },
    ],
  ],
  [
    "an unknown user, an inactive one and another practice's",
    4012,
    ["user"],
    ({ user, inactiveUser, ofOther }) => [
      { ...user, userId: "unknown" },
      { ...user, userId: inactiveUser.userId },
      { ...user, userId: ofOther.userId },
    ],
  ],
];

/** The requests of a call: their kinds in order, and how many keys each names. */
const shapes = (requests: readonly TableRequest[]) =>
  requests
    .toSorted((one, other) => one.begun - other.begun)
    .map(({ command, input }) => {
      const tables: { Keys: unknown[] }[] = Object.values(input.RequestItems ?? {});
      return `${command} ${tables.flatMap(({ Keys }) => Keys).length}`;
    });

describe.each(lookAlikes)("%s", (_, code, tiers, callers) => {
  it.each(rows.filter(({ tier }) => (tiers as readonly Tier[]).includes(tier)))(
    "cannot be told apart at $id, by the answer or by the requests to the table",
    async (row: Row) => {
      const body = leastBody(row);
      const watched = [];
      for (const auth of callers(world)) watched.push(await watchTable(() => call(row.id, { ...body, auth })));
      const seen = watched.map(({ answer, requests }) => ({ ...answer, requests: shapes(requests) }));
      for (const { answer } of watched) expectRefusal(answer, code);
      for (const other of seen) expect(other).toEqual(seen[0]);
    },
  );
});

describe("an unknown login, a wrong password, an inactive user, practice and vendor", () => {
  it.each(rows.filter(({ tier }) => tier === "account" || tier === "user"))(
    "cannot be told apart at $id, by the answer, the requests to the table, or the hashes",
    async (row: Row) => {
      // A login of its own for each row: nobody is locked out on the way.
      const [right, unknown, inactive, closed, disabled] = Array.from({ length: 5 }, freshKey);
      const login = { loginPassword: password, admin: true };
      await makeUser(world.practice, { ...login, userId: right, loginId: right });
      await makeUser(world.practice, { ...login, userId: inactive, loginId: inactive, active: false });
      const closing = await makePractice({ accountId: closed }, world.practice);
      await makeUser(closing, { ...login, loginId: closed });
      await expectOk(call("PracticeUpdate", { auth: closing, name: "Closed", active: false }));
      const leaving = await makePractice();
      await makeUser(leaving, { ...login, loginId: disabled });
      await changeVendor(leaving, (vendor) => ({ ...vendor, disabled: true }));

      const body = leastBody(row);
      const callers = [
        individual(unknown),
        individual(right, "Wr0ng-Password"),
        individual(inactive),
        individual(closed),
        individual(disabled),
      ];
      const seen = [];
      for (const auth of callers) {
        const before = hashes.made;
        const { answer, requests } = await watchTable(() => call(row.id, { ...body, auth }));
        expectRefusal(answer, 4010);
        seen.push({ ...answer, requests: shapes(requests), hashes: hashes.made - before });
      }
      expect(seen[0]?.hashes).toBe(1);
      for (const other of seen) expect(other).toEqual(seen[0]);
    },
  );

  it("makes no hash while a login is refused, for the right password or a wrong one", async () => {
    const loginId = freshKey();
    await makeUser(world.practice, { userId: loginId, loginId, loginPassword: password });
    for (let time = 0; time < 5; time++) await call("PingWithAuth", { auth: individual(loginId, "Wr0ng") });
    const before = hashes.made;
    for (const given of ["Wr0ng", password]) {
      expectRefusal(await call("PingWithAuth", { auth: individual(loginId, given) }), 4010);
    }
    expect(hashes.made).toBe(before);
  });
});

describe("headers", () => {
  const ping = (headers: Record<string, string>) => call("PingWithAuth", {}, { headers });
  const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString("base64")}` });
  const login = (pair: string) => ({ authorization: `Individual ${Buffer.from(pair).toString("base64")}` });
  const ids = { "x-account-id": "caller", "x-user-id": "user" };

  it.each(["basic", "BASIC", "Basic"])("take the scheme %s", async (scheme) => {
    const { applicationId, applicationPassword } = world.vendor;
    const { authorization } = basic(`${applicationId}:${applicationPassword}`);
    await expectOk(ping({ ...ids, authorization: authorization.replace("Basic", scheme) }));
  });
  it("take a password with colons, and a login and password beyond ASCII", async () => {
    const loginPassword = "Pä:ss:Wörd-1";
    await makeUser(world.practice, { userId: "ümlaut", loginId: "Ümlaut", loginPassword });
    await expectOk(ping(login(`ümlaut:${loginPassword}`)));
  });
  it("take the names of headers in any case", async () => {
    const { authorization } = basic(`${world.vendor.applicationId}:${world.vendor.applicationPassword}`);
    await expectOk(ping({ AUTHORIZATION: authorization, "X-Account-Id": "caller", "X-USER-ID": "user" }));
  });
  it.each([
    ["", "an empty value"],
    ["Basic", "no credentials"],
    ["Basic !!!", "what is no base64"],
    ["Basic bm8gY29sb24=", "no colon"],
    ["Bearer dmVuZG9yLTE6eA==", "another scheme"],
    ["Digest username=x", "yet another scheme"],
  ])("answer 4010 to Authorization: %s (%s)", async (authorization) => {
    expectRefusal(await ping({ ...ids, authorization }), 4010, missing.credentials);
  });
});
