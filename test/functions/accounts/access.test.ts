import { beforeAll, describe, expect, it } from "vitest";
import { expectSuccess, type Holder, openPortal, type PortalClient, roles, type TestPortal } from "../../kit/portal.ts";
import { aKey, anId, aTime, examplePreferences, exampleProvider, refused } from "./accounts-contract.ts";
import { connect, offer } from "./connections.ts";

/** The caller, as seen from the requested account. */
const callers = [
  "holder",
  "administrator",
  "application",
  "provider",
  "connected at 2",
  "connected at 4",
  "connected at 6",
  "provider connected at 4",
  "invited",
  "other",
  "stranger",
] as const;
type Caller = (typeof callers)[number];

/**
 * The access level of each caller (contract accounts §3). A stranger is an administrator of another portal. Somebody who is
 * invited was offered access 6 and has not accepted it.
 */
const accessOf: Readonly<Record<Caller, number>> = {
  holder: 6,
  administrator: 6,
  application: 6,
  provider: 2,
  "connected at 2": 2,
  "connected at 4": 4,
  "connected at 6": 6,
  "provider connected at 4": 4,
  invited: 0,
  other: 0,
  stranger: 0,
};
const administrators: readonly Caller[] = ["administrator", "application"];
/** Who writes what is not the administrators' own. */
const writers: readonly Caller[] = ["holder", "connected at 6", ...administrators];

interface Property {
  readonly path: string;
  /** The lowest access level that reads the property, or `holder` when only the holder reads it. */
  readonly read: number | "holder";
  readonly write: readonly Caller[];
  /** The stored value, and the value that a write sets. */
  readonly value: unknown;
}

/** The table of contract accounts §3, row by row. */
const properties: readonly Property[] = [
  { path: "_id", read: 1, write: [], value: anId },
  { path: "object", read: 1, write: [], value: "account" },
  { path: "access", read: 1, write: [], value: expect.any(Number) },
  { path: "shared", read: 1, write: [], value: true },
  { path: "name.first", read: 1, write: writers, value: "Charles" },
  { path: "name.last", read: 1, write: writers, value: "Best" },
  { path: "name.prefix", read: 1, write: writers, value: "Dr." },
  { path: "name.additional", read: 1, write: writers, value: ["Charley"] },
  { path: "favorite", read: 1, write: callers.filter((caller) => accessOf[caller] > 0), value: false },
  { path: "updated", read: 2, write: [], value: aTime },
  { path: "updater", read: 2, write: [], value: expect.anything() },
  { path: "created", read: 4, write: [], value: aTime },
  { path: "email", read: 4, write: [], value: "charles.best@example.org" },
  { path: "mobile", read: 4, write: writers, value: "+16505555555" },
  { path: "dob", read: 4, write: writers, value: "1899-02-27" },
  { path: "age", read: 4, write: [], value: expect.any(Number) },
  { path: "gender", read: 4, write: writers, value: "m" },
  { path: "tz", read: 4, write: writers, value: "US/Pacific" },
  { path: "locale", read: 4, write: writers, value: "en_US" },
  { path: "state", read: 4, write: administrators, value: "verified" },
  { path: "locked", read: 4, write: administrators, value: false },
  { path: "activationRequired", read: 4, write: administrators, value: false },
  { path: "roles", read: 4, write: administrators, value: [roles.support] },
  { path: "inherited_roles", read: 4, write: [], value: [] },
  {
    path: "preferences.notifications",
    read: 4,
    write: writers,
    value: examplePreferences.notifications,
  },
  {
    path: "profile.provider.affiliation",
    read: 4,
    write: writers,
    value: exampleProvider.affiliation,
  },
  { path: "profile.provider.license.number", read: 4, write: writers, value: "777" },
  { path: "profile.provider.npi", read: 4, write: writers, value: exampleProvider.npi },
  {
    path: "profile.provider.specialty",
    read: 4,
    write: writers,
    value: exampleProvider.specialty,
  },
  { path: "profile.provider.state", read: 4, write: administrators, value: "processing" },
  { path: "profile.provider.visibility.public", read: 4, write: writers, value: false },
  { path: "c_note", read: 4, write: writers, value: "likes tulips" },
  { path: "c_plan.day", read: 4, write: writers, value: 3 },
  { path: "key", read: "holder", write: [], value: aKey },
];
/** The properties that `where` may name, in addition to those that access 1 reads. */
const filterable = [
  "_id",
  "email",
  "mobile",
  "name.first",
  "name.last",
  "state",
  "locked",
  "roles",
  "gender",
  "created",
  "favorite",
];

let portal: TestPortal;
let target: Holder;
let clients: Readonly<Record<Caller, PortalClient>>;
beforeAll(async () => {
  portal = await openPortal();
  const stranger = await openPortal({}, {}, portal.practice);
  target = await portal.register({
    name: { prefix: "Dr.", first: "Charles", last: "Best", additional: ["Charley"] },
    email: "charles.best@example.org",
    dob: "1899-02-27",
    gender: "m",
    tz: "US/Pacific",
    preferences: examplePreferences,
    profile: { provider: exampleProvider },
    c_note: "likes tulips",
    c_plan: { day: 3 },
  });
  const state = { state: "verified", roles: [roles.support], profile: { provider: { state: "processing" } } };
  await expectSuccess(portal.administrator.put(`accounts/${target.id}`, state));
  const connected = async (access: 2 | 4 | 6, roleIds: readonly string[] = []) => {
    const person = await portal.signedIn(roleIds);
    await connect(target, person, access);
    return person;
  };
  const invited = await portal.register();
  await offer(target, invited.email, 6);
  clients = {
    holder: target,
    "connected at 2": await connected(2),
    "connected at 4": await connected(4),
    "connected at 6": await connected(6),
    "provider connected at 4": await connected(4, [roles.provider]),
    invited,
    administrator: await portal.signedIn([roles.administrator]),
    application: portal.administrator,
    provider: await portal.signedIn([roles.provider]),
    other: await portal.signedIn([roles.support, roles.developer, "587012227d67efea0843fa80"]),
    stranger: await stranger.signedIn([roles.administrator]),
  };
});

const account = () => `accounts/${target.id}`;
const reads = (caller: Caller, { read }: Property) =>
  read === "holder" ? caller === "holder" : accessOf[caller] >= read;
const at = (root: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], root);
const nested = (path: string, value: unknown): object =>
  path.split(".").reduceRight<unknown>((below, name) => ({ [name]: below }), value) as object;

describe.each(callers)("%s", (caller) => {
  const access = accessOf[caller];
  const exists = access > 0;

  describe("reads", () => {
    it(
      exists
        ? "the properties of an account that their access level allows, and no others"
        : "no property of an account",
      async () => {
        if (!exists) {
          await refused("kNotFound", () => clients[caller].get(account()));
          return;
        }
        const { json } = await clients[caller].get(account());
        expect(json.access).toBe(access);
        for (const property of properties) {
          const { path, value } = property;
          if (reads(caller, property)) expect(at(json, path), path).toEqual(value);
          else expect(json, path).not.toHaveProperty(path);
        }
        const known = properties.map(({ path }) => path.split(".")[0]);
        expect(Object.keys(json).filter((name) => !known.includes(name))).toEqual([]);
      },
    );
    it.each(properties)("$path by its own path", async (property) => {
      const path = `${account()}/${property.path.replaceAll(".", "/")}`;
      if (!reads(caller, property)) {
        await refused("kNotFound", () => clients[caller].get(path));
        return;
      }
      const { status, json } = await clients[caller].get(path);
      expect(json.data).toEqual(property.value);
      expect(status).toBe(200);
    });
    it("in lists the same properties except the key, also with paths[]", async () => {
      const query = properties.map(({ path }) => `paths[]=${path}`).join("&");
      for (const list of ["accounts?limit=1000", `accounts?limit=1000&${query}`]) {
        const { data } = await expectSuccess(clients[caller].get(list));
        const found = data.find(({ _id }: { _id: string }) => _id === target.id);
        expect(Boolean(found)).toBe(exists);
        for (const property of exists ? properties : []) {
          const { path, value } = property;
          if (reads(caller, property) && path !== "key") expect(at(found, path), path).toEqual(value);
          else expect(found, path).not.toHaveProperty(path);
        }
      }
    });
    it("the same properties in where", async () => {
      // A provider lists others at access 2. All other callers have access 6 to every account that they list.
      const listAccess = caller.startsWith("provider") ? 2 : 6;
      for (const { path, read } of properties) {
        const operand = path === "created" ? "2030-01-01" : "x";
        const filter = encodeURIComponent(JSON.stringify({ [path]: operand }));
        const ask = () => clients[caller].get(`accounts?where=${filter}`);
        if (filterable.includes(path) && read !== "holder" && listAccess >= read) {
          expect((await ask()).json.object, path).toBe("list");
        } else {
          const { json } = await refused("kInvalidArgument", ask);
          expect(json.reason).toContain(path);
        }
      }
    });
  });

  describe("connections", () => {
    const include = "include[]=connections";
    it(caller === "holder" ? "are shown on request" : "are not shown", async () => {
      const answers = [
        (await clients[caller].get(`${account()}?${include}`)).json.connections,
        ((await clients[caller].get(`accounts?limit=1000&${include}`)).json.data as { _id: string }[])
          .filter(({ _id }) => _id === target.id)
          .map((shown) => (shown as { connections?: object[] }).connections)[0],
      ];
      const link = { _id: anId, object: "connection", path: expect.stringMatching(/^\/connections\/[0-9a-f]{24}$/) };
      const links = Array.from({ length: 5 }, () => link);
      expect(answers).toEqual(caller === "holder" ? [links, links] : [undefined, undefined]);
    });
    it(`are ${writers.includes(caller) && caller !== "connected at 6" ? "" : "not "}theirs to offer`, async () => {
      if (caller === "holder" || administrators.includes(caller)) return;
      const body = { targets: [{ email: "anybody@example.org", access: 2 }] };
      await refused(exists ? "kAccessDenied" : "kNotFound", () =>
        clients[caller].post(`${account()}/connections`, body),
      );
    });
  });

  describe("writes", () => {
    it.each(properties)("$path by PUT and PATCH", async ({ path, write, value }) => {
      // The contract does not say whether application credentials can mark a favorite: they belong to no person.
      if (caller === "application" && path === "favorite") return;
      const plain = typeof value === "object" && value !== null && "asymmetricMatch" in value ? "x" : value;
      const attempts = [
        () => clients[caller].put(account(), nested(path, plain)),
        () => clients[caller].patch(account(), { op: "set", path, value: plain }),
        () => clients[caller].patch(account(), [{ op: "set", path: `/${path.replaceAll(".", "/")}`, value: plain }]),
      ];
      for (const attempt of attempts) {
        if (!exists) {
          await refused("kNotFound", attempt);
        } else if (write.includes(caller)) {
          const { json } = await attempt();
          expect(json.object, path).toBe("account");
          expect(json.access).toBe(access);
          // A write does not return what the caller may not read.
          const unreadable = properties.filter((property) => !reads(caller, property));
          for (const { path } of unreadable) expect(json, path).not.toHaveProperty(path);
        } else {
          const { json } = await refused("kAccessDenied", attempt, [["kAccessDenied", expect.anything()]]);
          expect(`account.${path}`).toContain(json.faults[0].path);
        }
      }
    });
  });
});

describe("a provider's own account", () => {
  it("is like everybody's own account: access 6, and no additional rights", async () => {
    const provider = await portal.signedIn([roles.provider]);
    expect((await provider.get("accounts/me")).json).toMatchObject({ access: 6, email: provider.email, key: aKey });
    expect((await provider.put("accounts/me", { gender: "f" })).json.gender).toBe("f");
    await refused("kAccessDenied", () => provider.put("accounts/me", { state: "verified" }), [
      ["kAccessDenied", "account.state"],
    ]);
  });
});

describe("a connection", () => {
  it("shows the account in lists as its access allows, next to the caller's own, newest first", async () => {
    const [context, other] = [await portal.register(), await portal.register()];
    const person = await portal.register();
    await connect(context, person, 2);
    await connect(other, person, 4);
    const list = async (query = "") => (await expectSuccess(person.get(`accounts?${query}`))).data;
    const shown = (await list()).map(({ _id, access }: Record<string, unknown>) => [_id, access]);
    expect(shown).toEqual([
      [person.id, 6],
      [other.id, 4],
      [context.id, 2],
    ]);
    const ids = async (query: string) => (await list(query)).map(({ _id }: { _id: string }) => _id);
    expect(await ids("sort=_id")).toEqual([context.id, other.id, person.id]);
    expect(await ids("limit=1&skip=1")).toEqual([other.id]);
    const where = (filter: object) => `where=${encodeURIComponent(JSON.stringify(filter))}`;
    expect(await ids(where({ _id: { $lt: other.id } }))).toEqual([context.id]);
    expect(await ids(where({ _id: { $in: [context.id, target.id] } }))).toEqual([context.id]);
    expect(await ids(where({ email: other.email }))).toEqual([other.id]);
    expect(await ids(where({ email: context.email }))).toEqual([]);
    expect(await ids(where({ email: { $regex: "/^p/" } }))).toEqual([person.id, other.id]);
    await expectSuccess(person.put(`accounts/${context.id}`, { favorite: true }));
    expect(await ids(where({ favorite: true }))).toEqual([context.id]);
  });
  it("lets the account of an updater be expanded, as far as the caller may read it", async () => {
    const [context, person] = [await portal.register(), await portal.register()];
    await connect(context, person, 4);
    await connect(person, context, 6);
    await expectSuccess(context.put(`accounts/${person.id}`, { gender: "f" }));
    const { json } = await person.get("accounts/me?expand[]=updater");
    expect(json.updater).toMatchObject({ _id: context.id, access: 4, email: context.email });
    expect((await person.get("accounts?expand[]=updater")).json.data[0].updater).toMatchObject({ access: 4 });
  });
  it("ends with the next call: nothing is read, listed, marked or written any more", async () => {
    const [context, person] = [await portal.register(), await portal.register()];
    const { _id } = await connect(context, person, 6);
    await expectSuccess(person.put(`accounts/${context.id}`, { gender: "f", favorite: true }));
    await expectSuccess(context.delete(`connections/${_id}`));
    const path = `accounts/${context.id}`;
    for (const attempt of [
      () => person.get(path),
      () => person.get(`${path}/name`),
      () => person.put(path, { gender: "m" }),
      () => person.put(path, { favorite: false }),
      () => person.patch(path, { op: "set", path: "gender", value: "m" }),
    ]) {
      await refused("kNotFound", attempt);
    }
    expect((await person.get("accounts")).json.data).toHaveLength(1);
  });
});

describe("an administrator's own account", () => {
  it("accepts changes of the holder's properties and of the administrators' properties", async () => {
    const administrator = await portal.signedIn([roles.administrator]);
    const both = { gender: "f", state: "verified", profile: { provider: { npi: "1", state: "approved" } } };
    expect((await administrator.put("accounts/me", both)).json).toMatchObject(both);
  });
});
