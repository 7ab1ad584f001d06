import { beforeAll, describe, expect, it } from "vitest";
import { expectSuccess, type Holder, openPortal, roles, type TestPortal } from "../../kit/portal.ts";
import { aTime, expectFault, named, plainAccount, refused } from "./accounts-contract.ts";
import { describeAddress, describeCall, type Prepare } from "./suites.ts";

/** A call for the caller's own account. */
const call: Prepare = async (portal) => {
  const client = await portal.signedIn();
  return { client, path: "accounts/me" };
};
describeCall("AccountGet", call);
describe("by id", () => {
  describeAddress("AccountGet", async (portal) => {
    const { client, path, body } = await call(portal);
    const { id } = client as Holder;
    return { client, path: path.replace("me", id), body };
  });
});

let portal: TestPortal;
let patient: Holder;
let provider: Holder;
let administrator: Holder;
beforeAll(async () => {
  portal = await openPortal();
  patient = await portal.signedIn();
  provider = await portal.signedIn([roles.provider]);
  administrator = await portal.signedIn([roles.administrator]);
});
const nobody = "0123456789abcdef01234567";

describe("200 account", () => {
  it("returns the caller's own whole account, by me and by id", async () => {
    const { status, json, headers } = await patient.get("accounts/me");
    expect(json).toEqual(plainAccount(patient.email));
    expect(status).toBe(200);
    expect(headers["medable-csrf-token"]).toBe(patient.csrf);
    expect((await patient.get(`accounts/${patient.id}`)).json).toEqual(json);
  });
  it("returns everything except the key to an administrator", async () => {
    const { key, ...rest } = plainAccount(patient.email);
    for (const caller of [administrator, portal.administrator]) {
      expect((await caller.get(`accounts/${patient.id}`)).json).toEqual(rest);
    }
  });
  it("returns to a provider the properties that access 2 may read", async () => {
    await expectSuccess(patient.put("accounts/me", { name: { middle: "Herbert" } }));
    const { json } = await provider.get(`accounts/${patient.id}`);
    expect(json).toEqual({
      _id: patient.id,
      object: "account",
      access: 2,
      name: { first: "Charles", middle: "Herbert", last: "Best" },
      shared: false,
      favorite: false,
      updated: aTime,
      updater: { _id: patient.id, object: "account", path: `/accounts/${patient.id}` },
    });
  });
  it("has neither updated nor updater before the first update", async () => {
    const fresh = await portal.register();
    for (const account of [
      (await fresh.get("accounts/me")).json,
      (await portal.administrator.get(`accounts/${fresh.id}`)).json,
      (await provider.get(`accounts/${fresh.id}`)).json,
    ]) {
      expect(account).not.toHaveProperty("updated");
      expect(account).not.toHaveProperty("updater");
    }
  });
  it("computes the age at the time of the request", async () => {
    const person = await portal.register({ dob: "1999-05-06" });
    const ageAt = async (now: string) =>
      (await portal.administrator.get(`accounts/${person.id}`, { now: new Date(now) })).json.age;
    expect(await ageAt("2031-05-05T23:59:59.999Z")).toBe(31);
    expect(await ageAt("2031-05-06T00:00:00.000Z")).toBe(32);
  });
  it("has the inherited roles of an administrator; others inherit none", async () => {
    const me = (await administrator.get("accounts/me")).json;
    expect(me.roles).toEqual([roles.administrator]);
    expect(me.inherited_roles).toEqual([roles.developer, roles.support]);
    for (const role of [roles.provider, roles.support, roles.developer, "587012227d67efea0843fa80"]) {
      const other = await portal.signedIn([role]);
      expect((await other.get("accounts/me")).json).toMatchObject({ roles: [role], inherited_roles: [] });
    }
  });
});

describe("paths[], include[], expand[]", () => {
  it.each([
    ["paths[]=name", { name: { first: "Ada", last: "Lovelace" } }],
    ["paths%5B%5D=name", { name: { first: "Ada", last: "Lovelace" } }],
    ["paths[]=name.first", { name: { first: "Ada" } }],
    ["paths[]=name.first&paths[]=name.last", { name: { first: "Ada", last: "Lovelace" } }],
    ["paths[]=name&paths[]=name.first", { name: { first: "Ada", last: "Lovelace" } }],
    ["paths[]=name.first&paths[]=email", { name: { first: "Ada" }, email: "ada@example.org" }],
    ["paths[0]=email&paths[1]=gender", { email: "ada@example.org", gender: "f" }],
    ["paths=email", { email: "ada@example.org" }],
    ["paths[]=c_note.colour", { c_note: { colour: "red" } }],
    ["paths[]=_id", {}],
    ["paths[]=nickname", {}],
    ["paths[]=name.nick&paths[]=gender", { gender: "f" }],
    ["paths[]=roles.0", {}],
    ["paths[]=__proto__&paths[]=constructor&paths[]=name.__proto__", {}],
    ["paths[]=connections", {}],
  ])("narrows to %s, plus _id and object", async (query, wanted) => {
    const narrow = await openPortal({}, {}, portal.practice);
    const ada = await narrow.register({
      name: { first: "Ada", last: "Lovelace" },
      email: "ada@example.org",
      gender: "f",
      c_note: { colour: "red", size: 5 },
    });
    const { json } = await ada.get(`accounts/me?${query}`);
    expect(json).toEqual({ _id: ada.id, object: "account", ...wanted });
  });
  it("leaves out a property that the caller may not read", async () => {
    const query = "paths[]=email&paths[]=name.first&paths[]=key&paths[]=created";
    const { json } = await provider.get(`accounts/${patient.id}?${query}`);
    expect(json).toEqual({ _id: patient.id, object: "account", name: { first: "Charles" } });
    const { json: asAdministrator } = await administrator.get(`accounts/${patient.id}?paths[]=key`);
    expect(asAdministrator).toEqual({ _id: patient.id, object: "account" });
  });
  it("has connections with include[]=connections, only for the holder", async () => {
    expect((await patient.get("accounts/me?include[]=connections")).json.connections).toEqual([]);
    expect((await patient.get("accounts/me")).json).not.toHaveProperty("connections");
    for (const other of [provider, administrator, portal.administrator]) {
      const { json } = await other.get(`accounts/${patient.id}?include[]=connections`);
      expect(json).not.toHaveProperty("connections");
    }
  });
  it("replaces updater by that account with expand[]=updater, with the properties that the caller may read", async () => {
    const person = await portal.register();
    await expectSuccess(administrator.put(`accounts/${person.id}`, { name: { prefix: "Dr." } }));
    const reference = { _id: administrator.id, object: "account", path: `/accounts/${administrator.id}` };
    expect((await person.get("accounts/me")).json.updater).toEqual(reference);
    // The holder may not know that the administrator exists.
    expect((await person.get("accounts/me?expand[]=updater")).json.updater).toEqual(reference);
    const byProvider = (await provider.get(`accounts/${person.id}?expand[]=updater`)).json.updater;
    expect(byProvider).toMatchObject({ _id: administrator.id, access: 2, name: { first: "Charles", last: "Best" } });
    expect(byProvider).not.toHaveProperty("email");
    const byAdministrator = (await administrator.get(`accounts/${person.id}?expand[]=updater`)).json.updater;
    expect(byAdministrator).toMatchObject({ _id: administrator.id, access: 6, email: administrator.email });
    expect(byAdministrator).not.toHaveProperty("key");
  });
  it("keeps the reference when the update was made with application credentials", async () => {
    const person = await portal.signedIn([roles.support]);
    const { json } = await person.get("accounts/me?expand[]=updater");
    expect(json.updater).toEqual({
      _id: "000000000000000000000002",
      object: "account",
      path: "/accounts/000000000000000000000002",
    });
  });
});

describe(named("kIllegalExpansion"), () => {
  it.each(["connections", "roles", "key", "updater.roles", "", "__proto__"])("refuses expand[]=%s", async (name) => {
    await refused("kIllegalExpansion", () => patient.get(`accounts/me?expand[]=${name}`));
  });
});

describe(named("kNotFound"), () => {
  it("has the same body for an account that is hidden from the caller and for one that never existed", async () => {
    const other = await portal.signedIn([roles.support, roles.developer, "587012227d67efea0843fa80"]);
    for (const id of [patient.id, provider.id, administrator.id]) {
      const hidden = await refused("kNotFound", () => other.get(`accounts/${id}`));
      const never = await refused("kNotFound", () => other.get(`accounts/${nobody}`));
      expect(hidden.text).toBe(never.text);
      expect(hidden.headers).toEqual(never.headers);
    }
  });
  it.each(["ME", nobody, "1", "000000000000000000000002", "0123456789ABCDEF01234567", "a%23b", "%00", "x".repeat(500)])(
    "is returned to administrators for %s",
    async (id) => {
      for (const caller of [administrator, portal.administrator]) {
        await refused("kNotFound", () => caller.get(`accounts/${id}`));
      }
    },
  );
  it("is returned to everybody for another portal's account, even of the same vendor", async () => {
    const sibling = await openPortal({}, {}, portal.practice);
    const stranger = await sibling.register();
    for (const caller of [administrator, provider, portal.administrator]) {
      await refused("kNotFound", () => caller.get(`accounts/${stranger.id}`));
    }
  });
});

describe(named("kNotLoggedIn"), () => {
  it("is returned for me with application credentials", async () => {
    expectFault(await portal.administrator.get("accounts/me"), "kNotLoggedIn");
  });
});

describe("HEAD", () => {
  it("is answered as GET is, without the body", async () => {
    const { status, text, headers } = await patient.send("HEAD", "accounts/me");
    expect(status).toBe(200);
    expect(text).toBe("");
    expect(headers["cache-control"]).toBe("no-store");
  });
});
