import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sentMessages } from "../kit/outside.ts";
import { codeIn, type Holder, minutesAfter, openPortal, type TestPortal, tokenIn } from "../kit/portal.ts";
import { allItems } from "../kit/system.ts";
import { another, atOnce, many, outcomeOf, some, tally } from "./attack.ts";

let portal: TestPortal;
let holder: Holder;
const start = new Date();
beforeAll(async () => {
  // Sessions that last longer than the times in these tests.
  portal = await openPortal({ sessionIdleMinutes: 1440 });
});
beforeEach(async () => {
  holder = await portal.register({}, { now: start });
});

const mailsOf = async (subject: RegExp) =>
  (await sentMessages(holder.email)).filter((message) => subject.test(message.subject));

/** Requests a password reset this many minutes after registering. @returns the mailed token */
async function resetToken(minutes = 0): Promise<string> {
  const { email } = holder;
  await portal.visitor().post("accounts/request-password-reset", { email }, { now: minutesAfter(start, minutes) });
  return tokenIn((await mailsOf(/^Reset/))[0]);
}
const reset = (token: string, password: string, minutes = 2) =>
  portal.visitor().post("accounts/reset-password", { token, password }, { now: minutesAfter(start, minutes) });
const login = async (password: string) =>
  outcomeOf(
    await portal.visitor().post("accounts/login", { email: holder.email, password }, { now: minutesAfter(start, 3) }),
  );

describe("a reset token", () => {
  it("sets one password of fifty that are requested at once; all other requests get kNotFound", async () => {
    const token = await resetToken();
    const answers = await atOnce(many, (place) => reset(token, another(place)));
    expect(tally(answers)).toEqual({ ok: 1, kNotFound: many - 1 });
    const winner = answers.findIndex((answer) => outcomeOf(answer) === "ok");
    expect(await login(another(winner))).toBe("ok");
    expect(await login(another((winner + 1) % many))).toBe("kInvalidCredentials");
    expect(await login(holder.password)).toBe("kInvalidCredentials");
    expect(await mailsOf(/was changed/)).toHaveLength(1);
  });
  it("works once when all requests have the same password", async () => {
    const token = await resetToken();
    const answers = await atOnce(some, () => reset(token, another(0)));
    expect(tally(answers)).toEqual({ ok: 1, kNotFound: some - 1 });
    expect(await login(another(0))).toBe("ok");
    expect(await mailsOf(/was changed/)).toHaveLength(1);
  });
  it("of the newer mail works, and that of the older mail never, when both are used at once", async () => {
    const older = await resetToken();
    const newer = await resetToken(1.1);
    expect(newer).not.toBe(older);
    const answers = await atOnce(2 * some, (place) => reset(place % 2 ? newer : older, another(place)));
    expect(tally(answers)).toEqual({ ok: 1, kNotFound: 2 * some - 1 });
    const winner = answers.findIndex((answer) => outcomeOf(answer) === "ok");
    expect(winner % 2).toBe(1);
    expect(await login(another(winner))).toBe("ok");
  });
  it("sets at most one password while a newer token is requested", async () => {
    const token = await resetToken();
    const { email } = holder;
    const [asked, ...answers] = await Promise.all([
      portal.visitor().post("accounts/request-password-reset", { email }, { now: minutesAfter(start, 1.5) }),
      ...Array.from({ length: 5 }, (_, place) => reset(token, another(place))),
    ]);
    expect(outcomeOf(asked)).toBe("ok");
    const { ok = 0, kNotFound } = tally(answers);
    expect(ok).toBeLessThanOrEqual(1);
    expect(kNotFound).toBe(5 - ok);
  });
  it("is mailed once and stays valid when fifty are requested at once", async () => {
    const { email } = holder;
    const now = { now: start };
    const asked = await atOnce(many, () => portal.visitor().post("accounts/request-password-reset", { email }, now));
    expect(tally(asked)).toEqual({ ok: many });
    const mails = await mailsOf(/^Reset/);
    expect(mails).toHaveLength(1);
    expect(outcomeOf(await reset(tokenIn(mails[0]), another(0)))).toBe("ok");
  });
  it("cannot be used to verify, and a verification token cannot be used to reset", async () => {
    const token = await resetToken();
    const verification = tokenIn((await mailsOf(/^Confirm/))[0]);
    expect(outcomeOf(await portal.visitor().post(`accounts/${token}`))).toBe("kNotFound");
    expect(outcomeOf(await reset(verification, another(0)))).toBe("kNotFound");
    expect(outcomeOf(await reset(token, another(0)))).toBe("ok");
  });
});

describe("a verification token", () => {
  it("works once when it is used fifty times at once", async () => {
    const token = tokenIn((await mailsOf(/^Confirm/))[0]);
    const paths = [`accounts/${token}`, `token/${token}`, "token"];
    const answers = await atOnce(many, (place) => portal.visitor().post(paths[place % 3] as string, { token }));
    expect(tally(answers)).toEqual({ ok: 1, kNotFound: many - 1 });
    const me = (await holder.get("accounts/me")).json;
    expect(me.state).toBe("verified");
    const events = (await allItems()).filter(({ what, record }) => {
      return what === "account.verified" && (record as { id?: string }).id === holder.id;
    });
    expect(events).toHaveLength(1);
  });
  it("of the newer mail works, and that of the older mail never, when both are used at once", async () => {
    const older = tokenIn((await mailsOf(/^Confirm/))[0]);
    await holder.post("accounts/me/resend-verification");
    const newer = tokenIn((await mailsOf(/^Confirm/))[0]);
    const answers = await atOnce(2 * some, (place) => portal.visitor().post(`token/${place % 2 ? newer : older}`));
    expect(tally(answers)).toEqual({ ok: 1, kNotFound: 2 * some - 1 });
    expect(answers.findIndex((answer) => outcomeOf(answer) === "ok") % 2).toBe(1);
  });
  it("sends at most five mails, even when fifty are requested at once", async () => {
    holder = await portal.register({}, { now: start });
    const asked = await atOnce(many, () => holder.post("accounts/me/resend-verification", {}, { now: start }));
    expect(tally(asked)).toEqual({ ok: many });
    const events = (await allItems()).filter(({ what, record }) => {
      return what === "account.verificationResent" && (record as { id?: string }).id === holder.id;
    });
    // The first mail was that of the registration.
    expect(events).toHaveLength(4);
    expect(await mailsOf(/^Confirm/)).toHaveLength(5);
  });
});

describe("a code for a new device", () => {
  it("signs in one of fifty that use it at once; the others get no session and no known device", async () => {
    const guarded = await openPortal({ twoFactor: true });
    const { email, password, id } = await guarded.register();
    const device = guarded.visitor();
    await device.post("accounts/login", { email, password });
    const [sms] = await sentMessages("+16505555555");
    const body = { email, password, location: { verificationToken: codeIn(sms), locationName: "Attic" } };
    const clients = Array.from({ length: many }, () => {
      const client = guarded.visitor();
      for (const [name, value] of device.cookies) client.cookies.set(name, value);
      return client;
    });
    const answers = await Promise.all(clients.map((client) => client.post("accounts/login", body)));
    expect(tally(answers)).toEqual({ ok: 1, kCallbackNotFound: many - 1 });
    expect(clients.filter(({ cookies }) => cookies.has("md.sid"))).toHaveLength(1);
    const items = await allItems();
    expect(items.filter(({ type, holderId }) => type === "session" && holderId === id)).toHaveLength(2);
    expect(items.filter(({ label }) => label === "Attic")).toHaveLength(1);
  });
});

describe("a new password", () => {
  it("is set by one of several simultaneous changes; the others are refused because the current password is wrong by then", async () => {
    const answers = await atOnce(some, (place) =>
      holder.post(
        "accounts/me/update-password",
        { current: holder.password, password: another(place) },
        { now: start },
      ),
    );
    const { ok, kInvalidCredentials = 0, kNotLoggedIn = 0, kAccountLocked = 0 } = tally(answers);
    expect(ok).toBe(1);
    expect(kInvalidCredentials + kNotLoggedIn + kAccountLocked).toBe(some - 1);
    const winner = answers.findIndex((answer) => outcomeOf(answer) === "ok");
    const { key } = (
      await portal.login({ email: holder.email, password: another(winner) }, { now: minutesAfter(start, 20) })
    ).account;
    expect(answers[winner]?.json.data).toEqual(key);
    expect(await mailsOf(/was changed/)).toHaveLength(1);
  });
  it("is either that of the reset or that of the change, when both happen at once", async () => {
    const token = await resetToken();
    const [byReset, byChange] = await Promise.all([
      reset(token, another(1)),
      holder.post("accounts/me/update-password", { current: holder.password, password: another(2) }, { now: start }),
    ]);
    // A change of the password voids the link, and a reset ends the session.
    expect(["ok", "kNotFound"]).toContain(outcomeOf(byReset));
    expect(["ok", "kInvalidCredentials", "kNotLoggedIn"]).toContain(outcomeOf(byChange));
    expect([outcomeOf(byReset), outcomeOf(byChange)]).toContain("ok");
    const works = [await login(another(1)), await login(another(2)), await login(holder.password)];
    expect(works.filter((outcome) => outcome === "ok")).toHaveLength(1);
    expect(works[2]).toBe("kInvalidCredentials");
  });
});

describe("an e-mail address", () => {
  it("is registered by one of fifty at once, in different spellings; the others get kExists and no session", async () => {
    const spellings = [
      "rare.bird@example.org",
      "RARE.BIRD@example.org",
      " rare.bird@example.org",
      "rare.bird＠example.org",
    ];
    const clients = Array.from({ length: many }, () => portal.visitor());
    const answers = await Promise.all(
      clients.map((client, place) =>
        client.post("accounts/register", {
          name: { first: "Rare", last: `Bird ${place}` },
          email: spellings[place % spellings.length],
          mobile: "1-650-555-5555",
          password: another(place),
        }),
      ),
    );
    expect(tally(answers)).toEqual({ ok: 1, kExists: many - 1 });
    expect(clients.filter(({ cookies }) => cookies.size > 0)).toHaveLength(1);
    expect((await allItems()).filter(({ email }) => email === "rare.bird@example.org")).toHaveLength(1);
    expect(await sentMessages("rare.bird@example.org")).toHaveLength(1);
    const winner = answers.findIndex((answer) => outcomeOf(answer) === "ok");
    const { account } = await portal.login({ email: "rare.bird@example.org", password: another(winner) });
    expect(account.name.last).toBe(`Bird ${winner}`);
  });
});
