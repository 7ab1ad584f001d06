import { beforeAll, describe, expect, it } from "vitest";
import {
  allItems,
  call,
  countsTries,
  expectOk,
  leavesNoTrace,
  makePractice,
  makeUser,
  type TestPractice,
} from "../../kit/system.ts";
import { named } from "./field-suites.ts";
import { freshKey } from "./practice-suites.ts";
import { expectRefusal, missing, password, refused } from "./practices-contract.ts";
import { signIn } from "./user-suites.ts";

let practice: TestPractice;
beforeAll(async () => {
  practice = await makePractice();
  await makeUser(practice, { userId: "user-1" });
});
const ping = (auth: object) => call("PingWithAuth", { auth });

/** Creates a user who can sign in. */
async function member(fields: object = {}) {
  const loginId = freshKey();
  const { userId } = await makeUser(practice, { userId: freshKey(), loginId, loginPassword: password, ...fields });
  return { userId, loginId };
}

describe("2000 OK", () => {
  it("answers the bare envelope to an application that names an active user of its practice", async () => {
    const { status, json } = await ping({ ...practice, userId: "user-1" });
    expect(json).toEqual({ successful: true, responseMessage: "OK", responseCode: 2000 });
    expect(status).toBe(200);
  });
  it("accepts a key that is a number", async () => {
    await makeUser(practice, { userId: "4711" });
    await expectOk(ping({ ...practice, userId: 4711 }));
  });
  it("answers a user who signs in, administrator or not", async () => {
    for (const admin of [true, false]) {
      const { loginId } = await member({ admin });
      expect((await signIn(loginId, password)).json).toEqual({
        successful: true,
        responseMessage: "OK",
        responseCode: 2000,
      });
    }
  });
  it("accepts the login id in any case and any compatible form, and with blanks around it", async () => {
    await member({ loginId: "Jürgen-①" });
    for (const form of ["Jürgen-①", "JÜRGEN-1", "ju\u0308rgen-1", "ｊürgen-１", "  jürgen-1 "]) {
      await expectOk(signIn(form, password));
    }
  });
  // They differ only in case.
  it.each([
    ["xσ", "XΣ", "xς"],
    ["straße", "STRASSE", "straẞe"],
    ["ǰ", "J̌", "ǰ"],
  ])("accepts the login id %s in any case: %s, %s", async (loginId, ...forms) => {
    await member({ loginId });
    for (const form of [loginId, ...forms]) await expectOk(signIn(form, password));
  });
  it("accepts a numeric login id as a number", async () => {
    await member({ loginId: "20260101" });
    await expectOk(signIn(20260101, password));
  });
});

describe(named(4010), () => {
  it.each([
    ["a wrong password", (loginId: string) => [loginId, "Wr0ng-Password"]],
    ["the password in another case", (loginId: string) => [loginId, password.toUpperCase()]],
    ["the password with blanks around it", (loginId: string) => [loginId, ` ${password} `]],
    ["no password", (loginId: string) => [loginId, undefined]],
    ["a password that is not text", (loginId: string) => [loginId, { password }]],
    ["a password of a quarter of a megabyte", (loginId: string) => [loginId, "x".repeat(250_000)]],
    ["no login id", () => [undefined, password]],
    ["an unknown login id", () => ["unknown", password]],
    ["a login id that cannot be one", () => ["a b\u0000", password]],
    ["a login id that is too long", () => ["x".repeat(5000), password]],
    ["a login id that is not text", () => [{}, password]],
  ])("refuses %s", async (_, stated) => {
    const { loginId } = await member();
    const [login, given] = stated(loginId);
    expectRefusal(await leavesNoTrace(() => signIn(login, given), countsTries), 4010);
    await expectOk(signIn(loginId, password));
  });
  it("refuses an inactive user and a user of an inactive practice", async () => {
    const inactive = await member({ active: false });
    expectRefusal(await signIn(inactive.loginId, password), 4010);
    const closed = await makePractice({ accountId: freshKey() }, practice);
    await makeUser(closed, { loginId: "of-the-closed", loginPassword: password });
    await expectOk(signIn("of-the-closed", password));
    await expectOk(call("PracticeUpdate", { auth: closed, name: "Closed", active: false }));
    expectRefusal(await signIn("of-the-closed", password), 4010);
  });
  it("refuses a wrong application before it checks practice and user", async () => {
    await refused(4010, () => ping({ ...practice, applicationPassword: "wrong", accountId: "unknown", userId: "u" }));
  });
});

describe("individual credentials in the body, and ids in headers", () => {
  it("are refused when the ids name another user or practice", async () => {
    await makeUser(practice, { userId: "own", loginId: "own-ids", loginPassword: password });
    const auth = { loginId: "own-ids", loginPassword: password };
    const ping = (headers: Record<string, string>) => call("PingWithAuth", { auth }, { headers });
    await expectOk(ping({ "x-account-id": practice.accountId, "x-user-id": "own" }));
    expectRefusal(await ping({ "x-account-id": "other" }), 4010);
    expectRefusal(await ping({ "x-user-id": "user-1" }), 4010);
  });
});

describe("a password", () => {
  it("with a lone surrogate does not match the password with U+FFFD, as which it would be hashed", async () => {
    const loginPassword = "Abcdefg1\ufffd";
    await makeUser(practice, { userId: "replaced", loginId: "replaced", loginPassword });
    await expectOk(call("PingWithAuth", { auth: { loginId: "replaced", loginPassword } }));
    const raw = '{"auth":{"loginId":"replaced","loginPassword":"Abcdefg1\\ud800"}}';
    expectRefusal(await call("PingWithAuth", raw), 4010);
  });
});

describe(named(4011), () => {
  it("refuses a wrong practice before it checks the user", async () => {
    await refused(4011, () => ping({ ...practice, accountId: "unknown", userId: "user-1" }));
  });
});

describe(named(4012), () => {
  it("refuses a user who is unknown, inactive, another practice's, or not named", async () => {
    const inactive = await makeUser(practice, { userId: "inactive", active: false });
    const other = await makePractice({ accountId: "other" }, practice);
    const { userId } = await makeUser(other, { userId: "theirs" });
    for (const wrong of ["unknown", inactive.userId, userId, "USER-1", "@user-1", "x".repeat(500), {}]) {
      await refused(4012, () => ping({ ...practice, userId: wrong }));
    }
    for (const none of ["", null]) await refused(4012, () => ping({ ...practice, userId: none }), missing.user);
  });
});

describe("wrong passwords in a row", () => {
  const start = new Date("2026-03-01T12:00:00Z");
  const later = (minutes: number) => ({ now: new Date(start.getTime() + minutes * 60_000) });
  const wrong = async (loginId: string, times: number, minutes = 0) => {
    for (let time = 0; time < times; time++) expectRefusal(await signIn(loginId, "Wr0ng", later(minutes)), 4010);
  };

  it("cause the right one to be refused too after five, for fifteen minutes", async () => {
    const { loginId } = await member();
    await wrong(loginId, 5);
    for (const minutes of [0, 1, 14.9]) expectRefusal(await signIn(loginId, password, later(minutes)), 4010);
    await expectOk(signIn(loginId, password, later(15.1)));
  });
  it("cause no refusal after four", async () => {
    const { loginId } = await member();
    await wrong(loginId, 4);
    await expectOk(signIn(loginId, password, later(0)));
  });
  it("are forgotten when a right one comes between them", async () => {
    const { loginId } = await member();
    for (let round = 0; round < 3; round++) {
      await wrong(loginId, 4);
      await expectOk(signIn(loginId, password, later(0)));
    }
  });
  it("do not prolong the refusal while it lasts", async () => {
    const { loginId } = await member();
    await wrong(loginId, 5);
    for (const minutes of [3, 8, 14.9]) await wrong(loginId, 2, minutes);
    await expectOk(signIn(loginId, password, later(15.1)));
  });
  it("may again be five when the refusal is over", async () => {
    const { loginId } = await member();
    await wrong(loginId, 5);
    await wrong(loginId, 4, 16);
    await expectOk(signIn(loginId, password, later(16)));
    await wrong(loginId, 5, 17);
    expectRefusal(await signIn(loginId, password, later(17)), 4010);
    expectRefusal(await signIn(loginId, password, later(31.9)), 4010);
    await expectOk(signIn(loginId, password, later(32.1)));
  });
  it("count together for all forms of a login id", async () => {
    const { loginId } = await member();
    for (const form of [loginId, loginId.toUpperCase(), ` ${loginId} `, loginId, loginId.toUpperCase()]) {
      await wrong(form, 1);
    }
    expectRefusal(await signIn(loginId, password, later(1)), 4010);
  });
  it("count separately for each login id", async () => {
    const [one, other] = [await member(), await member()];
    await wrong(one.loginId, 5);
    await expectOk(signIn(other.loginId, password, later(0)));
  });
  it("count at every operation that signs in", async () => {
    const { loginId } = await member({ admin: true });
    const auth = { loginId, loginPassword: "Wr0ng" };
    for (const id of ["PingWithAuth", "PingWithAccountAuth", "UserGet", "UserSave", "PortalSettingsGet"] as const) {
      expectRefusal(await call(id, { auth, userId: "user-1" }, later(0)), 4010);
    }
    expectRefusal(await signIn(loginId, password, later(0)), 4010);
  });
  it.each([["Wr0ng"], [password]])("count for an inactive user too, with password %s", async (given) => {
    const { userId, loginId } = await member({ active: false });
    for (let time = 0; time < 5; time++) expectRefusal(await signIn(loginId, given, later(0)), 4010);
    const active = { userId, firstName: "A", lastName: "B", loginId, active: true };
    await expectOk(call("UserUpdate", { auth: practice, ...active }));
    expectRefusal(await signIn(loginId, password, later(1)), 4010);
    await expectOk(signIn(loginId, password, later(15.1)));
  });
  it("do not affect Application Authentication", async () => {
    const { userId, loginId } = await member();
    await wrong(loginId, 5);
    await expectOk(call("PingWithAuth", { auth: { ...practice, userId } }, later(0)));
  });
});

describe("wrong passwords in an hour", () => {
  const start = new Date("2026-03-01T12:00:00Z");
  const later = (minutes: number) => ({ now: new Date(start.getTime() + minutes * 60_000) });
  /** Four guesses, and a sign-in with the right password, again and again. @returns how many sign-ins were right */
  async function guessBetween(loginId: string, rounds: number): Promise<number> {
    let right = 0;
    for (let round = 0; round < rounds; round++) {
      for (let time = 0; time < 4; time++) expectRefusal(await signIn(loginId, "Wr0ng", later(round)), 4010);
      if ((await signIn(loginId, password, later(round))).json.successful) right += 1;
    }
    return right;
  }
  const locks = async (accountId: string, userId: string) =>
    (await allItems()).filter(({ what, record }) => {
      const of = record as { accountId?: string; userId?: string } | undefined;
      return what === "user.lockedOut" && of?.accountId === accountId && of.userId === userId;
    });

  it("are at most 20, whatever succeeds in between; then the login is refused for the rest of the hour", async () => {
    const { loginId } = await member();
    // The twentieth wrong one is in the fifth round, so the sign-in after it is refused.
    expect(await guessBetween(loginId, 9)).toBe(4);
    expectRefusal(await signIn(loginId, password, later(59.9)), 4010);
    await expectOk(signIn(loginId, password, later(60)));
  });
  it("store one audit event in the practice when they lock a login, by a visitor", async () => {
    const { loginId, userId } = await member();
    await guessBetween(loginId, 9);
    const events = await locks(practice.accountId, userId);
    expect(events).toMatchObject([
      { type: "event", who: { kind: "visitor" }, changed: [], at: later(4).now.toISOString() },
    ]);
    const kept = (events[0]?.expiresAt as number) - later(4).now.getTime() / 1000;
    expect(kept / (365.25 * 86_400)).toBeCloseTo(6);
  });
  it("store one audit event for each lock after five in a row, also when 50 come at once", async () => {
    const { loginId, userId } = await member();
    for (const minutes of [0, 16]) {
      await Promise.all(Array.from({ length: 50 }, () => signIn(loginId, "Wr0ng", later(minutes))));
    }
    expect(await locks(practice.accountId, userId)).toHaveLength(2);
  });
  it("store an event of nobody for a login that no user has, which expires", async () => {
    const before = (await locks("", "")).length;
    for (let time = 0; time < 6; time++) expectRefusal(await signIn("nobody's login", "Wr0ng", later(0)), 4010);
    const events = await locks("", "");
    expect(events).toHaveLength(before + 1);
    for (const { pk, expiresAt } of events) {
      expect(pk).toBe("PRACTICE##");
      expect(expiresAt).toBeGreaterThan(start.getTime() / 1000);
    }
  });
});
