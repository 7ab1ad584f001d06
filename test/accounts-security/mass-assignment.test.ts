import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  expectSuccess,
  type Holder,
  newPerson,
  openPortal,
  type PortalClient,
  roles,
  type TestPortal,
} from "../kit/portal.ts";
import type { Response } from "../kit/system.ts";
import { expectDocumented, expectUnpolluted, outcomeOf } from "./attack.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };
let portal: TestPortal;
let holder: Holder;
/** Replaces the holder, whose account a test has changed, by a new one. */
const renew = async () => {
  holder = await portal.register();
};
beforeAll(async () => {
  portal = await openPortal();
  await renew();
});
afterEach(expectUnpolluted);

const whole = () => expectSuccess(portal.administrator.get(`accounts/${holder.id}`));
/** The account without `updated` and `updater`. */
const content = async () => {
  const { updated: _updated, updater: _updater, ...rest } = await whole();
  return rest;
};

/** The properties that only the server writes, and below those that only an administrator writes. */
const ofServer = {
  _id: "000000000000000000000001",
  object: "administrator",
  access: 7,
  age: 5,
  created: "1999-01-01T00:00:00.000Z",
  updated: "1999-01-01T00:00:00.000Z",
  updater: { _id: "000000000000000000000001" },
  key: { fingerprint: "x", secret: "x" },
  shared: true,
  inherited_roles: [roles.administrator],
  connections: [],
};
const ofAdministrators = {
  state: "verified",
  locked: false,
  activationRequired: false,
  roles: [roles.administrator],
  profile: { provider: { state: "approved" } },
};
/** What only application credentials may send, and only to `register`. */
const ofServersRegistering = {
  passwordHash: "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  notify: false,
};
/** Attributes of the stored item, and names that have a meaning in JavaScript or in paths. */
const ofNobody = {
  pk: "PRACTICE#x",
  sk: "ACCOUNT#x",
  id: "000000000000000000000001",
  type: "vendor",
  version: 99,
  accountId: "other",
  applicationId: "other",
  sessionEpoch: 0,
  verificationDigest: "x",
  resentAt: [],
  createdAt: "1999-01-01T00:00:00.000Z",
  updaterId: "000000000000000000000001",
  document: { roles: [roles.administrator] },
  custom: "{}",
  administrator: true,
  isAdmin: true,
  "profile.provider.state": "approved",
  "name.first": "Dotted",
  "roles.0": roles.administrator,
  "roles[]": roles.administrator,
  "/roles": [roles.administrator],
  "": "empty",
  " roles": [roles.administrator],
  Roles: [roles.administrator],
  c_: 1,
  "c_a b": 1,
  "c_a.b": 1,
  c_ä: 1,
  [`c_${"x".repeat(65)}`]: 1,
  toString: 1,
  hasOwnProperty: 1,
};
const cases = (properties: object) => Object.entries(properties).map(([name, value]) => [name, value] as const);
const child = (property: string) =>
  expect.objectContaining({ code: "kAccessDenied", path: expect.stringContaining(property) });

describe("register", () => {
  const register = (fields: object) => portal.visitor().post("accounts/register", newPerson(fields as never));

  it.each([...cases(ofServer), ...cases(ofAdministrators), ...cases(ofServersRegistering)])(
    "refuses %s and creates no account",
    async (name, value) => {
      const person = newPerson({ [name]: value });
      const answer = await portal.visitor().post("accounts/register", person);
      expect(outcomeOf(answer)).toBe("kAccessDenied");
      expect(answer.json.faults).toEqual([child(name)]);
      expect(answer.cookies).toEqual([]);
      const login = await portal.visitor().post("accounts/login", person);
      expect(outcomeOf(login)).toBe("kInvalidCredentials");
    },
  );
  it.each(cases(ofNobody))("does not know %j", async (name, value) => {
    expect(outcomeOf(await register({ [name]: value }))).toBe("kInvalidArgument");
  });
  it("sets no role, no state and no administrator's property, no matter what else is sent", async () => {
    const { account } = await portal.register({ c_roles: [roles.administrator], c_state: "verified", favorite: true });
    expect(account).toMatchObject({
      roles: [],
      state: "unverified",
      locked: false,
      inherited_roles: [],
      favorite: false,
    });
  });
});

describe.each([
  ["the holder", () => holder as PortalClient],
  ["an administrator", () => portal.administrator],
])("PUT and PATCH by %s", (_, client) => {
  const put = (body: unknown) => client().put(`accounts/${holder.id}`, body);
  const patch = (body: unknown) => client().patch(`accounts/${holder.id}`, body);

  let before: Response["json"];
  beforeAll(async () => {
    before = await whole();
  });
  // The account is read once for all tests of this group, because each read costs as much as a refused write.
  afterAll(async () => expect(await whole()).toEqual(before));

  it.each([...cases(ofServer), ["email", "other@example.org"] as const])("refuse %s", async (name, value) => {
    for (const answer of [
      await put({ [name]: value }),
      await put({ [name]: null }),
      await patch({ op: "set", path: `/${name}`, value }),
      await patch({ op: "set", path: name, value }),
      await patch({ op: "unset", path: `/${name}` }),
      await patch({ op: "push", path: `/${name}`, value }),
      await patch({ op: "remove", path: `/${name}`, value }),
    ]) {
      expect(outcomeOf(answer)).toBe("kAccessDenied");
      expect(answer.json.faults).toEqual([child(name)]);
    }
  });
  it.each(cases({ ...ofNobody, ...ofServersRegistering }))("do not know %j", async (name, value) => {
    for (const answer of [await put({ [name]: value }), await patch({ op: "set", path: `/${name}`, value })]) {
      expect(outcomeOf(answer)).toBe("kInvalidArgument");
    }
  });
});

describe("an administrator's property", () => {
  it.each(cases({ ...ofAdministrators, locked: true, activationRequired: true }))(
    "cannot be written by its holder by any op, not even together with allowed properties: %s",
    async (name, value) => {
      const before = await whole();
      const path = name === "profile" ? "profile/provider/state" : name;
      const single = name === "profile" ? "approved" : value;
      for (const answer of [
        await holder.put("accounts/me", { gender: "f", [name]: value }),
        await holder.put("accounts/me", { [name]: value, gender: "f" }),
        await holder.patch("accounts/me", [
          { op: "set", path: "/gender", value: "f" },
          { op: "set", path: `/${path}`, value: single },
        ]),
        await holder.patch("accounts/me", { op: "push", path: `/${path}`, value: roles.administrator }),
        await holder.patch("accounts/me", { op: "remove", path: path.replaceAll("/", "."), value: single }),
        await holder.patch("accounts/me", { op: "unset", path: `/${path}` }),
      ]) {
        expect(outcomeOf(answer)).toBe("kAccessDenied");
      }
      expect(await whole()).toEqual(before);
    },
  );
  it("cannot be set or removed by replacing the object around it", async () => {
    await renew();
    const provider = { affiliation: "None", license: { number: "777", state: "Alabama" }, npi: "798798798" };
    await expectSuccess(holder.put("accounts/me", { profile: { provider } }));
    const slip = [
      { op: "set", path: "/profile", value: { provider: { ...provider, state: "approved" } } },
      { op: "set", path: "/profile/provider", value: { state: "approved" } },
      { op: "push", path: "/profile/provider/state", value: "approved" },
    ];
    for (const step of slip) expect(outcomeOf(await holder.patch("accounts/me", step))).toBe("kAccessDenied");
    expect(
      outcomeOf(await holder.put("accounts/me", { profile: { provider: { ...provider, state: "approved" } } })),
    ).toBe("kAccessDenied");

    await expectSuccess(
      portal.administrator.put(`accounts/${holder.id}`, { profile: { provider: { state: "approved" } } }),
    );
    const before = await whole();
    const out = [
      { op: "unset", path: "/profile" },
      { op: "unset", path: "profile.provider" },
      { op: "set", path: "/profile", value: {} },
      { op: "set", path: "/profile", value: null },
      { op: "set", path: "/profile", value: "x" },
      { op: "set", path: "/profile", value: [] },
      { op: "set", path: "/profile/provider", value: { npi: "1" } },
      { op: "set", path: "/profile/provider", value: { ...provider, state: "approved" } },
      { op: "push", path: "/profile", value: {} },
      { op: "remove", path: "/profile/provider", value: "approved" },
    ];
    for (const step of out)
      expect(outcomeOf(await holder.patch("accounts/me", step)), JSON.stringify(step)).toBe("kAccessDenied");
    for (const body of [{ profile: null }, { profile: { provider: null } }, { profile: "x" }, { profile: [{}] }]) {
      expect(outcomeOf(await holder.put("accounts/me", body))).toBe("kAccessDenied");
    }
    expect(await whole()).toEqual(before);
    await expectSuccess(holder.put("accounts/me", { profile: { provider: { npi: "2", license: null } } }));
    expect((await whole()).profile.provider).toEqual({ affiliation: "None", npi: "2", state: "approved" });
  });
  it("causes the whole request to be refused: nothing is changed", async () => {
    const before = await whole();
    const steps = [
      { op: "set", path: "/name/first", value: "Changed" },
      { op: "push", path: "/c_list", value: 1 },
      { op: "set", path: "/roles", value: [roles.administrator] },
      { op: "set", path: "/name/last", value: "Changed" },
    ];
    expect(outcomeOf(await holder.patch("accounts/me", steps))).toBe("kAccessDenied");
    expect(await whole()).toEqual(before);
  });
  it("may be written by an administrator in another account, as may all properties that its holder may write", async () => {
    const own = { mobile: "+16505557777", dob: "1990-01-01", gender: "f", tz: "US/Pacific", locale: "de", c_x: 1 };
    const administrator = await portal.signedIn([roles.administrator]);
    const all = { ...own, preferences: { notifications: [] }, profile: { provider: { npi: "1" } } };
    for (const client of [administrator, portal.administrator]) {
      await renew();
      for (const [name, value] of Object.entries(all)) {
        await expectSuccess(client.patch(`accounts/${holder.id}`, { op: "set", path: name, value }));
        await expectSuccess(client.put(`accounts/${holder.id}`, { [name]: value }));
      }
      await expectSuccess(client.put(`accounts/${holder.id}`, { name: { first: "Corrected" }, state: "verified" }));
      expect(await whole()).toMatchObject({ ...all, name: { first: "Corrected", last: "Best" }, state: "verified" });
    }
  });
  it("does not include the e-mail, key and favorites of others: administrators cannot write these", async () => {
    await renew();
    await expectSuccess(holder.put("accounts/me", { favorite: true }));
    const administrator = await portal.signedIn([roles.administrator]);
    const key = (await expectSuccess(holder.get("accounts/me"))).key;
    const paths = ["email", "key", "/key/secret", "/key/fingerprint", "key.secret", "/updater/_id", "/created/x"];
    for (const client of [administrator, portal.administrator]) {
      for (const path of paths) {
        for (const op of ["set", "unset", "push", "remove"]) {
          const answer = await client.patch(`accounts/${holder.id}`, { op, path, value: "x" });
          expect(outcomeOf(answer), `${op} ${path}`).toBe("kAccessDenied");
          expect(answer.json.faults).toEqual([child(path.replace(/^\//, "").replaceAll("/", "."))]);
        }
      }
    }
    await expectSuccess(administrator.put(`accounts/${holder.id}`, { favorite: false }));
    expect(outcomeOf(await portal.administrator.put(`accounts/${holder.id}`, { favorite: false }))).toBe(
      "kAccessDenied",
    );
    expect(await expectSuccess(holder.get("accounts/me"))).toMatchObject({ key, favorite: true });
  });
});

describe("names with a meaning in JavaScript", () => {
  const names = ["__proto__", "constructor", "prototype"];
  const nested = names.flatMap((name) => [
    `{"${name}":{"polluted":1}}`,
    `{"name":{"${name}":{"polluted":1}}}`,
    `{"c_x":{"${name}":{"polluted":1}}}`,
    `{"c_x":{"a":{"b":{"${name}":{"polluted":1}}}}}`,
    `{"c_x":[{"a":[{"${name}":{"polluted":1}}]}]}`,
    `{"profile":{"provider":{"${name}":{"state":"approved"}}}}`,
    `{"preferences":{"notifications":[{"${name}":{"polluted":1}}]}}`,
    `{"preferences":{"notifications":[{"endpoints":[{"${name}":{"polluted":1}}]}]}}`,
    `{"c_x":{"constructor":{"prototype":{"polluted":1}}}}`,
  ]);
  it.each(nested)("are refused at every place: %s", async (body) => {
    const before = await whole();
    const put = await holder.put("accounts/me", body);
    expectDocumented(put);
    expect(put.status).toBe(400);
    for (const [path, value] of Object.entries(JSON.parse(body) as Record<string, unknown>)) {
      const patch = await holder.patch("accounts/me", { op: "set", path: `/${path}`, value });
      expectDocumented(patch);
      expect(patch.status).toBe(400);
    }
    const registration = JSON.stringify(newPerson()).slice(0, -1);
    expectDocumented(await portal.visitor().post("accounts/register", `${registration},${body.slice(1)}`));
    expect(await whole()).toEqual(before);
    expectUnpolluted();
  });
  it.each(names)("are not valid in a path: %s", async (name) => {
    for (const path of [
      `/${name}`,
      name,
      `/c_x/${name}`,
      `c_x.${name}.polluted`,
      `/c_x/a/${name}/b`,
      `/name/${name}`,
    ]) {
      for (const op of ["set", "push", "unset", "remove"]) {
        const answer = await holder.patch("accounts/me", { op, path, value: "polluted" });
        expect(outcomeOf(answer)).toBe("kInvalidArgument");
      }
    }
    for (const path of [name, `name/${name}`, `${name}/constructor`, `roles/${name}`]) {
      expect(outcomeOf(await holder.get(`accounts/me/${path}`))).toBe("kNotFound");
    }
    const query = `paths[]=${name}.polluted&paths[]=name.${name}&include[]=${name}&${name}[polluted]=1`;
    expect(Object.keys(await expectSuccess(holder.get(`accounts/me?${query}`)))).toEqual(["_id", "object"]);
  });
  it("are dropped from bracketed bodies and queries, and change nothing", async () => {
    const before = await content();
    const body = names
      .map((name) => `${name}[polluted]=1&c_x[${name}][polluted]=1&name[${name}]=1&a[][${name}]=1`)
      .join("&");
    expectDocumented(await holder.send("PUT", "accounts/me", { body, headers: form }));
    expectDocumented(await portal.visitor().send("POST", "accounts/login", { body, headers: form }));
    expectDocumented(await portal.visitor().send("POST", "accounts/register", { body, headers: form }));
    expectDocumented(await holder.get(`accounts?${body}`));
    expect(await content()).toEqual(before);
  });
});

describe("a wrong path, change or value", () => {
  beforeAll(renew);

  it.each([
    "",
    "/",
    "//",
    "//roles",
    "/roles/",
    "/roles//",
    ".",
    "..",
    ".roles",
    "roles.",
    "roles..0",
    "/roles/0",
    "/roles/-",
    "roles[0]",
    "/name//first",
    "/name/first/",
    "/name/first/length",
    "name/first",
    "/name.first",
    "/c_x/",
    "/c_x//a",
    "c_x.",
    "c_x..a",
    "/c_x/a b",
    "/c_x/~0",
    "/profile.provider.state",
    "/profile/provider.state",
    "profile/provider/state",
    "#/roles",
    "$.roles",
    "*",
    " roles",
    "roles ",
    "ROLES",
    "\u0000",
    "roles\u0000",
  ])("is refused as a path: %j", async (path) => {
    for (const client of [holder, portal.administrator]) {
      for (const op of ["set", "unset", "push", "remove"]) {
        const answer = await client.patch(`accounts/${holder.id}`, { op, path, value: roles.administrator });
        expect(outcomeOf(answer)).toBe("kInvalidArgument");
      }
    }
    const after = await whole();
    expect(after).toMatchObject({ roles: [], name: { first: "Charles", last: "Best" } });
    expect(after).not.toHaveProperty("updated");
  });
  it.each([
    [[[]]],
    [{}],
    ["set"],
    [{ op: "set" }],
    [{ op: "replace", path: "/gender", value: "f" }],
    [{ op: "__proto__", path: "/gender", value: "f" }],
    [{ op: ["set"], path: "/gender", value: "f" }],
    [{ op: "set", path: ["gender"], value: "f" }],
    [{ op: "set", path: { toString: "gender" }, value: "f" }],
    [{ op: "set", path: "/gender" }],
    [{ op: "push", path: "/roles" }],
    [[{ op: "set", path: "/gender", value: "f" }, null]],
    [
      [
        { op: "set", path: "/gender", value: "f" },
        { op: "set", path: "/nothing", value: 1 },
      ],
    ],
    [{ operations: "set" }],
    [{ operations: { op: "set", path: "/nothing", value: 1 } }],
  ])("is refused as a change: %j", async (body) => {
    const answer = await holder.patch("accounts/me", body);
    expect(outcomeOf(answer)).toBe("kInvalidArgument");
    expect(await whole()).not.toHaveProperty("updated");
  });
  it.each([
    { name: "text" },
    { name: ["A", "B"] },
    { name: { first: { toString: "A" } } },
    { name: { first: 5 } },
    { name: { first: ["A"] } },
    { name: { first: null } },
    { name: null },
    { name: { additional: { 0: "A", length: 1 } } },
    { mobile: { toString: 1 } },
    { mobile: ["16505555555"] },
    { dob: { $gt: "" } },
    { dob: 0 },
    { gender: ["f"] },
    { tz: {} },
    { locale: true },
    { preferences: [] },
    { preferences: { notifications: { 0: {} } } },
    { preferences: { notifications: [[]] } },
    { preferences: { notifications: [null] } },
    { profile: { provider: [] } },
    { profile: { provider: { visibility: true } } },
    { profile: { provider: { license: "777" } } },
  ] as object[])(
    "is refused as a value with kValidationError by PUT and register, and changes nothing: %j",
    async (body) => {
      const before = await whole();
      for (const answer of [
        await holder.put("accounts/me", body),
        await portal.visitor().post("accounts/register", newPerson(body as never)),
      ] as Response[]) {
        expect(outcomeOf(answer)).toBe("kValidationError");
        expect(answer.json.faults.length).toBeGreaterThan(0);
      }
      expect(await whole()).toEqual(before);
    },
  );
  it.each([
    "name=text",
    "name[]=first&name[]=last",
    "name[first]=A&name[first]=B",
    "name[first]=A&name[first][x]=B",
    "name[first][]=A",
    "name.first=A",
    "name[=A",
    "[name][first]=A",
    "name]first[=A",
    "roles[]=000000000000000000000004",
    "roles[0]=000000000000000000000004",
    "roles=000000000000000000000004",
    "profile[provider][state]=approved",
    "profile.provider.state=approved",
    "profile[provider.state]=approved",
    "locked=false&locked=true",
    "_id=1&object=x",
    "c_x[a]=1&c_x[]=2&c_x=3",
    "mobile[]=16505555555",
    "email=other@example.org",
    "%00=1",
    "%ff=1",
    "=1",
  ])("in a form is refused, or changes at most the named properties: %s", async (body) => {
    const before = await content();
    const answer = await holder.send("PUT", "accounts/me", { body, headers: form });
    expectDocumented(answer);
    const after = await content();
    const changeable = ({ name: _name, c_x: _c_x, ...rest }: Record<string, unknown>) => rest;
    expect(changeable(after)).toEqual(changeable(before));
    if (outcomeOf(answer) !== "ok") expect(after).toEqual(before);
  });
});
