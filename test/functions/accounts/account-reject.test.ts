import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { beforeAll, describe, expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import {
  expectSuccess,
  type Holder,
  minutesAfter,
  newPerson,
  openPortal,
  type TestPortal,
  tokenIn,
} from "../../kit/portal.ts";
import { allItems, testSourceIp } from "../../kit/system.ts";
import { expectResult, named, refused } from "./accounts-contract.ts";
import { describeCall } from "./suites.ts";

describeCall("AccountReject", async (portal) => {
  const { email } = await portal.register();
  return { client: portal.visitor(), path: `accounts/${tokenIn((await sentMessages(email))[0])}/reject` };
});

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal({ sessionIdleMinutes: 1440 });
});

const start = new Date();
const weekMinutes = 7 * 24 * 60;
const tokensOf = async ({ email }: Pick<Holder, "email">) => (await sentMessages(email)).map(tokenIn);
/** A person who registered, and the token in their mail. */
async function registered(at: TestPortal = portal) {
  const person = await at.register({}, { now: start });
  const [token = ""] = await tokensOf(person);
  return { person, token };
}
const reject = (token: string, now: Date = start) =>
  portal.visitor().post(`accounts/${token}/reject`, undefined, { now });
const verify = (token: string, now: Date = start) => portal.visitor().post(`accounts/${token}`, undefined, { now });
const isThere = async ({ id }: Holder) => (await portal.administrator.get(`accounts/${id}`)).status === 200;

describe("200 result true", () => {
  it("erases the account: nobody finds it, its session and its sign-in end", async () => {
    const { person, token } = await registered();
    expectResult(await reject(token));
    expect(await isThere(person)).toBe(false);
    await refused("kNotLoggedIn", () => person.get("accounts/me", { now: start }));
    const { email, password } = person;
    await refused("kInvalidCredentials", () => portal.visitor().post("accounts/login", { email, password }));
    await refused("kNotFound", () => verify(token));
  });
  it("frees the address at once for whoever it belongs to", async () => {
    const { person, token } = await registered();
    expectResult(await reject(token));
    const own = await portal.register({ email: person.email });
    expect(own.id).not.toBe(person.id);
    expect(own.account.state).toBe("unverified");
  });
  it.each([true, false])(
    "is called with /v2 and without, with a slash at the end and without: %s",
    async (versioned) => {
      for (const slash of ["", "/"]) {
        const { token } = await registered();
        expectResult(await portal.visitor().post(`accounts/${token}/reject${slash}`, undefined, { versioned }));
      }
    },
  );
  it("also takes the token of a mail that a newer one has replaced", async () => {
    const { person, token } = await registered();
    await person.post("accounts/me/resend-verification", undefined, { now: start });
    await refused("kNotFound", () => verify(token));
    expectResult(await reject(token));
    expect(await isThere(person)).toBe(false);
  });
  it("takes the tokens of the last 21 mails; older ones are deleted", async () => {
    const long = await openPortal({ sessionIdleMinutes: 1440, sessionHours: 168 });
    const person = await long.register({}, { now: start });
    for (let hours = 1; hours <= 21; hours++) {
      const now = minutesAfter(start, hours * 60);
      expectResult(await person.post("accounts/me/resend-verification", undefined, { now }));
    }
    const tokens = await tokensOf(person);
    expect(tokens).toHaveLength(22);
    const at = (token: string | undefined) =>
      long.visitor().post(`accounts/${token}/reject`, undefined, { now: start });
    await refused("kNotFound", () => at(tokens.at(-1)));
    expectResult(await at(tokens.at(-2)));
  });
  it("works up to the last second of seven days", async () => {
    const { token } = await registered();
    expectResult(await reject(token, new Date(+minutesAfter(start, weekMinutes) - 1000)));
  });
  it("stores who was erased, without a name or an address, and mails nothing", async () => {
    const { person, token } = await registered();
    const mails = await sentMessages(person.email);
    await reject(token);
    const events = (await allItems()).filter(({ type, what }) => type === "event" && what === "account.erased");
    const event = events.find(({ record }) => (record as { id: string }).id === person.id);
    expect(event).toMatchObject({ who: { kind: "visitor" }, changed: [] });
    expect(JSON.stringify(event)).not.toContain(person.email);
    expect(await sentMessages(person.email)).toEqual(mails);
  });
  it("is one of 20 rejections at once; the others do not find the account", async () => {
    const { token } = await registered();
    const answers = await Promise.all(Array.from({ length: 20 }, () => reject(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(19);
  });
  it("or the verification wins, never both", async () => {
    for (let round = 0; round < 10; round++) {
      const { person, token } = await registered();
      const answers = await Promise.all([reject(token), verify(token)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
      expect(await isThere(person)).toBe(answers[1]?.status === 200);
    }
  });
});

describe("the mail", () => {
  it("says who registered, when and from where, and has the link", async () => {
    const now = new Date("2026-03-02T19:03:58.123Z");
    const person = await portal.register({ name: { first: "Mary\u202e", last: "B".repeat(100) } }, { now });
    const [mail] = await sentMessages(person.email);
    expect(mail?.text).toContain(
      `: by "Mary  ${"B".repeat(54)}", on 2026-03-02 at 19:03 UTC, from the internet address ${testSourceIp}.`,
    );
    expect(mail?.text).toContain(`https://${portal.org}.portal.example.com/reject?token=${tokenIn(mail)}\n`);
  });
  // Regression: the mails after the first one did not say from where.
  it("says the same when it is mailed again, from elsewhere", async () => {
    const { person } = await registered();
    const [first] = await sentMessages(person.email);
    const event = (sent: APIGatewayProxyEventV2) => {
      sent.requestContext.http.sourceIp = "203.0.113.77";
      return sent;
    };
    await expectSuccess(person.post("accounts/me/resend-verification", undefined, { now: start, event }));
    const [again] = await sentMessages(person.email);
    expect(tokenIn(again)).not.toBe(tokenIn(first));
    const told = (text = "") => /: by .* from the internet address [0-9.]+\./.exec(text)?.[0];
    expect(told(again?.text)).toBe(told(first?.text));
    expect(told(again?.text)).toContain(testSourceIp);
  });
  it("does not name the address of a server", async () => {
    const { email } = await expectSuccess(portal.administrator.post("accounts/register", newPerson()));
    const [mail] = await sentMessages(email);
    expect(mail?.text).toMatch(/by "Charles Best", on \d{4}-\d\d-\d\d at \d\d:\d\d UTC\. /);
  });
});

describe(named("kNotFound"), () => {
  it("refuses a token of a verified account", async () => {
    const { person, token } = await registered();
    const verified = { state: "verified" };
    await expectSuccess(portal.administrator.put(`accounts/${person.id}`, verified));
    await refused("kNotFound", () => reject(token));
    expect(await isThere(person)).toBe(true);
  });
  it("refuses tokens that were used to verify, and those before them", async () => {
    const { person, token } = await registered();
    await person.post("accounts/me/resend-verification", undefined, { now: start });
    const [newer = ""] = await tokensOf(person);
    expectResult(await verify(newer));
    for (const each of [newer, token]) await refused("kNotFound", () => reject(each));
    expect(await isThere(person)).toBe(true);
  });
  it.each(["lBMSJWtqKVdx8Z888syX6axpCk2j7eYm", "x", "0".repeat(24)])("refuses the unknown token %s", async (token) => {
    await refused("kNotFound", () => reject(token));
  });
  it("refuses a token of another portal, and one for another purpose", async () => {
    const sibling = await openPortal({}, {}, portal.practice);
    const { token } = await registered(sibling);
    await refused("kNotFound", () => reject(token));
    const { person } = await registered();
    await portal.visitor().post("accounts/request-password-reset", { email: person.email });
    const [mail] = await sentMessages(person.email);
    expect(mail?.text).toContain("reset-password");
    await refused("kNotFound", () => reject(tokenIn(mail)));
  });
});

describe(named("kTokenExpired"), () => {
  it("refuses a token after seven days", async () => {
    const { person, token } = await registered();
    await refused("kTokenExpired", () => reject(token, minutesAfter(start, weekMinutes)));
    expect(await isThere(person)).toBe(true);
  });
});
