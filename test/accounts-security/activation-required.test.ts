import { beforeAll, describe, expect, it } from "vitest";
import { addApp, freshMobile, laterCode, mailsTo, signIn } from "../functions/accounts/apps.ts";
import { sentMessages } from "../kit/outside.ts";
import {
  codeIn,
  expectSuccess,
  type Holder,
  minutesAfter,
  newPerson,
  openPortal,
  type PortalClient,
  password,
  type TestPortal,
  tokenIn,
} from "../kit/portal.ts";
import type { Response } from "../kit/system.ts";
import { another, justBefore, outcomeOf } from "./attack.ts";

/** An account with `activationRequired` lets nobody in, whichever way they come, until an administrator activates it. */

const start = new Date();
const at = (minutes: number) => ({ now: minutesAfter(start, minutes) });
let portal: TestPortal;
let wary: TestPortal;
beforeAll(async () => {
  portal = await openPortal({ sessionIdleMinutes: 60 });
  wary = await openPortal({ sessionIdleMinutes: 60, twoFactor: true });
});

const register = (where = portal) => where.register({ mobile: freshMobile() }, at(0));
const requireActivation = ({ id }: Holder, where = portal) =>
  expectSuccess(where.administrator.put(`accounts/${id}`, { activationRequired: true }, at(0)));
const activate = ({ id }: Holder, where = portal) =>
  expectSuccess(where.administrator.put(`accounts/${id}`, { activationRequired: false }, at(0)));

/** Asserts that a sign-in was refused because the account is not active, and that the browser got nothing. */
function expectNotActive(response: Response, client?: PortalClient): void {
  expect([response.status, outcomeOf(response), response.json.reason]).toEqual([
    403,
    "kAccessDenied",
    "The account must be activated",
  ]);
  expect(response.cookies).toEqual([]);
  expect(client?.cookies.get("md.sid")).toBeUndefined();
}

describe("an account that must be activated", () => {
  it("does not sign in by its password, and does once it is active", async () => {
    const person = await register();
    await requireActivation(person);
    const browser = portal.visitor();
    expectNotActive(await signIn(browser, person, start), browser);
    await activate(person);
    expect((await signIn(browser, person, start)).json._id).toBe(person.id);
  });
  it("does not tell somebody with a wrong password that it must be activated", async () => {
    const person = await register();
    await requireActivation(person);
    const wrong = { ...person, password: "not the password" };
    expect(outcomeOf(await signIn(portal.visitor(), wrong, start))).toBe("kInvalidCredentials");
  });
  it("does not sign in on a device that is trusted", async () => {
    const person = await register(wary);
    await requireActivation(person, wary);
    person.cookies.delete("md.sid");
    expectNotActive(await signIn(person, person, start), person);
  });
  it("gets no code by text message", async () => {
    const person = await register(wary);
    await requireActivation(person, wary);
    expectNotActive(await signIn(wary.visitor(), person, start));
    expect(await sentMessages(person.account.mobile)).toEqual([]);
  });
  it("does not sign in by a code that was sent before", async () => {
    const person = await register(wary);
    const browser = wary.visitor();
    expect(outcomeOf(await signIn(browser, person, start))).toBe("kNewLocation");
    const [sms] = await sentMessages(person.account.mobile);
    await requireActivation(person, wary);
    expectNotActive(await signIn(browser, person, start, codeIn(sms)), browser);
    await activate(person, wary);
    expect((await signIn(browser, person, start, codeIn(sms))).json._id).toBe(person.id);
  });
  it("does not sign in by the code of an authenticator app, and the code stays unused", async () => {
    const person = await register();
    const app = await addApp(person, start);
    await requireActivation(person);
    const [browser, later] = [portal.visitor(), minutesAfter(start, 1)];
    expectNotActive(await signIn(browser, person, later, laterCode(app, start)), browser);
    await activate(person);
    expect((await signIn(browser, person, later, laterCode(app, start))).json._id).toBe(person.id);
  });
  it("does not go on with a session of before, also after it is active again", async () => {
    const person = await register();
    await requireActivation(person);
    expect(outcomeOf(await person.get("accounts/me", at(1)))).toBe("kNotLoggedIn");
    expect(outcomeOf(await person.put("accounts/me", { gender: "f" }, at(1)))).toBe("kNotLoggedIn");
    expect((await person.get("accounts/status", at(1))).json).toMatchObject({ loggedin: false });
    await activate(person);
    expect(outcomeOf(await person.get("accounts/me", at(1)))).toBe("kNotLoggedIn");
  });
  it("does not sign in with a password that was set by a mailed link", async () => {
    const person = await register();
    await requireActivation(person);
    const visitor = portal.visitor();
    await expectSuccess(visitor.post("accounts/request-password-reset", { email: person.email }, at(0)));
    const token = tokenIn((await mailsTo(person.email, /^Reset/))[0]);
    const reset = await visitor.post("accounts/reset-password", { token, password: another(7) }, at(0));
    expect([outcomeOf(reset), reset.cookies]).toEqual(["ok", []]);
    expectNotActive(await signIn(visitor, { ...person, password: another(7) }, start), visitor);
  });
  it("does not sign in by the link that verifies its address", async () => {
    const person = await register();
    await requireActivation(person);
    const visitor = portal.visitor();
    const token = tokenIn((await mailsTo(person.email, /^Confirm/))[0]);
    await visitor.post(`accounts/${token}`, undefined, at(0));
    expect(visitor.cookies.get("md.sid")).toBeUndefined();
    expectNotActive(await signIn(visitor, person, start), visitor);
  });
  it("does not sign in when a server has registered it so", async () => {
    const person = newPerson({ activationRequired: true });
    const made = await portal.administrator.post("accounts/register", person, at(0));
    expect([outcomeOf(made), made.cookies]).toEqual(["ok", []]);
    const stated = { email: String(person.email), password };
    expectNotActive(await signIn(portal.visitor(), stated, start));
  });
  it("is not signed in by a login that was under way", async () => {
    const person = await register();
    const browser = portal.visitor();
    const login = () => signIn(browser, person, start);
    expectNotActive(await justBefore("account.signedIn", () => requireActivation(person), login), browser);
  });
});
