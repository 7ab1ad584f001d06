import { beforeEach, describe, expect, it } from "vitest";
import { type Holder, openPortal, roles, type TestPortal } from "../../kit/portal.ts";
import { allItems } from "../../kit/system.ts";
import { named, refused } from "./accounts-contract.ts";
import { bracketedType } from "./bracketed.ts";
import { describeCall } from "./suites.ts";

describeCall("SettingsPut", async (portal) => ({
  client: await portal.signedIn([roles.administrator]),
  path: "settings",
  body: { lockMinutes: 20 },
}));

const changed = {
  registration: "invitation",
  twoFactor: true,
  unverifiedDays: 7,
  minPasswordScore: 4,
  lockAttempts: 100,
  lockMinutes: 1440,
  sessionIdleMinutes: 1440,
  sessionHours: 168,
  smsPerDay: 100_000,
  allowedOrigins: ["https://portal.example.com", "https://staff.example.com:8443"],
};

let portal: TestPortal;
let boss: Holder;
beforeEach(async () => {
  portal = await openPortal();
  boss = await portal.signedIn([roles.administrator]);
});
const settings = async () => (await portal.administrator.get("settings")).json;

describe("200 settings", () => {
  it("are all settings after the change, which counts from the next call on", async () => {
    const { json } = await boss.put("settings", changed);
    expect(json).toEqual({ object: "settings", ...changed });
    expect(await settings()).toEqual(json);
    const { json: shown } = await portal.visitor().get("");
    expect(shown).toMatchObject({ registration: "invitation", twoFactor: true, minPasswordScore: 4 });
  });
  it("keep what is not in the body", async () => {
    await portal.settings({ lockMinutes: 30 });
    expect((await boss.put("settings", { sessionHours: 24 })).json).toMatchObject({
      lockMinutes: 30,
      sessionHours: 24,
    });
  });
  it("may be sent back as they were answered", async () => {
    const before = await settings();
    expect((await boss.put("settings", before)).json).toEqual(before);
  });
  it("are taken from a form, in words", async () => {
    const body = "twoFactor=true&lockMinutes=7&allowedOrigins[]=https%3A%2F%2Fa.example.com&sessionHours=";
    const { json } = await boss.put("settings", body, { headers: { "content-type": bracketedType } });
    const expected = { twoFactor: true, lockMinutes: 7, allowedOrigins: ["https://a.example.com"], sessionHours: 12 };
    expect(json).toMatchObject(expected);
  });
  it("are changed by application credentials too", async () => {
    expect((await portal.administrator.put("settings", { lockMinutes: 9 })).json.lockMinutes).toBe(9);
  });
  it("store the audit event with the account that changed them, and no value", async () => {
    await boss.put("settings", { lockMinutes: 1439, sessionHours: 12 });
    const { accountId } = portal.practice;
    const [event, ...more] = (await allItems()).filter(
      ({ what, record }) =>
        what === "portalSettings.updated" && (record as { accountId: string }).accountId === accountId,
    );
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      what: "portalSettings.updated",
      record: { accountId },
      changed: ["lockMinutes"],
      who: { kind: "portalAccount", id: boss.id },
    });
    expect(JSON.stringify(event)).not.toMatch(/\b1439\b/);
  });
  it("survive twenty simultaneous changes of different settings, by different administrators", async () => {
    const other = await portal.signedIn([roles.administrator]);
    const parts = Object.entries(changed).map(([name, value]) => ({ [name]: value }));
    const answers = await Promise.all([boss, other].flatMap((who) => parts.map((part) => who.put("settings", part))));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await settings()).toEqual({ object: "settings", ...changed });
  });
});

describe("a second factor that an administrator switches on", () => {
  it("ends no session, and asks everybody for a code on the next device, the administrator included", async () => {
    const person = await portal.register();
    await boss.put("settings", { twoFactor: true });
    for (const { id, email, password } of [person, boss]) {
      expect((await portal.visitor().post("accounts/login", { email, password })).json.code).toBe("kNewLocation");
      expect((await (id === boss.id ? boss : person).get("accounts/me")).json._id).toBe(id);
    }
  });
});

describe(named("kValidationError"), () => {
  it.each([
    ["registration", ["yes", 1, {}, [], null, ""]],
    ["twoFactor", ["on", 0, {}, null, " "]],
    ["unverifiedDays", [0, 366, 1.5, "long", true, null]],
    ["minPasswordScore", [0, 5, []]],
    ["lockAttempts", [2, 101]],
    ["lockMinutes", [0, 1441, -15, "", null]],
    ["sessionIdleMinutes", [4, 1441]],
    ["sessionHours", [0, 169]],
    ["smsPerDay", [-1, 100_001]],
    ["allowedOrigins", ["https://portal.example.com", {}, null, ""]],
  ])("has a child at settings.%s for each wrong value", async (name, values) => {
    for (const value of values) {
      const body = { unverifiedDays: 9, [name]: value };
      const child = ["kInvalidFormat", `settings.${name}`] as const;
      const { json } = await refused("kValidationError", () => boss.put("settings", body), [child]);
      expect(json.faults[0].reason).toMatch(/^must be /);
    }
    expect((await settings()).unverifiedDays).toBe(30);
  });
  it.each(["http://a.example.com", "https://a.example.com/", "*", "null", "", null, 7])(
    "has a child at the place of %j among allowedOrigins",
    async (origin) => {
      const body = { allowedOrigins: ["https://fine.example.com", origin] };
      await refused("kValidationError", () => boss.put("settings", body), [
        ["kInvalidFormat", "settings.allowedOrigins.1"],
      ]);
    },
  );
  it("has a child for each of several settings", async () => {
    await refused("kValidationError", () => boss.put("settings", { lockMinutes: 0, twoFactor: null }), [
      ["kInvalidFormat", "settings.lockMinutes"],
      ["kInvalidFormat", "settings.twoFactor"],
    ]);
  });
});

describe(named("kInvalidArgument"), () => {
  it("names an unknown property, and says nothing of its value", async () => {
    for (const body of [{ colour: "secret" }, { lockMinutes: 0, colour: 1 }, { object: "account" }]) {
      const { json, text } = await refused("kInvalidArgument", () => boss.put("settings", body));
      expect(json.reason).toBe(`Unknown property: ${"object" in body ? "object" : "colour"}`);
      expect(text).not.toContain("secret");
    }
    await refused("kInvalidArgument", () => boss.put("settings", { toString: 1, constructor: {} }));
    await refused("kInvalidArgument", () => boss.put("settings", [{ op: "set", path: "lockMinutes", value: 9 }]));
  });
});

describe(named("kAccessDenied"), () => {
  it("is returned to everybody who is signed in and no administrator, whatever the body says", async () => {
    for (const role of [[], [roles.provider], [roles.support], [roles.developer]]) {
      const person = await portal.signedIn(role);
      for (const body of [{ lockMinutes: 9 }, { lockMinutes: 0 }, { colour: 1 }]) {
        await refused("kAccessDenied", () => person.put("settings", body));
      }
    }
  });
  it("is returned after the role was taken away", async () => {
    await portal.administrator.put(`accounts/${boss.id}`, { roles: [] });
    await refused("kAccessDenied", () => boss.put("settings", { lockMinutes: 9 }));
  });
});
