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
  it("gets exactly as many checked tries as the portal allows", async () => {
    const answers = await atOnce(many, (place) => login(holder.email, `wrong password ${place}`));
    expect(tally(answers)).toEqual({ kInvalidCredentials: 5, kAccountLocked: many - 5 });
    expect(hashes.made).toBe(5);
  });
  it("gets as many tries and the same answers for an e-mail that nobody has", async () => {
    const answers = await atOnce(many, (place) => login("nobody@example.org", `wrong password ${place}`));
    expect(tally(answers)).toEqual({ kInvalidCredentials: 5, kAccountLocked: many - 5 });
    expect(hashes.made).toBe(5);
  });
  it("gets three tries if the portal allows three", async () => {
    await portal.settings({ lockAttempts: 3 });
    const answers = await atOnce(some, (place) => login(holder.email, `wrong password ${place}`));
    expect(tally(answers)).toEqual({ kInvalidCredentials: 3, kAccountLocked: some - 3 });
    expect(hashes.made).toBe(3);
  });
  it("is announced to the holder by one mail", async () => {
    await atOnce(some, (place) => login(holder.email, `wrong password ${place}`));
    await atOnce(some, (place) => login(holder.email, `wrong again ${place}`, 1));
    expect(await lockedMails(holder.email)).toBe(1);
  });
  it("gets no additional tries by other spellings of the e-mail", async () => {
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
  it("gets no additional tries by changes of the password, which require the current one", async () => {
    const change = (place: number) =>
      holder.post("accounts/me/update-password", { current: `wrong ${place}`, password: "x" }, { now: start });
    const answers = await atOnce(some, (place) =>
      place % 2 ? change(place) : login(holder.email, `wrong password ${place}`),
    );
    expect(tally(answers)).toEqual({ kInvalidCredentials: 5, kAccountLocked: some - 5 });
    expect(hashes.made).toBe(5);
    expect(await lockedMails(holder.email)).toBe(1);
  });
  it("causes the right password to be refused unchecked for fifteen minutes, and accepted afterwards", async () => {
    await atOnce(some, (place) => login(holder.email, `wrong password ${place}`));
    hashes.made = 0;
    for (const minutes of [0, 5, 14.9]) {
      expect(outcomeOf(await login(holder.email, holder.password, minutes))).toBe("kAccountLocked");
    }
    expect(hashes.made).toBe(0);
    expect(outcomeOf(await login(holder.email, holder.password, 15.1))).toBe("ok");
  });
  it("gets the same number of tries again after the lock, and the holder gets a second mail", async () => {
    for (const minutes of [0, 15.1]) {
      hashes.made = 0;
      const answers = await atOnce(some, (place) => login(holder.email, `wrong password ${place}`, minutes));
      expect(tally(answers)).toEqual({ kInvalidCredentials: 5, kAccountLocked: some - 5 });
      expect(hashes.made).toBe(5);
    }
    expect(await lockedMails(holder.email)).toBe(2);
  });
  it("locks one e-mail in one portal: no other account, and not the same e-mail in another portal", async () => {
    const sibling = await openPortal({}, {}, portal.practice);
    const namesake = await sibling.register({ email: holder.email });
    const neighbour = await portal.register();
    await atOnce(some, (place) => login(holder.email, `wrong password ${place}`));
    await portal.login(neighbour);
    await sibling.login(namesake);
  });
  it("does not end open sessions", async () => {
    await atOnce(some, (place) => login(holder.email, `wrong password ${place}`));
    expect((await holder.get("accounts/me")).json._id).toBe(holder.id);
  });
});

describe("right passwords", () => {
  it("are all accepted, fifty at once", async () => {
    const answers = await atOnce(many, () => login(holder.email, holder.password));
    expect(tally(answers)).toEqual({ ok: many });
    const sessions = new Set(answers.flatMap(({ cookies }) => cookies.filter((each) => each.startsWith("md.sid="))));
    expect(sessions.size).toBe(many);
  });
  it("reset the count permanently: a wrong guess that is checked at the same time is not counted afterwards", async () => {
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
  it("allow no additional guesses: five wrong passwords in a row lock, also after a right one", async () => {
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
  /** A new device whose holder was just sent a code. */
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

  it("gets five checked tries; afterwards even the right code is refused", async () => {
    await portal.settings({ twoFactor: true });
    const { code, enter } = await waitingDevice();
    const before = (await uses()).length;
    const answers = await atOnce(some, (place) => enter(wrong(code, place)));
    expect(tally(answers)).toEqual({ kCallbackNotFound: some });
    expect((await uses()).filter((count) => count !== undefined)).toEqual([5]);
    expect(before).toBe(1);
    expect(outcomeOf(await enter(code))).toBe("kCallbackNotFound");
  });
  it("does not count malformed codes", async () => {
    await portal.settings({ twoFactor: true });
    const { code, enter } = await waitingDevice();
    const malformed = ["12345", "1234567", "abcdef", " 123456", "１２３４５６", 123456, ["123456"], { $gt: "" }, true];
    const answers = await atOnce(malformed.length, (place) => enter(malformed[place]));
    expect(tally(answers)).toEqual({ kCallbackFormat: malformed.length });
    expect(outcomeOf(await enter(code))).toBe("ok");
  });
  it("gets no additional tries on new devices: an account is sent at most ten codes an hour", async () => {
    await portal.settings({ twoFactor: true });
    const before = (await sentMessages()).length;
    const { email, password } = holder;
    const answers = await atOnce(30, () =>
      portal.visitor().post("accounts/login", { email, password }, { now: start }),
    );
    expect(tally(answers)).toEqual({ kNewLocation: 10, kUnverifiedLocation: 20 });
    expect((await sentMessages()).length - before).toBe(10);
  });
  it("needs the right password each time: with a wrong one, a right code has no effect and is not confirmed", async () => {
    await portal.settings({ twoFactor: true });
    const { code } = await waitingDevice();
    const body = { email: holder.email, password: "wrong password", location: { verificationToken: code } };
    await refused("kInvalidCredentials", () => portal.visitor().post("accounts/login", body, { now: start }));
  });
});
