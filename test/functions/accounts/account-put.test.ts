import { beforeAll, describe, expect, it } from "vitest";
import { accountItemOf, finishImage } from "../../kit/images.ts";
import { sentMessages } from "../../kit/outside.ts";
import {
  expectSuccess,
  type Holder,
  minutesAfter,
  openPortal,
  type PortalClient,
  roles,
  type TestPortal,
} from "../../kit/portal.ts";
import { allItems } from "../../kit/system.ts";
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
import { type Stored, storePeople } from "./people.ts";
import { describeAddress, describeCall, type Prepare } from "./suites.ts";

/** A call for the caller's own account. */
const call: Prepare = async (portal) => {
  const client = await portal.signedIn();
  return { client, path: "accounts/me", body: { name: { first: "Bob", last: "Dole" } } };
};
describeCall("AccountPut", call);
describe("a form", () => {
  it("does not clear values by blank fields, not even in lists and objects", async () => {
    const portal = await openPortal();
    const boss = await portal.signedIn([roles.administrator]);
    const send = (body: string) =>
      boss.put("accounts/me", body, { headers: { "content-type": "application/x-www-form-urlencoded" } });
    await expectSuccess(boss.put("accounts/me", { c_note: "text", name: { additional: ["A"] } }));
    const blank =
      "roles%5B%5D=&name%5Badditional%5D%5B%5D=&c_note%5Ba%5D=&preferences%5Bnotifications%5D%5B%5D=&gender=&gender=";
    const { json } = await send(`${blank}&tz=UTC`);
    expect(json).toMatchObject({
      roles: [roles.administrator],
      c_note: "text",
      name: { additional: ["A"] },
      tz: "UTC",
    });
    expect(json).not.toHaveProperty("preferences");
    expect(json).not.toHaveProperty("gender");
  });
  it("is refused when it has more fields than the server reads", async () => {
    const person = await (await openPortal()).register();
    const body = `${"x=&".repeat(1000)}locale=de`;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    await refused("kInvalidArgument", () => person.put("accounts/me", body, { headers }));
  });
});

describe("by id", () => {
  describeAddress("AccountPut", async (portal) => {
    const { client, path, body } = await call(portal);
    const { id } = client as Holder;
    return { client, path: path.replace("me", id), body };
  });
});

let portal: TestPortal;
let administrator: Holder;
let provider: Holder;
beforeAll(async () => {
  portal = await openPortal();
  administrator = await portal.signedIn([roles.administrator]);
  provider = await portal.signedIn([roles.provider]);
});
const start = new Date();
const put = (person: Holder, body: unknown, now?: Date) => person.put("accounts/me", body, { now });
const me = async (person: Holder) => (await person.get("accounts/me")).json;

describe("200 account", () => {
  it("returns the whole updated account, as me then returns it, to its holder with the key", async () => {
    const person = await portal.register();
    const { status, json } = await put(person, { gender: "f" }, minutesAfter(start, 1));
    expect(json).toEqual({
      ...plainAccount(person.email),
      gender: "f",
      updated: minutesAfter(start, 1).toISOString(),
      updater: { _id: person.id, object: "account", path: `/accounts/${person.id}` },
    });
    expect(status).toBe(200);
    expect(json.key).toEqual(person.account.key);
    expect(await me(person)).toEqual(json);
  });
  it("merges at every depth: passed properties change, all others stay", async () => {
    const whole = {
      name: { prefix: "Dr.", first: "Charles", middle: "Herbert", last: "Best", suffix: "CC", additional: ["Charley"] },
      dob: "1899-02-27",
      gender: "m",
      tz: "US/Pacific",
      locale: "en_CA",
      preferences: examplePreferences,
      profile: { provider: exampleProvider },
      c_plan: { a: { b: 1, c: [1, 2] }, d: "x" },
    };
    const person = await portal.register(whole);
    await expectSuccess(
      put(person, {
        name: { last: "Banting" },
        profile: { provider: { license: { number: "778" }, visibility: { public: true } } },
        c_plan: { a: { b: 2 } },
        tz: "America/Toronto",
      }),
    );
    expect(await me(person)).toMatchObject({
      ...whole,
      name: { ...whole.name, last: "Banting" },
      tz: "America/Toronto",
      profile: {
        provider: {
          ...exampleProvider,
          license: { number: "778", state: "Alabama" },
          visibility: { provider: false, public: true },
        },
      },
      c_plan: { a: { b: 2, c: [1, 2] }, d: "x" },
    });
  });
  it("replaces whole arrays", async () => {
    const person = await portal.register({
      name: { first: "Charles", last: "Best", additional: ["Charley", "Chuck"] },
      preferences: examplePreferences,
      c_list: [1, 2, 3],
    });
    const { json } = await put(person, {
      name: { additional: ["Charlie"] },
      preferences: { notifications: [] },
      c_list: [],
    });
    expect(json.name.additional).toEqual(["Charlie"]);
    expect(json.preferences).toEqual({ notifications: [] });
    expect(json.c_list).toEqual([]);
  });
  it.each([
    ["name.prefix", { name: { prefix: null } }],
    ["name.middle", { name: { middle: null } }],
    ["name.suffix", { name: { suffix: null } }],
    ["name.additional", { name: { additional: null } }],
    ["dob", { dob: null }],
    ["gender", { gender: null }],
    ["tz", { tz: null }],
    ["locale", { locale: null }],
    ["preferences", { preferences: null }],
    ["preferences.notifications", { preferences: { notifications: null } }],
    ["profile", { profile: null }],
    ["profile.provider", { profile: { provider: null } }],
    ["profile.provider.license", { profile: { provider: { license: null } } }],
    ["profile.provider.license.state", { profile: { provider: { license: { state: null } } } }],
    ["c_plan", { c_plan: null }],
    ["c_plan.a", { c_plan: { a: null } }],
  ])("clears %s by null, after which it is absent", async (path, body) => {
    const person = await portal.register({
      name: { prefix: "Dr.", first: "Charles", middle: "Herbert", last: "Best", suffix: "CC", additional: ["Charley"] },
      dob: "1899-02-27",
      gender: "m",
      tz: "US/Pacific",
      preferences: examplePreferences,
      profile: { provider: exampleProvider },
      c_plan: { a: { b: 1 }, d: "x" },
    });
    const isThere = async () => (await person.get(`accounts/me/${path.replaceAll(".", "/")}`)).status === 200;
    expect(await isThere()).toBe(true);
    const { json } = await put(person, body);
    expect(JSON.stringify(json)).not.toContain("null");
    expect(json.name).toMatchObject({ first: "Charles", last: "Best" });
    expect(await isThere()).toBe(false);
    if (path !== "c_plan") expect(json.c_plan.d).toBe("x");
  });
  it.each([
    ["name.prefix", { name: { prefix: "" } }],
    ["name.middle", { name: { middle: "" } }],
    ["name.suffix", { name: { suffix: " " } }],
    ["dob", { dob: "" }],
    ["gender", { gender: "" }],
    ["tz", { tz: "" }],
    ["locale", { locale: "" }],
    ["profile.provider.affiliation", { profile: { provider: { affiliation: "" } } }],
    ["profile.provider.license.number", { profile: { provider: { license: { number: "" } } } }],
    ["profile.provider.license.state", { profile: { provider: { license: { state: "" } } } }],
    ["profile.provider.npi", { profile: { provider: { npi: "" } } }],
    ["profile.provider.specialty", { profile: { provider: { specialty: "" } } }],
  ])("clears %s by the empty text, after which it is absent", async (path, body) => {
    const person = await portal.register({
      name: { prefix: "Dr.", first: "Charles", middle: "Herbert", last: "Best", suffix: "CC" },
      dob: "1899-02-27",
      gender: "m",
      tz: "US/Pacific",
      profile: { provider: exampleProvider },
    });
    const isThere = async () => (await person.get(`accounts/me/${path.replaceAll(".", "/")}`)).status === 200;
    expect(await isThere()).toBe(true);
    await expectSuccess(put(person, body));
    expect(await isThere()).toBe(false);
  });
  it("does not change values by blank fields of a form", async () => {
    const person = await portal.register({ gender: "m", c_note: "x" });
    const body = bracketed({ name: { first: "", middle: "" }, mobile: "", gender: "", c_note: "" });
    const { json } = await person.put("accounts/me", body, { headers: { "content-type": bracketedType } });
    expect(json).toEqual(person.account);
  });
  it("stores names trimmed and in NFC, a mobile without (0), and tz in its official spelling", async () => {
    const person = await portal.register();
    const name = { first: " Zoe\u0308 ", additional: ["\tE\u0301mile"] };
    const { json } = await put(person, { name, mobile: "+44 (0)20 7946 0958", tz: "europe/kyiv" });
    expect(json).toMatchObject({
      name: { first: "Zoë", last: "Best", additional: ["Émile"] },
      mobile: "+442079460958",
      tz: "Europe/Kyiv",
    });
  });
  it("accepts an update although other stored values do not meet the current rules", async () => {
    const [{ id }] = (await storePeople(portal, 1, () => ({ tz: "PST", name: { first: "\u200b", last: "Best" } }))) as [
      Stored,
    ];
    const path = `accounts/${id}`;
    expect((await portal.administrator.put(path, { gender: "f" })).json).toMatchObject({ tz: "PST", gender: "f" });
    await refused("kValidationError", () => portal.administrator.put(path, { tz: "IST" }), [
      ["kInvalidFormat", "account.tz"],
    ]);
  });
  it("clears age together with dob", async () => {
    const person = await portal.register({ dob: "1999-02-27" });
    expect((await put(person, { dob: null })).json).not.toHaveProperty("age");
  });
  it.each([
    ["roles", [roles.support], []],
    ["locked", true, false],
    ["activationRequired", true, false],
  ])("clears %s by null, as an administrator", async (name, set, cleared) => {
    const person = await portal.register();
    const write = (value: unknown) => portal.administrator.put(`accounts/${person.id}`, { [name]: value });
    expect((await write(set)).json[name]).toEqual(set);
    expect((await expectSuccess(write(null)))[name]).toEqual(cleared);
  });
  it.each([
    ["{}", {}],
    ["empty documents", { name: {}, profile: { provider: {} }, preferences: {} }],
  ])("changes nothing for %s, not even updated", async (_, body) => {
    const person = await portal.register({ profile: { provider: exampleProvider } });
    const { json } = await put(person, body);
    expect(json).toEqual(person.account);
    expect(await me(person)).toEqual(person.account);
  });
  it("does not change a c_ property by an empty object", async () => {
    const person = await portal.register({ c_plan: { a: { b: 1 }, d: "x" } });
    expect((await put(person, { c_plan: {} })).json.c_plan).toEqual({ a: { b: 1 }, d: "x" });
    expect((await put(person, { c_plan: { a: {} } })).json.c_plan).toEqual({ a: { b: 1 }, d: "x" });
  });
  it("normalises a mobile", async () => {
    const person = await portal.register();
    expect((await put(person, { mobile: "(614) 555-0199" })).json.mobile).toBe("+16145550199");
  });
  it("stores every kind of JSON in c_ properties unchanged", async () => {
    const person = await portal.register();
    const custom = {
      c_text: "tulips 🐙 \u0000",
      c_number: 1.25e-7,
      c_big: 9007199254740991,
      c_false: false,
      c_zero: 0,
      c_blank: "",
      c_nested: { list: [1, "two", null, [3, { four: 4 }]], empty: {}, none: [] },
      c_with_Digits_09: "x",
    };
    const { json } = await put(person, custom);
    expect(json).toMatchObject(custom);
    for (const [name, value] of Object.entries(custom)) expect(json[name]).toEqual(value);
    expect(await me(person)).toEqual(json);
  });
  it("reads the texts true and false as booleans, because bracketed names have only texts", async () => {
    const person = await portal.register();
    const headers = { "content-type": bracketedType };
    const rights = bracketed({ locked: true, activationRequired: "false", roles: [roles.support] });
    expect((await portal.administrator.put(`accounts/${person.id}`, rights, { headers })).json).toMatchObject({
      locked: true,
      activationRequired: false,
      roles: [roles.support],
    });
    const other = await portal.register();
    const visibility = { provider: true, public: false };
    const own = bracketed({ profile: { provider: { visibility } }, name: { additional: ["Charley"] }, favorite: true });
    expect((await other.put("accounts/me", own, { headers })).json).toMatchObject({
      profile: { provider: { visibility } },
      name: { first: "Charles", last: "Best", additional: ["Charley"] },
      favorite: true,
    });
  });
});

describe("updated and updater", () => {
  it("are set by each update, to its time and its caller", async () => {
    const person = await portal.register({}, { now: start });
    const now = minutesAfter(start, 2);
    const first = (await put(person, { gender: "f" }, now)).json;
    expect(first.updated).toBe(now.toISOString());
    expect(first.updater._id).toBe(person.id);
    const later = minutesAfter(start, 5);
    const path = `accounts/${person.id}`;
    const second = (await administrator.put(path, { name: { prefix: "Dr." } }, { now: later })).json;
    expect(second.updated).toBe(later.toISOString());
    expect(second.updater).toEqual({
      _id: administrator.id,
      object: "account",
      path: `/accounts/${administrator.id}`,
    });
    expect(second.created).toBe(start.toISOString());
  });
  it("stay as they were when a write is refused", async () => {
    const person = await portal.register();
    await refused("kValidationError", () => put(person, { gender: "x" }), [["kEnumValue", "account.gender"]]);
    expect(await me(person)).toEqual(person.account);
  });
});

describe("favorite", () => {
  it("is the caller's own mark: nobody else sees it, and it does not count as an update of the account", async () => {
    const person = await portal.register();
    const path = `accounts/${person.id}`;
    expect((await administrator.put(path, { favorite: true })).json.favorite).toBe(true);
    expect((await administrator.get(path)).json.favorite).toBe(true);
    expect((await provider.get(path)).json.favorite).toBe(false);
    expect(await me(person)).toEqual(person.account);
    expect((await provider.put(path, { favorite: true })).json).toMatchObject({ favorite: true, access: 2 });
    expect((await administrator.put(path, { favorite: false })).json.favorite).toBe(false);
    expect((await provider.get(path)).json.favorite).toBe(true);
    expect((await provider.put(path, { favorite: null })).json.favorite).toBe(false);
  });
  it("can be set on the caller's own account", async () => {
    const person = await portal.register();
    expect((await put(person, { favorite: true })).json.favorite).toBe(true);
    expect((await me(person)).favorite).toBe(true);
  });
  it("is written together with other properties, or not at all", async () => {
    const person = await portal.register();
    await refused("kAccessDenied", () => put(person, { favorite: true, locked: true }), [
      ["kAccessDenied", "account.locked"],
    ]);
    expect((await me(person)).favorite).toBe(false);
    expect((await put(person, { favorite: true, gender: "f" })).json).toMatchObject({ favorite: true, gender: "f" });
  });
  it.each(["yes", 1, [], {}])(`${named("kInvalidArgument")}: is not %j`, async (favorite) => {
    const person = await portal.register();
    await refused("kInvalidArgument", () => put(person, { favorite }));
  });
});

describe("image", () => {
  const begun = expect.objectContaining({ filename: "me.jpg", uploadMethod: "POST", maxFileSize: 10_485_760 });
  const objects = async () =>
    (await allItems()).flatMap(({ type, objects }) => (type === "filesToDelete" ? (objects as string[]) : []));
  it("begins an upload, with other changes in one transaction, and tells it in this answer alone", async () => {
    const person = await portal.register();
    const { image, gender } = await expectSuccess(put(person, { gender: "f", image: { content: "me.jpg" } }));
    expect(gender).toBe("f");
    const { uploads, ...rest } = image;
    expect(uploads).toEqual([begun]);
    expect((await me(person)).image).toEqual(rest);
  });
  it("is taken as bracketed names", async () => {
    const person = await portal.register();
    const headers = { "content-type": bracketedType };
    const body = bracketed({ image: { content: "me.jpg" } });
    const { image } = await expectSuccess(person.put("accounts/me", body, { headers }));
    expect(image.uploads).toEqual([begun]);
  });
  it.each([{ image: null }, { image: { content: null } }])("%j removes it and its objects", async (body) => {
    const person = await portal.register();
    await put(person, { image: { content: "me.jpg" } });
    const account = { ...portal.practice, id: person.id };
    await finishImage(account);
    const { image } = await accountItemOf(account);
    expect(await expectSuccess(put(person, body))).not.toHaveProperty("image");
    expect(await objects()).toContain(`images/${image?.uploadId}/content.jpg`);
    expect(await expectSuccess(put(person, body))).not.toHaveProperty("image");
  });
  it("is the same after it was sent back as it was answered, and after other changes", async () => {
    const person = await portal.register();
    await put(person, { image: { content: "me.jpg" } });
    await finishImage({ ...portal.practice, id: person.id });
    const { image } = await me(person);
    const deleted = await objects();
    expect((await expectSuccess(put(person, { image, gender: "f" }))).image).toEqual(image);
    expect((await expectSuccess(put(person, { gender: "m" }))).image).toEqual(image);
    expect(await objects()).toEqual(deleted);
  });
  it("is not written together with something that is refused", async () => {
    const person = await portal.register();
    const image = { content: "me.jpg" };
    await refused("kValidationError", () => put(person, { image, gender: "x" }), [["kEnumValue", "account.gender"]]);
    await refused("kAccessDenied", () => put(person, { image, email: "a@b.de" }), [["kAccessDenied", "account.email"]]);
  });
  it("is not for a provider to write of others", async () => {
    const { id } = await portal.register();
    for (const image of [{ content: "me.jpg" }, null, {}]) {
      await refused("kAccessDenied", () => provider.put(`accounts/${id}`, { image }), [
        ["kAccessDenied", "account.image"],
      ]);
    }
  });
  it.each([
    [{}, "kInvalidFormat", "account.image"],
    ["me.jpg", "kInvalidFormat", "account.image"],
    [["me.jpg"], "kInvalidFormat", "account.image"],
    [{ path: 7 }, "kInvalidFormat", "account.image"],
    [{ content: "" }, "kInvalidString", "account.image.content"],
  ] as const)(`${named("kValidationError")}: is not %j`, async (image, code, path) => {
    const person = await portal.register();
    await refused("kValidationError", () => put(person, { image, gender: "x" }), [
      [code, path],
      ["kEnumValue", "account.gender"],
    ]);
  });
  it(`${named("kInvalidArgument")}: has nothing else that can be written`, async () => {
    const person = await portal.register();
    const body = { image: { content: "me.jpg", state: 2 } };
    const { json } = await refused("kInvalidArgument", () => put(person, body));
    expect(json.reason).toBe("Unknown property: image.state");
  });
});

describe("changed mobile", () => {
  const notices = async ({ email }: Holder) =>
    (await sentMessages(email)).filter(({ subject }) => /mobile/i.test(subject));
  it("is announced by mail, to the account's address, without the number", async () => {
    const person = await portal.register();
    await put(person, { mobile: "614-555-0142" });
    const [notice, ...more] = await notices(person);
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ channel: "email", to: person.email });
    expect(`${notice?.subject}${notice?.text}${notice?.html}`).not.toMatch(/0142|5555/);
  });
  it("is not announced when the number stays the same, even in another form", async () => {
    const person = await portal.register();
    await put(person, { mobile: "(650) 555-5555", gender: "f" });
    expect(await notices(person)).toEqual([]);
  });
  it("is not announced when the write is refused", async () => {
    const person = await portal.register();
    await put(person, { mobile: "614-555-0142", gender: "x" });
    expect(await notices(person)).toEqual([]);
    expect((await me(person)).mobile).toBe("+16505555555");
  });
});

describe("an administrator's lock", () => {
  it("ends every session of the account at once, and unlocking restores none", async () => {
    const person = await portal.register();
    const elsewhere = await portal.login(person);
    const path = `accounts/${person.id}`;
    expect((await administrator.put(path, { locked: true })).json.locked).toBe(true);
    for (const client of [person, elsewhere]) await refused("kNotLoggedIn", () => client.get("accounts/me"));
    expect((await administrator.put(path, { locked: false })).json.locked).toBe(false);
    for (const client of [person, elsewhere]) await refused("kNotLoggedIn", () => client.get("accounts/me"));
    expect((await portal.login(person)).account.locked).toBe(false);
  });
  it("sends no mail, and is visible in lists at once", async () => {
    const person = await portal.register();
    const before = await sentMessages(person.email);
    await administrator.put(`accounts/${person.id}`, { locked: true });
    expect(await sentMessages(person.email)).toEqual(before);
    const where = encodeURIComponent(JSON.stringify({ locked: true, email: person.email }));
    expect((await administrator.get(`accounts?where=${where}`)).json.data).toHaveLength(1);
  });
});

describe("roles", () => {
  it("take effect from the next request on", async () => {
    const person = await portal.register();
    const list = async () => (await person.get("accounts?limit=3")).json.data.length;
    expect(await list()).toBe(1);
    await portal.administrator.put(`accounts/${person.id}`, { roles: [roles.provider] });
    expect(await list()).toBe(3);
    await portal.administrator.put(`accounts/${person.id}`, { roles: [] });
    expect(await list()).toBe(1);
  });
  it("may be any ids of 24 hex digits", async () => {
    const person = await portal.register();
    const ids = [roles.administrator, "587012227d67efea0843fa80"];
    const { json } = await portal.administrator.put(`accounts/${person.id}`, { roles: ids });
    expect(json).toMatchObject({ roles: ids, inherited_roles: [roles.developer, roles.support] });
  });
});

describe(named("kAccessDenied"), () => {
  /** The properties that only the server writes. test/accounts-security/mass-assignment.test.ts sends them one by one. */
  const server = {
    _id: "000000000000000000000001",
    object: "account",
    access: 6,
    age: 33,
    created: "2015-03-12T18:47:34.010Z",
    updated: "2015-03-12T18:47:34.010Z",
    updater: { _id: "000000000000000000000001" },
    email: "other@example.org",
    key: { secret: "x" },
    shared: true,
    inherited_roles: [],
    connections: [],
  };
  const cleared = Object.fromEntries(Object.keys(server).map((name) => [name, null]));
  const callers: readonly [string, (person: Holder) => { path: string; client: PortalClient }][] = [
    ["its holder", (person) => ({ path: "accounts/me", client: person })],
    ["an administrator", ({ id }) => ({ path: `accounts/${id}`, client: administrator })],
    ["a provider", ({ id }) => ({ path: `accounts/${id}`, client: provider })],
    ["the practice's server", ({ id }) => ({ path: `accounts/${id}`, client: portal.administrator })],
    ["an administrator in their own account", () => ({ path: "accounts/me", client: administrator })],
  ];
  it.each(callers)("%s cannot write or clear properties that only the server writes", async (_, of) => {
    const { path, client } = of(await portal.register());
    const children = Object.keys(server).map((name): Child => ["kAccessDenied", `account.${name}`]);
    for (const body of [server, cleared]) await refused("kAccessDenied", () => client.put(path, body), children);
  });
  it("nobody can write the email, not even the same value", async () => {
    const person = await portal.register();
    const body = { email: person.email };
    await refused("kAccessDenied", () => put(person, body), [["kAccessDenied", "account.email"]]);
  });
  it("names each denied path, and does not change the other properties", async () => {
    const person = await portal.register();
    const body = {
      gender: "f",
      name: { middle: "Herbert" },
      locked: true,
      roles: [roles.administrator],
      profile: { provider: { npi: "1", state: "approved" } },
      email: "other@example.org",
    };
    await refused("kAccessDenied", () => put(person, body), [
      ["kAccessDenied", "account.locked"],
      ["kAccessDenied", "account.roles"],
      ["kAccessDenied", "account.profile.provider.state"],
      ["kAccessDenied", "account.email"],
    ]);
    expect(await me(person)).toEqual(person.account);
  });
});

describe(named("kNotFound"), () => {
  it("has the same body for an account that is hidden from the caller and for one that never existed", async () => {
    const [person, other] = [await portal.register(), await portal.register()];
    for (const body of [{ gender: "f" }, { locked: true }, { favorite: true }, {}]) {
      const hidden = await refused("kNotFound", () => other.put(`accounts/${person.id}`, body));
      const never = await refused("kNotFound", () => other.put("accounts/0123456789abcdef01234567", body));
      expect(hidden.text).toBe(never.text);
    }
    expect(await me(person)).toEqual(person.account);
  });
  it("is returned for another portal's account, even of the same vendor", async () => {
    const sibling = await openPortal({}, {}, portal.practice);
    const stranger = await sibling.register();
    for (const caller of [administrator, provider, portal.administrator]) {
      await refused("kNotFound", () => caller.put(`accounts/${stranger.id}`, { favorite: true }));
    }
  });
});

describe(named("kNotLoggedIn"), () => {
  it("is returned for me with application credentials", async () => {
    await refused("kNotLoggedIn", () => portal.administrator.put("accounts/me", { gender: "f" }));
  });
});

describe(named("kInvalidArgument"), () => {
  it.each([
    ["nickname", { nickname: "Bob" }],
    ["name.nick", { name: { nick: "Bob" } }],
    ["profile.nurse", { profile: { nurse: {} } }],
    ["profile.provider.licence", { profile: { provider: { licence: {} } } }],
    ["preferences.colour", { preferences: { colour: "red" } }],
    ["c_", { c_: 1 }],
    ["C_plan", { C_plan: 1 }],
    ["c_a.b", { "c_a.b": 1 }],
    ["name.first", { "name.first": "Bob" }],
    ["passwordHash", { passwordHash: "x" }],
    ["password", { password: "x" }],
    ["document", { document: {} }],
    ["version", { version: 1 }],
    ["constructor", { constructor: { prototype: { administrator: true } } }],
    ["toString", { toString: "x" }],
  ])("refuses the unknown property %s, and does not change the other properties", async (name, body) => {
    const person = await portal.register();
    const { json } = await refused("kInvalidArgument", () => put(person, { gender: "f", ...body }));
    expect(json.reason).toContain(name);
    expect(await me(person)).toEqual(person.account);
  });
  it.each([
    '{"__proto__":{"administrator":true}}',
    '{"c_plan":{"__proto__":{"administrator":true}}}',
    '{"c_plan":{"a":{"constructor":{"prototype":{}}}}}',
    '{"c_plan":[{"__proto__":1}]}',
    '{"c_plan":"\\ud800"}',
    '[{"gender":"f"}]',
  ])("refuses %s", async (body) => {
    const person = await portal.register();
    await refused("kInvalidArgument", () => put(person, body));
    expect(({} as Record<string, unknown>).administrator).toBeUndefined();
    expect(await me(person)).toEqual(person.account);
  });
  it("refuses values that are nested too deep, and too many c_ properties", async () => {
    const person = await portal.register();
    const deep = `{"c_plan":${'{"a":'.repeat(5000)}1${"}".repeat(5000)}}`;
    await refused("kInvalidArgument", () => put(person, deep));
    await refused("kInvalidArgument", () => put(person, { c_plan: "x".repeat(100_000) }));
  });
  it.each(["1e999", "9007199254740993"])(
    "refuses the number %s, which would be stored as a different number",
    async (number) => {
      const person = await portal.register();
      for (const body of [`{"c_a":${number}}`, `{"c_a":{"b":[1,{"c":${number}}]}}`]) {
        await refused("kInvalidArgument", () => put(person, body));
      }
      expect(await me(person)).toEqual(person.account);
    },
  );
});

describe(named("kValidationError"), () => {
  const bad: readonly [FaultCode, string, readonly object[]][] = [
    ["kRequired", "account.name.first", [{ name: { first: null } }]],
    ["kRequired", "account.mobile", [{ mobile: null }]],
    ["kInvalidString", "account.name.first", [{ name: { first: "" } }, { name: { first: "x".repeat(101) } }]],
    ["kInvalidPhoneNumberFormat", "account.mobile", [{ mobile: "" }, { mobile: "555" }, { mobile: "+0123456789" }]],
    ["kInvalidDateOfBirth", "account.dob", [{ dob: "1849-12-31" }, { dob: "2999-01-01" }]],
    ["kEnumValue", "account.gender", [{ gender: "x" }]],
    ["kInvalidFormat", "account.tz", [{ tz: "Mars/Olympus" }, { tz: "PST" }]],
    ["kInvalidFormat", "account.locale", [{ locale: "English" }]],
  ];
  it.each(bad)("with %s at %s, and nothing is changed", async (code, path, bodies) => {
    const person = await portal.register();
    for (const body of bodies) {
      await refused("kValidationError", () => put(person, { c_note: "x", ...body }), [[code, path]]);
    }
    expect(await me(person)).toEqual(person.account);
  });
  it("reports all errors at once", async () => {
    const person = await portal.register();
    const children: readonly Child[] = [
      ["kRequired", "account.name.first"],
      ["kRequired", "account.name.last"],
      ["kEnumValue", "account.gender"],
      ["kInvalidPhoneNumberFormat", "account.mobile"],
    ];
    await refused("kValidationError", () => put(person, { name: null, gender: "x", mobile: "5" }), children);
  });
  it("is returned to administrators for unknown states, and for roles that are not ids", async () => {
    const person = await portal.register();
    const write = (body: object) => portal.administrator.put(`accounts/${person.id}`, body);
    await refused("kValidationError", () => write({ state: "approved" }), [["kEnumValue", "account.state"]]);
    const { json } = await write({ roles: ["administrator"] });
    expectFault({ ...(await write({ roles: ["administrator"] })) }, "kValidationError", [
      [json.faults[0].code, json.faults[0].path],
    ]);
    expect(json.faults[0].path).toMatch(/^account\.roles/);
    expect((await write({ locked: "maybe" })).json.faults[0].path).toBe("account.locked");
  });
});

describe("simultaneous writes", () => {
  it("of different properties are all kept", async () => {
    const person = await portal.register();
    const changes: Record<string, unknown>[] = [
      { gender: "f" },
      { dob: "1999-02-27" },
      { tz: "US/Pacific" },
      { locale: "fr" },
      { name: { middle: "Herbert" } },
      { name: { prefix: "Dr." } },
      { mobile: "614-555-0142" },
      { c_one: 1 },
      { c_two: { a: 1 } },
      { profile: { provider: { npi: "1" } } },
    ];
    await Promise.all([
      ...changes.map((change) => expectSuccess(put(person, change))),
      ...[1, 2, 3].map((day) => expectSuccess(put(person, { c_days: { [`day${day}`]: day } }))),
      expectSuccess(portal.administrator.put(`accounts/${person.id}`, { roles: [roles.support] })),
    ]);
    expect(await me(person)).toMatchObject({
      gender: "f",
      dob: "1999-02-27",
      tz: "US/Pacific",
      locale: "fr",
      name: { prefix: "Dr.", first: "Charles", middle: "Herbert", last: "Best" },
      mobile: "+16145550142",
      c_one: 1,
      c_two: { a: 1 },
      c_days: { day1: 1, day2: 2, day3: 3 },
      profile: { provider: { npi: "1" } },
      roles: [roles.support],
      key: aKey,
    });
  });
});
