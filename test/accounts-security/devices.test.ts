import { beforeEach, describe, expect, it } from "vitest";
import { forgetDevices } from "../../lib/accounts/sign-in/device.ts";
import { emailKey, portalAccountKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import { remove, write } from "../../lib/table/transact.ts";
import { sentMessages } from "../kit/outside.ts";
import { codeIn, type Holder, minutesAfter, openPortal, type PortalClient, type TestPortal } from "../kit/portal.ts";
import { outcomeOf } from "./attack.ts";

/** Devices: each name in `md.fingerprint` counts only for the account that it was recorded for. */

const start = new Date();
const cookie = "md.fingerprint";
const namesOf = ({ cookies }: PortalClient) => (cookies.get(cookie) ?? "").split(".");
const daysLater = (days: number) => minutesAfter(start, days * 24 * 60);

let wary: TestPortal;
beforeEach(async () => {
  wary = await openPortal({ twoFactor: true });
});

let mobiles = 0;
const register = (portal = wary) => portal.register({ mobile: `+1650556${String(++mobiles).padStart(4, "0")}` });
const login = async (client: PortalClient, { email, password }: Holder, now = start, location = {}) =>
  outcomeOf(await client.post("accounts/login", { email, password, location }, { now }));
/** Signs in with the code that is sent. */
async function showCode(client: PortalClient, person: Holder, now = start): Promise<void> {
  expect(await login(client, person, now)).toBe("kNewLocation");
  const [sms] = await sentMessages(person.account.mobile);
  expect(await login(client, person, now, { verificationToken: codeIn(sms) })).toBe("ok");
}
const forget = ({ id, email }: Holder) => write(() => [forgetDevices({ ...wary.practice, id, email })]);

describe("two accounts on one browser", () => {
  it("both keep it as their device", async () => {
    const [one, other] = [await register(), await register()];
    const browser = wary.visitor();
    await showCode(browser, one);
    await showCode(browser, other);
    for (const person of [one, other, one]) expect(await login(browser, person)).toBe("ok");
    expect(namesOf(browser)).toHaveLength(2);
  });
  it("both keep it when they are in two portals", async () => {
    const sibling = await openPortal({ twoFactor: true });
    const [one, other] = [await register(), await register(sibling)];
    const browser = wary.visitor();
    const sameBrowser = sibling.visitor();
    await showCode(browser, one);
    sameBrowser.cookies.set(cookie, String(browser.cookies.get(cookie)));
    await showCode(sameBrowser, other);
    browser.cookies.set(cookie, String(sameBrowser.cookies.get(cookie)));
    expect(await login(browser, one)).toBe("ok");
    expect(await login(sameBrowser, other)).toBe("ok");
  });
  it("both keep it when somebody registers on it", async () => {
    const one = await register();
    const browser = wary.visitor();
    await showCode(browser, one);
    const answer = await browser.post("accounts/register", {
      name: { first: "A", last: "B" },
      email: "second-on-it@example.org",
      mobile: "+16505560000",
      password: one.password,
    });
    const second = { ...one, email: answer.json.email };
    expect(await login(browser, one)).toBe("ok");
    expect(await login(browser, second)).toBe("ok");
  });
});

describe("the names in md.fingerprint", () => {
  it("are at most eight: the ninth account's pushes the oldest out", async () => {
    const people: Holder[] = [];
    const browser = wary.visitor();
    for (let count = 0; count < 9; count++) {
      const person = await register();
      people.push(person);
      await showCode(browser, person);
    }
    expect(namesOf(browser)).toHaveLength(8);
    for (const person of people.slice(1)) expect(await login(browser, person)).toBe("ok");
    expect(await login(browser, people[0] as Holder)).toBe("kNewLocation");
  });
  it("count wherever they are among the last eight, and parts of another form are ignored", async () => {
    const person = await register();
    const [own = ""] = namesOf(person);
    const planted = Array.from({ length: 7 }, (_, place) => String(place).repeat(32));
    const browser = wary.visitor();
    const outcomeWith = async (names: readonly string[]) => {
      browser.cookies.set(cookie, names.join("."));
      return login(browser, person);
    };
    expect(await outcomeWith([own, ...planted])).toBe("ok");
    expect(await outcomeWith(["short", "", "F".repeat(33), own, ..."abcdefghijk", ...planted])).toBe("ok");
    expect(await outcomeWith([own, ...planted, "8".repeat(32)])).toBe("kNewLocation");
  });
  it("do not grow when one account signs in again and again on a device that it has forgotten", async () => {
    const person = await register();
    const browser = wary.visitor();
    for (let count = 0; count < 3; count++) {
      await showCode(browser, person);
      await forget(person);
    }
    expect(namesOf(browser)).toHaveLength(1);
  });
});

describe("a name opens nothing", () => {
  it("for another account", async () => {
    const [person, other] = [await register(), await register()];
    other.cookies.set(cookie, String(person.cookies.get(cookie)));
    expect(await login(other, other)).toBe("kNewLocation");
  });
  it("for a new account with the address of one that was erased", async () => {
    const person = await register();
    const account = { ...wary.practice, id: person.id };
    await write(() => [remove(emailKey(wary.practice, person.email)), remove(portalAccountKey(account))]);
    const again = await wary.register({ email: person.email });
    expect(await login(person, again)).toBe("kNewLocation");
  });
  it("after the devices of the account were forgotten", async () => {
    const person = await register();
    expect(await login(person, person)).toBe("ok");
    await forget(person);
    expect(await login(person, person)).toBe("kNewLocation");
  });
  it("after a reset by mail", async () => {
    const person = await register();
    await person.post("accounts/request-password-reset", { email: person.email });
    const [mail] = await sentMessages(person.email);
    const [, token] = /token=(\w{32})/.exec(mail?.text ?? "") ?? [];
    const answer = await wary.visitor().post("accounts/reset-password", { token, password: person.password });
    expect(outcomeOf(answer)).toBe("ok");
    expect(await login(person, person)).toBe("kNewLocation");
  });
  it("a year after it was recorded", async () => {
    const person = await register();
    const browser = wary.visitor();
    await showCode(browser, person);
    expect(await login(browser, person, daysLater(364))).toBe("ok");
    expect(await login(browser, person, daysLater(365))).toBe("kNewLocation");
  });
  it("when it was planted before the holder showed a code", async () => {
    const person = await register();
    const [attacker, browser] = [wary.visitor(), wary.visitor()];
    const planted = "F".repeat(32);
    for (const client of [attacker, browser]) client.cookies.set(cookie, planted);
    await showCode(browser, person);
    expect(namesOf(browser)).toEqual([planted, expect.not.stringMatching(planted)]);
    expect(await login(attacker, person)).toBe("kNewLocation");
  });
});

describe("a device that has shown no second factor", () => {
  it("is recorded without trust, and shows one when it is asked for", async () => {
    await wary.settings({ twoFactor: false });
    const person = await register();
    const browser = wary.visitor();
    expect(await login(browser, person)).toBe("ok");
    const [before = ""] = namesOf(browser);
    await wary.settings({ twoFactor: true });
    await showCode(browser, person);
    expect(namesOf(browser)).toHaveLength(1);
    expect(namesOf(browser)).not.toContain(before);
    expect(await login(browser, person)).toBe("ok");
    // The earlier name is no device any more.
    browser.cookies.set(cookie, before);
    expect(await login(browser, person)).toBe("kNewLocation");
  });
  it("is the same device at the next login", async () => {
    await wary.settings({ twoFactor: false });
    const person = await register();
    const browser = wary.visitor();
    expect(await login(browser, person)).toBe("ok");
    const names = namesOf(browser);
    expect(await login(browser, person, daysLater(1))).toBe("ok");
    expect(namesOf(browser)).toEqual(names);
  });
  it("is not recorded with location.singleUse", async () => {
    await wary.settings({ twoFactor: false });
    const person = await register();
    const browser = wary.visitor();
    expect(await login(browser, person, start, { singleUse: true })).toBe("ok");
    expect(browser.cookies.has(cookie)).toBe(false);
  });
});

it("a login by a trusted device does not outlive that its devices are forgotten at the same moment", async () => {
  const person = await register();
  const outcomes = await Promise.all([
    forget(person),
    ...Array.from({ length: 20 }, () => {
      const client = wary.visitor();
      client.cookies.set(cookie, String(person.cookies.get(cookie)));
      return login(client, person);
    }),
  ]);
  for (const outcome of outcomes.slice(1)) expect(["ok", "kUnverifiedLocation", "kNewLocation"]).toContain(outcome);
  const { claim } = await readItems({ claim: emailKey(wary.practice, person.email) });
  expect(claim?.deviceEpoch).toBe(1);
  expect(await login(person, person)).not.toBe("ok");
});
