import { beforeEach, describe, expect, it } from "vitest";
import { refused } from "../functions/accounts/accounts-contract.ts";
import { hashes } from "../kit/cheap-hashes.ts";
import { sentMessages } from "../kit/outside.ts";
import { codeIn, type Holder, minutesAfter, openPortal, type TestPortal } from "../kit/portal.ts";
import { allItems, type Response } from "../kit/system.ts";
import { atOnce, interrupted, many, outcomeOf, some, tally } from "./attack.ts";

let portal: TestPortal;
let holder: Holder;
const start = new Date();
beforeEach(async () => {
  portal = await openPortal();
  holder = await portal.register({}, { now: start });
  hashes.made = 0;
});

const login = (email: string, password: string, minutes = 0): Promise<Response> =>
  portal.visitor().post("accounts/login", { email, password }, { now: minutesAfter(start, minutes) });
const lockedMails = async (to: string) =>
  (await sentMessages(to)).filter(({ subject }) => /locked/.test(subject)).length;

describe("a burst of wrong passwords", () => {
  it("has as many real tries as the portal allows, and no more", async () => {
    const answers = await atOnce(many, (place) => login(holder.email, `wrong password ${place}`));
    expect(tally(answers)).toEqual({ kInvalidCredentials: 5, kAccountLocked: many - 5 });
    expect(hashes.made).toBe(5);
  });
  it("has as many at an e-mail that nobody has, with the same answers", async () => {
    const answers = await atOnce(many, (place) => login("nobody@example.org", `wrong password ${place}`));
    expect(tally(answers)).toEqual({ kInvalidCredentials: 5, kAccountLocked: many - 5 });
    expect(hashes.made).toBe(5);
  });
  it("has three where the portal allows three", async () => {
    await portal.settings({ lockAttempts: 3 });
    const answers = await atOnce(some, (place) => login(holder.email, `wrong password ${place}`));
    expect(tally(answers)).toEqual({ kInvalidCredentials: 3, kAccountLocked: some - 3 });
    expect(hashes.made).toBe(3);
  });
  it("is told to the holder by one mail", async () => {
    await atOnce(some, (place) => login(holder.email, `wrong password ${place}`));
    await atOnce(some, (place) => login(holder.email, `wrong again ${place}`, 1));
    expect(await lockedMails(holder.email)).toBe(1);
  });
  it("gets no more tries by other spellings of the e-mail", async () => {
    const spellings = [
      holder.email,
      holder.email.toUpperCase(),
      ` ${holder.email}\t`,
      holder.email.replace("@", "\uff20"),
      holder.email.replace("person", "\uff50erson"),
    ];
    const answers = await atOnce(some, (place) =>
      login(spellings[place % spellings.length] as string, `wrong password ${place}`),
    );
    expect(tally(answers)).toEqual({ kInvalidCredentials: 5, kAccountLocked: some - 5 });
    expect(hashes.made).toBe(5);
  });
  it("gets no more tries where the current password is asked for", async () => {
    const change = (place: number) =>
      holder.post("accounts/me/update-password", { current: `wrong ${place}`, password: "x" }, { now: start });
    const answers = await atOnce(some, (place) =>
      place % 2 ? change(place) : login(holder.email, `wrong password ${place}`),
    );
    expect(tally(answers)).toEqual({ kInvalidCredentials: 5, kAccountLocked: some - 5 });
    expect(hashes.made).toBe(5);
    expect(await lockedMails(holder.email)).toBe(1);
  });
  it("refuses the right password for fifteen minutes without judging it, and takes it afterwards", async () => {
    await atOnce(some, (place) => login(holder.email, `wrong password ${place}`));
    hashes.made = 0;
    for (const minutes of [0, 5, 14.9]) {
      expect(outcomeOf(await login(holder.email, holder.password, minutes))).toBe("kAccountLocked");
    }
    expect(hashes.made).toBe(0);
    expect(outcomeOf(await login(holder.email, holder.password, 15.1))).toBe("ok");
  });
  it("gets the same few tries again when the lock has ended, and the holder a second mail", async () => {
    for (const minutes of [0, 15.1]) {
      hashes.made = 0;
      const answers = await atOnce(some, (place) => login(holder.email, `wrong password ${place}`, minutes));
      expect(tally(answers)).toEqual({ kInvalidCredentials: 5, kAccountLocked: some - 5 });
      expect(hashes.made).toBe(5);
    }
    expect(await lockedMails(holder.email)).toBe(2);
  });
  it("locks one e-mail of one portal: not the neighbour's, not the same e-mail elsewhere", async () => {
    const sibling = await openPortal({}, {}, portal.practice);
    const namesake = await sibling.register({ email: holder.email });
    const neighbour = await portal.register();
    await atOnce(some, (place) => login(holder.email, `wrong password ${place}`));
    await portal.login(neighbour);
    await sibling.login(namesake);
  });
  it("leaves open sessions alone", async () => {
    await atOnce(some, (place) => login(holder.email, `wrong password ${place}`));
    expect((await holder.get("accounts/me")).json._id).toBe(holder.id);
  });
});

describe("right passwords", () => {
  it("are all let in, fifty at once", async () => {
    const answers = await atOnce(many, () => login(holder.email, holder.password));
    expect(tally(answers)).toEqual({ ok: many });
    const sessions = new Set(answers.flatMap(({ cookies }) => cookies.filter((each) => each.startsWith("md.sid="))));
    expect(sessions.size).toBe(many);
  });
  it("clear the count for good: a wrong guess that was being judged meanwhile leaves nothing behind", async () => {
    const { email } = holder;
    const counts = async () => (await allItems()).filter(({ sk }) => sk === "TRIES");
    const before = await counts();
    const wrong = await interrupted(
      ({ UpdateExpression }) => UpdateExpression?.includes("ADD failed"),
      () => portal.login(holder, { now: start }),
      () => login(email, "wrong password"),
    );
    expect(outcomeOf(wrong)).toBe("kInvalidCredentials");
    expect(await counts()).toEqual(before);
  });
  it("let nobody guess more often: five wrong ones in a row lock, whatever came before them", async () => {
    const answers: string[] = [];
    const round = async (guesses: number) => {
      for (let guess = 0; guess < guesses; guess++)
        answers.push(outcomeOf(await login(holder.email, `wrong ${guess}`)));
    };
    await round(4);
    await portal.login(holder, { now: start });
    await round(6);
    expect(answers).toEqual([...Array(9).fill("kInvalidCredentials"), "kAccountLocked"]);
    expect(await lockedMails(holder.email)).toBe(1);
  });
});

describe("a burst of wrong codes", () => {
  /** A new device, to which a code was just sent. */
  async function waitingDevice() {
    const device = portal.visitor();
    const { email, password } = holder;
    const answer = await device.post("accounts/login", { email, password }, { now: start });
    expect(outcomeOf(answer)).toBe("kNewLocation");
    const [sms] = (await sentMessages("+16505555555")).filter(({ channel }) => channel === "sms");
    const code = codeIn(sms);
    const enter = (verificationToken: unknown, minutes = 0) => {
      const cookies = new Map(device.cookies);
      const client = portal.visitor();
      for (const [name, value] of cookies) client.cookies.set(name, value);
      const body = { email, password, location: { verificationToken } };
      return client.post("accounts/login", body, { now: minutesAfter(start, minutes) });
    };
    return { code, enter };
  }
  const wrong = (code: string, place: number) => String((Number(code) + 1 + place) % 1_000_000).padStart(6, "0");
  const uses = async () =>
    (await allItems())
      .filter(({ type }) => type === "deviceCode")
      .map((item) => (item.uses as Set<string> | undefined)?.size);

  it("has five real tries; the right code is of no use afterwards", async () => {
    await portal.settings({ twoFactor: true });
    const { code, enter } = await waitingDevice();
    const before = (await uses()).length;
    const answers = await atOnce(some, (place) => enter(wrong(code, place)));
    expect(tally(answers)).toEqual({ kCallbackNotFound: some });
    expect((await uses()).filter((count) => count !== undefined)).toEqual([5]);
    expect(before).toBe(1);
    expect(outcomeOf(await enter(code))).toBe("kCallbackNotFound");
  });
  it("does not count what is no code", async () => {
    await portal.settings({ twoFactor: true });
    const { code, enter } = await waitingDevice();
    const malformed = ["12345", "1234567", "abcdef", " 123456", "１２３４５６", 123456, ["123456"], { $gt: "" }, true];
    const answers = await atOnce(malformed.length, (place) => enter(malformed[place]));
    expect(tally(answers)).toEqual({ kCallbackFormat: malformed.length });
    expect(outcomeOf(await enter(code))).toBe("ok");
  });
  it("cannot be spread over new devices: an account is sent ten codes an hour", async () => {
    await portal.settings({ twoFactor: true });
    const before = (await sentMessages()).length;
    const { email, password } = holder;
    const answers = await atOnce(30, () =>
      portal.visitor().post("accounts/login", { email, password }, { now: start }),
    );
    expect(tally(answers)).toEqual({ kNewLocation: 10, kUnverifiedLocation: 20 });
    expect((await sentMessages()).length - before).toBe(10);
  });
  it("needs the right password each time: a code alone opens nothing, and tells nothing", async () => {
    await portal.settings({ twoFactor: true });
    const { code } = await waitingDevice();
    const body = { email: holder.email, password: "wrong password", location: { verificationToken: code } };
    await refused("kInvalidCredentials", () => portal.visitor().post("accounts/login", body, { now: start }));
  });
});
