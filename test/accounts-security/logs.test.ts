import { beforeAll, describe, expect, it } from "vitest";
import { operations } from "../../lib/operations.ts";
import { Log } from "../kit/log.ts";
import { failNext, sentMessages } from "../kit/outside.ts";
import { codeIn, type Holder, minutesAfter, openPortal, roles, type TestPortal, tokenIn } from "../kit/portal.ts";
import { engineError, hangUp, throughProxy } from "../kit/proxy.ts";
import { realClock } from "../kit/slow-clock.ts";
import { allItems, type Item, type Response } from "../kit/system.ts";
import { appCode } from "../kit/totp.ts";
import { outcomeOf } from "./attack.ts";

realClock();

/** The secrets that no log line may contain, and where each comes from. */
const secrets = new Map<string, string>();
const secret = (what: string, value: unknown): string => {
  secrets.set(String(value), what);
  return String(value);
};

const person = {
  name: {
    first: secret("first name", "Philomena"),
    last: secret("last name", "Quackenbush"),
    middle: secret("middle name", "Zebulonia"),
  },
  email: secret("e-mail", "philomena.q@mailhost.example.org"),
  mobile: secret("phone", "+14155550173"),
  dob: secret("date of birth", "1971-11-23"),
  password: secret("password", "vexed tulips jog by 9 rhubarbs"),
  c_diagnosis: secret("property of one's own", "gout-of-the-left-toe"),
  profile: { provider: { npi: secret("NPI", "7987987981"), license: { number: secret("license", "LIC-77-4242") } } },
};
const second = secret("second password", "mauve otter juggles 41 kettles");
const third = secret("third password", "zebra quilts hum at 4 o'clock noon");
const wrong = secret("wrong password", "grmplovaskitu wronged by 7");
const unknown = secret("e-mail that nobody has", "nobody.at.all@mailhost.example.org");
const moved = secret("new phone", "+14155550199");

/** What the process wrote to stdout and stderr. */
const log = new Log();
let lines: readonly string[] = [];

let portal: TestPortal;
let table: Item[];
const answered = new Map<string, number>();
const bodiesOfFailure: string[] = [];

/** Adds the cookies and tokens of an answer to the secrets. */
function note(response: Response): Response {
  for (const cookie of response.cookies) {
    const [, name, value] = /^([^=]+)=([^;]+)/.exec(cookie) ?? [];
    if (value) secret(String(name), value);
  }
  if (response.headers["medable-csrf-token"]) secret("CSRF token", response.headers["medable-csrf-token"]);
  if (response.json?.key) secret("secret of the key", response.json.key.secret);
  if (response.json?.data?.secret) secret("secret of the key", response.json.data.secret);
  answered.set(outcomeOf(response), (answered.get(outcomeOf(response)) ?? 0) + 1);
  if (response.status >= 500) bodiesOfFailure.push(response.text);
  return response;
}

/** Makes every kind of call to a portal, both valid and invalid. */
async function everything(start: Date): Promise<void> {
  const at = (minutes: number) => ({ now: minutesAfter(start, minutes) });
  const { email, password } = person;
  const visitor = portal.visitor();
  const browser = portal.visitor();
  const post = async (path: string, body: unknown, minutes = 0, client = visitor) =>
    note(await client.post(path, body, at(minutes)));
  const mailed = async (kind: RegExp) =>
    secret("token", tokenIn((await sentMessages(email)).find(({ subject }) => kind.test(subject))));

  await post("accounts/register", { ...person, password: "short" });
  await post("accounts/register", { ...person, roles: [roles.administrator] });
  await post("accounts/register", { ...person, email: `${email}@`, dob: `${person.dob}x`, gender: person.name.first });
  const { _id: id } = (await post("accounts/register", person, 0, browser)).json;
  await post("accounts/register", person);
  await post("accounts/me/resend-verification", {}, 0, browser);
  await post(`token/${"A".repeat(32)}`, {});
  await post(`accounts/${await mailed(/^Confirm/)}`, {});
  await post("accounts/me/resend-verification", {}, 0, browser);

  for (let attempt = 0; attempt < 6; attempt++) await post("accounts/login", { email, password: wrong });
  await post("accounts/login", { email, password });
  await post("accounts/login", { email: unknown, password: wrong });
  await post("accounts/login", { email });
  await post("accounts/request-password-reset", { email });
  await post("accounts/request-password-reset", { email: unknown });
  await post("accounts/request-password-reset", {});
  const token = await mailed(/^Reset/);
  await post("accounts/reset-password", { token, password: "short" });
  await post("accounts/reset-password", { token, password: second }, 61);
  await post("accounts/reset-password", { token, password: second });
  await post("accounts/reset-password", { token, password: second });
  note(await browser.get("accounts/me", at(1)));

  await post("accounts/login", { email, password: second }, 1, browser);
  note(await browser.get("accounts/status?expand=true", at(1)));
  note(
    await browser.get(
      `accounts?where=${encodeURIComponent(JSON.stringify({ email, "name.first": "Philomena" }))}`,
      at(1),
    ),
  );
  note(await browser.get(`accounts?where=${encodeURIComponent(`{"email":"${email}`)}`, at(1)));
  note(await browser.get(`accounts/${id}/profile/provider/npi`, at(1)));
  note(await browser.get(`accounts/${id}/${encodeURIComponent(email)}`, at(1)));
  note(await browser.put("accounts/me", { mobile: moved, c_diagnosis: person.c_diagnosis }, at(1)));
  note(await browser.put("accounts/me", { mobile: `${moved}x`, email }, at(1)));
  note(await browser.put("accounts/me", `{"c_diagnosis":"${person.c_diagnosis}`, at(1)));
  note(await browser.patch("accounts/me", { op: "set", path: "/name/first", value: person.name.first }, at(1)));
  note(await browser.patch("accounts/me", { op: "explode", path: `/${person.c_diagnosis}` }, at(1)));
  note(await browser.put("accounts/me", {}, { ...at(1), headers: { "medable-csrf-token": "0".repeat(64) } }));
  note(await browser.get("accounts/me", { ...at(1), headers: { "medable-client-key": "A".repeat(22) } }));
  await post("accounts/me/update-password", { current: wrong, password: third }, 1, browser);
  await post("accounts/me/update-password", { current: second, password: "short" }, 1, browser);
  await post("accounts/me/update-password", { current: second, password: third }, 1, browser);
  note(await browser.get("accounts/me", at(20)));
  note(await portal.administrator.get("accounts", at(1)));
  note(await portal.administrator.put(`accounts/${id}`, { state: "verified", locked: false }, at(1)));

  const invitee = secret("invited e-mail", "invited.person@mailhost.example.org");
  const message = secret("words to the invited", "please mind the marmalade");
  const offer = { targets: [{ email: invitee, access: 4, message }] };
  await post("accounts/login", { email, password: third }, 1, browser);
  const { data } = (await post("accounts/me/connections", offer, 1, browser)).json;
  const offered = secret("token", tokenIn((await sentMessages(invitee))[0]));
  await post("accounts/me/connections", { targets: [{ email: `${invitee}@`, access: invitee }] }, 1, browser);
  note(await browser.get(`connections/${offered}`, at(1)));
  await post(`connections/${offered}`, {}, 1, browser);
  await post(`connections/${"A".repeat(32)}`, {}, 1, browser);
  note(await browser.patch(`connections/${data[0]._id}`, { access: invitee }, at(1)));
  note(await browser.patch(`connections/${data[0]._id}`, { access: 2 }, at(1)));
  const invitation = { targets: [{ email: `other.${invitee}`, message }] };
  secret("token", (await post("accounts/invitations", invitation, 1, portal.administrator)).json.data[0].token);

  await portal.settings({ twoFactor: true });
  const device = portal.visitor();
  const location = (verificationToken: string) => ({
    verificationToken,
    locationName: secret("device", "Philomena's attic"),
  });
  await post("accounts/login", { email, password: third }, 2, device);
  const code = secret("code", codeIn((await sentMessages(moved)).find(({ channel }) => channel === "sms")));
  await post("accounts/login", { email, password: third }, 2, device);
  await post("accounts/login", { email, password: third, location: location("12345") }, 2, device);
  await post(
    "accounts/login",
    { email, password: third, location: location(code === "123456" ? "654321" : "123456") },
    2,
    device,
  );
  await post("accounts/login", { email, password: third, location: location(code) }, 2, device);
  const { secret: ofApp } = (await post("accounts/me/totp", {}, 2, device)).json.data;
  const appCodes = { code: secret("code", appCode(ofApp, minutesAfter(start, 2))) };
  await post("accounts/me/totp/confirm", { code: "12345" }, 2, device);
  const { recoveryCodes } = (await post("accounts/me/totp/confirm", appCodes, 2, device)).json.data;
  for (const each of recoveryCodes) secret("recovery code", each);
  await post("accounts/login", { email, password: third }, 2);
  await post("accounts/login", { email, password: third, location: location(appCodes.code) }, 2);
  await post("accounts/login", { email, password: third, location: location(recoveryCodes[0]) }, 2);
  note(await device.send("DELETE", "accounts/me/totp", { body: { password: wrong }, ...at(2) }));
  note(await device.send("DELETE", "accounts/me/totp", { body: { password: third }, ...at(2) }));
  await post("accounts/me/logout", {}, 2, device);
  await portal.settings({ twoFactor: false });
  await portal.administrator.put(`accounts/${id}`, { locked: true }, at(3));
  await post("accounts/login", { email, password: third }, 3);
  await portal.administrator.put(`accounts/${id}`, { locked: false }, at(3));

  await portal.settings({ registration: false });
  await post("accounts/register", { ...person, email: unknown });
  await portal.settings({ registration: true });
}

/** Makes each call once while the engine fails with messages that quote the request. */
async function everythingFails(browser: Holder): Promise<void> {
  const token = secret("token", "T".repeat(32));
  const { email, password } = person;
  const body = { ...person, token, current: password };
  const rows = operations.filter(({ family, method }) => family === "accounts" && method !== "OPTIONS");
  for (const [place, { method, paths }] of rows.entries()) {
    const path = String(paths[1])
      .replace("/{org}/", "")
      .replace("{id}", browser.id)
      .replace("{token}", token)
      .replace("{connection}", token);
    const target = path.replace("{property+}", "name").replace("{path+}", "me");
    const query = method === "GET" ? `?where=${encodeURIComponent(JSON.stringify({ email }))}` : "";
    const request = () =>
      browser.send(method, target + query, { versioned: false, remainingMs: 7500, ...(method !== "GET" && { body }) });
    const says = (quoted: unknown) => engineError("ValidationException", { message: JSON.stringify(quoted) });
    note(await throughProxy(async ({ json }) => says(json), request));
    // The first reads succeed and later requests fail.
    let calls = 0;
    const later: Parameters<typeof throughProxy>[0] = async ({ json, forward }) =>
      ++calls <= 2 ? forward() : place % 2 ? hangUp : says(json);
    note(await throughProxy(later, request));
  }
}

beforeAll(async () => {
  portal = await openPortal({ sessionIdleMinutes: 15 });
  secret("password of the application", portal.practice.applicationPassword);
  secret("sealing secret", process.env.SEAL_SECRET);
  const other = await portal.register({
    email: secret("e-mail", "second.person@mailhost.example.org"),
    password: second,
  });
  log.listen();
  try {
    await everything(new Date());
    await everythingFails(other);
    failNext(2);
    await portal.visitor().post("accounts/request-password-reset", { email: other.email });
    await sentMessages().catch(() => undefined);
  } finally {
    log.close();
    lines = log.take();
  }
  for (const [name, value] of other.cookies) secret(name, value);
  table = await allItems();
}, 60_000);

/** The encodings in which a text may appear in a log line. */
const forms = (value: string) => [
  value,
  JSON.stringify(value).slice(1, -1),
  JSON.stringify(JSON.stringify(value)).slice(3, -3),
  encodeURIComponent(value),
  Buffer.from(value).toString("base64").replace(/=+$/, "").slice(0, -1),
  Buffer.from(value).toString("hex"),
];
/** The kinds of secrets that a text contains. */
const toldBy = (text: string): string[] =>
  [...secrets].flatMap(([value, what]) => {
    // A code is six digits, which longer numbers contain by chance.
    const tells = what === "code" ? new RegExp(`(?<![0-9A-Za-z])${value}(?![0-9A-Za-z])`).test(text) : undefined;
    return (tells ?? forms(value).some((form) => text.includes(form))) ? [what] : [];
  });

describe("a run through all operations, right and wrong, with an engine and a mail service that fail", () => {
  it("covered every kind of answer, and caused many log lines", () => {
    expect([...answered.keys()].sort()).toEqual([
      "kAccessDenied",
      "kAccountLocked",
      "kCSRFTokenMismatch",
      "kCallbackFormat",
      "kCallbackNotFound",
      "kError",
      "kExists",
      "kInvalidArgument",
      "kInvalidCredentials",
      "kNewLocation",
      "kNoCredentialsSupplied",
      "kNotFound",
      "kNotLoggedIn",
      "kSelfRegistrationDisabled",
      "kSessionExpired",
      "kTokenExpired",
      "kTooBusy",
      "kUnverifiedLocation",
      "kValidationError",
      "ok",
    ]);
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.filter((line) => line.includes('"unexpected"')).length).toBeGreaterThan(15);
    expect(lines.filter((line) => line.includes('"message not sent"')).length).toBeGreaterThan(0);
    expect(new Set([...secrets.values()]).size).toBeGreaterThan(20);
    expect(toldBy(`x ${person.email} y`)).toEqual(["e-mail"]);
  });
  it("writes no password, token, code, session, e-mail, phone, name or key to any output", () => {
    for (const line of lines) expect(toldBy(line), line).toEqual([]);
  });
  it("logs one line of JSON for each call, with listed fields only", () => {
    const known =
      "level message timestamp service at operation requestId sourceIp actor record notable status code roundTrips causes item limit error awsRequestId place".split(
        " ",
      );
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const entry of entries) expect(Object.keys(entry).filter((name) => !known.includes(name))).toEqual([]);
  });
  it("names actors and records by ids only: those of the portal's practice, and 24 hex digits", () => {
    const { applicationId, accountId } = portal.practice;
    const isId = (id: string) => [applicationId, accountId].includes(id) || /^([0-9a-f]{24} ?)+$/.test(id);
    const calls = lines.map((line) => JSON.parse(line)).filter(({ message }) => message === "answered");
    for (const { actor, record } of calls) {
      const { kind, ...ids } = actor;
      expect(["application", "portalAccount", "visitor", "unproven"]).toContain(kind);
      expect(Object.values<string>({ ...ids }).filter((id) => !isId(id))).toEqual([]);
      expect(Object.values<string>(record).filter((id) => !isId(id))).toEqual([]);
    }
    expect(new Set(calls.map(({ actor }) => actor.kind)).size).toBe(4);
  });
  it("reveals no secret in the answers to failed calls", () => {
    expect(bodiesOfFailure.length).toBeGreaterThan(15);
    // One error says that nothing was written, and the other gives no details.
    expect([...new Set(bodiesOfFailure)].map((text) => JSON.parse(text).code).sort()).toEqual(["kError", "kTooBusy"]);
    expect(toldBy(bodiesOfFailure.join())).toEqual([]);
  });
});

describe("the table afterwards", () => {
  const inClear = [
    "e-mail",
    "first name",
    "last name",
    "middle name",
    "phone",
    "new phone",
    "date of birth",
    "NPI",
    "license",
    "secret of the key",
    "property of one's own",
    "device",
    "invited e-mail",
  ];
  const personal = (item: Item) =>
    ["portalAccount", "device", "connection"].includes(String(item.type)) || item.sk.startsWith("EMAIL#");

  it("contains no password, token, code, session, CSRF token, device or application's secret as plain text", () => {
    expect(table.length).toBeGreaterThan(30);
    for (const item of table) {
      const told = toldBy(JSON.stringify(item, (_, value) => (value instanceof Set ? [...value] : value)));
      expect(
        told.filter((what) => !inClear.includes(what)),
        JSON.stringify(item),
      ).toEqual([]);
    }
  });
  it("contains personal data only in the account, the claim of its e-mail, its devices and its connections: not in events, messages or counts", () => {
    const kinds = new Set(table.filter((item) => !personal(item)).map(({ type, sk }) => type ?? sk));
    for (const kind of ["event", "message", "session", "token", "passwordReset", "TRIES"])
      expect(kinds).toContain(kind);
    for (const item of table.filter((each) => !personal(each))) {
      expect(toldBy(JSON.stringify(item, (_, value) => (value instanceof Set ? [...value] : value))), item.sk).toEqual(
        [],
      );
    }
  });
  it("contains messages only encrypted, all of the same length", () => {
    const sealed = table.filter(({ type }) => type === "message").map((item) => String(item.sealed));
    expect(sealed.length).toBeGreaterThan(5);
    expect(new Set(sealed.map(({ length }) => length)).size).toBe(1);
    expect(new Set(sealed).size).toBe(sealed.length);
  });
});
