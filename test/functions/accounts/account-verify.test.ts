import { beforeAll, describe, expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import { type Holder, minutesAfter, openPortal, type TestPortal, tokenIn } from "../../kit/portal.ts";
import { allItems } from "../../kit/system.ts";
import { expectFault, expectResult, named, refused } from "./accounts-contract.ts";
import { describeCall } from "./suites.ts";

const ways: readonly [string, (token: string) => { path: string; body?: unknown }][] = [
  ["POST accounts/{token}", (token) => ({ path: `accounts/${token}` })],
  ["POST token/{token}", (token) => ({ path: `token/${token}` })],
  ["POST token", (token) => ({ path: "token", body: { token } })],
];

describeCall("AccountVerify", async (portal) => {
  const { email } = await portal.register();
  return { client: portal.visitor(), path: "token", body: { token: tokenIn((await sentMessages(email))[0]) } };
});

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal();
});

const start = new Date();
const dayMinutes = 24 * 60;
/** A person who registered, and the token in their mail. */
async function registered(at: TestPortal = portal) {
  const person = await at.register({}, { now: start });
  const [mail] = await sentMessages(person.email);
  return { person, token: tokenIn(mail) };
}
const verify = (token: string, now: Date = start) => portal.visitor().post(`accounts/${token}`, undefined, { now });
const stateOf = async ({ id }: Holder) => (await portal.administrator.get(`accounts/${id}/state`)).json.data;

describe("200 result true", () => {
  it.each(ways)("marks the e-mail as verified: %s, with /v2 and without", async (_, way) => {
    for (const versioned of [true, false]) {
      const { person, token } = await registered();
      const { path, body } = way(token);
      expectResult(await portal.visitor().post(path, body, { versioned }));
      expect(await stateOf(person)).toBe("verified");
    }
  });
  it("needs no session, and starts none", async () => {
    const { token } = await registered();
    const { cookies, headers } = await verify(token);
    expect(cookies).toEqual([]);
    expect(headers).not.toHaveProperty("medable-csrf-token");
  });
  it("also works in a session that has timed out", async () => {
    const { person, token } = await registered();
    person.csrf = "stale";
    expectResult(await person.post(`accounts/${token}`, undefined, { now: minutesAfter(start, 60) }));
  });
  it("needs a token that is not stored itself in the table", async () => {
    const { token } = await registered();
    expect(JSON.stringify(await allItems())).not.toContain(token);
  });
  it("changes nothing else in the account, not even updated and updater", async () => {
    const { person, token } = await registered();
    await verify(token);
    const { json } = await person.get("accounts/me", { now: start });
    expect(json).toEqual({ ...person.account, state: "verified" });
  });
  it("works up to the last second of seven days", async () => {
    const { person, token } = await registered();
    expectResult(await verify(token, new Date(+minutesAfter(start, 7 * dayMinutes) - 1000)));
    expect(await stateOf(person)).toBe("verified");
  });
});

describe(named("kNotFound"), () => {
  it.each([
    ["unknown", "lBMSJWtqKVdx8Z888syX6axpCk2j7eYm"],
    ["31 characters long", "lBMSJWtqKVdx8Z888syX6axpCk2j7eY"],
    ["33 characters long", "lBMSJWtqKVdx8Z888syX6axpCk2j7eYmm"],
    ["of other characters", "lBMSJWtqKVdx8Z888syX6axpCk2j7eY-"],
  ])("refuses a token that is %s, in each way", async (_, token) => {
    for (const [, way] of ways) {
      const { path, body } = way(token);
      await refused("kNotFound", () => portal.visitor().post(path, body));
    }
  });
  it.each([undefined, null, "", 7, { $ne: "" }, ["lBMSJWtqKVdx8Z888syX6axpCk2j7eYm"]])(
    "refuses %j in the body",
    async (token) => {
      await refused("kNotFound", () => portal.visitor().post("token", { token }));
    },
  );
  it("refuses a token that was used already", async () => {
    const { token } = await registered();
    expectResult(await verify(token));
    await refused("kNotFound", () => verify(token));
  });
  it("refuses a token that a newer mail has replaced", async () => {
    const { person, token } = await registered();
    await person.post("accounts/me/resend-verification", undefined, { now: start });
    await refused("kNotFound", () => verify(token));
    expect(await stateOf(person)).toBe("unverified");
    expectResult(await verify(tokenIn((await sentMessages(person.email))[0])));
  });
  it("refuses a token of another portal, and one for another purpose", async () => {
    const sibling = await openPortal({}, {}, portal.practice);
    const { token } = await registered(sibling);
    await refused("kNotFound", () => verify(token));
    const { person } = await registered();
    await portal.visitor().post("accounts/request-password-reset", { email: person.email });
    const [mail] = await sentMessages(person.email);
    expect(mail?.text).toContain("reset-password");
    await refused("kNotFound", () => verify(tokenIn(mail)));
  });
});

describe("after seven days", () => {
  it("does not verify any more", async () => {
    const { person, token } = await registered();
    const response = await verify(token, minutesAfter(start, 7 * dayMinutes));
    expect(response.status).toBeGreaterThanOrEqual(400);
    expectFault(response, response.json.code);
    expect(await stateOf(person)).toBe("unverified");
  });
});

describe(named("kCSRFTokenMismatch"), () => {
  it("does not use up the token", async () => {
    const { person, token } = await registered();
    const headers = { "medable-csrf-token": "0".repeat(64) };
    const attempt = () => person.post(`accounts/${token}`, undefined, { headers, now: start });
    await refused("kCSRFTokenMismatch", attempt);
    expectResult(await person.post(`accounts/${token}`, undefined, { now: start }));
  });
});
