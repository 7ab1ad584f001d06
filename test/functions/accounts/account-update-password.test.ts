import { beforeAll, describe, expect, it } from "vitest";
import { triesKey } from "../../../lib/table/keys.ts";
import { sentMessages } from "../../kit/outside.ts";
import { expectSuccess, type Holder, minutesAfter, openPortal, type TestPortal } from "../../kit/portal.ts";
import { type EngineRequest, throughProxy } from "../../kit/proxy.ts";
import { allItems, type Response } from "../../kit/system.ts";
import { aKey, expectFault, named, refused } from "./accounts-contract.ts";
import { describePasswordStrength } from "./password-suites.ts";
import { describeCall } from "./suites.ts";

const newPassword = "quaint walrus jabs";

describeCall("AccountUpdatePassword", async (portal) => {
  const client = await portal.signedIn();
  return { client, path: "accounts/me/update-password", body: { current: client.password, password: newPassword } };
});

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal();
});

const start = new Date();
const update = (person: Holder, current: unknown = person.password, password: unknown = newPassword, now = start) =>
  person.post("accounts/me/update-password", { current, password }, { now });
const login = ({ email }: Holder, password: string, now = start) =>
  portal.visitor().post("accounts/login", { email, password }, { now });
const charles = { name: { first: "Charles", last: "Best" }, email: "" };
const expectKey = ({ status, json }: Response) => {
  expect(json).toEqual({ object: "result", data: aKey });
  expect(status).toBe(200);
};

describe("200 result {fingerprint, secret}", () => {
  it("returns the new key, as me does afterwards", async () => {
    const person = await portal.register();
    const response = await update(person);
    expectKey(response);
    expect(response.json.data.secret).not.toBe(person.account.key.secret);
    expect(response.json.data.fingerprint).not.toBe(person.account.key.fingerprint);
    expect((await person.get("accounts/me")).json.key).toEqual(response.json.data);
  });
  it("sets the password; the old one is refused from then on", async () => {
    const person = await portal.register();
    await update(person);
    expect((await login(person, newPassword)).json._id).toBe(person.id);
    expectFault(await login(person, person.password), "kInvalidCredentials");
  });
  it("keeps the caller's own session and CSRF token, and ends all others", async () => {
    const person = await portal.register();
    const elsewhere = await portal.login(person);
    const csrf = person.csrf;
    expect((await update(person)).headers["medable-csrf-token"]).toBe(csrf);
    expect((await person.get("accounts/me")).json._id).toBe(person.id);
    expect((await person.put("accounts/me", { gender: "f" })).json.gender).toBe("f");
    await refused("kNotLoggedIn", () => elsewhere.get("accounts/me"));
  });
  // Regression: another tab of the same browser was kNotLoggedIn when the password changed between its two reads.
  it("keeps the session for a call that has read it before the change, and the account after it", async () => {
    const person = await portal.register();
    const tab = portal.visitor();
    for (const [name, value] of person.cookies) tab.cookies.set(name, value);
    let reads = 0;
    const changing = async (request: EngineRequest) => {
      if (request.operation === "BatchGetItem" && ++reads === 2) expectKey(await update(person));
      return request.forward();
    };
    const response = await throughProxy(changing, () => tab.get("accounts/me", { now: start }));
    expect(response.json._id).toBe(person.id);
    expect(reads).toBeGreaterThan(2);
  });
  it("ends other sessions for a call that has read them before the change, and the account after it", async () => {
    const person = await portal.register();
    const elsewhere = await portal.login(person);
    let reads = 0;
    const changing = async (request: EngineRequest) => {
      if (request.operation === "BatchGetItem" && ++reads === 2) expectKey(await update(person));
      return request.forward();
    };
    const response = await throughProxy(changing, () => elsewhere.get("accounts/me", { now: start }));
    expectFault(response, "kNotLoggedIn");
  });
  it("can be done again in the same session", async () => {
    const person = await portal.register();
    expectKey(await update(person));
    expectKey(await update(person, newPassword, "yet another passphrase 19"));
    expect((await login(person, "yet another passphrase 19")).status).toBe(200);
  });
  it("mails a notice to the holder, without link or token", async () => {
    const person = await portal.register();
    const before = await sentMessages(person.email);
    await update(person);
    const [notice, ...earlier] = await sentMessages(person.email);
    expect(earlier).toEqual(before);
    expect(notice).toMatchObject({ channel: "email", subject: expect.stringMatching(/password/i) });
    expect(`${notice?.text}${notice?.html}`).not.toMatch(/token|[A-Za-z0-9]{32}/);
  });
  it("resets the count of wrong guesses", async () => {
    const person = await portal.register();
    for (let time = 0; time < 4; time++) expectFault(await update(person, "wrong"), "kInvalidCredentials");
    expectKey(await update(person));
    for (let time = 0; time < 4; time++) expectFault(await login(person, "wrong"), "kInvalidCredentials");
    expect((await login(person, newPassword)).status).toBe(200);
  });
});

describe(named("kInvalidCredentials"), () => {
  it.each([
    ["wrong", "not the password"],
    ["empty", ""],
    ["missing", undefined],
    ["an object", { $ne: "" }],
  ])("refuses a current password that is %s, and changes nothing", async (_, current) => {
    const person = await portal.register();
    const body = { ...(current !== undefined && { current }), password: newPassword };
    await refused("kInvalidCredentials", () => person.post("accounts/me/update-password", body, { now: start }));
    expect((await login(person, person.password)).json.key).toEqual(person.account.key);
  });
});

// Regression: changes that lost a race counted as wrong guesses, so ten of them locked the account.
it("in a session that is ended at the same moment is refused, and its guess is not left undecided", async () => {
  const person = await portal.register();
  const same = portal.visitor();
  for (const [name, value] of person.cookies) same.cookies.set(name, value);
  same.csrf = person.csrf;
  let isEnded = false;
  const answer = await throughProxy(
    async (request) => {
      if (!isEnded && request.operation === "TransactWriteItems") {
        isEnded = true;
        await expectSuccess(same.post("accounts/me/logout"));
      }
      return request.forward();
    },
    () => update(person),
  );
  expectFault(answer, "kNotLoggedIn");
  const { pk } = triesKey(
    "portal password under a session",
    JSON.stringify([portal.practice.applicationId, portal.practice.accountId, person.email]),
  );
  const count = (await allItems()).find((item) => item.pk === pk);
  expect([count?.tries, count?.hourTries, count?.undecided]).toEqual([0, 0, undefined]);
});
it("simultaneous changes with the right password do not count as wrong guesses", async () => {
  const person = await portal.register();
  const changes = Array.from({ length: 12 }, (_, place) =>
    update(person, person.password, `${newPassword} ${place}`).then(({ json }) => json.code ?? "set"),
  );
  const outcomes = await Promise.all(changes);
  expect(outcomes.filter((outcome) => outcome === "set")).toHaveLength(1);
  expect(new Set(outcomes)).toEqual(new Set(["set", "kInvalidCredentials"]));
  const password = `${newPassword} ${outcomes.indexOf("set")}`;
  for (let time = 0; time < 4; time++) expectFault(await login(person, "wrong"), "kInvalidCredentials");
  expect((await login(person, password)).status).toBe(200);
});

describe(named("kAccountLocked"), () => {
  it("is returned after 5 wrong passwords for 15 minutes; the session stays, and a login is not locked", async () => {
    const person = await portal.register();
    for (let time = 0; time < 5; time++) expectFault(await update(person, "wrong"), "kInvalidCredentials");
    await refused("kAccountLocked", () => update(person));
    expect((await login(person, person.password)).status).toBe(200);
    await refused("kAccountLocked", () => update(person));
    expect((await person.get("accounts/me", { now: minutesAfter(start, 1) })).status).toBe(200);
    const late = minutesAfter(start, 15);
    expect((await person.get("accounts/me", { now: minutesAfter(start, 10) })).status).toBe(200);
    expectKey(await update(person, person.password, newPassword, late));
  });
  it("is not returned after wrong passwords at login: strangers lock nobody out of changing the password", async () => {
    const person = await portal.register();
    for (let time = 0; time < 5; time++) expectFault(await login(person, "wrong"), "kInvalidCredentials");
    await refused("kAccountLocked", () => login(person, person.password));
    expectKey(await update(person));
  });
  it("is announced by a mail of its own", async () => {
    const person = await portal.register();
    for (let time = 0; time < 6; time++) await login(person, "wrong");
    for (let time = 0; time < 6; time++) await update(person, "wrong");
    const mails = (await sentMessages(person.email)).filter(({ subject }) => /locked/i.test(subject));
    expect(mails.map(({ text }) => /signed in to your account/.test(text))).toEqual([true, false]);
  });
});

describe(named("kValidationError"), () => {
  it("refuses a weak password, and changes nothing", async () => {
    const person = await portal.register();
    expectFault(await update(person, person.password, "password"), "kValidationError", [
      ["kPasswordStrength", "account.password"],
    ]);
    expect((await person.get("accounts/me")).json.key).toEqual(person.account.key);
    expect((await login(person, person.password)).status).toBe(200);
  });
  it("is not returned when the current password is wrong", async () => {
    const person = await portal.register();
    await refused("kInvalidCredentials", () => update(person, "wrong", "password"));
  });
});

describe(named("kNotLoggedIn"), () => {
  it("is returned for application credentials, which have no password in the portal", async () => {
    const body = { current: "x", password: newPassword };
    await refused("kNotLoggedIn", () => portal.administrator.post("accounts/me/update-password", body));
  });
});

describePasswordStrength(
  async (password, minPasswordScore, { name, email } = charles) => {
    const fresh = await openPortal({ minPasswordScore });
    const person = await fresh.register({ name, ...(email && { email }) });
    return person.post("accounts/me/update-password", { current: person.password, password });
  },
  expectKey,
  { every: false },
);
