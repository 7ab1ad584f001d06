import { beforeEach, describe, expect, it } from "vitest";
import { refused } from "../functions/accounts/accounts-contract.ts";
import { hashes } from "../kit/cheap-hashes.ts";
import { sentMessages } from "../kit/outside.ts";
import { codeIn, type Holder, minutesAfter, openPortal, type TestPortal, tokenIn } from "../kit/portal.ts";
import { allItems, type Response } from "../kit/system.ts";
import { another, atOnce, interrupted, many, outcomeOf, some, tally } from "./attack.ts";

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
  it("is counted apart from changes of the password, which require a session: neither locks the other", async () => {
    const change = (current: string, password = "x") =>
      holder.post("accounts/me/update-password", { current, password }, { now: start });
    const logins = await atOnce(some, (place) => login(holder.email, `wrong password ${place}`));
    expect(tally(logins)).toEqual({ kInvalidCredentials: 5, kAccountLocked: some - 5 });
    expect(outcomeOf(await change(holder.password, another(0)))).toBe("ok");

    const other = await portal.register({}, { now: start });
    const changes = await atOnce(some, (place) =>
      other.post("accounts/me/update-password", { current: `wrong ${place}`, password: "x" }, { now: start }),
    );
    expect(tally(changes)).toEqual({ kInvalidCredentials: 5, kAccountLocked: some - 5 });
    expect(outcomeOf(await login(other.email, other.password))).toBe("ok");
  });
  it("on a device of the holder is counted apart from those of strangers and under a session: it locks neither", async () => {
    const { cookies } = holder;
    const onDevice = (password: string) => {
      const browser = portal.visitor();
      browser.cookies.set("md.fingerprint", String(cookies.get("md.fingerprint")));
      return browser.post("accounts/login", { email: holder.email, password }, { now: start });
    };
    const guesses = await atOnce(some, (place) => onDevice(`wrong password ${place}`));
    expect(tally(guesses)).toEqual({ kInvalidCredentials: 5, kAccountLocked: some - 5 });
    expect(outcomeOf(await onDevice(holder.password))).toBe("kAccountLocked");
    expect(outcomeOf(await login(holder.email, holder.password))).toBe("ok");
    const change = { current: holder.password, password: another(0) };
    expect(outcomeOf(await holder.post("accounts/me/update-password", change, { now: start }))).toBe("ok");
    const strangers = await atOnce(some, (place) => login(holder.email, `wrong password ${place}`));
    expect(tally(strangers)).toEqual({ kInvalidCredentials: 5, kAccountLocked: some - 5 });
  });
  it("stores one audit event for each lock", async () => {
    await atOnce(many, (place) => login(holder.email, `wrong password ${place}`));
    await atOnce(some, (place) => login(holder.email, `wrong again ${place}`, 15.1));
    const events = (await allItems()).filter(
      ({ what, record }) => what === "account.lockedOut" && (record as { id?: string }).id === holder.id,
    );
    expect(events).toHaveLength(2);
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
  it("gets the same number of tries again after the lock; the holder gets one mail in six hours", async () => {
    for (const minutes of [0, 15.1]) {
      hashes.made = 0;
      const answers = await atOnce(some, (place) => login(holder.email, `wrong password ${place}`, minutes));
      expect(tally(answers)).toEqual({ kInvalidCredentials: 5, kAccountLocked: some - 5 });
      expect(hashes.made).toBe(5);
    }
    expect(await lockedMails(holder.email)).toBe(1);
    await atOnce(some, (place) => login(holder.email, `wrong password ${place}`, 361));
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

describe("sign-ins that send more texts than a number or a portal gets", () => {
  it("are answered as if they were sent: five to one number in an hour, whoever signs in", async () => {
    await portal.settings({ twoFactor: true });
    const mobile = "+14155550177";
    const people = await Promise.all([0, 1].map(() => portal.register({ mobile }, { now: start })));
    const answers: Response[] = [];
    for (let place = 0; place < 12; place++) {
      const { email, password } = people[place % 2] as Holder;
      answers.push(await login(email, password));
    }
    expect(tally(answers)).toEqual({ kNewLocation: 12 });
    expect(new Set(answers.map(({ cookies }) => cookies.length))).toEqual(new Set([1]));
    expect(await sentMessages(mobile)).toHaveLength(5);
  });
  it("are answered as if they were sent: as many in a day as the portal's setting says", async () => {
    await portal.settings({ twoFactor: true, smsPerDay: 2 });
    const mobiles = [1, 2, 3].map((place) => `+1415555018${place}`);
    for (const mobile of mobiles) {
      const { email, password } = await portal.register({ mobile }, { now: start });
      expect(outcomeOf(await login(email, password))).toBe("kNewLocation");
    }
    const sent: number[] = [];
    for (const mobile of mobiles) sent.push((await sentMessages(mobile)).length);
    expect(sent).toEqual([1, 1, 0]);
  });
});

describe("right passwords", () => {
  it("are all accepted, fifty at once", async () => {
    const answers = await atOnce(many, () => login(holder.email, holder.password));
    expect(tally(answers)).toEqual({ ok: many });
    const sessions = new Set(answers.flatMap(({ cookies }) => cookies.filter((each) => each.startsWith("md.sid="))));
    expect(sessions.size).toBe(many);
  });
  // Regression: a right guess deleted the count, and with it the guesses that were being checked.
  it("do not spare a wrong guess that is checked at the same time: it counts afterwards", async () => {
    const wrong = await interrupted(
      ({ UpdateExpression }) => UpdateExpression?.includes("ADD failed"),
      () => portal.login(holder, { now: start }),
      () => login(holder.email, "wrong password"),
    );
    expect(outcomeOf(wrong)).toBe("kInvalidCredentials");
    const answers = await atOnce(some, (place) => login(holder.email, `wrong password ${place}`));
    expect(tally(answers)).toEqual({ kInvalidCredentials: 4, kAccountLocked: some - 4 });
  });
  it("leave nothing of the count in the table", async () => {
    const counts = async () => (await allItems()).filter(({ sk }) => sk === "TRIES");
    const before = await counts();
    await portal.login(holder, { now: start });
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

describe("an attacker who guesses between the sign-ins of an integration", () => {
  /** Four guesses, and a sign-in with the right password, again and again. @returns the outcomes of the guesses */
  async function guessesBetween(rounds: number, minutesApart: number, begin = 0): Promise<string[]> {
    const outcomes: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const minutes = begin + round * minutesApart;
      const answers = await atOnce(4, (place) => login(holder.email, `wrong ${round} ${place}`, minutes));
      outcomes.push(...answers.map(outcomeOf));
      await login(holder.email, holder.password, minutes);
    }
    return outcomes;
  }
  const wrongOf = (outcomes: readonly string[]) =>
    outcomes.filter((outcome) => outcome === "kInvalidCredentials").length;

  // Regression: each sign-in reset the count, so 36 guesses in an hour were checked and nothing locked.
  it("gets 20 guesses in an hour, not 36", async () => {
    expect(wrongOf(await guessesBetween(9, 1))).toBe(20);
    expect(outcomeOf(await login(holder.email, holder.password, 59))).toBe("kAccountLocked");
    expect(outcomeOf(await login(holder.email, holder.password, 60))).toBe("ok");
    expect(wrongOf(await guessesBetween(9, 1, 61))).toBe(20);
  });
  it("gets no more with bursts of 50, also when each lock ends after a minute", async () => {
    await portal.settings({ lockMinutes: 1 });
    let wrong = 0;
    for (let round = 0; round < 6; round++) {
      const guesses = atOnce(many, (place) => login(holder.email, `wrong ${round} ${place}`, round * 1.1));
      const right = login(holder.email, holder.password, round * 1.1);
      wrong += wrongOf((await guesses).map(outcomeOf));
      await right;
    }
    expect(wrong).toBe(20);
  });
  it("gets as many as the portal allows in a row, where that is more than 20", async () => {
    await portal.settings({ lockAttempts: 100 });
    const answers: Response[] = [];
    for (let round = 0; round < 12; round++) {
      answers.push(...(await atOnce(10, (place) => login(holder.email, `wrong ${round} ${place}`))));
    }
    expect(tally(answers)).toEqual({ kInvalidCredentials: 100, kAccountLocked: 20 });
  });
  it("locks the address once, with one event and one mail", async () => {
    await guessesBetween(9, 1);
    const events = (await allItems()).filter(
      ({ what, record }) => what === "account.lockedOut" && (record as { id?: string }).id === holder.id,
    );
    expect(events).toHaveLength(1);
    expect(await lockedMails(holder.email)).toBe(1);
  });
  it("is stopped for the rest of the hour also by a reset by mail: only for the holder, guesses count from zero", async () => {
    await guessesBetween(9, 1);
    const options = { now: minutesAfter(start, 10) };
    await portal.visitor().post("accounts/request-password-reset", { email: holder.email }, options);
    const [mail] = await sentMessages(holder.email);
    const body = { token: tokenIn(mail), password: another(1) };
    expect(outcomeOf(await portal.visitor().post("accounts/reset-password", body, options))).toBe("ok");
    expect(outcomeOf(await login(holder.email, another(1), 10))).toBe("ok");
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
    const before = (await uses()).length;
    const { code, enter } = await waitingDevice();
    expect(await uses()).toHaveLength(before + 1);
    const answers = await atOnce(some, (place) => enter(wrong(code, place)));
    expect(tally(answers)).toEqual({ kCallbackNotFound: some });
    expect((await uses()).filter((count) => count !== undefined)).toEqual([5]);
    expect(outcomeOf(await enter(code))).toBe("kCallbackNotFound");
  });
  it("does not count malformed codes", async () => {
    await portal.settings({ twoFactor: true });
    const { code, enter } = await waitingDevice();
    const malformed = ["12345", "1234567", "abcdef", "1 2 3 4 5", "１２３４５", 1234567, ["123456"], { $gt: "" }, true];
    const answers = await atOnce(malformed.length, (place) => enter(malformed[place]));
    expect(tally(answers)).toEqual({ kCallbackFormat: malformed.length });
    expect(outcomeOf(await enter(code))).toBe("ok");
  });
  it("gets no additional tries on new devices: an account is sent at most ten codes an hour", async () => {
    await portal.settings({ twoFactor: true });
    const { email, password } = await portal.register({ mobile: "+16505550000" }, { now: start });
    const answers = await atOnce(30, () =>
      portal.visitor().post("accounts/login", { email, password }, { now: start }),
    );
    expect(tally(answers)).toEqual({ kNewLocation: 10, kUnverifiedLocation: 20 });
    // Of these, five are sent to one number.
    expect(await sentMessages("+16505550000")).toHaveLength(5);
  });
  it("needs the right password each time: with a wrong one, a right code has no effect and is not confirmed", async () => {
    await portal.settings({ twoFactor: true });
    const { code } = await waitingDevice();
    const body = { email: holder.email, password: "wrong password", location: { verificationToken: code } };
    await refused("kInvalidCredentials", () => portal.visitor().post("accounts/login", body, { now: start }));
  });
});
