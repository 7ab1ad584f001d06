import { beforeAll, describe, expect, it } from "vitest";
import { expectSuccess, type Holder, openPortal, type PortalClient, roles, type TestPortal } from "../../kit/portal.ts";
import { appCode } from "../../kit/totp.ts";
import { aKey, aTime, examplePreferences, exampleProvider, expectResult, named, refused } from "./accounts-contract.ts";
import { beginApp } from "./apps.ts";
import { connect } from "./connections.ts";
import { describeAddress, describeCall, type Prepare } from "./suites.ts";

/** A call for the caller's own account. */
const call: Prepare = async (portal) => {
  const client = await portal.signedIn();
  return { client, path: "accounts/me/name/first" };
};
describeCall("AccountGetProperty", call);
describe("by id", () => {
  describeAddress("AccountGetProperty", async (portal) => {
    const { client, path, body } = await call(portal);
    const { id } = client as Holder;
    return { client, path: path.replace("me", id), body };
  });
});

let portal: TestPortal;
let patient: Holder;
let provider: Holder;
let administrator: Holder;
const fields = {
  name: { first: "Ada", last: "Lovelace", additional: ["Augusta", "King"] },
  email: "ada@example.org",
  mobile: "+16505555555",
  dob: "1915-12-10",
  gender: "f",
  tz: "Europe/London",
  locale: "en_GB",
  preferences: examplePreferences,
  profile: { provider: exampleProvider },
  c_note: { colour: "red", sizes: [1, 2], empty: {} },
  c_zero: 0,
  c_no: false,
  c_blank: "",
};
beforeAll(async () => {
  portal = await openPortal();
  patient = await portal.register(fields);
  provider = await portal.signedIn([roles.provider]);
  administrator = await portal.signedIn([roles.administrator]);
  await expectSuccess(patient.put("accounts/me", { name: { middle: "King" } }));
  await expectSuccess(portal.administrator.put(`accounts/${patient.id}`, { roles: ["587012227d67efea0843fa80"] }));
});

describe("200 result", () => {
  it.each([
    ["_id", expect.stringMatching(/^[0-9a-f]{24}$/)],
    ["object", "account"],
    ["access", 6],
    ["name", { first: "Ada", middle: "King", last: "Lovelace", additional: ["Augusta", "King"] }],
    ["name/first", "Ada"],
    ["name/first/", "Ada"],
    ["name/middle", "King"],
    ["email", "ada@example.org"],
    ["mobile", "+16505555555"],
    ["dob", "1915-12-10"],
    ["gender", "f"],
    ["tz", "Europe/London"],
    ["locale", "en_GB"],
    ["state", "unverified"],
    ["locked", false],
    ["activationRequired", false],
    ["favorite", false],
    ["shared", false],
    ["created", aTime],
    ["updated", aTime],
    ["updater", { _id: expect.any(String), object: "account", path: expect.any(String) }],
    ["updater/_id", "000000000000000000000002"],
    ["key", aKey],
    ["key/secret", aKey.secret],
    ["preferences", examplePreferences],
    ["profile", { provider: exampleProvider }],
    ["profile/provider/license/state", "Alabama"],
    ["profile/provider/visibility/public", false],
    ["c_note", fields.c_note],
    ["c_note/colour", "red"],
    ["c_note/empty", {}],
    ["c_zero", 0],
    ["c_no", false],
    ["c_blank", ""],
  ])("answers %s, by me and by id", async (property, value) => {
    for (const owner of ["me", patient.id]) {
      expectResult(await patient.get(`accounts/${owner}/${property}`), value);
    }
  });
  it("answers the age of today", async () => {
    const now = new Date("2031-12-10T00:00:00.000Z");
    expectResult(await portal.administrator.get(`accounts/${patient.id}/age`, { now }), 116);
  });
  it("returns to a provider the properties of others that they may read", async () => {
    expectResult(await provider.get(`accounts/${patient.id}/name/last`), "Lovelace");
    expectResult(await provider.get(`accounts/${patient.id}/access`), 2);
    expectResult(await provider.get(`accounts/${patient.id}/updated`), expect.anything());
  });
});

describe("200 totp", () => {
  it("tells the holder and administrators whether an authenticator app is on", async () => {
    const person = await portal.register();
    const start = new Date();
    const asked = async (client: PortalClient, owner: string) => {
      const { status, json } = await client.get(`accounts/${owner}/totp`);
      return status === 200 ? json : status;
    };
    const byAll = async () => [
      await asked(person, "me"),
      await asked(person, person.id),
      await asked(administrator, person.id),
      await asked(portal.administrator, person.id),
    ];
    const all = (data: boolean) => Array(4).fill({ object: "result", data });
    expect(await byAll()).toEqual(all(false));
    const secret = await beginApp(person, start);
    // Nobody is asked for a code before it is confirmed.
    expect(await byAll()).toEqual(all(false));
    await expectSuccess(person.post("accounts/me/totp/confirm", { code: appCode(secret, start) }, { now: start }));
    expect(await byAll()).toEqual(all(true));
    expectResult(await person.get("accounts/me/totp/"), true);
    await expectSuccess(portal.administrator.delete(`accounts/${person.id}/totp`));
    expect(await byAll()).toEqual(all(false));
  });
});

describe("200 list", () => {
  it.each([
    ["name/additional", ["Augusta", "King"]],
    ["roles", ["587012227d67efea0843fa80"]],
    ["inherited_roles", []],
    ["preferences/notifications", examplePreferences.notifications],
    ["c_note/sizes", [1, 2]],
  ])("answers the array %s", async (property, data) => {
    const { status, json } = await patient.get(`accounts/me/${property}`);
    expect(json).toEqual({ object: "list", data, hasMore: false });
    expect(status).toBe(200);
  });
});

describe(named("kNotFound"), () => {
  it.each([
    "nickname",
    "name/nick",
    "name/first/0",
    "name.first",
    "roles/0",
    "preferences/notifications/0",
    "image",
    "connections",
    "password",
    "passwordHash",
    "sessionEpoch",
    "document",
    "custom",
    "__proto__",
    "constructor",
    "name/constructor",
    "name/__proto__/toString",
    "%00",
  ])("is returned for %s, which does not exist", async (property) => {
    await refused("kNotFound", () => patient.get(`accounts/me/${property}`));
  });
  it.each(["email", "mobile", "created", "roles", "key", "state", "c_note", "profile/provider"])(
    "is returned to a provider for %s of other accounts, as for a property that does not exist",
    async (property) => {
      const hidden = await refused("kNotFound", () => provider.get(`accounts/${patient.id}/${property}`));
      expect(hidden.text).toBe((await provider.get(`accounts/${patient.id}/nickname`)).text);
    },
  );
  it("is returned to everybody else for totp, also with a connection that lets them read and write everything", async () => {
    const other = await portal.signedIn();
    await connect(patient, other, 6);
    expectResult(await other.get(`accounts/${patient.id}/email`), "ada@example.org");
    const hidden = await refused("kNotFound", () => other.get(`accounts/${patient.id}/totp`));
    expect(hidden.text).toBe((await other.get(`accounts/${patient.id}/nickname`)).text);
    await refused("kNotFound", () => provider.get(`accounts/${patient.id}/totp`));
    await refused("kNotFound", () => patient.get("accounts/me/totp/secret"));
  });
  it("is returned to administrators for somebody else's key", async () => {
    await refused("kNotFound", () => administrator.get(`accounts/${patient.id}/key`));
    await refused("kNotFound", () => portal.administrator.get(`accounts/${patient.id}/key/secret`));
  });
  it("is returned to others for the whole account, as for an account that never existed", async () => {
    const other = await portal.signedIn();
    const hidden = await refused("kNotFound", () => other.get(`accounts/${patient.id}/name/first`));
    const never = await refused("kNotFound", () => other.get("accounts/0123456789abcdef01234567/name/first"));
    expect(hidden.text).toBe(never.text);
  });
});

describe(named("kNotLoggedIn"), () => {
  it("is returned for me with application credentials", async () => {
    await refused("kNotLoggedIn", () => portal.administrator.get("accounts/me/name"));
  });
});
