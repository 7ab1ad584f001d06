import { beforeAll, describe, expect, it } from "vitest";
import { portalAccountKey, totpKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import type { Totp } from "../../lib/table/records.ts";
import { put, write } from "../../lib/table/transact.ts";
import { expectFault, expectResult } from "../functions/accounts/accounts-contract.ts";
import { type App, addApp, beginApp, freshMobile, laterCode, mailsTo, signIn } from "../functions/accounts/apps.ts";
import { sentMessages } from "../kit/outside.ts";
import {
  codeIn,
  expectSuccess,
  type Holder,
  minutesAfter,
  openPortal,
  type TestPortal,
  tokenIn,
} from "../kit/portal.ts";
import { appCode } from "../kit/totp.ts";
import { another, atOnce, many, outcomeOf, tally } from "./attack.ts";

const start = new Date();
let portal: TestPortal;
let wary: TestPortal;
beforeAll(async () => {
  // Sessions last an hour without use, so that tests can let time pass.
  portal = await openPortal({ sessionIdleMinutes: 60 });
  wary = await openPortal({ sessionIdleMinutes: 60, twoFactor: true });
});
const register = (at: TestPortal) => at.register({ mobile: freshMobile() }, { now: start });
const textsTo = ({ account }: Holder) => sentMessages(account.mobile);
/** A person with an authenticator app, and when later codes of it are used. */
async function guarded(at = portal) {
  const person = await register(at);
  return { person, app: await addApp(person, start), now: minutesAfter(start, 1) };
}
const verify = async (person: Holder) => {
  const [mail] = await mailsTo(person.email, /^Confirm/);
  await expectSuccess(person.post(`accounts/${tokenIn(mail)}`, undefined, { now: start }));
};
async function resetLink({ email }: Holder, at: TestPortal, now = start): Promise<string> {
  await expectSuccess(at.visitor().post("accounts/request-password-reset", { email }, { now }));
  return tokenIn((await mailsTo(email, /^Reset/))[0]);
}
const reset = (at: TestPortal, token: string, password: string, now = start) =>
  at.visitor().post("accounts/reset-password", { token, password }, { now });

describe("an authenticator app", () => {
  it("is asked for on a new device, also where twoFactor is off, as often as no code is sent", async () => {
    const { person, now } = await guarded();
    const browser = portal.visitor();
    for (let time = 0; time < 3; time++) {
      const response = await signIn(browser, person, now);
      expectFault(response, "kNewLocation");
      expect(response.status).toBe(200);
      expect(response.json.reason).toContain("authenticator app");
      expect(response.cookies).toEqual([]);
    }
  });
  it("is asked in place of a text message where twoFactor is on", async () => {
    const { person, app, now } = await guarded(wary);
    const browser = wary.visitor();
    expectFault(await signIn(browser, person, now), "kNewLocation");
    expect(await textsTo(person)).toEqual([]);
    expect((await signIn(browser, person, now, laterCode(app, start))).json._id).toBe(person.id);
  });
  it("is not asked for after a wrong password, whose answer is the same as for everybody", async () => {
    const { person, app, now } = await guarded();
    const wrong = { ...person, password: "not the password" };
    const plain = await register(portal);
    const answer = await signIn(portal.visitor(), { ...plain, password: "not the password" }, now);
    expect((await signIn(portal.visitor(), wrong, now)).text).toBe(answer.text);
    expect((await signIn(portal.visitor(), wrong, now, laterCode(app, start))).text).toBe(answer.text);
  });
  it("trusts the device that has shown a code, unless it is for one session only", async () => {
    const { person, app, now } = await guarded();
    const [kept, lent] = [portal.visitor(), portal.visitor()];
    expect((await signIn(lent, person, now, laterCode(app, start), { singleUse: true })).json._id).toBe(person.id);
    expectFault(await signIn(lent, person, now), "kNewLocation");
    expect((await signIn(kept, person, minutesAfter(start, 2), laterCode(app, start, 2))).json._id).toBe(person.id);
    expect((await signIn(kept, person, minutesAfter(start, 3))).json._id).toBe(person.id);
  });
  it("is asked for on a device that was known before, but had shown no second factor", async () => {
    const person = await register(portal);
    const other = await portal.login(person, { now: start });
    await addApp(person, start);
    expectFault(await signIn(other, person, start), "kNewLocation");
  });
  it.each([
    ["of 30 seconds before", 0.5],
    ["of 30 seconds later", 1.5],
  ])("signs in by the code %s: clocks differ", async (_, minutes) => {
    const { person, app, now } = await guarded();
    expect((await signIn(portal.visitor(), person, now, laterCode(app, start, minutes))).json._id).toBe(person.id);
  });
  it("signs in once by a code, and then not by an earlier one", async () => {
    const { person, app, now } = await guarded();
    const code = laterCode(app, start);
    expect((await signIn(portal.visitor(), person, now, code)).json._id).toBe(person.id);
    expectFault(await signIn(portal.visitor(), person, now, code), "kCallbackNotFound");
    expectFault(await signIn(portal.visitor(), person, now, laterCode(app, start, 0.5)), "kCallbackNotFound");
    expect((await signIn(portal.visitor(), person, now, laterCode(app, start, 1.5))).json._id).toBe(person.id);
  });
  it("signs in one of fifty browsers that use one code at once", async () => {
    const { person, app, now } = await guarded();
    const browsers = Array.from({ length: many }, () => portal.visitor());
    const answers = await Promise.all(browsers.map((each) => signIn(each, person, now, laterCode(app, start))));
    const { ok, kCallbackNotFound = 0, kAccountLocked = 0, ...others } = tally(answers);
    expect([ok, others]).toEqual([1, {}]);
    expect(kCallbackNotFound + kAccountLocked).toBe(many - 1);
    expect(browsers.filter(({ cookies }) => cookies.has("md.sid"))).toHaveLength(1);
  });
  it.each(["abc", "12345", "1234567", "k7m2xq9wr", "k7m2xq9wre0", true, {}])(
    "400 kCallbackFormat: %j is no code of any kind, and counts as no try",
    async (malformed) => {
      const { person, app, now } = await guarded();
      for (let tries = 0; tries < 6; tries++) {
        expectFault(await signIn(portal.visitor(), person, now, malformed), "kCallbackFormat");
      }
      expect((await signIn(portal.visitor(), person, now, laterCode(app, start))).json._id).toBe(person.id);
    },
  );
});

describe("a recovery code", () => {
  it("signs in once, without the app", async () => {
    const { person, app, now } = await guarded();
    for (const code of app.recoveryCodes) {
      expect((await signIn(portal.visitor(), person, now, code)).json._id).toBe(person.id);
      expectFault(await signIn(portal.visitor(), person, now, code), "kCallbackNotFound");
    }
  });
  it.each([
    ["in capitals", (code: string) => code.toUpperCase()],
    ["with a dash", (code: string) => `${code.slice(0, 5)}-${code.slice(5)}`],
    ["with blanks", (code: string) => ` ${[...code].join(" ")}\n`],
    ["in full width", (code: string) => code.replace(/./g, (c) => String.fromCodePoint(c.charCodeAt(0) + 0xfee0))],
  ])("is read %s", async (_, written) => {
    const { person, app, now } = await guarded();
    expect((await signIn(portal.visitor(), person, now, written(app.recoveryCodes[0] ?? ""))).json._id).toBe(person.id);
  });
  it("signs in one of fifty browsers that use it at once", async () => {
    const { person, app, now } = await guarded();
    const browsers = Array.from({ length: many }, () => portal.visitor());
    const answers = await Promise.all(browsers.map((each) => signIn(each, person, now, app.recoveryCodes[0])));
    const { ok, kCallbackNotFound = 0, kAccountLocked = 0, ...others } = tally(answers);
    expect([ok, others]).toEqual([1, {}]);
    expect(kCallbackNotFound + kAccountLocked).toBe(many - 1);
    expect(browsers.filter(({ cookies }) => cookies.has("md.sid"))).toHaveLength(1);
  });
  it("does not keep another one from signing in at the same moment", async () => {
    const { person, app, now } = await guarded();
    const answers = await atOnce(4, (place) => signIn(portal.visitor(), person, now, app.recoveryCodes[place]));
    expect(tally(answers)).toEqual({ ok: 4 });
  });
  it("of another account does not sign in", async () => {
    const [{ person, now }, other] = [await guarded(), await guarded()];
    expectFault(await signIn(portal.visitor(), person, now, other.app.recoveryCodes[0]), "kCallbackNotFound");
  });
});

describe("guesses at codes of an app", () => {
  const wrong = ({ secret }: App, place = 0) => appCode(secret, start, 1000 + place);
  it("end after five wrong ones in a row, for 15 minutes, on all devices, also for recovery codes", async () => {
    const { person, app, now } = await guarded();
    for (let place = 0; place < 5; place++) {
      expectFault(await signIn(portal.visitor(), person, now, wrong(app, place)), "kCallbackNotFound");
    }
    expectFault(await signIn(portal.visitor(), person, now, laterCode(app, start)), "kAccountLocked");
    expectFault(await signIn(portal.visitor(), person, now, app.recoveryCodes[0]), "kAccountLocked");
    expect((await signIn(person, person, now)).json._id).toBe(person.id);
    const later = minutesAfter(start, 16.5);
    expect((await signIn(portal.visitor(), person, later, laterCode(app, start, 16.5))).json._id).toBe(person.id);
  });
  it("end after 20 wrong ones in an hour, for the rest of it, whatever succeeds in between", async () => {
    const { person, app } = await guarded();
    const at = (minutes: number) => minutesAfter(start, minutes);
    for (let round = 0; round < 5; round++) {
      const now = at(2 + 2 * round);
      for (let guess = 0; guess < 4; guess++)
        expectFault(await signIn(portal.visitor(), person, now, "000000"), "kCallbackNotFound");
      if (round < 4) {
        const answer = await signIn(portal.visitor(), person, now, laterCode(app, start, 2 + 2 * round));
        expect(answer.json._id).toBe(person.id);
      }
    }
    for (const minutes of [30, 61]) {
      const answer = await signIn(portal.visitor(), person, at(minutes), laterCode(app, start, minutes));
      expectFault(answer, "kAccountLocked");
      expect(answer.json.reason).toBe("Too many wrong codes: try again later");
    }
    expect((await signIn(portal.visitor(), person, at(62.5), laterCode(app, start, 62.5))).json._id).toBe(person.id);
  });
  it("get no more than five tries in a burst", async () => {
    const { person, app, now } = await guarded();
    const answers = await atOnce(many, (place) => signIn(portal.visitor(), person, now, wrong(app, place)));
    expect(tally(answers).kCallbackNotFound).toBe(5);
    expect(tally(answers)).toEqual({ kCallbackNotFound: 5, kAccountLocked: many - 5 });
  });
  it("cannot be made without the password, so that strangers lock nobody out", async () => {
    const { person, app, now } = await guarded();
    const stranger = { ...person, password: "not the password" };
    for (let place = 0; place < 4; place++) await signIn(portal.visitor(), stranger, now, wrong(app, place));
    expect((await signIn(portal.visitor(), person, now, laterCode(app, start))).json._id).toBe(person.id);
  });
});

describe("the secret of an app", () => {
  it("does not work in the item of another account: it is bound to its place in the table", async () => {
    const [{ person, app }, other] = [await guarded(), await guarded()];
    const at = (id: string) => totpKey({ ...portal.practice, id });
    const { own, theirs } = await readItems({ own: at(person.id), theirs: at(other.person.id) });
    await write(() => [put(at(other.person.id), { ...theirs, sealed: (own as Totp).sealed })]);
    const now = minutesAfter(start, 1);
    expectFault(await signIn(portal.visitor(), other.person, now, laterCode(app, start)), "kCallbackNotFound");
  });
});

describe("a code by text message", () => {
  /** A person on a new device who was just sent a code. */
  async function asked() {
    const person = await register(wary);
    const device = wary.visitor();
    expectFault(await signIn(device, person, start), "kNewLocation");
    return { person, device, code: codeIn((await textsTo(person))[0]) };
  }
  it.each([
    ["blanks", (code: string) => ` ${code.slice(0, 3)} ${code.slice(3)} `],
    ["a dash", (code: string) => `${code.slice(0, 3)}-${code.slice(3)}`],
    ["full-width digits", (code: string) => code.replace(/./g, (c) => String.fromCodePoint(c.charCodeAt(0) + 0xfee0))],
    ["its leading zeros lost, as a number", (code: string) => Number(code)],
  ])("is read with %s", async (_, written) => {
    const { person, device, code } = await asked();
    expect((await signIn(device, person, start, written(code))).json._id).toBe(person.id);
  });
  // A code outlived a change of number: whoever had the old phone could still sign in with it.
  it("dies with a change of number; the next sign-in sends one to the new number", async () => {
    const { person, device, code } = await asked();
    const mobile = freshMobile();
    await expectSuccess(person.put("accounts/me", { mobile }, { now: start }));
    expectFault(await signIn(device, person, start, code), "kCallbackNotFound");
    expectFault(await signIn(device, person, start), "kNewLocation");
    const [text] = await sentMessages(mobile);
    expect((await signIn(device, person, start, codeIn(text))).json._id).toBe(person.id);
  });
  it("dies with a change of number also when that is changed back", async () => {
    const { person, device, code } = await asked();
    for (const mobile of [freshMobile(), person.account.mobile])
      await expectSuccess(person.put("accounts/me", { mobile }, { now: start }));
    expectFault(await signIn(device, person, start, code), "kCallbackNotFound");
  });
  it("dies with a change of password; the next sign-in sends another one", async () => {
    const { person, device, code } = await asked();
    const change = { current: person.password, password: another(1) };
    await expectSuccess(person.post("accounts/me/update-password", change, { now: start }));
    const after = { ...person, password: another(1) };
    expectFault(await signIn(device, after, start, code), "kCallbackNotFound");
    expectFault(await signIn(device, after, start), "kNewLocation");
    const [text] = await textsTo(person);
    expect((await signIn(device, after, start, codeIn(text))).json._id).toBe(person.id);
  });
});

describe("a mailed reset link", () => {
  // A mailed reset link outlived a password change.
  it("dies with a change of password", async () => {
    const person = await register(portal);
    const token = await resetLink(person, portal);
    const change = { current: person.password, password: another(1) };
    await expectSuccess(person.post("accounts/me/update-password", change, { now: start }));
    expectFault(await reset(portal, token, another(2)), "kNotFound");
    expect((await signIn(person, { ...person, password: another(1) }, start)).json._id).toBe(person.id);
  });
  it("dies with the password, also when a newer one was asked for in between and used", async () => {
    const person = await register(portal);
    const older = await resetLink(person, portal);
    const later = minutesAfter(start, 2);
    expectResult(await reset(portal, await resetLink(person, portal, later), another(1), later));
    expectFault(await reset(portal, older, another(2), later), "kNotFound");
  });
  it("proves the address: the account is verified, and the verification link is void", async () => {
    const person = await register(portal);
    const [verification] = await mailsTo(person.email, /^Confirm/);
    expectResult(await reset(portal, await resetLink(person, portal), another(1)));
    const { json } = await portal.administrator.get(`accounts/${person.id}`);
    expect(json.state).toBe("verified");
    expectFault(await portal.visitor().post(`accounts/${tokenIn(verification)}`), "kNotFound");
  });
  it("removes the app of an account that was never verified, pending or active: a stranger may have set it up", async () => {
    for (const setUp of [beginApp, addApp]) {
      const person = await register(portal);
      await setUp(person, start);
      expectResult(await reset(portal, await resetLink(person, portal), another(1)));
      const after = { ...person, password: another(1) };
      expect((await signIn(portal.visitor(), after, minutesAfter(start, 1))).json._id).toBe(person.id);
      const { item } = await readItems({ item: totpKey({ ...portal.practice, id: person.id }) });
      expect(item).toBeUndefined();
    }
  });
  it("leaves the app of a verified account", async () => {
    const { person, app, now } = await guarded();
    await verify(person);
    expectResult(await reset(portal, await resetLink(person, portal), another(1)));
    const after = { ...person, password: another(1) };
    expectFault(await signIn(portal.visitor(), after, now), "kNewLocation");
    expect((await signIn(portal.visitor(), after, now, laterCode(app, start))).json._id).toBe(person.id);
  });
  it("is not outrun by the app that the stranger confirms at the same moment", async () => {
    for (let round = 0; round < 5; round++) {
      const person = await register(portal);
      const secret = await beginApp(person, start);
      const token = await resetLink(person, portal);
      const code = appCode(secret, start);
      const [confirmed] = await Promise.all([
        person.post("accounts/me/totp/confirm", { code }, { now: start }),
        reset(portal, token, another(1)).then(expectResult),
      ]);
      expect(["ok", "kNotLoggedIn", "kNotFound"]).toContain(outcomeOf(confirmed));
      const after = { ...person, password: another(1) };
      expect((await signIn(portal.visitor(), after, minutesAfter(start, 1))).json._id).toBe(person.id);
    }
  });
});

describe("the mobile number of an account that was verified only by a reset", () => {
  /** The address's owner, who has reset the password of an account that somebody else registered. */
  async function taken() {
    const person = await register(wary);
    expectResult(await reset(wary, await resetLink(person, wary), another(1)));
    return { ...person, password: another(1) };
  }
  const codeMails = (person: Holder) => mailsTo(person.email, /^Your code/);
  /** Signs in on a new device, by the code that was mailed. */
  async function byMail(person: Holder, now = start) {
    const device = wary.visitor();
    expectFault(await signIn(device, person, now), "kNewLocation");
    const [, code] = /code is ([0-9]{6})/.exec((await codeMails(person))[0]?.text ?? "") ?? [];
    expect((await signIn(device, person, now, code)).json._id).toBe(person.id);
    return device;
  }
  it("gets no codes: they are mailed to the address", async () => {
    const person = await taken();
    await byMail(person);
    expect(await codeMails(person)).toHaveLength(1);
    expect(await textsTo(person)).toEqual([]);
  });
  it.each(["PUT", "PATCH"])(
    "gets codes again once the holder has confirmed it by %s of the same number",
    async (method) => {
      const person = await taken();
      const device = await byMail(person);
      const { mobile } = person.account;
      const body = method === "PUT" ? { mobile } : { op: "set", path: "/mobile", value: mobile };
      await expectSuccess(device.send(method, "accounts/me", { body, now: start }));
      expectFault(await signIn(wary.visitor(), person, start), "kNewLocation");
      expect(await textsTo(person)).toHaveLength(1);
      expect(await codeMails(person)).toHaveLength(1);
    },
  );
  it("is not told that the holder has replaced it; the new one gets codes", async () => {
    const person = await taken();
    const device = await byMail(person);
    const mobile = freshMobile();
    await expectSuccess(device.put("accounts/me", { mobile }, { now: start }));
    expectFault(await signIn(wary.visitor(), person, start), "kNewLocation");
    expect(await sentMessages(mobile)).toHaveLength(1);
    expect(await textsTo(person)).toEqual([]);
  });
  it("stays unconfirmed when others write it, or the holder other properties", async () => {
    const person = await taken();
    const device = await byMail(person);
    const { mobile } = person.account;
    await expectSuccess(wary.administrator.put(`accounts/${person.id}`, { mobile }, { now: start }));
    await expectSuccess(device.put("accounts/me", { gender: "f" }, { now: start }));
    await byMail(person);
    expect(await textsTo(person)).toEqual([]);
  });
  it("gets codes where the account was verified before", async () => {
    const person = await register(wary);
    await verify(person);
    expectResult(await reset(wary, await resetLink(person, wary), another(1)));
    expectFault(await signIn(wary.visitor(), { ...person, password: another(1) }, start), "kNewLocation");
    expect(await textsTo(person)).toHaveLength(1);
  });
  it("is nothing that answers tell", async () => {
    const person = await taken();
    const { item } = await readItems({ item: portalAccountKey({ ...wary.practice, id: person.id }) });
    expect(item?.mobileUnconfirmed).toBe(true);
    const { json } = await wary.administrator.get(`accounts/${person.id}`);
    expect(json).not.toHaveProperty("mobileUnconfirmed");
  });
});
