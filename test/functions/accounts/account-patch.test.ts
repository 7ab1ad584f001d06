import { beforeAll, describe, expect, it } from "vitest";
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
import { leavesNoTrace } from "../../kit/system.ts";
import {
  examplePreferences,
  exampleProvider,
  type FaultCode,
  named,
  notesUse,
  plainAccount,
  refused,
} from "./accounts-contract.ts";
import { describeAddress, describeCall, type Prepare } from "./suites.ts";

/** A call for the caller's own account. */
const call: Prepare = async (portal) => {
  const client = await portal.signedIn();
  return { client, path: "accounts/me", body: { op: "set", path: "/name/first", value: "Bob" } };
};
describeCall("AccountPatch", call);
describe("by id", () => {
  describeAddress("AccountPatch", async (portal) => {
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
const patch = (person: Holder, body: unknown, now?: Date) => person.patch("accounts/me", body, { now });
const me = async (person: Holder) => (await person.get("accounts/me")).json;
/** A new person whose account has a value in every part. */
const newcomer = () =>
  portal.register({
    name: { first: "Charles", middle: "Herbert", last: "Best", additional: ["Charley", "Chuck"] },
    gender: "m",
    preferences: examplePreferences,
    profile: { provider: exampleProvider },
    c_plan: { a: { b: 1 }, list: [1, { two: 2 }, "three"] },
    c_list: ["x", "y", "x"],
  });
const other = "587012227d67efea0843fa80";

describe("200 account", () => {
  it("returns the whole updated account, as me then returns it, to its holder with the key", async () => {
    const person = await portal.register();
    const now = minutesAfter(start, 1);
    const { status, json } = await patch(person, { op: "set", path: "gender", value: "f" }, now);
    expect(json).toEqual({
      ...plainAccount(person.email),
      gender: "f",
      updated: now.toISOString(),
      updater: { _id: person.id, object: "account", path: `/accounts/${person.id}` },
    });
    expect(status).toBe(200);
    expect(await me(person)).toEqual(json);
  });
  it.each(["/name/first", "name.first"])("takes the path as %s", async (path) => {
    const person = await newcomer();
    const { json } = await patch(person, { op: "set", path, value: "Bob" });
    expect(json.name).toEqual({ ...person.account.name, first: "Bob" });
  });
  const steps: readonly [string, unknown, string, unknown][] = [
    ["set a property", { op: "set", path: "/tz", value: "US/Pacific" }, "tz", "US/Pacific"],
    ["set a mobile, normalised", { op: "set", path: "/mobile", value: "(614) 555-0199" }, "mobile", "+16145550199"],
    ["set a whole array", { op: "set", path: "name.additional", value: ["C."] }, "name/additional", ["C."]],
    [
      "set below a property that is not set yet",
      { op: "set", path: "/c_new/deep/down", value: 1 },
      "c_new",
      { deep: { down: 1 } },
    ],
    ["set a c_ object whole", { op: "set", path: "/c_plan", value: { z: 1 } }, "c_plan", { z: 1 }],
    [
      "set false",
      { op: "set", path: "profile.provider.visibility.public", value: false },
      "profile/provider/visibility/public",
      false,
    ],
    ["set zero", { op: "set", path: "c_zero", value: 0 }, "c_zero", 0],
    ["unset a property", { op: "unset", path: "/gender" }, "gender", undefined],
    ["unset below a property", { op: "unset", path: "/name/middle" }, "name/middle", undefined],
    ["unset a document", { op: "unset", path: "/profile/provider/license" }, "profile/provider/license", undefined],
    ["unset below a c_ property", { op: "unset", path: "c_plan.a.b" }, "c_plan/a", {}],
    ["unset a property that is not set", { op: "unset", path: "/tz" }, "tz", undefined],
    ["unset below a property that is not set", { op: "unset", path: "c_new.a.b" }, "c_new", undefined],
    ["remove from a property that is not set", { op: "remove", path: "c_new", value: 1 }, "c_new", undefined],
    ["set null, which unsets", { op: "set", path: "/gender", value: null }, "gender", undefined],
    [
      "push to an array",
      { op: "push", path: "name.additional", value: "Charlie" },
      "name/additional",
      ["Charley", "Chuck", "Charlie"],
    ],
    [
      "push a value that is already in the array, other than roles",
      { op: "push", path: "/c_list", value: "y" },
      "c_list",
      ["x", "y", "x", "y"],
    ],
    ["push to a property that is not set yet", { op: "push", path: "/c_new", value: { a: 1 } }, "c_new", [{ a: 1 }]],
    [
      "push below a c_ property",
      { op: "push", path: "/c_plan/list", value: 4 },
      "c_plan/list",
      [1, { two: 2 }, "three", 4],
    ],
    [
      "remove a value from an array",
      { op: "remove", path: "/name/additional", value: "Charley" },
      "name/additional",
      ["Chuck"],
    ],
    [
      "remove an object from an array",
      { op: "remove", path: "/c_plan/list", value: { two: 2 } },
      "c_plan/list",
      [1, "three"],
    ],
    [
      "remove a value that is not in the array",
      { op: "remove", path: "/c_list", value: "z" },
      "c_list",
      ["x", "y", "x"],
    ],
    [
      "remove a value of another type, which matches nothing",
      { op: "remove", path: "/c_plan/list", value: "1" },
      "c_plan/list",
      [1, { two: 2 }, "three"],
    ],
  ];
  it.each(steps)("can %s", async (_, operation, property, value) => {
    const person = await newcomer();
    await expectSuccess(patch(person, operation));
    const { status, json } = await person.get(`accounts/me/${property}`);
    expect(status === 404 ? undefined : json.data).toEqual(value);
  });
  it("can push and remove whole notifications", async () => {
    const person = await newcomer();
    const notification = { name: "c_other", label: "Other", _id: "56cbfddcba9ef5257bf48514", endpoints: [] };
    const path = "preferences.notifications";
    const pushed = await patch(person, { op: "push", path, value: notification });
    expect(pushed.json.preferences.notifications).toEqual([...examplePreferences.notifications, notification]);
    const removed = await patch(person, { op: "remove", path, value: examplePreferences.notifications[0] });
    expect(removed.json.preferences.notifications).toEqual([notification]);
  });
  it("answers the account to an empty array of operations, and changes nothing: no event, no updated", async () => {
    const person = await newcomer();
    const { status, json } = await leavesNoTrace(() => patch(person, []), notesUse);
    expect(json).toEqual(person.account);
    expect(status).toBe(200);
    expect((await provider.patch(`accounts/${person.id}`, [])).json).toMatchObject({ _id: person.id, access: 2 });
    expect(await me(person)).toEqual(person.account);
  });
  it("stores names trimmed and in NFC, and removes them by any form", async () => {
    const person = await newcomer();
    const set = (path: string, value: unknown) => patch(person, { op: "set", path, value });
    expect((await set("/name/first", " Zoe\u0308 ")).json.name.first).toBe("Zoë");
    expect((await set("/name/middle", "  ")).json.name).not.toHaveProperty("middle");
    const path = "/name/additional";
    expect((await patch(person, { op: "push", path, value: "\tE\u0301mile" })).json.name.additional.at(-1)).toBe(
      "Émile",
    );
    expect((await patch(person, { op: "remove", path, value: "E\u0301mile" })).json.name.additional).not.toContain(
      "Émile",
    );
    expect((await set("/tz", "us/pacific")).json.tz).toBe("US/Pacific");
    expect((await set("/mobile", "+44 (0)20 7946 0958")).json.mobile).toBe("+442079460958");
  });
  it("applies an array of operations one after the other", async () => {
    const person = await newcomer();
    const { json } = await patch(person, [
      { op: "set", path: "/c_new", value: [] },
      { op: "push", path: "/c_new", value: 1 },
      { op: "push", path: "/c_new", value: 2 },
      { op: "remove", path: "/c_new", value: 1 },
      { op: "unset", path: "/gender" },
      { op: "set", path: "/gender", value: "f" },
    ]);
    expect(json).toMatchObject({ c_new: [2], gender: "f" });
  });
});

describe("roles", () => {
  const write = (person: Holder, body: unknown, client: PortalClient = portal.administrator) =>
    client.patch(`accounts/${person.id}`, body);
  const rolesOf = async (person: Holder) => (await portal.administrator.get(`accounts/${person.id}/roles`)).json.data;
  it("are pushed without duplicates, and removed", async () => {
    const person = await portal.register();
    const push = (value: string) => write(person, { op: "push", path: "/roles", value });
    expect((await push(other)).json.roles).toEqual([other]);
    expect((await push(roles.administrator)).json).toMatchObject({
      roles: [other, roles.administrator],
      inherited_roles: [roles.developer, roles.support],
    });
    expect((await push(other)).json.roles).toEqual([other, roles.administrator]);
    const removed = await write(person, { op: "remove", path: "/roles", value: roles.administrator });
    expect(removed.json).toMatchObject({ roles: [other], inherited_roles: [] });
    expect((await write(person, { op: "unset", path: "/roles" })).json.roles).toEqual([]);
  });
  it("contain no duplicates when many calls push equal and different roles at once", async () => {
    const person = await portal.register();
    const ids = [roles.support, roles.developer, other, other, roles.support];
    await Promise.all(ids.map((value) => expectSuccess(write(person, { op: "push", path: "/roles", value }))));
    expect((await rolesOf(person)).toSorted()).toEqual([roles.support, roles.developer, other]);
  });
  it("may also be written by an administrator who signed in, and by nobody else", async () => {
    const person = await portal.register();
    const push = { op: "push", path: "/roles", value: other };
    expect((await write(person, push, administrator)).json.roles).toEqual([other]);
    for (const client of [provider, person]) {
      await refused("kAccessDenied", () => write(person, push, client), [["kAccessDenied", "account.roles"]]);
    }
  });
});

describe("an administrator's lock", () => {
  it.each([
    { op: "set", path: "/locked", value: false },
    { op: "unset", path: "/locked" },
  ])("is removed by %j", async (operation) => {
    const person = await portal.register();
    const path = `accounts/${person.id}`;
    expect((await administrator.patch(path, { op: "set", path: "/locked", value: true })).json.locked).toBe(true);
    await refused("kNotLoggedIn", () => person.get("accounts/me"));
    expect((await administrator.patch(path, operation)).json.locked).toBe(false);
    expect((await portal.login(person)).id).toBe(person.id);
  });
});

describe("favorite", () => {
  it("is the caller's own mark", async () => {
    const person = await portal.register();
    const path = `accounts/${person.id}`;
    expect((await provider.patch(path, { op: "set", path: "/favorite", value: true })).json.favorite).toBe(true);
    expect(await me(person)).toEqual(person.account);
    expect((await provider.patch(path, { op: "unset", path: "/favorite" })).json.favorite).toBe(false);
    expect((await provider.get(path)).json.favorite).toBe(false);
  });
});

describe("image", () => {
  it("is set, and unset", async () => {
    const person = await portal.register();
    for (const path of ["/image", "image"]) {
      const { image } = await expectSuccess(patch(person, { op: "set", path, value: { content: "me.jpg" } }));
      expect(image).toMatchObject({ state: 0, uploads: [{ filename: "me.jpg" }] });
      expect((await me(person)).image).not.toHaveProperty("uploads");
      expect(await expectSuccess(patch(person, { op: "unset", path }))).not.toHaveProperty("image");
    }
    const unset = { op: "set", path: "image", value: null };
    expect(await expectSuccess(patch(person, unset))).not.toHaveProperty("image");
  });
  it("is what the last operation makes it", async () => {
    const person = await portal.register();
    const value = (content: string) => ({ op: "set", path: "/image", value: { content } });
    const [one, other, unset] = [value("one.jpg"), value("other.jpg"), { op: "unset", path: "/image" }];
    const { image } = await expectSuccess(patch(person, [one, unset, other]));
    expect(image.uploads).toMatchObject([{ filename: "other.jpg" }]);
    expect(await expectSuccess(patch(person, [one, unset]))).not.toHaveProperty("image");
  });
  it.each([
    [{ op: "push", path: "/image", value: { content: "me.jpg" } }, "Not an array: image"],
    [{ op: "remove", path: "/image", value: { content: "me.jpg" } }, "Not an array: image"],
    [{ op: "set", path: "/image/content", value: "me.jpg" }, "Unknown property: image.content"],
    [{ op: "unset", path: "/image/facets" }, "Unknown property: image.facets"],
    [{ op: "set", path: "/image", value: { content: "me.jpg", width: 7 } }, "Unknown property: image.width"],
  ])(`${named("kInvalidArgument")}: refuses %j`, async (operation, reason) => {
    const person = await portal.register();
    const { json } = await refused("kInvalidArgument", () => patch(person, operation));
    expect(json.reason).toBe(reason);
  });
  it(`${named("kValidationError")}: is not a text`, async () => {
    const person = await portal.register();
    const operation = { op: "set", path: "/image", value: "me.jpg" };
    await refused("kValidationError", () => patch(person, operation), [["kInvalidFormat", "account.image"]]);
  });
  it("is not for a provider to write of others", async () => {
    const { id } = await portal.register();
    for (const op of [
      { op: "set", path: "/image", value: { content: "x" } },
      { op: "unset", path: "/image" },
    ]) {
      await refused("kAccessDenied", () => provider.patch(`accounts/${id}`, op), [["kAccessDenied", "account.image"]]);
    }
  });
});

describe("changed mobile", () => {
  it("is announced by mail", async () => {
    const person = await portal.register();
    await patch(person, { op: "set", path: "/mobile", value: "614-555-0142" });
    const subjects = (await sentMessages(person.email)).map(({ subject }) => subject);
    expect(subjects.filter((subject) => /mobile/i.test(subject))).toHaveLength(1);
  });
});

describe(named("kAccessDenied"), () => {
  it("names the paths that the caller may not write, and nothing is changed", async () => {
    const person = await newcomer();
    const operations = [
      { op: "set", path: "/gender", value: "f" },
      { op: "set", path: "/locked", value: true },
      { op: "push", path: "/roles", value: roles.administrator },
      { op: "set", path: "/profile/provider/state", value: "approved" },
      { op: "unset", path: "/email" },
    ];
    await refused("kAccessDenied", () => patch(person, operations), [
      ["kAccessDenied", "account.locked"],
      ["kAccessDenied", "account.roles"],
      ["kAccessDenied", "account.profile.provider.state"],
      ["kAccessDenied", "account.email"],
    ]);
    expect(await me(person)).toEqual(person.account);
  });
  it.each([
    ["set", { op: "set", path: "/profile/provider", value: { npi: "1", state: "approved" } }],
    ["set without the property", { op: "set", path: "/profile/provider", value: { npi: "1" } }],
    ["unset", { op: "unset", path: "/profile/provider" }],
    ["unset the whole profile", { op: "unset", path: "/profile" }],
    ["set the whole profile", { op: "set", path: "/profile", value: {} }],
  ])("does not allow writing a denied property by replacing the document around it: %s", async (_, operation) => {
    const person = await newcomer();
    await expectSuccess(
      portal.administrator.patch(`accounts/${person.id}`, {
        op: "set",
        path: "profile.provider.state",
        value: "processing",
      }),
    );
    const before = await me(person);
    await refused("kAccessDenied", () => patch(person, operation), [
      ["kAccessDenied", "account.profile.provider.state"],
    ]);
    expect(await me(person)).toEqual(before);
  });
  it.each(["set", "unset", "push", "remove"])("holds for %s", async (op) => {
    const person = await newcomer();
    for (const path of [
      "_id",
      "email",
      "key/secret",
      "created",
      "inherited_roles",
      "shared",
      "updater",
      "connections",
    ]) {
      const attempt = () => patch(person, { op, path: `/${path}`, value: "x" });
      const response = await attempt();
      if (path.includes("/")) {
        expect([400, 403]).toContain(response.status);
        continue;
      }
      await refused("kAccessDenied", attempt, [["kAccessDenied", `account.${path}`]]);
    }
    expect(await me(person)).toEqual(person.account);
  });
});

describe(named("kInvalidArgument"), () => {
  it.each([
    ["no op", { path: "/gender", value: "f" }],
    ["an unknown op", { op: "add", path: "/gender", value: "f" }],
    ["an op in capitals", { op: "SET", path: "/gender", value: "f" }],
    ["an op that is not text", { op: ["set"], path: "/gender", value: "f" }],
    ["an op named like a property of every object", { op: "constructor", path: "/gender", value: "f" }],
    ["no path", { op: "set", value: "f" }],
    ["an empty path", { op: "set", path: "", value: "f" }],
    ["the path /", { op: "set", path: "/", value: {} }],
    ["a path with an empty name", { op: "set", path: "/name//first", value: "f" }],
    ["a path with one name too many", { op: "set", path: "/gender/first", value: "f" }],
    ["a path that is not text", { op: "set", path: ["gender"], value: "f" }],
    ["an unknown property", { op: "set", path: "/nickname", value: "f" }],
    ["an unknown property below a known one", { op: "set", path: "/name/nick", value: "f" }],
    ["an unknown property in a value", { op: "set", path: "/name", value: { first: "a", last: "b", nick: "c" } }],
    ["an element of an array", { op: "set", path: "/preferences/notifications/0", value: {} }],
    ["the path /__proto__", { op: "set", path: "/__proto__/administrator", value: true }],
    ["the path /c_plan/__proto__", { op: "set", path: "/c_plan/__proto__/administrator", value: true }],
    ["the path /c_plan/constructor/prototype", { op: "set", path: "/c_plan/constructor/prototype/x", value: true }],
    ["set without value", { op: "set", path: "/gender" }],
    ["push without value", { op: "push", path: "/name/additional" }],
    ["push to a property that is not an array", { op: "push", path: "/gender", value: "f" }],
    ["push to a document", { op: "push", path: "/name", value: "f" }],
    ["remove from a property that is not an array", { op: "remove", path: "/name/first", value: "Charles" }],
    ["an operation that is not an object", ["set"]],
    ["null among operations", [{ op: "set", path: "/gender", value: "f" }, null]],
    [
      "a valid operation before an invalid one",
      [
        { op: "set", path: "/gender", value: "f" },
        { op: "x", path: "/tz", value: "UTC" },
      ],
    ],
    ["thousands of operations", Array.from({ length: 5000 }, () => ({ op: "set", path: "/gender", value: "f" }))],
    ["an empty body", {}],
  ])("is returned for %s, and nothing is changed", async (_, body) => {
    const person = await newcomer();
    await refused("kInvalidArgument", () => patch(person, body));
    expect(({} as Record<string, unknown>).administrator).toBeUndefined();
    expect(await me(person)).toEqual(person.account);
  });
});

// Regression: a set below an array turned it into an object without its values, and an unset answered success.
it.each([
  ["unset", "/c_list/0", undefined],
  ["unset", "/c_list/a", undefined],
  ["unset", "/c_text/a", undefined],
  ["unset", "/c_deep/list/0/x", undefined],
  ["remove", "/c_list/0", 1],
  ["remove", "/c_text/a/b", 1],
  ["remove", "/c_deep/list/0", "a"],
  ["remove", "/c_text", "text"],
  ["remove", "/c_deep", "a"],
  ["remove", "/c_deep/none", null],
  ["remove", "/gender", "m"],
  ["push", "/c_text", 9],
  ["push", "/c_deep", 9],
  ["push", "/c_deep/none", 9],
  ["push", "/name/first", "x"],
  ["set", "/c_list/0", 9],
  ["set", "/c_list/0/x", 9],
  ["push", "/c_list/x", 9],
  ["set", "/c_text/a", 9],
  ["push", "/c_deep/list/0/x", 9],
])(
  `${named("kInvalidArgument")} for %s %s, whose path leads through a value that is not an object`,
  async (op, path, value) => {
    const person = await newcomer();
    const custom = { c_list: [1, 2], c_text: "text", c_deep: { list: ["a"], none: {} } };
    await expectSuccess(person.put("accounts/me", custom));
    await refused("kInvalidArgument", () => patch(person, { op, path, value }));
    expect(await me(person)).toMatchObject(custom);
    const replaced = { c_list: { a: 1 }, c_text: { a: 1 } };
    expect(await expectSuccess(person.put("accounts/me", replaced))).toMatchObject(replaced);
  },
);

describe(named("kValidationError"), () => {
  const bad: readonly [FaultCode, string, object][] = [
    ["kRequired", "account.name.first", { op: "unset", path: "/name/first" }],
    ["kRequired", "account.mobile", { op: "unset", path: "/mobile" }],
    ["kEnumValue", "account.gender", { op: "set", path: "/gender", value: "x" }],
    ["kInvalidPhoneNumberFormat", "account.mobile", { op: "set", path: "/mobile", value: "5" }],
    ["kInvalidDateOfBirth", "account.dob", { op: "set", path: "/dob", value: "2999-01-01" }],
    ["kInvalidFormat", "account.tz", { op: "set", path: "/tz", value: "Mars/Olympus" }],
    ["kInvalidString", "account.name.last", { op: "set", path: "/name/last", value: "" }],
  ];
  it.each(bad)("with %s at %s, and nothing is changed", async (code, path, operation) => {
    const person = await newcomer();
    const operations = [{ op: "set", path: "/c_note", value: "x" }, operation];
    await refused("kValidationError", () => patch(person, operations), [[code, path]]);
    expect(await me(person)).toEqual(person.account);
  });
});

describe(named("kNotFound"), () => {
  it("has the same body for an account that is hidden from the caller and for one that never existed", async () => {
    const [person, stranger] = [await portal.register(), await portal.register()];
    for (const body of [{ op: "set", path: "/gender", value: "f" }, { op: "x" }, []]) {
      const hidden = await refused("kNotFound", () => stranger.patch(`accounts/${person.id}`, body));
      const never = await refused("kNotFound", () => stranger.patch("accounts/0123456789abcdef01234567", body));
      expect(hidden.text).toBe(never.text);
    }
  });
});

describe(named("kNotLoggedIn"), () => {
  it("is returned for me with application credentials", async () => {
    const body = { op: "set", path: "/gender", value: "f" };
    await refused("kNotLoggedIn", () => portal.administrator.patch("accounts/me", body));
  });
});

describe("simultaneous writes", () => {
  it("are all kept, including pushes to one array", async () => {
    const person = await portal.register();
    const numbers = Array.from({ length: 10 }, (_, place) => place);
    await Promise.all([
      ...numbers.map((value) => expectSuccess(patch(person, { op: "push", path: "/c_list", value }))),
      ...numbers.map((value) => expectSuccess(patch(person, { op: "set", path: `/c_map/n${value}`, value }))),
    ]);
    const { c_list, c_map } = await me(person);
    expect(c_list.toSorted()).toEqual(numbers);
    expect(c_map).toEqual(Object.fromEntries(numbers.map((value) => [`n${value}`, value])));
  });
});
