import { beforeAll, describe, expect, it } from "vitest";
import { rules } from "../../lib/accounts/account/properties.ts";
import * as sample from "../../openapi/samples.ts";
import {
  freshEmail,
  type Holder,
  newPerson,
  openPortal,
  type PortalClient,
  roles,
  type TestPortal,
} from "../kit/portal.ts";
import type { Response } from "../kit/system.ts";
import { expectAgreement, fits, type Values } from "./agreement.ts";
import { documented } from "./document.ts";

/** The handlers of portals accept exactly the values that the document allows. */

type Json = Record<string, unknown>;

let portal: TestPortal;
let holder: Holder;
beforeAll(async () => {
  portal = await openPortal();
  holder = await portal.signedIn();
});

const bodySchema = (id: string) => documented(id).operation.requestBody?.content["application/json"]?.schema as Json;
const parameter = (id: string, name: string): Json =>
  documented(id).operation.parameters?.find((each) => each.name === name)?.schema ?? {};
/** The properties of an object's schema, also of one that may be `null`. */
const partsOf = ({ properties, anyOf }: Json): Record<string, Json> =>
  (properties ?? (anyOf as Json[] | undefined)?.find((part) => part.properties)?.properties ?? {}) as Record<
    string,
    Json
  >;
/** The schema of a property by its path. */
const propertyOf = (id: string, path: string): Json =>
  path.split(".").reduce((schema, name) => partsOf(schema)[name] as Json, bodySchema(id));
/** The paths of all properties that have no properties themselves. */
const pathsOf = (schema: Json, at = ""): string[] =>
  Object.entries(partsOf(schema)).flatMap(([name, part]) =>
    Object.keys(partsOf(part)).length > 0 ? pathsOf(part, `${at}${name}.`) : [`${at}${name}`],
  );
/** An object that has this value at a path. */
const nested = (path: string, value: unknown): Json =>
  path
    .split(".")
    .reverse()
    .reduce<unknown>((inner, name) => ({ [name]: inner }), value) as Json;

const controls = ["a\u0000b", "a\nb", "a\u007fb", "a\u009fb"];
const text = (max: number): Values => ({
  good: ["Ærø & Söhne", "x".repeat(max), "🙂".repeat(max)],
  bad: ["", "x".repeat(max + 1), ...controls, 7, true, {}, [], null],
  // Invisible characters.
  beyond: [" ", "\u200b", "\u2800"],
});
const anyText = (max: number): Values => ({
  good: ["Ærø & Söhne", "", " ", "x".repeat(max), "🙂".repeat(max), null],
  bad: ["x".repeat(max + 1), ...controls, 7, true, {}, []],
});
/** The same for parts of a name. They are trimmed, so a line break alone is absent. Invisible characters are refused. */
const partOfName: Values = {
  good: ["Ærø & Söhne", "Jr.", "", " ", null],
  bad: anyText(100).bad,
  beyond: ["\u200b", "\u2800"],
};
const flag: Values = { good: [true, false, null], bad: [1, "yes", {}, []] };
const id = "0123456789abcdef01234567";
/** Every property that callers can write, by its path. */
const properties: Readonly<Record<string, Values>> = {
  "name.first": text(100),
  "name.last": text(100),
  "name.prefix": partOfName,
  "name.middle": partOfName,
  "name.suffix": partOfName,
  "name.additional": {
    good: [[], ["Carl"], Array(20).fill("x"), null],
    bad: [[""], ["x".repeat(101)], [7], Array(21).fill("x"), "Carl", {}],
  },
  favorite: flag,
  // The document does not say which digits are allowed at which place.
  mobile: {
    good: ["1-650-555-5555", "+16505555555", " (650) 555.5555 ", "+44 20 7946 0018", "+44 (0)20 7946 0018", "+2123456"],
    bad: ["911", "", "650-555-555x", "６５０５５５５５５５", `+1650555${" ".repeat(40)}5555`, 6505555555, null, {}],
    beyond: ["+1-150-555-5555", "650+555+5555", "123456789"],
  },
  // The document checks neither the calendar nor the current day.
  dob: {
    good: ["1980-02-27", "1850-01-01", "2000-02-29", null],
    bad: ["1849-12-31", "1980-2-27", "1980-02-30", "27.02.1980", 1980, {}, "1980-02-27T00:00:00Z"],
    beyond: ["2999-01-01"],
  },
  gender: { good: ["f", "m", "n", "o", "t", "u", null], bad: ["F", "x", "female", 1, {}] },
  // The document does not list the zones.
  tz: {
    good: ["US/Pacific", "Etc/GMT+5", "UTC", "us/pacific", null],
    bad: ["+01:00", "America/New York", 1, {}, "x".repeat(65)],
    beyond: ["Mars/Base", "PST", "Etc/Unknown"],
  },
  locale: { good: ["en_US", "de", "zh-Hant-TW", null], bad: ["EN", "e", "en_", "en_US_a_b_c_d", 1, {}] },
  "preferences.notifications": {
    good: [
      [],
      [{}],
      [{ _id: id, label: "", name: "x", endpoints: [{ _id: id, enabled: true, label: "L", name: "sms" }] }],
      null,
    ],
    bad: [
      ...[{ stray: 1 }, { _id: "x" }, { label: null }, { endpoints: {} }, { endpoints: [{ enabled: "yes" }] }, "x"].map(
        (notification) => [notification],
      ),
      [{ endpoints: Array(21).fill({}) }],
      Array(101).fill({}),
      "x",
      {},
    ],
  },
  "profile.provider.affiliation": anyText(255),
  "profile.provider.license.number": anyText(64),
  "profile.provider.license.state": anyText(64),
  "profile.provider.npi": anyText(32),
  "profile.provider.specialty": anyText(255),
  "profile.provider.visibility.provider": flag,
  "profile.provider.visibility.public": flag,
};
/** The properties that only administrators write. */
const administrative: Readonly<Record<string, Values>> = {
  "profile.provider.state": anyText(64),
  state: { good: ["verified", "unverified"], bad: ["Verified", "", null, 1, {}] },
  locked: flag,
  activationRequired: flag,
  roles: {
    good: [[], [id], Array(50).fill(id), null],
    bad: [["x"], [id.toUpperCase()], [7], Array(51).fill(id), id, {}],
  },
};

/** Those that no registration has: an upload is for an account that exists. */
const uploads: Readonly<Record<string, Values>> = {
  image: {
    good: [
      ...["me.jpg", "Ærø & Söhne.png", "x".repeat(255), null].map((content) => ({ content })),
      sample.image,
      sample.begunImage,
      null,
    ],
    bad: [
      ...text(255)
        .bad.filter((content) => content !== null)
        .map((content) => ({ content })),
      ...[{}, { content: "me.jpg", stray: 1 }, { path: 7 }, "me.jpg", 7, true, []],
    ],
    beyond: [{ ...sample.image, content: "me.jpg" }, { content: " " }, { content: "\u200b" }],
  },
};

/**
 * Asserts that the bad values of all properties but `favorite` are refused. Each request has a bad value of every property,
 * and its answer must name each of them.
 * @param base what a request needs besides
 */
async function expectRefusals(id: string, base: Json, send: (fields: Json) => Promise<Response>): Promise<void> {
  const { favorite: _, ...others } = { ...properties, ...administrative };
  const all = Object.entries(others);
  const most = Math.max(...all.map(([, { bad }]) => bad.length));
  for (let place = 0; place < most; place++) {
    const wrong = all.flatMap(([path, { bad }]) => (place < bad.length ? [{ path, value: bad[place] }] : []));
    for (const { path, value } of wrong) {
      const fields = merged(base, nested(path, value));
      expect(fits(bodySchema(id), fields), `${path}: ${JSON.stringify(value)}`).toBe(false);
    }
    const { json } = await send(wrong.reduce<Json>((sum, { path, value }) => merged(sum, nested(path, value)), base));
    expect(json.code).toBe("kValidationError");
    const faults = json.faults as readonly { path: string }[];
    const isNamed = ({ path }: { path: string }) =>
      faults.some((fault) => `${fault.path}.`.startsWith(`account.${path}.`));
    expect(wrong.filter((each) => !isNamed(each))).toEqual([]);
  }
}

/** Whether `expectRefusals` sends the bad values of a property. */
const refusedTogether = (path: string) => path !== "favorite" && Object.hasOwn(properties, path);

const succeeds = async (answer: Promise<Response>) => (await answer).status === 200;

describe("AccountPut", () => {
  it.each(Object.entries({ ...properties, ...uploads }))(
    "accepts the documented values of %s",
    async (path, documentedValues) => {
      const values = refusedTogether(path) ? { ...documentedValues, bad: [] } : documentedValues;
      const takes = (value: unknown) => succeeds(holder.put("accounts/me", nested(path, value)));
      await expectAgreement(propertyOf("AccountPut", path), values, takes);
    },
  );
  it.each(Object.entries(administrative))("accepts the documented values of %s", async (path, values) => {
    const { id: target } = await portal.register();
    const takes = (value: unknown) => succeeds(portal.administrator.put(`accounts/${target}`, nested(path, value)));
    await expectAgreement(propertyOf("AccountPut", path), { ...values, bad: [] }, takes);
  });
  it("refuses the bad values of each property", async () => {
    await expectRefusals("AccountPut", {}, (fields) => portal.administrator.put(`accounts/${holder.id}`, fields));
  });
  it.each(["dob", "gender", "tz", "locale"])(
    "accepts an empty text for %s, as documented, although a registration does not",
    async (name) => {
      expect(fits(propertyOf("AccountPut", name), "")).toBe(true);
      expect(await succeeds(holder.put("accounts/me", { [name]: "" }))).toBe(true);
      expect(fits(propertyOf("AccountRegister", name), "")).toBe(false);
      expect(await succeeds(portal.visitor().post("accounts/register", newPerson({ [name]: "" })))).toBe(false);
    },
  );
  it("accepts from administrators exactly the properties that they may write according to the document", async () => {
    const administrator = await portal.signedIn([roles.administrator]);
    const { id: target } = await portal.register();
    for (const [path, { good }] of Object.entries({ ...properties, ...uploads, ...administrative })) {
      const rule = [path, path.split(".")[0] as string].map((at) => String(propertyOf("AccountPut", at).description));
      const isHoldersAlone =
        !rule[0]?.includes("administrators") && String(rule.at(-1)).includes("Only the holder writes it.");
      const { status } = await administrator.put(`accounts/${target}`, nested(path, good[0]));
      expect([path, status]).toEqual([path, isHoldersAlone ? 403 : 200]);
    }
  });
  it("accepts whole documents as documented: `null` for optional properties, and no unknown property", async () => {
    const whole = {
      good: [
        {},
        { name: {} },
        { preferences: null },
        { profile: null },
        { profile: { provider: null } },
        { c_a: null },
      ],
      bad: [
        { name: null },
        { name: { nick: "x" } },
        { profile: { stray: 1 } },
        { stray: 1 },
        { email: "a@b.de" },
        { [`c_${"x".repeat(63)}`]: 1 },
        { C_a: 1 },
      ],
    };
    const deep = { c_a: { b: [1, null, "x", { c: true }] }, [`c_${"x".repeat(62)}`]: 1 };
    const takes = (value: unknown) => succeeds(holder.put("accounts/me", value));
    await expectAgreement(bodySchema("AccountPut"), { ...whole, good: [...whole.good, deep] }, takes);
  });
  it("has tables for every property, and these are the properties that not only the server writes", () => {
    const tried = Object.keys({ ...properties, ...uploads, ...administrative });
    expect(tried.sort()).toEqual(pathsOf(bodySchema("AccountPut")).sort());
    const written = Object.entries(rules).filter(([name, { write }]) => write !== "server" && !name.includes("."));
    expect([...new Set(tried.map((path) => path.split(".")[0]))].sort()).toEqual(written.map(([name]) => name).sort());
  });
});

describe("AccountRegister", () => {
  const register = (client: PortalClient, fields: Json) => client.post("accounts/register", newPerson(fields));
  /** One value of each property, combined into an object. */
  const together = (tables: Readonly<Record<string, Values>>, choose: (values: Values) => unknown) =>
    Object.entries(tables).reduce<Json>((all, [path, values]) => merged(all, nested(path, choose(values))), {});
  const first = ({ good }: Values) => good[0];
  const nullIfAny = ({ good }: Values) => (good.includes(null) ? null : good[0]);

  it("accepts a good value of every documented property at once", async () => {
    const fields = together(properties, first);
    expect(fits(bodySchema("AccountRegister"), newPerson(fields))).toBe(true);
    const { status, json } = await register(portal.visitor(), fields);
    expect(status).toBe(200);
    const { favorite: _, mobile, ...others } = fields;
    expect(json).toMatchObject({ ...others, mobile: "+16505555555" });
  });
  it("accepts `null` for every optional property", async () => {
    const fields = together(properties, nullIfAny);
    expect(fits(bodySchema("AccountRegister"), newPerson(fields))).toBe(true);
    expect((await register(portal.visitor(), fields)).status).toBe(200);
  });
  it("refuses the bad values of each property", async () => {
    const { favorite } = properties;
    const base = newPerson({ name: { first: "Charles", last: "Best" } });
    await expectRefusals("AccountRegister", base, (fields) => portal.administrator.post("accounts/register", fields));
    // A wrong `favorite` is refused before the other properties are read.
    for (const value of favorite?.bad ?? []) {
      expect(fits(bodySchema("AccountRegister"), newPerson({ favorite: value }))).toBe(false);
      expect((await register(portal.administrator, { favorite: value })).json.object).toBe("fault");
    }
    expect(favorite?.bad.length).toBeGreaterThan(0);
  });
  it("accepts the administrators' properties only from servers", async () => {
    const fields = together(administrative, first);
    const byServer = await register(portal.administrator, fields);
    expect(byServer.status, byServer.text).toBe(200);
    for (const path of Object.keys(administrative)) {
      const { good } = administrative[path] as Values;
      const { status, json } = await register(portal.visitor(), nested(path, good[0]));
      expect([status, json.code]).toEqual([403, "kAccessDenied"]);
    }
  });
  it("accepts no registration without the required properties", async () => {
    const { required = [] } = bodySchema("AccountRegister") as { required?: readonly string[] };
    expect([...required].sort()).toEqual(["email", "mobile", "name"]);
    // A server may send a hash in place of the password, so the document cannot require it of everybody.
    for (const name of [...required, "password"]) {
      const { [name]: _, ...rest } = newPerson();
      const { status, json } = await portal.visitor().post("accounts/register", rest);
      expect([status, json.code]).toEqual([400, "kValidationError"]);
    }
  });
  it("accepts e-mail addresses as documented", async () => {
    // Look-alikes are normalised, so they are accepted.
    const isNormal = (email: string) => email === email.trim().normalize("NFKC");
    const values = {
      good: ["x.Y+z@Sub.Example.org", "a!b@example.org", "a@bücher.example", "a@例え.テスト"],
      bad: ["nobody", "@example.org", "a@b", "a..b@c.de", "a b@c.de", "", 7, null, `${"x".repeat(243)}@example.org`],
      // The document does not limit the part before the @ alone.
      beyond: [`${"x".repeat(65)}@example.org`, "a@-.de"],
    };
    const takes = async (email: unknown) => {
      const { status } = await register(portal.visitor(), { email });
      // An address that is in use is a valid address.
      return status === 200 || status === 409;
    };
    await expectAgreement(propertyOf("AccountRegister", "email"), values, takes, isNormal);
  });
  it("reads invitations as documented: none exist", async () => {
    expect(fits(propertyOf("AccountRegister", "token"), { value: "x" })).toBe(true);
    for (const token of ["an invitation", { value: "x" }]) {
      expect((await register(portal.visitor(), { token })).json.code).toBe("kNotFound");
    }
    expect((await register(portal.visitor(), { token: "" })).status).toBe(200);
  });
});

/** The document does not say how strong a password must be. */
const passwords = (good: readonly string[]): Values => ({
  good: [...good, `${"tulip jog vex ".repeat(18)}7x?!`],
  bad: ["vexed j", `${"tulip jog vex ".repeat(18)}7x?!x`, "", 7, null],
  beyond: ["password"],
});

describe("passwords", () => {
  it("are accepted as documented at registration", async () => {
    const takes = async (password: unknown) =>
      succeeds(portal.visitor().post("accounts/register", newPerson({ password })));
    await expectAgreement(propertyOf("AccountRegister", "password"), passwords(["vexed tulips jog"]), takes);
  });
  it("are accepted as documented by a change of the password", async () => {
    const person = await portal.register();
    let { password: current } = person;
    const takes = async (password: unknown) => {
      const changed = await succeeds(person.post("accounts/me/update-password", { current, password }));
      if (changed) current = String(password);
      return changed;
    };
    await expectAgreement(propertyOf("AccountUpdatePassword", "password"), passwords(["vexed tulips jog"]), takes);
  });
  it("have the same documented rules in a password reset", () => {
    const { description, ...rules } = propertyOf("AccountResetPassword", "password");
    expect(propertyOf("AccountRegister", "password")).toEqual({
      ...rules,
      description: `${description} Needed unless a server sends \`passwordHash\`.`,
    });
  });
});

describe("other input", () => {
  const codeOf = async (answer: Promise<Response>) => (await answer).json.code as string | undefined;

  it.each(["email", "password"])("of a login is as documented: %s", async (name) => {
    const values = { good: ["x", " "], bad: ["", 7, null, {}] };
    const takes = async (value: unknown) => {
      const person = { email: freshEmail(), password: "wrong", [name]: value };
      return (await codeOf(portal.visitor().post("accounts/login", person))) !== "kNoCredentialsSupplied";
    };
    await expectAgreement(propertyOf("AccountLogin", name), values, takes);
  });
  // Regression: the document allowed an empty password and an empty address, which are refused as missing.
  it("of the deletion of one's own account is as documented", async () => {
    const person = await portal.register();
    const takes = async (password: unknown) =>
      (await codeOf(person.send("DELETE", "accounts/me", { body: { password } }))) !== "kNoCredentialsSupplied";
    await expectAgreement(propertyOf("AccountDelete", "password"), { good: ["x"], bad: ["", 7, null, {}] }, takes);
  });
  it("of an invitation's address is as documented", async () => {
    const targets = propertyOf("InvitationCreate", "targets").items as { properties: Record<string, Json> };
    const takes = async (email: unknown) =>
      (await codeOf(portal.administrator.post("accounts/invitations", { targets: [{ email }] }))) !==
      "kValidationError";
    const values = { good: ["invitee@example.org"], bad: ["", 7, null, {}], beyond: ["invitee", " "] };
    await expectAgreement(targets.properties.email as Json, values, takes);
  });
  it("of a login's device is as documented", async () => {
    const strict = await openPortal({ twoFactor: true });
    const { email, password } = await strict.register();
    const takes = async (verificationToken: unknown) =>
      (await codeOf(strict.visitor().post("accounts/login", { email, password, location: { verificationToken } }))) !==
      "kCallbackFormat";
    const code = (propertyOf("AccountLogin", "location").properties as Record<string, Json>).verificationToken as Json;
    const good = ["402917", "402-917", 402917, 2917];
    await expectAgreement(code, { good, bad: ["40291", "4029171", "40291x", 4029171, -1] }, takes, Boolean);
    expect(fits(propertyOf("AccountLogin", "location"), null)).toBe(true);
    expect(await codeOf(strict.visitor().post("accounts/login", { email, password, location: null }))).toBe(
      "kNewLocation",
    );
  });
  it("of a request for a reset is as documented", async () => {
    const values = { good: ["charles@example.org", "nobody"], bad: ["", null] };
    const takes = (email: unknown) => succeeds(portal.visitor().post("accounts/request-password-reset", { email }));
    await expectAgreement(propertyOf("AccountRequestPasswordReset", "email"), values, takes);
  });
  it("of operations of a change is as documented", async () => {
    const set = { op: "set", path: "/gender", value: "f" };
    const values = {
      good: [
        set,
        [set, { ...set, path: "gender", value: null }],
        { op: "unset", path: "/name/middle" },
        { op: "push", path: "/c_list", value: null },
        { op: "remove", path: "c_list", value: 1, stray: 1 },
        Array(200).fill(set),
        [],
      ],
      bad: [
        Array(201).fill(set),
        { ...set, op: "replace" },
        { op: "set", path: "/gender" },
        { op: "push", path: "/c_list" },
        { ...set, path: "" },
        { ...set, path: "//gender" },
        { ...set, path: "/c_a b" },
        { ...set, path: `/c_a${"/a".repeat(249)}` },
        { ...set, path: 7 },
        ["set"],
      ],
      // The names of properties are in the account's schema.
      beyond: [
        { ...set, path: "/stray" },
        { ...set, path: "/gender/x" },
      ],
    };
    await expectAgreement(bodySchema("AccountPatch"), values, (body) => succeeds(holder.patch("accounts/me", body)));
  });
  it.each([
    ["limit", { good: [1, 1000], bad: [0, 1001, 1.5, "x"] }],
    ["skip", { good: [0, 10_000], bad: [-1, 10_001, 1.5, "x"] }],
    [
      "sort",
      {
        good: ["_id", '{"_id":1}', '{"_id":-1}', '[{"_id":1}]', '[{"_id":-1}]'],
        bad: ["name", "-_id", '{"name":1}', '{"_id":2}'],
      },
    ],
    ["expand[]", { good: [["updater"], []], bad: [["name"], ["updater", "name"]] }],
    ["paths[]", { good: [["name", "name.first"], ["stray"], Array(100).fill("name")], bad: [Array(101).fill("name")] }],
    ["include[]", { good: [["connections"], ["stray"]], bad: [Array(101).fill("x")] }],
    ["where", { good: ['{"locked":false}'], bad: [`{"email":"${"x".repeat(8192)}"}`], beyond: ["locked"] }],
  ])("of a list's query is as documented: %s", async (name, values: Values) => {
    const takes = (value: unknown) => {
      const query = new URLSearchParams();
      for (const one of [value].flat()) query.append(name, String(one));
      return succeeds(holder.get(`accounts?${query}`));
    };
    await expectAgreement(parameter("AccountList", name), values, takes, Boolean);
  });
  it("of paths is as documented", async () => {
    for (const name of ["me", holder.id, holder.id.toUpperCase()]) {
      expect(fits(parameter("AccountGet", "id"), name)).toBe(true);
      expect((await holder.get(`accounts/${name}`)).json._id).toBe(holder.id);
    }
    expect((await holder.get(`accounts/${holder.id.toUpperCase()}x`)).status).toBe(404);
    expect(fits(parameter("AccountGet", "id"), `${holder.id.toUpperCase()}x`)).toBe(false);
    expect(fits(parameter("AccountGet", "org"), portal.org)).toBe(true);
    expect(fits(parameter("AccountVerify", "token"), "x".repeat(31))).toBe(false);
  });
});

/** Merges two objects, at every depth. */
function merged(one: Json, other: Json): Json {
  const both = (name: string) => {
    const [a, b] = [one[name], other[name]];
    const areObjects = [a, b].every((part) => typeof part === "object" && part !== null && !Array.isArray(part));
    return areObjects ? merged(a as Json, b as Json) : Object.hasOwn(other, name) ? b : a;
  };
  return Object.fromEntries(Object.keys({ ...one, ...other }).map((name) => [name, both(name)]));
}
