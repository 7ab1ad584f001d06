import { beforeAll, describe, expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import {
  applicationHeaders,
  expectSuccess,
  freshEmail,
  newPerson,
  openPortal,
  readCookie,
  roles,
  type TestPortal,
  tokenIn,
} from "../../kit/portal.ts";
import { allItems, watchTable } from "../../kit/system.ts";
import {
  aKey,
  type Child,
  examplePreferences,
  exampleProvider,
  expectFault,
  type FaultCode,
  named,
  plainAccount,
  refused,
} from "./accounts-contract.ts";
import { bracketed, bracketedType } from "./bracketed.ts";
import { offer } from "./connections.ts";
import { describePasswordStrength } from "./password-suites.ts";
import { describeCall } from "./suites.ts";

describeCall("AccountRegister", async (portal) => ({
  client: portal.visitor(),
  path: "accounts/register",
  body: newPerson(),
}));

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal();
});
const register = (fields: Record<string, unknown> = {}) =>
  portal.visitor().post("accounts/register", newPerson(fields));

describe("200 account, with an invitation", () => {
  const invited = async (roleIds: readonly string[] = []) => {
    const email = freshEmail();
    const targets = [{ email, roles: roleIds }];
    const { data } = await expectSuccess(portal.administrator.post("accounts/invitations", { targets }));
    return { email, token: data[0].token, id: data[0]._id };
  };
  it.each([
    ["a text", (token: string) => token],
    ["an object", (token: string) => ({ token })],
    ["an object with another name", (token: string) => ({ _id: token })],
  ])("counts the invited address as verified and mails no link to verify it: the token as %s", async (_, as) => {
    const { email, token } = await invited([roles.provider]);
    const { status, json } = await register({ email: email.toUpperCase(), token: as(token) });
    expect(status).toBe(200);
    expect(json).toEqual({ ...plainAccount(email), state: "verified", roles: [roles.provider] });
    expect(await sentMessages(email)).toHaveLength(1);
  });
  it("verifies another address as usual", async () => {
    const { token, id } = await invited();
    const email = freshEmail();
    const { json } = await register({ email, token });
    expect(json).toEqual(plainAccount(email));
    expect(await sentMessages(email)).toHaveLength(1);
    const { json: connection } = await portal.administrator.get(`connections/${id}`);
    expect(connection).toMatchObject({ state: 1, target: { account: { _id: json._id } } });
  });
  it("accepts a connection", async () => {
    const [context, email] = [await portal.register(), freshEmail()];
    const { token, connection } = await offer(context, email, 4);
    const person = await portal.register({ email, token });
    expect(person.account.state).toBe("verified");
    expect((await person.get(`accounts/${context.id}`)).json).toMatchObject({ access: 4, shared: true });
    expect((await person.get("connections")).json.data).toEqual([
      expect.objectContaining({ _id: connection._id, state: 1 }),
    ]);
  });
  it("is used once: of 20 registrations at once, one succeeds", async () => {
    const { token } = await invited([roles.provider]);
    const answers = await Promise.all(Array.from({ length: 20 }, () => register({ token })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, json } of answers) if (status !== 200) expect(json.code).toBe("kNotFound");
  });
  it("stores events of the registration, of its roles, and of the acceptance", async () => {
    const { token } = await invited([roles.provider]);
    const { requests } = await watchTable(() => register({ token }));
    const events = requests
      .filter(({ command }) => command === "TransactWriteItems")
      .flatMap(({ input }): { Put?: { Item: Record<string, unknown> } }[] => input.TransactItems)
      .flatMap(({ Put }): Record<string, unknown>[] => (Put?.Item.type === "event" ? [Put.Item] : []));
    expect(events.map(({ what, changed }) => [what, changed])).toEqual([
      ["account.registered", ["roles"]],
      ["connection.accepted", []],
    ]);
  });
  it("does not use up the invitation when the registration is refused", async () => {
    const { email, token } = await invited();
    await refused("kValidationError", () => register({ token, gender: "?" }), [["kEnumValue", "account.gender"]]);
    const taken = await portal.register();
    await refused("kExists", () => register({ token, email: taken.email }));
    await expectSuccess(register({ token, email }));
  });
  it("takes no roles from the body", async () => {
    const { token } = await invited();
    await refused("kAccessDenied", () => register({ token, roles: [roles.administrator] }), [
      ["kAccessDenied", "account.roles"],
    ]);
  });
});

describe(named("kTokenExpired"), () => {
  it("refuses an invitation after seven days", async () => {
    const targets = [{ email: freshEmail() }];
    const now = new Date(Date.now() - 7 * 86_400_000);
    const { data } = await expectSuccess(portal.administrator.post("accounts/invitations", { targets }, { now }));
    await refused("kTokenExpired", () => register({ token: data[0].token }));
  });
});

describe("200 account", () => {
  it("returns the whole account at access 6, and nothing else", async () => {
    const email = freshEmail();
    const { status, json } = await register({ email });
    expect(json).toEqual(plainAccount(email));
    expect(status).toBe(200);
  });
  it("returns the same account as me afterwards", async () => {
    const person = await portal.register({ gender: "f", c_note: { colour: "red" } });
    expect(person.account).toEqual((await person.get("accounts/me")).json);
  });
  it.each([
    ["name.prefix", { name: { first: "Charles", last: "Best", prefix: "Dr." } }],
    ["name.middle", { name: { first: "Charles", last: "Best", middle: "Herbert" } }],
    ["name.suffix", { name: { first: "Charles", last: "Best", suffix: "CC" } }],
    ["name.additional", { name: { first: "Charles", last: "Best", additional: ["Charley", "Чарльз"] } }],
    ["names of 1 character", { name: { first: "C", last: "B" } }],
    ["names of 100 characters", { name: { first: "C".repeat(100), last: "🐙".repeat(100) } }],
    ["dob 1850-01-01, the earliest", { dob: "1850-01-01" }],
    ["dob, a leap day", { dob: "2000-02-29" }],
    ["gender f", { gender: "f" }],
    ["gender m", { gender: "m" }],
    ["gender n", { gender: "n" }],
    ["gender o", { gender: "o" }],
    ["gender t", { gender: "t" }],
    ["gender u", { gender: "u" }],
    ["tz America/New_York", { tz: "America/New_York" }],
    ["tz America/Argentina/Buenos_Aires", { tz: "America/Argentina/Buenos_Aires" }],
    ["tz US/Pacific, a link", { tz: "US/Pacific" }],
    ["tz Etc/GMT+5", { tz: "Etc/GMT+5" }],
    ["tz UTC", { tz: "UTC" }],
    ["locale en_US", { locale: "en_US" }],
    ["locale fr", { locale: "fr" }],
    ["locale zh-Hant-TW", { locale: "zh-Hant-TW" }],
    ["profile.provider", { profile: { provider: exampleProvider } }],
    ["preferences", { preferences: examplePreferences }],
    ["a text c_ property", { c_note: "likes tulips" }],
    ["a structured c_ property", { c_plan: { days: [1, 2.5, -3], done: false, next: { at: "noon" } } }],
  ])("stores %s as given", async (_, fields) => {
    const { account } = await portal.register(fields);
    expect(account).toMatchObject(fields);
    const [name] = Object.keys(fields);
    expect(account[name as string]).toEqual(Object.values(fields)[0]);
  });
  it.each([
    ["blanks around it", "  Mary\u00a0\t", "Mary"],
    ["a decomposed letter", "Zoe\u0308", "Zoë"],
    ["a joiner within it", "क्\u200dष", "क्\u200dष"],
  ])("stores a name with %s trimmed and in NFC", async (_, written, stored) => {
    const name = {
      prefix: written,
      first: written,
      middle: written,
      last: written,
      suffix: written,
      additional: [written],
    };
    const { account } = await portal.register({ name });
    expect(account.name).toEqual({
      prefix: stored,
      first: stored,
      middle: stored,
      last: stored,
      suffix: stored,
      additional: [stored],
    });
  });
  it("treats blank optional parts of a name as absent", async () => {
    const name = { first: "Charles", last: "Best" };
    const { account } = await portal.register({ name: { ...name, prefix: "", middle: " ", suffix: "\t" } });
    expect(account.name).toEqual(name);
  });
  it.each([
    ["us/pacific", "US/Pacific"],
    ["EUROPE/KIEV", "Europe/Kiev"],
    ["asia/calcutta", "Asia/Calcutta"],
    ["america/port-au-prince", "America/Port-au-Prince"],
    ["est5edt", "EST5EDT"],
    ["etc/gmt+5", "Etc/GMT+5"],
    ["utc", "UTC"],
  ])("stores tz %s in the spelling of the IANA database, without replacing links", async (tz, stored) => {
    expect((await portal.register({ tz })).account.tz).toBe(stored);
  });
  it("accepts as dob the latest day that has begun anywhere on earth, and computes the age by the day in tz", async () => {
    const now = new Date("2031-05-06T11:00:00.000Z");
    const born = async (dob: string, tz?: string) => (await portal.register({ dob, tz }, { now })).account;
    expect(await born("2031-05-07")).toMatchObject({ dob: "2031-05-07", age: 0 });
    expect(await born("2000-05-07", "Pacific/Kiritimati")).toMatchObject({ age: 31 });
    expect(await born("2000-05-07", "US/Pacific")).toMatchObject({ age: 30 });
    expect(await born("2000-05-06", "Etc/GMT+12")).toMatchObject({ age: 30 });
    expect(await born("2000-05-06")).toMatchObject({ age: 31 });
  });
  it("treats blank fields of a form as absent", async () => {
    const blank = { dob: "", gender: "", tz: "", c_note: "", profile: { provider: { npi: "" } }, token: "" };
    const { name, ...person } = newPerson(blank);
    const body = bracketed({ ...person, name: { ...(name as object), middle: "", additional: [""] } });
    const headers = { "content-type": bracketedType };
    const account = await expectSuccess(portal.visitor().post("accounts/register", body, { headers }));
    for (const absent of ["dob", "gender", "tz", "c_note", "profile", "age"])
      expect(account).not.toHaveProperty(absent);
    expect(account.name).toEqual({ first: "Charles", last: "Best" });
    const unnamed = bracketed({ ...newPerson(), password: "", name: { first: "", last: "Best" } });
    await refused("kValidationError", () => portal.visitor().post("accounts/register", unnamed, { headers }), [
      ["kRequired", "account.name.first"],
      ["kRequired", "account.password"],
    ]);
  });
  it("accepts the current day as dob, and returns the age", async () => {
    const now = new Date("2031-05-06T12:00:00.000Z");
    const born = async (dob: string) => (await portal.register({ dob }, { now })).account;
    expect(await born("2031-05-06")).toMatchObject({ dob: "2031-05-06", age: 0 });
    expect(await born("1999-05-06")).toMatchObject({ age: 32 });
    expect(await born("1999-05-07")).toMatchObject({ age: 31 });
  });
  it("treats properties with the value null as absent", async () => {
    const { account } = await portal.register({ gender: null, dob: null, tz: null, c_note: null });
    for (const name of ["gender", "dob", "tz", "age", "c_note"]) expect(account).not.toHaveProperty(name);
  });
  it.each([
    ["1-650-555-5555", "+16505555555"],
    ["650-555-5555", "+16505555555"],
    ["(650) 555-5555", "+16505555555"],
    ["650.555.5555", "+16505555555"],
    ["6505555555", "+16505555555"],
    ["16505555555", "+16505555555"],
    [" +1 650 555 5555 ", "+16505555555"],
    ["+16505555555", "+16505555555"],
    ["15551234567", "+15551234567"],
    ["+12223334444", "+12223334444"],
    ["+44 20 7946 0958", "+442079460958"],
    ["+491234567890123", "+491234567890123"],
    ["+6831234", "+6831234"],
    ["+44 (0)20 7946 0958", "+442079460958"],
    ["+49(0)30 123456", "+4930123456"],
    ["+43-( 0 )-1-2345678", "+4312345678"],
    ["\u202a+1\u200b 650\u2060 555\u00ad 5555\u202c", "+16505555555"],
  ])("stores the mobile %s as %s", async (mobile, stored) => {
    const person = await portal.register({ mobile });
    expect(person.account.mobile).toBe(stored);
    expect((await person.get("accounts/me/mobile")).json.data).toBe(stored);
  });
  it.each([
    ["blanks around it", "  mary.blank@example.org \t", "mary.blank@example.org"],
    ["capitals", "Mary.CAPITAL@Example.ORG", "mary.capital@example.org"],
    ["compatibility forms", "ｍａｒｙ.ｗｉｄｅ＠ｅｘａｍｐｌｅ.org", "mary.wide@example.org"],
    ["a ligature", "mary.oﬃce@example.org", "mary.office@example.org"],
    ["a plus", "Mary+tag@example.org", "mary+tag@example.org"],
    ["an internationalised domain", "Mary@BÜCHER.example", "mary@xn--bcher-kva.example"],
    ["a decomposed one", "mary@cafe\u0301.example", "mary@xn--caf-dma.example"],
    ["labels of other scripts", "mary@例え。テスト", "mary@xn--r8jz45g.xn--zckzah"],
    ["a sharp s", "mary@straße.example", "mary@xn--strae-oqa.example"],
    ["invisible characters", "\u200emary.\u200bunseen\u00ad@exam\u2060ple.org\ufeff", "mary.unseen@example.org"],
  ])("normalises an e-mail with %s", async (_, email, stored) => {
    expect((await portal.register({ email })).account.email).toBe(stored);
  });
  it("returns the time of the registration, and ids that sort by this time", async () => {
    const times = [0, 1, 999, 60_000, 86_400_000].map((ms) => new Date(Date.UTC(2032, 1, 3, 4, 5, 6, 7) + ms));
    const ids: string[] = [];
    for (const now of times) {
      const { account } = await portal.register({}, { now });
      expect(account.created).toBe(now.toISOString());
      ids.push(account._id);
    }
    expect(ids.toSorted()).toEqual(ids);
  });
  it("creates a key for each account", async () => {
    const [one, other] = [await portal.register(), await portal.register()];
    expect(one.account.key).toEqual(aKey);
    expect(other.account.key).toEqual(aKey);
    expect(other.account.key.secret).not.toBe(one.account.key.secret);
    expect(other.account.key.fingerprint).not.toBe(one.account.key.fingerprint);
  });
  it("allows the same e-mail in another portal", async () => {
    const { email } = await portal.register();
    const other = await openPortal({}, {}, portal.practice);
    expect((await other.register({ email })).email).toBe(email);
  });
  it("treats an empty token as absent", async () => {
    for (const token of ["", null, {}]) expectSuccess(register({ token }));
  });
});

describe("session", () => {
  it("starts one", async () => {
    const person = await portal.register();
    expect(person.csrf).toMatch(/^[A-Za-z0-9]{64}$/);
    expect((await person.get("accounts/me")).json._id).toBe(person.id);
    expect((await person.put("accounts/me", { gender: "f" })).json.gender).toBe("f");
  });
  it("names the device, which is known from then on", async () => {
    const wary = await openPortal({ twoFactor: true });
    const person = await wary.register();
    expect(await wary.login(person, {}, person)).toMatchObject({ id: person.id });
    expectFault(await wary.visitor().post("accounts/login", person), "kNewLocation");
  });
  it("does not reuse cookies from the request", async () => {
    const victim = await portal.signedIn();
    const client = portal.visitor();
    client.cookies.set("md.sid", "A".repeat(43)).set("md.fingerprint", "F".repeat(32));
    const { cookies } = await client.post("accounts/register", newPerson());
    const values = cookies.map((cookie) => readCookie(cookie).value);
    expect(values).toHaveLength(2);
    expect(values).not.toContain("A".repeat(43));
    expect(values).not.toContain("F".repeat(32));
    expect(values).not.toContain(victim.cookies.get("md.sid"));
  });
});

describe("verification mail", () => {
  it("goes to the normalised address, with a link into the portal", async () => {
    const { email } = await portal.register({ email: "Gets.Mail@example.org" });
    const mails = await sentMessages(email);
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ channel: "email", to: "gets.mail@example.org" });
    const link = `https://${portal.org}.portal.example.com/verify?token=${tokenIn(mails[0])}`;
    expect(mails[0]?.text).toContain(`${link}\n`);
    expect(mails[0]?.html).toContain(`"${link}"`);
  });
  it("is queued in the transaction that stores the account", async () => {
    const { requests } = await watchTable(() => portal.register());
    const [transaction, ...more] = requests.filter(({ command }) => command.startsWith("TransactWrite"));
    expect(more).toEqual([]);
    const keys = transaction?.input.TransactItems.map(
      (item: { Put: { Item: { pk: string; sk: string } } }) =>
        `${item.Put.Item.pk.split("#")[0]} ${item.Put.Item.sk.split("#")[0]}`,
    );
    expect(keys).toEqual(
      expect.arrayContaining([
        "PRACTICE ACCOUNT",
        "PRACTICE EMAIL",
        "MESSAGE MESSAGE",
        "SESSION SESSION",
        "TOKEN TOKEN",
      ]),
    );
  });
});

describe("application credentials", () => {
  it("register a person without client key", async () => {
    const body = newPerson();
    expect(await expectSuccess(portal.administrator.post("accounts/register", body))).toEqual(
      plainAccount(String(body.email)),
    );
  });
  it("may set the properties that an administrator may set", async () => {
    const body = newPerson({ roles: [roles.administrator] });
    const account = await expectSuccess(portal.administrator.post("accounts/register", body));
    expect(account).toMatchObject({
      roles: [roles.administrator],
      inherited_roles: [roles.developer, roles.support],
    });
    const administrator = await portal.login({ email: String(body.email), password: String(body.password) });
    expect((await administrator.get("accounts?limit=2")).json.data).toHaveLength(2);
  });
});

describe(named("kValidationError"), () => {
  const required: readonly [string, string, unknown][] = [
    ["name.first", "account.name.first", { name: { last: "Best" } }],
    ["name.last", "account.name.last", { name: { first: "Charles" } }],
    ["email", "account.email", { email: undefined }],
    ["mobile", "account.mobile", { mobile: undefined }],
    ["password", "account.password", { password: undefined }],
    ["name.first (null)", "account.name.first", { name: { first: null, last: "Best" } }],
    ["email (null)", "account.email", { email: null }],
    ["email (empty)", "account.email", { email: "" }],
    ["mobile (null)", "account.mobile", { mobile: null }],
  ];
  it.each(required)("with kRequired: no %s", async (_, path, fields) => {
    const response = await refused("kValidationError", () => register(fields as Record<string, unknown>), [
      ["kRequired", path],
    ]);
    expect(response.cookies).toEqual([]);
  });
  const nameless: readonly Child[] = [
    ["kRequired", "account.name.first"],
    ["kRequired", "account.name.last"],
  ];
  it.each([[undefined], [{}], [null]])("with kRequired for first and last name: name %j", async (name) => {
    await refused("kValidationError", () => register({ name }), nameless);
  });

  const bad: readonly [FaultCode, string, readonly Record<string, unknown>[]][] = [
    [
      "kInvalidString",
      "account.name.first",
      ["", " ", "\u200b", "\u3164\u00a0\u2800", "C".repeat(101), "🐙".repeat(101), "Char\u0000les", "\ud800"].map(
        (first) => ({
          name: { first, last: "Best" },
        }),
      ),
    ],
    [
      "kInvalidString",
      "account.name.last",
      ["", "B".repeat(101)].map((last) => ({ name: { first: "Charles", last } })),
    ],
    [
      "kInvalidEmailFormat",
      "account.email",
      [
        "charles",
        "charles@",
        "@example.org",
        "charles@example",
        "charles best@example.org",
        "charles@@example.org",
        "charles@example.org, other@example.org",
        "Charles <charles@example.org>",
        "charles@example.org\r\nBcc: other@example.org",
        `${"c".repeat(250)}@example.org`,
        "chärles@example.org",
        "charles@exämple.org/x.org",
        "charles@exämple.org?x.org",
        "charles@exämple.org#x.org",
        "charles@exämple.org:25",
        "charles@exämple.org@example.org",
        "charles@ex%C3%A4mpleä.org",
        "charles@ä.1",
        `charles@${"ä".repeat(200)}.org`,
        7,
        ["charles@example.org"],
        { $ne: "" },
      ].map((email) => ({ email })),
    ],
    [
      "kInvalidPhoneNumberFormat",
      "account.mobile",
      [
        "",
        "123",
        "5555",
        "+",
        "+0123456789",
        "call me",
        "1-650-555-555",
        "650-555-5555 x12",
        "+1234567890123456",
        "+16505555555a",
        "(0)20 7946 0958",
        "+(0)44 20 7946 0958",
        "\u0000+16505555555",
        `+16505555555${"\u200b".repeat(80)}`,
      ].map((mobile) => ({ mobile })),
    ],
    [
      "kInvalidDateOfBirth",
      "account.dob",
      [
        "1849-12-31",
        "2999-01-01",
        "1999-02-29",
        "1999-13-01",
        "1999-1-1",
        "27/02/1899",
        "1899-02-27T00:00:00.000Z",
        "today",
      ].map((dob) => ({ dob })),
    ],
    ["kEnumValue", "account.gender", ["x", "male", "F", "fm", ""].map((gender) => ({ gender }))],
    [
      "kInvalidFormat",
      "account.tz",
      [
        "Mars/Olympus",
        "US / Pacific",
        "+01:00",
        "../UTC",
        "",
        "x".repeat(200),
        "PST",
        "IST",
        "ACT",
        "SystemV/PST8",
      ].map((tz) => ({ tz })),
    ],
    ["kInvalidFormat", "account.locale", ["English", "en_", "", "en_US; q=1"].map((locale) => ({ locale }))],
  ];
  it.each(bad)("with %s at %s", async (code, path, values) => {
    for (const fields of values) await refused("kValidationError", () => register(fields), [[code, path]]);
  });
  it("refuses a day of birth that has not begun anywhere on earth at the time of the request", async () => {
    const now = new Date("2031-05-06T12:00:00.000Z");
    const response = await portal.visitor().post("accounts/register", newPerson({ dob: "2031-05-08" }), { now });
    expectFault(response, "kValidationError", [["kInvalidDateOfBirth", "account.dob"]]);
  });
  it("reports all errors at once, stores nothing and sends no mail", async () => {
    const email = freshEmail();
    const fields = {
      email,
      name: { first: "Charles" },
      mobile: "5",
      gender: "x",
      dob: "2999-01-01",
      password: "short",
    };
    await refused("kValidationError", () => register(fields), [
      ["kRequired", "account.name.last"],
      ["kInvalidPhoneNumberFormat", "account.mobile"],
      ["kEnumValue", "account.gender"],
      ["kInvalidDateOfBirth", "account.dob"],
      ["kPasswordStrength", "account.password"],
    ]);
    expect(await sentMessages(email)).toEqual([]);
    expect((await register({ email })).status).toBe(200);
  });
  it("is returned for an empty body", async () => {
    const response = await portal.visitor().post("accounts/register", {});
    expectFault(response, "kValidationError", [
      ...nameless,
      ["kRequired", "account.email"],
      ["kRequired", "account.mobile"],
      ["kRequired", "account.password"],
    ]);
  });
});

const quillfeather = openPortal(
  { minPasswordScore: 1 },
  { name: "Quillfeather Pediatrics", websiteAddress: "quillfeather-kids" },
);

describePasswordStrength(
  async (password, minPasswordScore, holder) => {
    await portal.settings({ minPasswordScore });
    const response = await register({ ...holder, password });
    if (response.status === 200) {
      const { email } = response.json;
      expect((await portal.visitor().post("accounts/login", { email, password })).status).toBe(200);
    }
    return response;
  },
  ({ status }) => expect(status).toBe(200),
  { every: true },
);

describe(`${named("kValidationError")} with kPasswordStrength, by the portal`, () => {
  it.each([
    ["the practice's name", "Quillfeather Pediatrics"],
    ["the practice's name without blanks, and three characters", "quillfeatherpediatrics9a!"],
    ["the portal's address", "quillfeather-kids"],
    ["the portal's address, and three characters", "7quillfeather-kids42"],
  ])("refuses %s", async (_, password) => {
    const named = await quillfeather;
    // With four characters more, it is for zxcvbn to judge.
    expectFault(await named.visitor().post("accounts/register", newPerson({ password })), "kValidationError", [
      ["kPasswordStrength", "account.password"],
    ]);
    const more = newPerson({ password: `${password} vexed tulips` });
    await expectSuccess(named.visitor().post("accounts/register", more));
  });
});

describe("password", () => {
  it("is stored only as argon2id with 19 MiB, two passes and one lane", async () => {
    const person = await portal.register({ password: "quaint walrus jabs" });
    const items = await allItems();
    const account = items.find(({ sk }) => sk === `ACCOUNT#${person.id}`);
    expect(account?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/);
    expect(JSON.stringify(items)).not.toContain("quaint walrus");
  });
  it("is normalised: NFKC", async () => {
    const person = await portal.register({ password: "oﬃce tulips １２ é" });
    expect((await portal.login({ ...person, password: "office tulips 12 e\u0301" })).id).toBe(person.id);
  });
});

describe(named("kExists"), () => {
  it.each([
    ["the same", "taken@example.org"],
    ["in capitals", "Taken@EXAMPLE.org"],
    ["with blanks", " taken@example.org "],
    ["in compatibility forms", "ｔａｋｅｎ@example.org"],
  ])("refuses an e-mail that is in use: %s", async (_, email) => {
    await register({ email: "taken@example.org" });
    const mailsBefore = (await sentMessages("taken@example.org")).length;
    const response = await refused("kExists", () => register({ email, name: { first: "Other", last: "Person" } }));
    expect(response.cookies).toEqual([]);
    expect(await sentMessages("taken@example.org")).toHaveLength(mailsBefore);
  });
});

describe(named("kNotFound"), () => {
  it.each([
    ["a text", "kPBg3AACpwTzhiOpUTz2i2koJqqot70M"],
    ["an object", { token: "kPBg3AACpwTzhiOpUTz2i2koJqqot70M" }],
    ["an object with another name in it", { _id: "kPBg3AACpwTzhiOpUTz2i2koJqqot70M" }],
  ])("refuses an invitation that does not exist: %s", async (_, token) => {
    await refused("kNotFound", () => register({ token }));
  });
});

describe(named("kAccessDenied"), () => {
  it.each([
    ["_id", "000000000000000000000001", "account._id"],
    ["object", "account", "account.object"],
    ["access", 6, "account.access"],
    ["age", 33, "account.age"],
    ["created", "2015-03-12T18:47:34.010Z", "account.created"],
    ["updated", "2015-03-12T18:47:34.010Z", "account.updated"],
    ["updater", { _id: "000000000000000000000001" }, "account.updater"],
    ["key", { secret: "x", fingerprint: "y" }, "account.key"],
    ["shared", true, "account.shared"],
    ["inherited_roles", [roles.developer], "account.inherited_roles"],
    ["roles", [roles.administrator], "account.roles"],
    ["roles (none)", [], "account.roles"],
    ["state", "verified", "account.state"],
    ["locked", false, "account.locked"],
    ["activationRequired", false, "account.activationRequired"],
    ["profile", { provider: { ...exampleProvider, state: "approved" } }, "account.profile.provider.state"],
    ["passwordHash", "x", "account.passwordHash"],
    ["notify", false, "account.notify"],
  ])("refuses %s, which only the server or an administrator may write", async (name, value, path) => {
    const fields = { [name.split(" ")[0] as string]: value };
    await refused("kAccessDenied", () => register(fields), [["kAccessDenied", path]]);
  });
});

describe(named("kInvalidArgument"), () => {
  it.each(["nickname", "c_", "isAdmin", "constructor", "name.first"])(
    "refuses the unknown property %s",
    async (name) => {
      const response = await refused("kInvalidArgument", () => register({ [name]: "x" }));
      expect(response.json.reason).toContain(name);
    },
  );
  it("refuses an image, which needs an account, and stores nothing", async () => {
    const { json } = await refused("kInvalidArgument", () => register({ image: { content: "me.jpg" } }));
    expect(json.reason).toBe("Register first, then upload the image");
  });
  it("refuses an unknown property below a known one, and __proto__", async () => {
    const nested = await refused("kInvalidArgument", () =>
      register({ name: { first: "Charles", last: "Best", nick: "C" } }),
    );
    expect(nested.json.reason).toContain("name.nick");
    const body = `{"__proto__":{"roles":["${roles.administrator}"]},${JSON.stringify(newPerson()).slice(1)}`;
    await refused("kInvalidArgument", () => portal.visitor().post("accounts/register", body));
  });
});

describe(`${named("kInvalidArgument")}, numbers`, () => {
  const raw = (number: string) => `${JSON.stringify(newPerson()).slice(0, -1)},"c_list":[{"a":${number}}]}`;
  it.each([
    "1e999",
    "-1e999",
    "9007199254740993",
    "-9007199254740993",
    "10000000000000000000000001",
    "9007199254740993.0",
    "900719925474099300e-2",
    "1e-400",
  ])("refuses %s, which would be stored as a different number", async (number) => {
    const response = await refused("kInvalidArgument", () => portal.visitor().post("accounts/register", raw(number)));
    expect(response.text).not.toContain(number);
  });
  it.each([
    "9007199254740991",
    "9007199254740992",
    "-9007199254740994",
    "1e25",
    "12E+30",
    "1.5e300",
    "0.1",
    "1.10",
    "-0.0",
    "0e999",
    "123456789012345680000",
    "0.12345678901234567890",
  ])("takes %s", async (number) => {
    const account = await expectSuccess(portal.visitor().post("accounts/register", raw(number)));
    expect(account.c_list).toEqual([{ a: Number(number) + 0 }]);
  });
  it("accepts any number in a property that is ignored", async () => {
    const { email, password } = await portal.register();
    const body = `{"email":"${email}","password":"${password}","stamp":9007199254740993}`;
    expect((await portal.visitor().post("accounts/login", body)).status).toBe(200);
  });
});

describe("200 account, by a server", () => {
  const byServer = (fields: Record<string, unknown>) =>
    portal.administrator.post("accounts/register", newPerson(fields));
  it("takes state and roles; nobody is mailed to verify an address that is verified", async () => {
    const email = freshEmail();
    const { status, json } = await byServer({ email, state: "verified", roles: [roles.provider] });
    expect([status, json.state, json.roles]).toEqual([200, "verified", [roles.provider]]);
    expect(await sentMessages(email)).toEqual([]);
  });
  it.each([false, "false"])(
    "mails nothing and makes no token with notify %j; the holder can ask for a mail",
    async (notify) => {
      const email = freshEmail();
      const { requests, answer } = await watchTable(() => byServer({ email, notify }));
      expect(answer.json.state).toBe("unverified");
      const written = JSON.stringify(requests.map(({ input }) => input.TransactItems));
      expect(written).not.toMatch(/TOKEN#|MESSAGE#/);
      const person = await portal.login({ email, password: String(newPerson().password) });
      expect((await person.post("accounts/me/resend-verification")).status).toBe(200);
      expect(await sentMessages(email)).toHaveLength(1);
    },
  );
  it.each([true, "true", null, undefined])("mails with notify %j", async (notify) => {
    const email = freshEmail();
    expect((await byServer({ email, notify })).status).toBe(200);
    expect(await sentMessages(email)).toHaveLength(1);
  });
  it("takes a hash in place of the password, and the holder signs in with that password", async () => {
    const other = await portal.register();
    const stored = (await allItems()).find(({ sk }) => sk === `ACCOUNT#${other.id}`);
    const email = freshEmail();
    expect((await byServer({ email, password: undefined, passwordHash: stored?.passwordHash })).status).toBe(200);
    expect((await portal.login({ email, password: other.password })).account.email).toBe(email);
  });
  it.each(["x", "$argon2id$", 7, {}, "$1$salt$hash"])("refuses %j as a hash", async (passwordHash) => {
    await refused("kValidationError", () => byServer({ password: undefined, passwordHash }), [
      ["kInvalidFormat", "account.passwordHash"],
    ]);
  });
  it("refuses a password and a hash together, and a notify that is no boolean", async () => {
    await refused("kInvalidArgument", () => byServer({ passwordHash: "x" }));
    await refused("kValidationError", () => byServer({ notify: "maybe" }), [["kInvalidFormat", "account.notify"]]);
  });
  it("requires one of the two", async () => {
    await refused("kValidationError", () => byServer({ password: undefined }), [["kRequired", "account.password"]]);
  });
});

describe("the size of an unverified account", () => {
  const filling = (bytes: number) => ({ c_note: "x".repeat(bytes) });
  const reason = "The account is too large: at most 32 KiB while it is unverified";
  it("is at most 32 KiB, at registration and after each change", async () => {
    const { json } = await refused("kInvalidArgument", () => register(filling(32 * 1024)));
    expect(json.reason).toBe(reason);
    const person = await portal.register(filling(32_000));
    const changes = [
      () => person.put("accounts/me", { c_more: "x".repeat(1000) }),
      () => person.patch("accounts/me", { op: "set", path: "c_more", value: "x".repeat(1000) }),
      () => portal.administrator.put(`accounts/${person.id}`, { c_more: "x".repeat(1000) }),
    ];
    for (const change of changes) expect((await refused("kInvalidArgument", change)).json.reason).toBe(reason);
    expect((await person.put("accounts/me", { gender: "f" })).status).toBe(200);
  });
  it("may be more once it is verified; back to unverified it cannot be changed then", async () => {
    const person = await portal.register();
    await expectSuccess(portal.administrator.put(`accounts/${person.id}`, { state: "verified" }));
    await expectSuccess(person.put("accounts/me", filling(60_000)));
    await refused("kInvalidArgument", () => portal.administrator.put(`accounts/${person.id}`, { state: "unverified" }));
  });
});

describe(named("kSelfRegistrationDisabled"), () => {
  it("refuses everyone when registration is switched off, also without a valid body", async () => {
    const closed = await openPortal({ registration: false });
    await refused("kSelfRegistrationDisabled", () => closed.visitor().post("accounts/register", newPerson()));
    await refused("kSelfRegistrationDisabled", () => closed.visitor().post("accounts/register", {}));
  });
  it("refuses everyone without an invitation when only invited people may register", async () => {
    const invited = await openPortal({ registration: "invitation" });
    await refused("kSelfRegistrationDisabled", () => invited.visitor().post("accounts/register", newPerson()));
  });
  it("does not apply to the practice's own server", async () => {
    const closed = await openPortal({ registration: false });
    const headers = applicationHeaders(closed.practice);
    const client = closed.visitor();
    expect((await client.post("accounts/register", newPerson(), { headers })).status).toBe(200);
  });
});
