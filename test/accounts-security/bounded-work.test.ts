import { beforeAll, describe, expect, it } from "vitest";
import { operations } from "../../lib/operations.ts";
import { freshMobile } from "../functions/accounts/apps.ts";
import { hashes } from "../kit/cheap-hashes.ts";
import { sentMessages } from "../kit/outside.ts";
import {
  expectSuccess,
  type Holder,
  minutesAfter,
  newPerson,
  openPortal,
  password,
  roles,
  type TestPortal,
  tokenIn,
} from "../kit/portal.ts";
import { type Response, watchTable } from "../kit/system.ts";
import { expectDocumented, expectUnpolluted, outcomeOf } from "./attack.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };
const bodyMax = 256 * 1024;
/** The maximum size of a Lambda response, in bytes. */
const answerMax = 6 * 1024 * 1024;

let portal: TestPortal;
let holder: Holder;
let administrator: Holder;
beforeAll(async () => {
  portal = await openPortal();
  holder = await portal.register();
  administrator = await portal.signedIn([roles.administrator]);
});

/** Registers somebody and verifies their address: an unverified account holds at most 32 KiB. */
async function registerVerified(at: TestPortal = portal): Promise<Holder> {
  const person = await at.register();
  await expectSuccess(at.administrator.put(`accounts/${person.id}`, { state: "verified" }));
  return person;
}

/** Makes a call. @returns its answer, its number of requests to the table and its number of hashes */
async function cost(work: () => Promise<Response>) {
  hashes.made = 0;
  const { answer, requests } = await watchTable(work);
  expectDocumented(answer);
  expect(Buffer.byteLength(answer.text)).toBeLessThan(answerMax);
  expectUnpolluted();
  return { outcome: outcomeOf(answer), answer, requests: requests.length, hashes: hashes.made };
}
const filter = (where: unknown) =>
  `accounts?where=${encodeURIComponent(typeof where === "string" ? where : JSON.stringify(where))}`;

describe("a password of a million characters", () => {
  const million = "x".repeat(1_000_000);
  it.each([
    ["accounts/register", { password: million }],
    ["accounts/login", { email: "a@example.org", password: million }],
    ["accounts/reset-password", { token: "A".repeat(32), password: million }],
    ["accounts/me/update-password", { current: million, password: million }],
  ])("makes the body too large for %s: no read, no hash", async (path, body) => {
    const { outcome, requests, hashes } = await cost(() => holder.post(path, body));
    expect({ outcome, requests, hashes }).toEqual({ outcome: "kRequestTooLarge", requests: 0, hashes: 0 });
  });
});

describe("a password of 250,000 characters", () => {
  const long = "x7".repeat(125_000);
  const weak = (answer: Response) => answer.json.faults.map(({ code }: { code: string }) => code);

  it("is refused at registration, without a hash", async () => {
    const { answer, hashes } = await cost(() =>
      portal.visitor().post("accounts/register", newPerson({ password: long })),
    );
    expect([weak(answer), hashes]).toEqual([["kPasswordStrength"], 0]);
  });
  it("is refused by a password reset, without a hash, and the token stays valid", async () => {
    const start = new Date();
    await expectSuccess(portal.visitor().post("accounts/request-password-reset", { email: holder.email }));
    const token = tokenIn((await sentMessages(holder.email))[0]);
    const reset = (to: string) =>
      cost(() =>
        portal.visitor().post("accounts/reset-password", { token, password: to }, { now: minutesAfter(start, 1) }),
      );
    const { answer, hashes } = await reset(long);
    expect([weak(answer), hashes]).toEqual([["kPasswordStrength"], 0]);
    expect(await reset(password)).toMatchObject({ outcome: "ok", hashes: 1 });
    holder = await portal.login(holder);
  });
  it("is refused as a new password: only the current one is hashed", async () => {
    const body = { current: password, password: long };
    const { answer, hashes } = await cost(() => holder.post("accounts/me/update-password", body));
    expect([weak(answer), hashes]).toEqual([["kPasswordStrength"], 1]);
  });
  it("counts as a wrong password at login and as the current password: one hash, as for every other", async () => {
    const login = await cost(() => portal.visitor().post("accounts/login", { email: holder.email, password: long }));
    expect([login.outcome, login.hashes]).toEqual(["kInvalidCredentials", 1]);
    const update = await cost(() => holder.post("accounts/me/update-password", { current: long, password: "x" }));
    expect([update.outcome, update.hashes]).toEqual(["kInvalidCredentials", 1]);
  });
});

describe("a body of JSON that is nested 100,000 levels deep", () => {
  const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
  const arrays = nested(100_000);
  // Within a field 20,000 levels are enough: recursive code overflows its stack at some 12,000.
  const inField = nested(20_000);
  const objects = `${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}`;
  const rows = operations.filter(({ family, method }) => family === "accounts" && !["GET", "OPTIONS"].includes(method));
  const fields = "email password token current location name c_x operations".split(" ");

  const calls = rows.flatMap(({ id, method, paths }) =>
    paths
      .filter((path) => !path.includes("/v2/"))
      .map((path, place) => [id, method, path.replace("/{org}/", ""), place === 0] as const),
  );

  it.each(calls)(
    "is answered as documented by %s, %s %s, with few requests to the table and no unnecessary hash",
    async (id, method, path, isFirst) => {
      const target = path.replace("{id}", "me").replace("{token}", "A".repeat(32));
      // All addresses of an operation use the same code. So all except the first get only one body of each kind.
      const nestedFields = isFirst ? fields : ["c_x"];
      const bodies = [arrays, objects, ...nestedFields.map((field) => `{"${field}":${inField}}`)];
      const client = await portal.signedIn();
      for (const body of bodies) {
        const { requests, hashes } = await cost(() => client.send(method, target, { body, versioned: false }));
        expect(requests).toBeLessThanOrEqual(8);
        // A current password that is not text counts as a wrong one, which costs a hash.
        expect(hashes).toBeLessThanOrEqual(id === "AccountUpdatePassword" ? 1 : 0);
      }
    },
  );
  it("is refused in a value that may be nested, by PUT and by every op of PATCH", async () => {
    for (const value of [arrays, objects]) {
      for (const body of [`{"c_x":${value}}`, `{"name":${value}}`, `{"preferences":{"notifications":${value}}}`]) {
        expect((await cost(() => holder.put("accounts/me", body))).outcome).toBe("kInvalidArgument");
      }
      for (const op of ["set", "push", "remove"]) {
        const body = `{"op":"${op}","path":"/c_x","value":${value}}`;
        expect((await cost(() => holder.patch("accounts/me", body))).outcome).toBe("kInvalidArgument");
      }
    }
  });
});

describe("a filter", () => {
  const deep = (open: string, close: string, levels: number) => `${open.repeat(levels)}${close.repeat(levels)}`;
  it.each([
    ["a pattern of 100 KB", { "name.first": { $regex: `/^${"a".repeat(100_000)}/` } }],
    ["a pattern of 7 KB", { "name.first": { $regex: `/^${"a".repeat(7000)}/` } }],
    ["a pattern that backtracks", { "name.first": { $regex: "/^(a+)+$/" } }],
    ["a pattern that is not anchored", { "name.first": { $regex: "/a/" } }],
    ["10,000 choices", { _id: { $in: Array(10_000).fill("5b0000000000000000000abc") } }],
    ["1,001 short choices", { gender: { $in: Array(1001).fill("f") } }],
    ["choices nested 4,000 levels", `{"_id":{"$in":${deep("[", "]", 4000)}}}`],
    ["e-mails nested 4,000 levels", `{"email":{"$in":${deep("[", "]", 4000)}}}`],
    ["conditions nested 1,000 levels", `${deep('{"$and":[', "", 800)}{"gender":"f"}${"]}".repeat(800)}`],
    ["200 conditions", { $and: Array(200).fill({ gender: "f" }) }],
    ["200 alternatives", { $or: Array(200).fill({ gender: "f" }) }],
    ["an object nested 2,000 levels", `${'{"a":'.repeat(1500)}1${"}".repeat(1500)}`],
    ["invalid JSON", "{".repeat(8000)],
  ])("with %s is refused before any account is read", async (_, where) => {
    const { outcome, requests } = await cost(() => administrator.get(filter(where)));
    // The third request updates when the session was last used, at most once a minute.
    expect(outcome).toBe("kInvalidArgument");
    expect(requests).toBeLessThanOrEqual(3);
  });
  it.each([
    ["300 ids", { _id: { $in: Array.from({ length: 290 }, (_, place) => place.toString(16).padStart(24, "0")) } }, 6],
    ["an invalid e-mail", { email: "\ud800".repeat(1000) }, 4],
    ["an e-mail of 2,000 characters that keys escape", { email: "%#".repeat(1000) }, 4],
    ["bounds beyond ASCII", { _id: { $gt: "\u{10000}", $lt: "\uffff" } }, 4],
    ["bounds that are half a surrogate pair", { _id: { $gte: "\ud83d", $lte: "\uff00" } }, 4],
    ["bounds in the wrong order", { _id: { $gt: "f", $lt: "0" } }, 4],
    ["bounds of 4,000 characters", { _id: { $gt: "5".repeat(4000), $lt: "6".repeat(4000) } }, 4],
    ["an empty text", { email: "" }, 4],
  ])("with %s is answered in few requests", async (_, where, most) => {
    const { outcome, requests } = await cost(() => administrator.get(filter(where)));
    expect(outcome).toBe("ok");
    expect(requests).toBeLessThanOrEqual(most);
  });
  it("that matches nobody searches a portal in a bounded number of requests, for every limit", async () => {
    for (const query of ["&limit=1", "&limit=1000", "&limit=1&skip=10000", "&limit=1000&skip=10000"]) {
      const { outcome, requests } = await cost(() => administrator.get(filter({ "name.last": "Nobody" }) + query));
      expect(outcome).toBe("ok");
      expect(requests).toBeLessThanOrEqual(3 + 25);
    }
  });
});

describe("brackets and repetitions", () => {
  const queries: readonly (readonly [string, string])[] = [
    ["nested a thousand times", `paths${"[a]".repeat(1000)}=1`],
    ["nested a thousand times, without names", `paths${"[]".repeat(1000)}=1`],
    ["opened a thousand times", `paths${"[".repeat(1000)}=1`],
    ["closed a thousand times", `paths${"]".repeat(1000)}=1`],
    ["10,000 times the same name", Array(10_000).fill("limit=1").join("&")],
    ["10,000 times the same list", Array(10_000).fill("paths[]=name").join("&")],
    ["10,000 names", Array.from({ length: 10_000 }, (_, place) => `n${place}=1`).join("&")],
    ["10,000 places of a list", Array.from({ length: 10_000 }, (_, place) => `paths[${place}]=name`).join("&")],
    ["the index one billion", "paths[999999999]=name"],
    ["nothing, 10,000 times", "&".repeat(10_000)],
    ["percent signs", `limit=${"%".repeat(10_000)}`],
  ];
  it.each(queries)("in a query, %s, are answered as documented in few requests", async (_, query) => {
    for (const path of ["accounts", "accounts/me", "accounts/status", "accounts/me/name"]) {
      const { requests } = await cost(() => holder.get(`${path}?${query}`));
      expect(requests).toBeLessThanOrEqual(4);
    }
  });
  it.each([
    ...queries,
    ["nested 80,000 times", `c_x${"[a]".repeat(80_000)}=1`],
    [
      "nested 80 times in a thousand values",
      Array(1000)
        .fill(`c_x${"[a]".repeat(80)}=1`)
        .join("&"),
    ],
    ["opened 250,000 times", `c_x${"[".repeat(250_000)}=1`],
    ["100,000 times a name within", Array(20_000).fill("c_x[a]=1").join("&")],
    ["250,000 percent signs", `c_x=${"%".repeat(250_000)}`],
    ["250,000 separators", "&".repeat(250_000)],
  ] as const)("in a body, %s, are answered as documented in few requests and without a hash", async (_, body) => {
    for (const [client, method, path] of [
      [holder, "PUT", "accounts/me"],
      [holder, "PATCH", "accounts/me"],
      [portal.visitor(), "POST", "accounts/login"],
      [portal.visitor(), "POST", "accounts/register"],
    ] as const) {
      const { requests, hashes } = await cost(() => client.send(method, path, { body, headers: form }));
      expect(requests).toBeLessThanOrEqual(4);
      expect(hashes).toBe(0);
    }
  });
});

describe("headers", () => {
  it.each([
    ["a client key of 8 KB", { "medable-client-key": "A".repeat(8000) }],
    ["a CSRF token of 8 KB", { "medable-csrf-token": "0".repeat(8000) }],
    ["8 KB of credentials", { authorization: `Basic ${"QUJD".repeat(2000)}`, "x-account-id": "a".repeat(8000) }],
    [
      "a thousand session cookies",
      {
        cookie: Array(1000)
          .fill(`md.sid=${"A".repeat(43)}`)
          .join("; "),
      },
    ],
    ["a cookie of 8 KB", { cookie: `md.sid=${"A".repeat(8000)}; md.fingerprint=${"B".repeat(8000)}` }],
    ["an Origin of 8 KB", { origin: `https://${"a".repeat(8000)}` }],
    ["a content type of 8 KB", { "content-type": `application/json;${" a=b;".repeat(1600)}` }],
  ])("with %s are answered as documented in few requests", async (_, headers) => {
    const { requests } = await cost(() => holder.put("accounts/me", {}, { headers }));
    expect(requests).toBeLessThanOrEqual(3);
  });
  it("with many session cookies count as one session: the first cookie of a valid format", async () => {
    const cookie = Array.from({ length: 500 }, (_, place) => `md.sid=${String(place).padStart(43, "A")}`).join("; ");
    const { outcome } = await cost(() => portal.visitor().get("accounts/me", { headers: { cookie } }));
    expect(outcome).toBe("kNotLoggedIn");
  });
});

describe("a change", () => {
  it("has at most 200 steps", async () => {
    const steps = (number: number) => Array(number).fill({ op: "set", path: "/c_y", value: 1 });
    expect((await cost(() => holder.patch("accounts/me", steps(201)))).outcome).toBe("kInvalidArgument");
    expect((await cost(() => holder.patch("accounts/me", steps(200)))).outcome).toBe("ok");
    const properties = (number: number) =>
      Object.fromEntries(Array.from({ length: number }, (_, n) => [`c_${n}`, null]));
    expect((await cost(() => holder.put("accounts/me", properties(201)))).outcome).toBe("kInvalidArgument");
    expect((await cost(() => holder.put("accounts/me", properties(200)))).outcome).toBe("ok");
  });
  it("does not search a long list hundreds of times", async () => {
    const person = await registerVerified();
    await expectSuccess(person.put("accounts/me", { c_list: Array(30_000).fill(0) }));
    const remove = (times: number) => Array(times).fill({ op: "remove", path: "/c_list", value: { a: 1 } });
    expect((await cost(() => person.patch("accounts/me", remove(200)))).outcome).toBe("kInvalidArgument");
    expect((await cost(() => person.patch("accounts/me", remove(5)))).outcome).toBe("ok");
    await expectSuccess(person.patch("accounts/me", { op: "remove", path: "/c_list", value: 0 }));
    expect((await expectSuccess(person.get("accounts/me"))).c_list).toEqual([]);
  });
  it("cannot make an account too large for the table: it is refused with kInvalidArgument, and the account still works", async () => {
    const person = await registerVerified();
    const label = "🦉".repeat(255);
    const value = { endpoints: Array.from({ length: 20 }, () => ({ label, name: label })) };
    const outcomes = new Set<string>();
    for (let time = 0; time < 14; time++) {
      const push = { op: "push", path: "/preferences/notifications", value };
      outcomes.add((await cost(() => person.patch("accounts/me", push))).outcome);
    }
    await cost(() => person.put("accounts/me", { c_x: "x".repeat(60_000) }));
    await cost(() => person.put("accounts/me", { c_y: "x".repeat(60_000) }));
    expect([...outcomes]).toEqual(["ok", "kInvalidArgument"]);
    await expectSuccess(person.put("accounts/me", { preferences: null, gender: "f" }));
    expect(await expectSuccess(person.get("accounts/me/gender"))).toEqual({ object: "result", data: "f" });
  });
  it("cannot make all c_ properties together larger than 64 KiB", async () => {
    const person = await registerVerified();
    await expectSuccess(person.put("accounts/me", { c_x: "x".repeat(60_000) }));
    expect((await cost(() => person.put("accounts/me", { c_y: "x".repeat(6_000) }))).outcome).toBe("kInvalidArgument");
    const register = newPerson({ c_x: "x".repeat(66_000) });
    expect((await cost(() => portal.visitor().post("accounts/register", register))).outcome).toBe("kInvalidArgument");
  });
  it("with thousands of errors is refused with an answer that is small enough to be sent", async () => {
    const endpoints = Array(20).fill({ _id: 1, enabled: 1, label: 1, name: 1 });
    const preferences = { notifications: Array(100).fill({ _id: 1, label: 1, name: 1, endpoints }) };
    const name = { first: "A", last: "B", additional: Array(100_000).fill(1) };
    const person = await registerVerified();
    for (const body of [{ preferences }, { name }]) {
      expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(bodyMax);
      expect((await cost(() => person.put("accounts/me", body))).outcome).toBe("kValidationError");
      const registration = () => portal.visitor().post("accounts/register", newPerson(body));
      expect(await cost(registration)).toMatchObject({ outcome: "kInvalidArgument", hashes: 0 });
    }
  });
  it("a login with an unusual label of the device works like every other", async () => {
    const guarded = await openPortal({ twoFactor: true });
    for (const locationName of ["\ud83d", `${"x".repeat(99)}🦉`, "x".repeat(200_000), "\u0000", { a: 1 }, []]) {
      // One number gets five codes in an hour.
      const { email, account } = await guarded.register({ mobile: freshMobile() });
      const client = guarded.visitor();
      await client.post("accounts/login", { email, password });
      const [sms] = await sentMessages(account.mobile);
      const location = { verificationToken: sms?.text.slice(-6), locationName };
      expect((await cost(() => client.post("accounts/login", { email, password, location }))).outcome).toBe("ok");
    }
  });
});

describe("a list", () => {
  /** The size of an answer as Lambda counts it: the body is a JSON string, so its quotes are escaped. */
  const payload = ({ text }: Response) => Buffer.byteLength(JSON.stringify(text));

  it("is small enough to be sent, even with large accounts and expanded updaters: it ends early, with hasMore", async () => {
    const crowded = await openPortal();
    const busy = await registerVerified(crowded);
    await expectSuccess(crowded.administrator.put(`accounts/${busy.id}`, { roles: [roles.administrator] }));
    // Each quote takes two bytes in the table and four in an answer.
    const label = '"'.repeat(255);
    const endpoints = Array(20).fill({ label, name: label });
    const preferences = { notifications: Array(12).fill({ endpoints }) };
    await expectSuccess(busy.put("accounts/me", { preferences }));
    const people = 13;
    for (let place = 0; place < people; place++) {
      const person = await registerVerified(crowded);
      await expectSuccess(busy.put(`accounts/${person.id}`, { preferences }));
    }
    for (const query of ["limit=1000", "limit=1000&expand[]=updater", "limit=1000&expand[]=updater&paths[]=updater"]) {
      const seen = new Set<string>();
      let hasMore = true;
      while (hasMore) {
        const { answer, requests } = await cost(() => busy.get(`accounts?${query}&skip=${seen.size}`));
        expect(payload(answer)).toBeLessThan(answerMax);
        expect(requests).toBeLessThanOrEqual(3 + 25 + 1);
        expect(answer.json.data.length).toBeGreaterThan(0);
        for (const { _id } of answer.json.data) seen.add(_id);
        hasMore = answer.json.hasMore;
      }
      expect(seen.size).toBe(people + 1);
    }
  });
});
