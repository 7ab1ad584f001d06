import { beforeAll, describe, expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import { expectSuccess, type Holder, minutesAfter, openPortal, type TestPortal, tokenIn } from "../../kit/portal.ts";
import { aKey, expectFault, expectResult, named, refused } from "./accounts-contract.ts";
import { describePasswordStrength } from "./password-suites.ts";
import { describeCall } from "./suites.ts";

describeCall("AccountResetPassword", async (portal) => ({
  client: portal.visitor(),
  path: "accounts/reset-password",
  body: { token: await askedFor(await portal.register(), portal), password: newPassword },
}));

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal();
});

const start = new Date();
const newPassword = "quaint walrus jabs";
/** Requests a password reset. @returns the mailed token */
async function askedFor({ email }: Pick<Holder, "email">, at: TestPortal = portal, now: Date = start) {
  expectResult(await at.visitor().post("accounts/request-password-reset", { email }, { now }));
  const [mail] = await sentMessages(email);
  return tokenIn(mail);
}
const reset = (token: unknown, password: unknown = newPassword, now: Date = start) =>
  portal.visitor().post("accounts/reset-password", { token, password }, { now });
const login = ({ email }: Holder, password: string, now: Date = start) =>
  portal.visitor().post("accounts/login", { email, password }, { now });

describe("200 result true", () => {
  it("sets the password; the old one is refused from then on", async () => {
    const person = await portal.register();
    expectResult(await reset(await askedFor(person)));
    expect((await login(person, newPassword)).json._id).toBe(person.id);
    expectFault(await login(person, person.password), "kInvalidCredentials");
  });
  it("ends every session, and starts none", async () => {
    const person = await portal.register();
    const elsewhere = await portal.login(person);
    const response = await reset(await askedFor(person));
    expect(response.cookies).toEqual([]);
    for (const client of [person, elsewhere]) await refused("kNotLoggedIn", () => client.get("accounts/me"));
  });
  it("creates a new key", async () => {
    const person = await portal.register();
    await reset(await askedFor(person));
    const { key } = (await login(person, newPassword)).json;
    expect(key).toEqual(aKey);
    expect(key.secret).not.toBe(person.account.key.secret);
    expect(key.fingerprint).not.toBe(person.account.key.fingerprint);
  });
  it("ends a lock caused by wrong passwords", async () => {
    const person = await portal.register();
    for (let time = 0; time < 5; time++) await login(person, "not the password");
    expectFault(await login(person, person.password), "kAccountLocked");
    expectResult(await reset(await askedFor(person)));
    expect((await login(person, newPassword)).json._id).toBe(person.id);
  });
  it("does not remove an administrator's lock", async () => {
    const person = await portal.register();
    await expectSuccess(portal.administrator.put(`accounts/${person.id}`, { locked: true }));
    expectResult(await reset(await askedFor(person)));
    expectFault(await login(person, newPassword), "kAccountLocked");
    expect((await portal.administrator.get(`accounts/${person.id}`)).json.locked).toBe(true);
  });
  it("mails a notice to the holder, without link or token", async () => {
    const person = await portal.register();
    const token = await askedFor(person);
    const before = await sentMessages(person.email);
    await reset(token);
    const [notice, ...earlier] = await sentMessages(person.email);
    expect(earlier).toEqual(before);
    expect(notice).toMatchObject({ channel: "email", subject: expect.stringMatching(/password/i) });
    expect(`${notice?.text}${notice?.html}`).not.toMatch(/token|[A-Za-z0-9]{32}/);
  });
  it("normalises the password as a login does: NFKC", async () => {
    const person = await portal.register();
    await reset(await askedFor(person), "oﬃce tulips １２");
    expect((await login(person, "office tulips 12")).json._id).toBe(person.id);
  });
  it("does not change sessions and passwords of others", async () => {
    const [person, other] = [await portal.register(), await portal.register()];
    await reset(await askedFor(person));
    expect((await other.get("accounts/me")).json._id).toBe(other.id);
    expect((await login(other, other.password)).status).toBe(200);
  });
  it("works up to the last second of the hour", async () => {
    const person = await portal.register();
    expectResult(await reset(await askedFor(person), newPassword, new Date(+minutesAfter(start, 60) - 1000)));
  });
});

describe(named("kNotFound"), () => {
  it.each([
    ["unknown", "kPBg3AACpwTzhiOpUTz2i2koJqqot70M"],
    ["too short", "kPBg3AACpwTzhiOpUTz2i2koJqqot70"],
    ["too long", "kPBg3AACpwTzhiOpUTz2i2koJqqot70MM"],
    ["of other characters", "kPBg3AACpwTzhiOpUTz2i2koJqqot70#"],
    ["empty", ""],
    ["missing", undefined],
    ["null", null],
    ["an object", { $ne: "" }],
    ["a list", ["kPBg3AACpwTzhiOpUTz2i2koJqqot70M"]],
  ])("refuses a token that is %s", async (_, token) => {
    const response = await refused("kNotFound", () => reset(token));
    expect(response.text).toBe((await reset("kPBg3AACpwTzhiOpUTz2i2koJqqot70M")).text);
  });
  it("refuses a token that was used already", async () => {
    const person = await portal.register();
    const token = await askedFor(person);
    expectResult(await reset(token));
    await refused("kNotFound", () => reset(token, "another good passphrase 5"));
    expect((await login(person, newPassword)).status).toBe(200);
  });
  it("refuses a token that a newer mail has replaced", async () => {
    const person = await portal.register();
    const older = await askedFor(person);
    const newer = await askedFor(person, portal, minutesAfter(start, 2));
    await refused("kNotFound", () => reset(older, newPassword, minutesAfter(start, 3)));
    expectResult(await reset(newer, newPassword, minutesAfter(start, 3)));
  });
  it("refuses a token that was mailed before the holder changed the password", async () => {
    const person = await portal.register();
    const token = await askedFor(person);
    const body = { current: person.password, password: "another good passphrase 5" };
    await expectSuccess(person.post("accounts/me/update-password", body));
    await refused("kNotFound", () => reset(token));
    expect((await login(person, "another good passphrase 5")).status).toBe(200);
  });
  it("refuses a token of another portal, and one for another purpose", async () => {
    const sibling = await openPortal({}, {}, portal.practice);
    const token = await askedFor(await sibling.register(), sibling);
    await refused("kNotFound", () => reset(token));
    const { email } = await portal.register();
    const [verification] = await sentMessages(email);
    await refused("kNotFound", () => reset(tokenIn(verification)));
  });
});

describe(named("kTokenExpired"), () => {
  it("refuses a token that is an hour old", async () => {
    const person = await portal.register();
    const token = await askedFor(person);
    await refused("kTokenExpired", () => reset(token, newPassword, minutesAfter(start, 60)));
    expect((await login(person, person.password)).status).toBe(200);
  });
});

describe(named("kValidationError"), () => {
  it("does not use up the token when the password is weak", async () => {
    const person = await portal.register();
    const token = await askedFor(person);
    await refused("kValidationError", () => reset(token, "password"), [["kPasswordStrength", "account.password"]]);
    expectResult(await reset(token));
  });
  it("is not returned without a valid token, so that nobody can test passwords", async () => {
    await refused("kNotFound", () => reset("kPBg3AACpwTzhiOpUTz2i2koJqqot70M", "password"));
  });
});

describePasswordStrength(
  async (password, minPasswordScore, { name, email } = { name: { first: "Charles", last: "Best" }, email: "" }) => {
    const fresh = await openPortal({ minPasswordScore });
    const person = await fresh.register({ name, ...(email && { email }) });
    const token = await askedFor(person, fresh);
    return fresh.visitor().post("accounts/reset-password", { token, password }, { now: start });
  },
  expectResult,
  { every: false },
);
