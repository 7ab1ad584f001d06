import { beforeAll, describe, expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import {
  codeIn,
  expectSuccess,
  type Holder,
  minutesAfter,
  openPortal,
  type PortalClient,
  readCookie,
  type TestPortal,
} from "../../kit/portal.ts";
import { allItems } from "../../kit/system.ts";
import { expectFault, named, plainAccount, refused } from "./accounts-contract.ts";
import { describeCall } from "./suites.ts";

describeCall("AccountLogin", async (portal) => {
  const { email, password } = await portal.register();
  return { client: portal.visitor(), path: "accounts/login", body: { email, password } };
});

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal();
});

const start = new Date();
const login = (client: PortalClient, { email, password }: Holder, location?: object, now: Date = start) =>
  client.post("accounts/login", { email, password, ...(location && { location }) }, { now });
const wrong = (person: Pick<Holder, "email">, now: Date = start, at: TestPortal = portal) =>
  at.visitor().post("accounts/login", { email: person.email, password: "not the password" }, { now });
/** Sends this many wrong passwords. */
async function guess(person: Pick<Holder, "email">, times: number, now: Date = start, at: TestPortal = portal) {
  for (let time = 0; time < times; time++) expectFault(await wrong(person, now, at), "kInvalidCredentials");
}
const lockMails = async (email: string) => (await sentMessages(email)).filter(({ subject }) => /locked/i.test(subject));

describe("200 account", () => {
  it("answers the account at access 6, and starts a session", async () => {
    const person = await portal.register();
    const client = portal.visitor();
    const { status, json, cookies, headers } = await login(client, person);
    expect(json).toEqual(plainAccount(person.email));
    expect(status).toBe(200);
    expect(json._id).toBe(person.id);
    expect(cookies.map((cookie) => readCookie(cookie).name)).toContain("md.sid");
    expect(headers["medable-csrf-token"]).toMatch(/^[A-Za-z0-9]{64}$/);
    expect((await client.get("accounts/me")).json).toEqual(json);
    expect((await client.put("accounts/me", { gender: "f" })).json.gender).toBe("f");
  });
  it("accepts a person whose e-mail is not verified", async () => {
    const person = await portal.register();
    expect((await portal.login(person)).account.state).toBe("unverified");
  });
  it.each([
    ["capitals", (email: string) => email.toUpperCase()],
    ["blanks", (email: string) => `  ${email}\n`],
    ["compatibility forms", (email: string) => email.replace("person", "ｐｅｒｓｏｎ")],
  ])("recognises the e-mail in %s", async (_, written) => {
    const person = await portal.register();
    expect((await portal.login({ ...person, email: written(person.email) })).id).toBe(person.id);
  });
  it("starts a new session for each login", async () => {
    const person = await portal.register();
    const [one, other] = [await portal.login(person), await portal.login(person)];
    expect(one.cookies.get("md.sid")).not.toBe(other.cookies.get("md.sid"));
    expect(one.csrf).not.toBe(other.csrf);
    for (const client of [person, one, other]) expect((await client.get("accounts/me")).json._id).toBe(person.id);
  });
  it("does not reuse a session cookie from the request", async () => {
    const person = await portal.register();
    const client = portal.visitor();
    client.cookies.set("md.sid", "A".repeat(43));
    await login(client, person);
    expect(client.cookies.get("md.sid")).not.toBe("A".repeat(43));
  });
  it("keeps the same key", async () => {
    const person = await portal.register();
    expect((await portal.login(person)).account.key).toEqual(person.account.key);
  });
  it("shows the holder's own favorites", async () => {
    const person = await portal.register();
    await expectSuccess(person.put("accounts/me", { favorite: true }));
    expect((await portal.login(person)).account.favorite).toBe(true);
  });
  it("accepts and ignores location if the portal requires no code", async () => {
    const person = await portal.register();
    const location = {
      verificationToken: "123456",
      locationName: "New Orleans",
      singleUse: true,
      iosNotificationToken: "token",
      gcmRegistrationId: "id",
    };
    expect((await login(portal.visitor(), person, location)).json._id).toBe(person.id);
  });
});

describe(named("kNoCredentialsSupplied"), () => {
  it.each([
    ["neither", {}],
    ["no password", { email: "charles@example.org" }],
    ["no e-mail", { password: "x" }],
    ["an empty password", { email: "charles@example.org", password: "" }],
    ["an empty e-mail", { email: "", password: "x" }],
    ["null", { email: null, password: null }],
  ])("is returned for %s", async (_, body) => {
    await refused("kNoCredentialsSupplied", () => portal.visitor().post("accounts/login", body));
  });
});

describe(named("kInvalidCredentials"), () => {
  it("has the same body for a wrong e-mail and a wrong password", async () => {
    const person = await portal.register();
    const unknown = await refused("kInvalidCredentials", () => wrong({ email: "nobody@example.org" }));
    const known = await refused("kInvalidCredentials", () => wrong(person));
    expect(known.text).toBe(unknown.text);
    expect(known.headers).toEqual(unknown.headers);
    expect(known.cookies).toEqual([]);
  });
  it.each([
    ["another case", (password: string) => password.toUpperCase()],
    ["an additional blank", (password: string) => `${password} `],
    ["its beginning", (password: string) => password.slice(0, -1)],
    ["a very long one", (password: string) => password.repeat(500)],
    ["broken Unicode", (password: string) => `${password}\ud800`],
  ])("refuses the password in %s", async (_, change) => {
    const person = await portal.register();
    await refused("kInvalidCredentials", () =>
      portal.visitor().post("accounts/login", { email: person.email, password: change(person.password) }),
    );
  });
  it.each(["not an e-mail", "\ud800@example.org", `${"x".repeat(5000)}@example.org`, "a#b@example.org", "%"])(
    "is returned for the e-mail %j, which nobody can have",
    async (email) => {
      await refused("kInvalidCredentials", () => portal.visitor().post("accounts/login", { email, password: "x" }));
    },
  );
  it("is returned for an account of another portal", async () => {
    const person = await portal.register();
    const sibling = await openPortal({}, {}, portal.practice);
    await refused("kInvalidCredentials", () => login(sibling.visitor(), person));
  });
});

describe(named("kAccountLocked"), () => {
  it("starts after 5 wrong passwords in a row: the fifth returns kInvalidCredentials, then even the right one is refused", async () => {
    const person = await portal.register();
    await guess(person, 5);
    await refused("kAccountLocked", () => wrong(person));
    await refused("kAccountLocked", () => login(portal.visitor(), person));
  });
  it("lasts exactly 15 minutes", async () => {
    const person = await portal.register();
    await guess(person, 5);
    await refused("kAccountLocked", () =>
      login(portal.visitor(), person, {}, new Date(+minutesAfter(start, 15) - 1000)),
    );
    expect((await login(portal.visitor(), person, {}, minutesAfter(start, 15))).json._id).toBe(person.id);
  });
  it("is not prolonged by further tries", async () => {
    const person = await portal.register();
    await guess(person, 5);
    await refused("kAccountLocked", () => wrong(person, minutesAfter(start, 14)));
    expect((await login(portal.visitor(), person, {}, minutesAfter(start, 15))).json._id).toBe(person.id);
  });
  it("starts again after 5 more wrong passwords", async () => {
    const person = await portal.register();
    await guess(person, 5);
    await guess(person, 5, minutesAfter(start, 15));
    await refused("kAccountLocked", () => login(portal.visitor(), person, {}, minutesAfter(start, 16)));
  });
  it("counts wrong passwords in a row: a right one resets the count", async () => {
    const person = await portal.register();
    for (let round = 0; round < 3; round++) {
      await guess(person, 4);
      expect((await login(portal.visitor(), person)).status).toBe(200);
    }
  });
  it("counts all spellings of an e-mail together", async () => {
    const person = await portal.register();
    await guess(person, 2);
    await guess({ email: person.email.toUpperCase() }, 2);
    await guess({ email: ` ${person.email}` }, 1);
    await refused("kAccountLocked", () => login(portal.visitor(), person));
  });
  it("follows the portal's settings", async () => {
    const strict = await openPortal({ lockAttempts: 3, lockMinutes: 60 });
    const person = await strict.register();
    await guess(person, 3, start, strict);
    await refused("kAccountLocked", () =>
      login(strict.visitor(), person, {}, new Date(+minutesAfter(start, 60) - 1000)),
    );
    expect((await login(strict.visitor(), person, {}, minutesAfter(start, 60))).status).toBe(200);
  });
  it("is returned for an unknown e-mail with the same body, after as many tries", async () => {
    const person = await portal.register();
    const nobody = { email: "nobody-guessed@example.org" };
    await guess(nobody, 5);
    await guess(person, 5);
    const [unknown, known] = [await wrong(nobody), await wrong(person)];
    expectFault(unknown, "kAccountLocked");
    expect(known.text).toBe(unknown.text);
  });
  it("is announced to the holder by one mail", async () => {
    const person = await portal.register();
    await guess(person, 4);
    expect(await lockMails(person.email)).toEqual([]);
    await guess(person, 1);
    for (let time = 0; time < 3; time++) expectFault(await wrong(person), "kAccountLocked");
    const mails = await lockMails(person.email);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).toContain("15 minutes");
  });
  it("does not end open sessions, and does not set locked", async () => {
    const person = await portal.register({}, { now: start });
    await guess(person, 5);
    const { status, json } = await person.get("accounts/me", { now: start });
    expect(status).toBe(200);
    expect(json.locked).toBe(false);
    expect((await portal.administrator.get(`accounts/${person.id}`)).json.locked).toBe(false);
  });
  it("does not lock the same e-mail in another portal", async () => {
    const sibling = await openPortal({}, {}, portal.practice);
    const person = await portal.register();
    const namesake = await sibling.register({ email: person.email });
    await guess(person, 5);
    expect((await login(sibling.visitor(), namesake)).status).toBe(200);
  });
  it("is returned for the right password while an administrator's lock is set", async () => {
    const person = await portal.register();
    await expectSuccess(portal.administrator.put(`accounts/${person.id}`, { locked: true }));
    for (const now of [start, minutesAfter(start, 60), minutesAfter(start, 60 * 24 * 365)]) {
      await refused("kAccountLocked", () => login(portal.visitor(), person, {}, now));
    }
    expect((await portal.administrator.get(`accounts/${person.id}`)).json.locked).toBe(true);
    await expectSuccess(portal.administrator.put(`accounts/${person.id}`, { locked: false }));
    expect((await login(portal.visitor(), person)).status).toBe(200);
  });
});

describe("two factors", () => {
  let wary: TestPortal;
  beforeAll(async () => {
    wary = await openPortal({ twoFactor: true }, { name: "Tulip & Sons" });
  });
  /** A person on a new device who was just sent a code. */
  async function asked(now: Date = start) {
    const person = await wary.register({ mobile: freshMobile() });
    const device = wary.visitor();
    expectFault(await login(device, person, {}, now), "kNewLocation");
    const [sms] = await sentMessages(person.account.mobile);
    return { person, device, code: codeIn(sms) };
  }
  const otherThan = (code: string, by = 1) => String((Number(code) + by) % 1_000_000).padStart(6, "0");
  const codesSent = async ({ account }: Holder) => (await sentMessages(account.mobile)).length;

  describe(named("kNewLocation"), () => {
    it("is returned with HTTP 200 to an unknown device, which gets a name but no session", async () => {
      const person = await wary.register();
      const device = wary.visitor();
      const response = await login(device, person);
      expectFault(response, "kNewLocation");
      expect(response.json.name).toBe("location");
      expect(response.cookies.map((cookie) => readCookie(cookie).name)).toEqual(["md.fingerprint"]);
      expect(await refused("kNotLoggedIn", () => device.get("accounts/me"))).toBeDefined();
    });
    it("sends the code to the holder's mobile, in the contract's words", async () => {
      const person = await wary.register({ mobile: freshMobile() });
      await login(wary.visitor(), person);
      const messages = await sentMessages(person.account.mobile);
      expect(messages).toHaveLength(1);
      expect(messages[0]).toMatchObject({
        channel: "sms",
        to: person.account.mobile,
        text: expect.stringMatching(/^Your Tulip & Sons verification code is [0-9]{6}$/),
      });
    });
    it("sets a new name for a device whose name is unknown", async () => {
      const person = await wary.register();
      const device = wary.visitor();
      device.cookies.set("md.fingerprint", "F".repeat(32));
      expectFault(await login(device, person), "kNewLocation");
      expect(device.cookies.get("md.fingerprint")).not.toBe("F".repeat(32));
    });
    it("is returned again, with a new code, when the first code is 10 minutes old", async () => {
      const { person, device, code } = await asked();
      await refused("kUnverifiedLocation", () => login(device, person, {}, new Date(+minutesAfter(start, 10) - 1)));
      expectFault(await login(device, person, {}, minutesAfter(start, 10)), "kNewLocation");
      expect(await codesSent(person)).toBe(2);
      const [second] = await sentMessages(person.account.mobile);
      const answer = await login(device, person, { verificationToken: codeIn(second) }, minutesAfter(start, 11));
      expect(answer.json._id).toBe(person.id);
      expect(code).toMatch(/^[0-9]{6}$/);
    });
    // Regression: used codes counted too, so the eleventh device of an hour got no code.
    it("is returned on each new device, no matter how many codes were used before", async () => {
      const { person } = await asked();
      for (let device = 0; device < 12; device++) {
        const client = wary.visitor();
        // One number gets at most five text messages an hour.
        const mobile = freshMobile();
        await wary.administrator.put(`accounts/${person.id}`, { mobile });
        expectFault(await login(client, person), "kNewLocation");
        const [sms] = await sentMessages(mobile);
        expect((await login(client, person, { verificationToken: codeIn(sms), singleUse: true })).json._id).toBe(
          person.id,
        );
      }
    });
    it("is returned again, with a new code, after five wrong codes", async () => {
      const { person, device, code } = await asked();
      for (let by = 1; by <= 5; by++) await guessCode(device, person, otherThan(code, by));
      expectFault(await login(device, person), "kNewLocation");
      const [sms] = await sentMessages(person.account.mobile);
      expect((await login(device, person, { verificationToken: codeIn(sms) })).json._id).toBe(person.id);
    });
    it("is not returned for a wrong password", async () => {
      const person = await wary.register({ mobile: freshMobile() });
      await refused("kInvalidCredentials", () => wrong(person, start, wary));
      expect(await codesSent(person)).toBe(0);
    });
    it("is not returned on a known device of the holder, but is returned on another account's device", async () => {
      const [person, other] = [await wary.register(), await wary.register()];
      expect((await login(person, person)).json._id).toBe(person.id);
      expectFault(await login(other, person), "kNewLocation");
    });
  });

  describe("200 account", () => {
    it("is returned for the code, and the device is known from then on", async () => {
      const { person, device, code } = await asked();
      const response = await login(device, person, { verificationToken: code });
      expect(response.json).toMatchObject({ _id: person.id, access: 6, object: "account" });
      expect(response.status).toBe(200);
      expect((await device.get("accounts/me", { now: start })).json._id).toBe(person.id);
      await expectSuccess(device.post("accounts/me/logout", undefined, { now: start }));
      expect((await login(device, person)).json._id).toBe(person.id);
      expect((await login(device, person, {}, minutesAfter(start, 60 * 24 * 300))).json._id).toBe(person.id);
    });
    it.each([true, "true"])("does not remember the device if location.singleUse is %j", async (singleUse) => {
      const { person, device, code } = await asked();
      const response = await login(device, person, { verificationToken: code, singleUse });
      expect(response.json._id).toBe(person.id);
      expect((await device.get("accounts/me", { now: start })).json._id).toBe(person.id);
      expectFault(await login(device, person), "kNewLocation");
    });
    it.each([false, "false", undefined])("remembers the device if location.singleUse is %j", async (singleUse) => {
      const { person, device, code } = await asked();
      await login(device, person, { verificationToken: code, singleUse });
      expect((await login(device, person)).json._id).toBe(person.id);
    });
    it("keeps location.locationName as the device's label", async () => {
      const { person, device, code } = await asked();
      await login(device, person, { verificationToken: code, locationName: "New Orleans" });
      const devices = (await allItems()).filter(({ type, holderId }) => type === "device" && holderId === person.id);
      expect(devices.map(({ label }) => label)).toContain("New Orleans");
    });
    it("accepts the code with bracketed names, as the source's client sends it", async () => {
      const { person, device, code } = await asked();
      const body = new URLSearchParams({
        email: person.email,
        password: person.password,
        "location[verificationToken]": code,
        "location[locationName]": "New Orleans",
        "location[singleUse]": "true",
      }).toString();
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      expect((await device.post("accounts/login", body, { headers, now: start })).json._id).toBe(person.id);
      expectFault(await login(device, person), "kNewLocation");
    });
    it("is returned until the last moment of the 10 minutes", async () => {
      const { person, device, code } = await asked();
      const late = new Date(+minutesAfter(start, 10) - 1000);
      expect((await login(device, person, { verificationToken: code }, late)).json._id).toBe(person.id);
    });
    it("is returned for the right code on the fifth try", async () => {
      const { person, device, code } = await asked();
      for (let by = 1; by <= 4; by++) {
        await guessCode(device, person, otherThan(code, by));
      }
      expect((await login(device, person, { verificationToken: code })).json._id).toBe(person.id);
    });
  });

  const guessCode = async (device: PortalClient, person: Holder, verificationToken: string, now = start) => {
    expectFault(await login(device, person, { verificationToken }, now), "kCallbackNotFound");
  };

  describe(named("kUnverifiedLocation"), () => {
    it("is returned when the login is repeated without the code, and no second code is sent", async () => {
      const { person, device, code } = await asked();
      for (const location of [undefined, {}, { verificationToken: "" }, { locationName: "Home" }]) {
        await refused("kUnverifiedLocation", () => login(device, person, location));
      }
      expect(await codesSent(person)).toBe(1);
      expect((await login(device, person, { verificationToken: code })).json._id).toBe(person.id);
    });
  });

  describe(named("kCallbackNotFound"), () => {
    it("is returned for a wrong code", async () => {
      const { person, device, code } = await asked();
      const response = await login(device, person, { verificationToken: otherThan(code) });
      expectFault(response, "kCallbackNotFound");
      expect(response.cookies).toEqual([]);
    });
    it("is returned for the right code after 5 wrong codes", async () => {
      const { person, device, code } = await asked();
      for (let by = 1; by <= 5; by++) await guessCode(device, person, otherThan(code, by));
      await guessCode(device, person, code);
    });
    it("is returned for the right code after 10 minutes", async () => {
      const { person, device, code } = await asked();
      await guessCode(device, person, code, minutesAfter(start, 10));
    });
    it("is returned for a code that was used already", async () => {
      const { person, device, code } = await asked();
      await login(device, person, { verificationToken: code, singleUse: true });
      await guessCode(device, person, code);
    });
    it("is returned for the right code on another device", async () => {
      const { person, code } = await asked();
      const other = wary.visitor();
      await guessCode(other, person, code);
      expectFault(await login(other, person), "kNewLocation");
      await guessCode(other, person, code);
    });
    it("is returned for another account's code, even on the same device", async () => {
      const { person, device, code } = await asked();
      const other = await wary.register();
      await guessCode(device, other, code);
      expect((await login(device, person, { verificationToken: code })).json._id).toBe(person.id);
    });
    it("is returned when no code was requested", async () => {
      const person = await wary.register();
      await guessCode(wary.visitor(), person, "123456");
    });
  });

  describe(named("kCallbackFormat"), () => {
    it("is returned for a code that is not six digits; this does not count as a try", async () => {
      const { person, device, code } = await asked();
      const malformed = ["12345", "1234567", "12345a", "abcdef", "12.345", 1234567, { $ne: "" }, ["123456"]];
      for (const verificationToken of malformed) {
        expectFault(await login(device, person, { verificationToken }), "kCallbackFormat");
      }
      expect((await login(device, person, { verificationToken: code })).json._id).toBe(person.id);
    });
  });

  it("is off by default", async () => {
    const person = await portal.register({ mobile: freshMobile() });
    expect((await login(portal.visitor(), person)).json._id).toBe(person.id);
    expect(await sentMessages(person.account.mobile)).toEqual([]);
  });
  it("requires no code after the setting was switched off", async () => {
    const changing = await openPortal({ twoFactor: true });
    const person = await changing.register();
    expectFault(await login(changing.visitor(), person), "kNewLocation");
    await changing.settings({ twoFactor: false });
    expect((await login(changing.visitor(), person)).json._id).toBe(person.id);
  });
});

let mobiles = 0;
/** A mobile number that no other person in this file has. */
const freshMobile = (): string => {
  mobiles += 1;
  return `+1614555${String(mobiles).padStart(4, "0")}`;
};
