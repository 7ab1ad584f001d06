import { TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SentMessage } from "../../local/outside.ts";
import { type BrowserClient, browserAt } from "../kit/browser-client.ts";
import { callAt, cleanUp, startInstance } from "../kit/children.ts";

/** What happens to people at sign-in, each as one story over HTTP, on `npm start`. */

const vendor = { applicationId: "demo", applicationPassword: "demo-application-password" };
const ok = { object: "result", data: true };
const passwords = { ada: "mauve otter juggles 41 kettles", grace: "seven lilac anvils hum softly" };

let url: string;
beforeAll(async () => {
  ({ url } = await startInstance({}, ["--memory"]));
});
afterAll(cleanUp);

/** A portal of its own for each story. */
async function openPortal(org: string, settings: object = {}) {
  const auth = { ...vendor, accountId: org };
  expect(await callAt(url, "PracticeCreate", { auth, name: `Clinic ${org}`, websiteAddress: org })).toMatchObject({
    responseCode: 2000,
  });
  expect(await callAt(url, "PortalSettingsSave", { auth, ...settings })).toMatchObject({ responseCode: 2000 });
  const administrator = async (method: string, path: string) => {
    const secrets = `${vendor.applicationId}:${vendor.applicationPassword}`;
    const headers = { authorization: `Basic ${Buffer.from(secrets).toString("base64")}`, "x-account-id": org };
    return (await fetch(`${url}/${org}/v2${path}`, { method, headers })).json();
  };
  return { browser: () => browserAt(`${url}/${org}/v2`), administrator };
}

/** Somebody who registers, with an address of their own in each story. */
const person = (name: "ada" | "grace", org: string) => ({
  name: { first: name === "ada" ? "Ada" : "Grace", last: "Mills" },
  email: `${name}.${org}@mail.example`,
  mobile: name === "ada" ? "(650) 555-5555" : "(650) 555-7777",
  password: passwords[name],
});

const messages = async (): Promise<SentMessage[]> =>
  (await (await fetch(`${url}/_local/messages`)).json()) as SentMessage[];
/** The messages to one recipient, the newest first. */
const messagesTo = async (to: string) => (await messages()).filter((message) => message.to === to);
const tokenIn = (mail: SentMessage | undefined, page: string) =>
  new RegExp(`/${page}\\?token=([A-Za-z0-9]{32})\\b`).exec(mail?.text ?? "")?.[1];
const codeIn = (message: SentMessage | undefined) => /\b([0-9]{6})\b/.exec(message?.text ?? "")?.[1];

/** Registers somebody and verifies their address by the mailed link. */
async function register(browser: BrowserClient, who: ReturnType<typeof person>) {
  const { status, json } = await browser("POST", "/accounts/register", who);
  expect(status).toBe(200);
  expect((await browser("POST", `/accounts/${tokenIn((await messagesTo(who.email))[0], "verify")}`)).json).toEqual(ok);
  return json;
}

const login = (browser: BrowserClient, { email, password }: { email: string; password: string }, token?: unknown) =>
  browser("POST", "/accounts/login", {
    email,
    password,
    ...(token !== undefined && { location: { verificationToken: token } }),
  });
const codeOf = async (answer: Promise<{ status: number; json: { code?: string } }>) => {
  const { status, json } = await answer;
  return [status, json.code];
};

describe("a lost phone", () => {
  it("locks nobody out: a recovery code signs in once, and an administrator removes the second factor for one account alone", async () => {
    const { browser, administrator } = await openPortal("phone");
    const [ada, grace] = [person("ada", "phone"), person("grace", "phone")];
    const laptop = browser();
    const { _id } = await register(laptop, ada);
    const begun = (await laptop("POST", "/accounts/me/totp")).json.data;
    expect(begun.uri).toMatch(/^otpauth:\/\/totp\//);
    // On the phone, until it is lost.
    const phone = new TOTP({ secret: begun.secret });
    const confirmed = await laptop("POST", "/accounts/me/totp/confirm", { code: phone.generate() });
    const [first, second] = confirmed.json.data.recoveryCodes;
    expect(confirmed.json.data.recoveryCodes).toHaveLength(10);
    expect((await messagesTo(ada.email))[0]?.text).toMatch(/second factor|authenticator/i);

    const colleague = browser();
    await register(colleague, grace);
    const graces = (await colleague("POST", "/accounts/me/totp")).json.data;
    await colleague("POST", "/accounts/me/totp/confirm", { code: new TOTP({ secret: graces.secret }).generate() });

    // The laptop is still trusted, and a new tablet is not.
    expect((await login(laptop, ada)).status).toBe(200);
    expect((await login(laptop, ada)).json._id).toBe(_id);
    const tablet = browser();
    expect(await codeOf(login(tablet, ada))).toEqual([200, "kNewLocation"]);
    expect((await messages()).filter(({ channel }) => channel === "sms")).toEqual([]);
    expect(await codeOf(login(tablet, ada, "000000"))).toEqual([403, "kCallbackNotFound"]);
    expect((await login(tablet, ada, first)).json._id).toBe(_id);
    expect((await tablet("GET", "/accounts/me")).json._id).toBe(_id);
    expect((await tablet("GET", "/accounts/me/devices")).json.data).toHaveLength(2);

    // Each recovery code works once.
    const stolen = browser();
    expect(await codeOf(login(stolen, ada, first))).toEqual([403, "kCallbackNotFound"]);
    expect(await codeOf(login(stolen, grace, second))).toEqual([403, "kCallbackNotFound"]);

    // The recovery codes were in the same bag. The practice's administrator helps.
    expect(await administrator("DELETE", `/accounts/${_id}/totp`)).toEqual(ok);
    expect(await administrator("DELETE", `/accounts/${_id}/devices`)).toEqual(ok);
    expect((await messagesTo(ada.email)).slice(0, 2).map(({ text }) => text)).toEqual([
      expect.stringMatching(/device/i),
      expect.stringMatching(/second factor|authenticator/i),
    ]);
    expect((await login(browser(), ada)).json._id).toBe(_id);
    // Everybody else keeps theirs.
    expect(await codeOf(login(browser(), grace))).toEqual([200, "kNewLocation"]);
  });
});

describe("a shared browser", () => {
  it("remembers each of two people, in each of two portals, and ends the session of whoever sat there before", async () => {
    const [one, two] = [await openPortal("front", { twoFactor: true }), await openPortal("back", { twoFactor: true })];
    const desk = one.browser();
    const [ada, grace] = [person("ada", "front"), person("grace", "front")];
    await register(one.browser(), ada);
    await register(one.browser(), grace);
    const proveOnce = async (who: typeof ada) => {
      expect(await codeOf(login(desk, who))).toEqual([200, "kNewLocation"]);
      const [sms] = await messagesTo(who === ada ? "+16505555555" : "+16505557777");
      const code = codeIn(sms) as string;
      // As people type it.
      expect((await login(desk, who, `${code.slice(0, 3)} - ${code.slice(3)}`)).json.email).toBe(who.email);
    };
    await proveOnce(ada);
    const adasSession = desk.cookies.get("md.sid") as string;
    await proveOnce(grace);

    // Ada's session is over: nobody else at the desk can use it.
    const later = one.browser();
    later.cookies.set("md.sid", adasSession);
    expect(await codeOf(later("GET", "/accounts/me"))).toEqual([403, "kNotLoggedIn"]);

    // The same browser at the other portal.
    const there = two.browser();
    there.cookies.set("md.fingerprint", desk.cookies.get("md.fingerprint") as string);
    await register(there, person("ada", "back"));
    desk.cookies.set("md.fingerprint", there.cookies.get("md.fingerprint") as string);

    const asked = (await messages()).filter(({ channel }) => channel === "sms").length;
    for (const who of [ada, grace, ada, grace]) expect((await login(desk, who)).json.email).toBe(who.email);
    expect((await login(there, person("ada", "back"))).status).toBe(200);
    expect((await messages()).filter(({ channel }) => channel === "sms")).toHaveLength(asked);

    const { data } = (await desk("GET", "/accounts/me/devices")).json;
    expect(data.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
    // Forgotten here, they have to prove themselves again; Ada does not.
    expect((await desk("DELETE", "/accounts/me/devices")).json).toEqual(ok);
    expect(await codeOf(login(desk, grace))).toEqual([200, "kNewLocation"]);
    expect((await login(desk, ada)).json.email).toBe(ada.email);
  });
});

describe("an address that a stranger registers before its owner", () => {
  it("is free again when its owner says that it was not them", async () => {
    const { browser } = await openPortal("early");
    const [stranger, owner] = [browser(), browser()];
    const { email } = person("ada", "early");
    const planted = { ...person("grace", "early"), email };
    await stranger("POST", "/accounts/register", planted);
    const [mail] = await messagesTo(email);
    expect(mail?.text).toContain("Grace Mills");
    expect(mail?.text).toMatch(/127\.0\.0\.1|::1/);
    const token = tokenIn(mail, "reject");

    expect((await owner("POST", `/accounts/${token}/reject`)).json).toEqual(ok);
    expect(await codeOf(stranger("GET", "/accounts/me"))).toEqual([403, "kNotLoggedIn"]);
    expect(await codeOf(login(stranger, planted))).toEqual([403, "kInvalidCredentials"]);
    expect(await codeOf(owner("POST", `/accounts/${tokenIn(mail, "verify")}`))).toEqual([404, "kNotFound"]);
    expect((await owner("POST", "/accounts/register", person("ada", "early"))).status).toBe(200);
  });

  it("belongs to its owner alone after a reset by mail: the stranger's session, device and number open nothing", async () => {
    const { browser } = await openPortal("squat", { twoFactor: true });
    const [stranger, owner] = [browser(), browser()];
    const { email, mobile } = person("ada", "squat");
    const planted = { ...person("grace", "squat"), email, mobile: "(650) 555-9999" };
    const { _id } = (await stranger("POST", "/accounts/register", planted)).json;
    expect((await stranger("GET", "/accounts/me")).json.state).toBe("unverified");

    await owner("POST", "/accounts/request-password-reset", { email });
    const reset = tokenIn((await messagesTo(email))[0], "reset-password");
    const password = "nine teal walruses knit socks";
    expect((await owner("POST", "/accounts/reset-password", { token: reset, password })).json).toEqual(ok);

    expect(await codeOf(stranger("GET", "/accounts/me"))).toEqual([403, "kNotLoggedIn"]);
    // Even with the new password: the stranger's device is not known, and their number gets no code.
    expect(await codeOf(login(stranger, { email, password }))).toEqual([200, "kNewLocation"]);
    expect(await messagesTo("+16505559999")).toEqual([]);

    expect(await codeOf(login(owner, { email, password }))).toEqual([200, "kNewLocation"]);
    const signedIn = await login(owner, { email, password }, Number(codeIn((await messagesTo(email))[0])));
    expect(signedIn.json).toMatchObject({ _id, state: "verified" });
    expect((await owner("PUT", "/accounts/me", { mobile })).json.mobile).toBe("+16505555555");
    expect(await codeOf(login(browser(), { email, password }))).toEqual([200, "kNewLocation"]);
    expect(codeIn((await messagesTo("+16505555555"))[0])).toMatch(/^[0-9]{6}$/);
    expect(await messagesTo("+16505559999")).not.toContainEqual(expect.objectContaining({ text: /code is/ }));
  });
});

describe("a clinician whom strangers want to lock out", () => {
  it("signs in from the device they always use, and changes the password, while strangers stay locked out", async () => {
    const { browser } = await openPortal("siege");
    const [laptop, stranger] = [browser(), browser()];
    const ada = person("ada", "siege");
    await register(laptop, ada);
    for (let guess = 1; guess <= 5; guess++) {
      expect(await codeOf(login(stranger, { ...ada, password: `guess ${guess}` }))).toEqual([
        403,
        "kInvalidCredentials",
      ]);
    }
    expect(await codeOf(login(stranger, ada))).toEqual([403, "kAccountLocked"]);
    expect((await messagesTo(ada.email))[0]?.subject).toMatch(/locked/);

    expect((await login(laptop, ada)).json.email).toBe(ada.email);
    const renewed = "nine teal walruses knit socks";
    const change = { current: ada.password, password: renewed };
    expect((await laptop("POST", "/accounts/me/update-password", change)).status).toBe(200);
    expect((await login(laptop, { ...ada, password: renewed })).json.email).toBe(ada.email);
    expect(await codeOf(login(stranger, { ...ada, password: renewed }))).toEqual([403, "kAccountLocked"]);
  });

  it("is guessed at 20 times in an hour at most, though an integration signs in all day between the guesses", async () => {
    const { browser } = await openPortal("allday");
    const ada = person("ada", "allday");
    await register(browser(), ada);
    const stranger = browser();
    const answers: unknown[] = [];
    for (let guess = 0; guess < 36; guess++) {
      answers.push((await codeOf(login(stranger, { ...ada, password: `guess ${guess}` })))[1]);
      // Without cookies, as an integration does. After the twentieth guess it is locked out like every stranger.
      if (guess % 3 === 2) await login(browser(), ada);
    }
    expect(answers).toEqual([...Array(20).fill("kInvalidCredentials"), ...Array(16).fill("kAccountLocked")]);
  });
});
