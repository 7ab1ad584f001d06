import { beforeAll, describe, expect, it } from "vitest";
import { outcomeOf } from "../accounts-security/attack.ts";
import { freshMobile, mailsTo, signIn } from "../functions/accounts/apps.ts";
import { sentMessages } from "../kit/outside.ts";
import { codeIn, expectSuccess, freshEmail, openPortal, password, type TestPortal, tokenIn } from "../kit/portal.ts";
import { call, expectOk, makePractice, makeVendor } from "../kit/system.ts";
import { toTherapist } from "../kit/worlds.ts";

/**
 * Everything that ends is asked for just before its end, at its end, and a year later: an end that is only looked at in some window,
 * or that is read in another unit, shows in one of the three.
 */

const start = new Date();
const at = { now: start };
const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;
const days = 24 * hours;
const year = 366 * days;

let portal: TestPortal;
let wary: TestPortal;
let patient: TestPortal;
beforeAll(async () => {
  portal = await openPortal();
  wary = await openPortal({ twoFactor: true });
  patient = await openPortal({ sessionIdleMinutes: 1440 });
});

/** Something that ends: how long it holds, and how it begins. Returns a function that asks once whether it holds. */
interface Ending {
  readonly what: string;
  readonly lastsMs: number;
  readonly begin: () => Promise<(now: Date) => Promise<boolean>>;
}

const isOk = async (answer: ReturnType<TestPortal["administrator"]["get"]>) => outcomeOf(await answer) === "ok";

/** Offers access by application credentials; whoever has the address accepts. */
const offer = async (path: string) => {
  const email = freshEmail();
  const { data } = await expectSuccess(portal.administrator.post(path, { targets: [{ email, access: 4 }] }, at));
  await portal.register({ email }, at);
  return async (now: Date) => {
    const target = await portal.login({ email, password }, { now });
    return isOk(target.post(`connections/${data[0].token}`, undefined, { now }));
  };
};

const endings: readonly Ending[] = [
  {
    what: "a session that is not used",
    lastsMs: 15 * minutes,
    async begin() {
      const person = await portal.register({}, at);
      return (now) => isOk(person.get("accounts/me", { now }));
    },
  },
  {
    what: "a session whose portal allows a day without use",
    lastsMs: 12 * hours,
    async begin() {
      const person = await patient.register({}, at);
      return (now) => isOk(person.get("accounts/me", { now }));
    },
  },
  {
    what: "a device that was trusted",
    lastsMs: 365 * days,
    async begin() {
      const person = await wary.register({ mobile: freshMobile() }, at);
      return async (now) => {
        person.cookies.delete("md.sid");
        return isOk(signIn(person, person, now));
      };
    },
  },
  {
    what: "the code for a new device",
    lastsMs: 10 * minutes,
    async begin() {
      const person = await wary.register({ mobile: freshMobile() }, at);
      const browser = wary.visitor();
      await signIn(browser, person, start);
      const [sms] = await sentMessages(person.account.mobile);
      return (now) => isOk(signIn(browser, person, now, codeIn(sms)));
    },
  },
  {
    what: "the link that verifies an address",
    lastsMs: 7 * days,
    async begin() {
      const { email } = await portal.register({}, at);
      const token = tokenIn((await mailsTo(email, /^Confirm/))[0]);
      return (now) => isOk(portal.visitor().post(`accounts/${token}`, undefined, { now }));
    },
  },
  {
    what: "the link that resets a password",
    lastsMs: hours,
    async begin() {
      const { email } = await portal.register({}, at);
      await expectSuccess(portal.visitor().post("accounts/request-password-reset", { email }, at));
      const token = tokenIn((await mailsTo(email, /^Reset/))[0]);
      return (now) => isOk(portal.visitor().post("accounts/reset-password", { token, password }, { now }));
    },
  },
  {
    what: "the offer of a connection",
    lastsMs: 7 * days,
    async begin() {
      const { id } = await portal.register({}, at);
      return offer(`accounts/${id}/connections`);
    },
  },
  { what: "an invitation", lastsMs: 7 * days, begin: () => offer("accounts/invitations") },
  {
    what: "a lock after wrong passwords",
    lastsMs: 15 * minutes,
    async begin() {
      const person = await portal.register({}, at);
      const stranger = portal.visitor();
      for (let tries = 0; tries < 5; tries++) await signIn(stranger, { ...person, password: "wrong" }, start);
      return async (now) => outcomeOf(await signIn(stranger, person, now)) === "kAccountLocked";
    },
  },
  {
    what: "the answer to an idempotency key",
    lastsMs: 24 * hours,
    async begin() {
      const practice = await makePractice({}, await makeVendor());
      const save = (now: Date) =>
        toTherapist(
          practice,
          "POST",
          "/therapist/organizations/",
          { name: "Once", therapist_user_id: 42 },
          { now, headers: { "idempotency-key": "the-one-key" } },
        );
      await save(start);
      return async (now) => (await save(now)).headers["idempotent-replayed"] === "true";
    },
  },
  {
    what: "the name that a vendor has freed, for others",
    lastsMs: 90 * days,
    async begin() {
      const [websiteAddress] = freshEmail().split("@");
      const auth = await makePractice({ websiteAddress });
      await expectOk(call("PracticeUpdate", { auth, name: "Moved", websiteAddress: "" }, at));
      const other = await makeVendor();
      const take = (now: Date) =>
        call("PracticeCreate", { auth: other, accountId: "taker", name: "Taker", websiteAddress }, { now });
      return async (now) => (await take(now)).json.responseCode === 4140;
    },
  },
];

describe.each(endings)("$what", ({ lastsMs, begin }) => {
  it.each([
    ["holds just before its end", lastsMs - seconds, true],
    ["has ended at its end", lastsMs, false],
    ["has ended a year later", lastsMs + year, false],
  ])("%s", async (_, ms, holds) => {
    const isHeld = await begin();
    expect(await isHeld(new Date(+start + ms))).toBe(holds);
  });
});
