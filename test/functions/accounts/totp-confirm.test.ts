import { beforeAll, describe, expect, it } from "vitest";
import { minutesAfter, openPortal, readCookie, type TestPortal } from "../../kit/portal.ts";
import { allItems } from "../../kit/system.ts";
import { appCode } from "../../kit/totp.ts";
import { expectFault, named, refused } from "./accounts-contract.ts";
import { addApp, beginApp, laterCode, mailsTo, signIn } from "./apps.ts";
import { describeCall } from "./suites.ts";

const start = new Date();

describeCall("TotpConfirm", async (portal) => {
  const client = await portal.register();
  const now = new Date();
  return { client, path: "accounts/me/totp/confirm", body: { code: appCode(await beginApp(client, now), now, 1) } };
});

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal();
});
/** A person who has begun to set an app up. */
async function begun() {
  const person = await portal.register();
  const secret = await beginApp(person, start);
  const confirm = (code: unknown, now = start) => person.post("accounts/me/totp/confirm", { code }, { now });
  return { person, secret, confirm };
}

describe("200 recovery codes", () => {
  it("answers ten different codes, and turns the second factor on", async () => {
    const { person, secret, confirm } = await begun();
    const { status, json } = await confirm(appCode(secret, start));
    expect(status).toBe(200);
    const { recoveryCodes } = json.data;
    expect(json).toEqual({ object: "result", data: { recoveryCodes } });
    expect(new Set(recoveryCodes).size).toBe(10);
    for (const code of recoveryCodes) expect(code).toMatch(/^[a-z2-9]{13}$/);
    expectFault(await signIn(portal.visitor(), person, start), "kNewLocation");
  });
  it.each([
    ["30 seconds ago", -1],
    ["in 30 seconds", 1],
  ])("takes the code of %s", async (_, steps) => {
    const { secret, confirm } = await begun();
    expect((await confirm(appCode(secret, start, steps))).status).toBe(200);
  });
  it.each([
    ["blanks", (code: string) => ` ${code.slice(0, 3)} ${code.slice(3)}\n`],
    ["a dash", (code: string) => `${code.slice(0, 3)}-${code.slice(3)}`],
    [
      "full-width digits",
      (code: string) => code.replace(/./g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    ],
    ["a number", (code: string) => Number(code)],
  ])("takes the code with %s", async (_, written) => {
    const { secret, confirm } = await begun();
    expect((await confirm(written(appCode(secret, start)))).status).toBe(200);
  });
  it("does not let its code be used again to sign in", async () => {
    const { person, secret, confirm } = await begun();
    const code = appCode(secret, start);
    await confirm(code);
    expectFault(await signIn(portal.visitor(), person, start, code), "kCallbackNotFound");
  });
  it("trusts the device, under a new name, so that it is asked for nothing", async () => {
    const { person, secret, confirm } = await begun();
    const before = person.cookies.get("md.fingerprint");
    const { cookies } = await confirm(appCode(secret, start));
    expect(cookies.map((cookie) => readCookie(cookie).name)).toEqual(["md.fingerprint"]);
    expect(person.cookies.get("md.fingerprint")).not.toBe(before);
    expect((await signIn(person, person, minutesAfter(start, 1))).json._id).toBe(person.id);
  });
  it("does not trust a device that only signed in without a second factor before", async () => {
    const { person, secret, confirm } = await begun();
    const other = await portal.login(person);
    await confirm(appCode(secret, start));
    expectFault(await signIn(other, person, start), "kNewLocation");
  });
  it("tells the holder by mail, without a secret", async () => {
    const { person, secret, confirm } = await begun();
    const { json } = await confirm(appCode(secret, start));
    const [mail, ...others] = await mailsTo(person.email, /authenticator/);
    expect(others).toEqual([]);
    for (const text of [secret, ...json.data.recoveryCodes]) expect(`${mail?.text}${mail?.html}`).not.toContain(text);
  });
  it("stores recovery codes only as digests that a copy of the table does not help to find", async () => {
    const { person, secret, confirm } = await begun();
    const { json } = await confirm(appCode(secret, start));
    const stored = JSON.stringify(await allItems());
    expect(stored).toContain(`TOTP#${person.id}`);
    for (const text of [secret, ...json.data.recoveryCodes]) expect(stored).not.toContain(text);
  });
});

describe(named("kCallbackFormat"), () => {
  it.each(["", "12345", "1234567", "abcdef", "12345a", null, undefined, true, 1.5, -1, 1e9, ["123456"], { $ne: "" }])(
    "is returned for %j, and does not count as a try",
    async (code) => {
      const { secret, confirm } = await begun();
      for (let tries = 0; tries < 6; tries++) await refused("kCallbackFormat", () => confirm(code));
      expect((await confirm(appCode(secret, start))).status).toBe(200);
    },
  );
});

describe(named("kCallbackNotFound"), () => {
  it.each([
    ["a minute ago", -2],
    ["in a minute", 2],
  ])("is returned for the code of %s", async (_, steps) => {
    const { secret, confirm } = await begun();
    await confirm(appCode(secret, start, steps)).then((response) => expectFault(response, "kCallbackNotFound"));
  });
  it("is returned for the code of somebody else's app", async () => {
    const [{ confirm }, other] = [await begun(), await begun()];
    expectFault(await confirm(appCode(other.secret, start)), "kCallbackNotFound");
  });
});

describe(named("kAccountLocked"), () => {
  it("starts after five wrong codes, also for the right one, and lasts 15 minutes", async () => {
    const { person, secret, confirm } = await begun();
    const wrong = appCode(secret, start, 100);
    for (let tries = 0; tries < 5; tries++) expectFault(await confirm(wrong), "kCallbackNotFound");
    expectFault(await confirm(appCode(secret, start)), "kAccountLocked");
    const later = minutesAfter(start, 14.9);
    expect((await person.get("accounts/me", { now: minutesAfter(start, 10) })).status).toBe(200);
    expectFault(await confirm(appCode(secret, later), later), "kAccountLocked");
    const over = minutesAfter(start, 15.1);
    expect((await confirm(appCode(secret, over), over)).status).toBe(200);
  });
  it("lets no more than five codes of a burst be tried", async () => {
    const { secret, confirm } = await begun();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, place) => confirm(appCode(secret, start, 100 + place))),
    );
    const codes = answers.map(({ json }) => json.code);
    expect(codes.filter((code) => code === "kCallbackNotFound")).toHaveLength(5);
    expect(codes.filter((code) => code === "kAccountLocked")).toHaveLength(15);
  });
});

describe(named("kNotFound"), () => {
  it("is returned when nothing is pending: never begun, or active already", async () => {
    const person = await portal.register();
    await refused("kNotFound", () => person.post("accounts/me/totp/confirm", { code: "123456" }, { now: start }));
    const app = await addApp(person, start);
    await refused("kNotFound", () =>
      person.post("accounts/me/totp/confirm", { code: laterCode(app, start, 0.5) }, { now: start }),
    );
  });
});

describe("fifty at once", () => {
  it("confirm once: one gets recovery codes, and only those work", async () => {
    const { person, secret, confirm } = await begun();
    const answers = await Promise.all(Array.from({ length: 50 }, () => confirm(appCode(secret, start))));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    for (const { json, status } of answers) if (status !== 200) expect(["kNotFound", "kTooBusy"]).toContain(json.code);
    const [code] = won[0]?.json.data.recoveryCodes ?? [];
    expect((await signIn(portal.visitor(), person, start, code)).json._id).toBe(person.id);
    expect(await mailsTo(person.email, /authenticator/)).toHaveLength(1);
  });
});
