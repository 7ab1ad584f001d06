import { beforeAll, describe, expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import { expectSuccess, type Holder, minutesAfter, openPortal, roles, type TestPortal } from "../../kit/portal.ts";
import { watchTable } from "../../kit/system.ts";
import { expectFault } from "./accounts-contract.ts";
import { addApp, freshMobile, mailsTo } from "./apps.ts";
import { connect } from "./connections.ts";

const start = new Date();
let plain: TestPortal;
let wary: TestPortal;
beforeAll(async () => {
  // Sessions last an hour without use, so that they can be older than 15 minutes.
  plain = await openPortal({ sessionIdleMinutes: 60 });
  wary = await openPortal({ sessionIdleMinutes: 60, twoFactor: true });
});
const register = (at: TestPortal) => at.register({ mobile: freshMobile() }, { now: start });
/** People with a second factor: that of their portal, or one of their own. */
const guarded: readonly (readonly [string, () => TestPortal, (person: Holder) => Promise<unknown>])[] = [
  ["the portal's twoFactor", () => wary, async () => undefined],
  ["an authenticator app", () => plain, (person) => addApp(person, start)],
];
const mobileOf = async (person: Holder, now: Date) => (await person.get("accounts/me/mobile", { now })).json.data;
const textsTo = ({ account }: Holder) => sentMessages(account.mobile);

describe.each(guarded)("with %s, the holder's change of mobile", (_, portalOf, setUp) => {
  const make = async () => {
    const person = await register(portalOf());
    await setUp(person);
    return person;
  };
  it.each(["PUT", "PATCH"])("by %s needs a session begun within 15 minutes", async (method) => {
    const [person, mobile] = [await make(), freshMobile()];
    const body = method === "PUT" ? { mobile, gender: "f" } : { op: "set", path: "mobile", value: mobile };
    const late = minutesAfter(start, 15);
    const response = await person.send(method, "accounts/me", { body, now: late });
    expectFault(response, "kAccessDenied", [["kAccessDenied", "account.mobile"]]);
    expect(response.json.reason).toBe("Sign in again to change the mobile number");
    expect(await mobileOf(person, late)).toBe(person.account.mobile);
    expect((await person.get("accounts/me", { now: late })).json).not.toHaveProperty("gender");
    expect(await textsTo(person)).toEqual([]);
    const intime = new Date(+late - 1000);
    await expectSuccess(person.send(method, "accounts/me", { body, now: intime }));
    expect(await mobileOf(person, intime)).toBe(mobile);
  });
  it("also by the account's id, and in a form", async () => {
    const person = await make();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const body = `mobile=${encodeURIComponent(freshMobile())}`;
    const late = minutesAfter(start, 15);
    const response = await person.send("PUT", `accounts/${person.id}`, { body, headers, now: late });
    expectFault(response, "kAccessDenied", [["kAccessDenied", "account.mobile"]]);
  });
  it("is told to the number from before, by a text message, and by mail", async () => {
    const person = await make();
    await expectSuccess(person.put("accounts/me", { mobile: freshMobile() }, { now: start }));
    expect((await textsTo(person)).map(({ text }) => text)).toEqual([expect.stringContaining("new mobile number")]);
    expect(await mailsTo(person.email, /mobile number .* was changed/)).toHaveLength(1);
  });
  it("to the same number, and of other properties, needs no new session and tells nobody", async () => {
    const person = await make();
    const late = minutesAfter(start, 30);
    await expectSuccess(person.put("accounts/me", { mobile: person.account.mobile, gender: "f" }, { now: late }));
    await expectSuccess(person.patch("accounts/me", { op: "set", path: "c_mobile", value: "+1" }, { now: late }));
    expect(await textsTo(person)).toEqual([]);
  });
  it.each(["PUT", "PATCH"])("by a connection at 6 is refused: by %s, in whichever session", async (method) => {
    const [person, friend, mobile] = [await make(), await register(portalOf()), freshMobile()];
    await connect(person, friend, 6);
    const body = method === "PUT" ? { mobile, gender: "f" } : { op: "set", path: "mobile", value: mobile };
    const path = `accounts/${person.id}`;
    const response = await friend.send(method, path, { body, now: start });
    expectFault(response, "kAccessDenied", [["kAccessDenied", "account.mobile"]]);
    expect(response.json.reason).toBe("Only the holder and administrators change this mobile number");
    const { json } = await person.get("accounts/me", { now: start });
    expect([json.mobile, json.gender]).toEqual([person.account.mobile, undefined]);
    expect(await textsTo(person)).toEqual([]);
    // The same number is no change.
    await expectSuccess(friend.put(path, { mobile: person.account.mobile, gender: "f" }, { now: start }));
  });
  it.each(["an administrator", "an application", "an administrator with a connection"])(
    "by %s in their place needs none, and is told to the number from before",
    async (who) => {
      const person = await make();
      const at = portalOf();
      const client =
        who === "an application" ? at.administrator : await at.signedIn([roles.administrator], { now: start });
      if (who === "an administrator with a connection") await connect(person, client as Holder, 6);
      const late = minutesAfter(start, 30);
      await expectSuccess(client.put(`accounts/${person.id}`, { mobile: freshMobile() }, { now: late }));
      expect(await textsTo(person)).toHaveLength(1);
    },
  );
});

describe("without a second factor, the holder's change of mobile", () => {
  it("needs no new session, and is told by mail alone", async () => {
    const person = await register(plain);
    const late = minutesAfter(start, 30);
    await expectSuccess(person.put("accounts/me", { mobile: freshMobile() }, { now: late }));
    expect(await textsTo(person)).toEqual([]);
    expect(await mailsTo(person.email, /mobile number .* was changed/)).toHaveLength(1);
  });
  it("is theirs too who have a connection at 6", async () => {
    const [person, friend, mobile] = [await register(plain), await register(plain), freshMobile()];
    await connect(person, friend, 6);
    await expectSuccess(friend.put(`accounts/${person.id}`, { mobile }, { now: start }));
    expect(await mobileOf(person, start)).toBe(mobile);
  });
});

describe("the second factor", () => {
  const readsIt = async (work: () => Promise<unknown>) =>
    JSON.stringify((await watchTable(work)).requests).includes("TOTP#");
  it("is read only for a change of mobile", async () => {
    const person = await register(plain);
    const patch = (path: string) => person.patch("accounts/me", { op: "set", path, value: freshMobile() });
    expect(await readsIt(() => person.put("accounts/me", { gender: "f" }))).toBe(false);
    expect(await readsIt(() => patch("/c_number"))).toBe(false);
    expect(await readsIt(() => person.put("accounts/me", { mobile: freshMobile() }))).toBe(true);
    expect(await readsIt(() => patch("/mobile"))).toBe(true);
    expect(await readsIt(() => patch("mobile"))).toBe(true);
  });
});
