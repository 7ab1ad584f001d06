import { beforeEach, describe, expect, it } from "vitest";
import {
  call,
  expectOk,
  leavesNoTrace,
  makePractice,
  makeUser,
  makeVendor,
  type TestPractice,
} from "../../kit/system.ts";
import { named } from "./field-suites.ts";
import { freshKey } from "./practice-suites.ts";
import { faulty, password, refused } from "./practices-contract.ts";

const changed = {
  registration: false,
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

let auth: TestPractice;
beforeEach(async () => {
  auth = await makePractice({ accountId: freshKey() });
});
const save = (fields: object, credentials: object = auth) =>
  call("PortalSettingsSave", { auth: credentials, ...fields });
const settings = async () => (await expectOk(call("PortalSettingsGet", { auth }))).portalSettings;

describe("2000 OK", () => {
  it("answers the envelope and all settings as they are now, and nothing else", async () => {
    const { status, json } = await save(changed);
    expect(json).toEqual({ successful: true, responseMessage: "OK", responseCode: 2000, portalSettings: changed });
    expect(status).toBe(200);
    expect(await settings()).toEqual(changed);
  });
  it.each(Object.entries(changed))("changes only %s when only that is passed", async (name, value) => {
    const before = await settings();
    expect((await expectOk(save({ [name]: value }))).portalSettings).toEqual({ ...before, [name]: value });
    expect(await settings()).toEqual({ ...before, [name]: value });
  });
  it("stores an event that names no setting when all of them stay the same, also lists", async () => {
    await expectOk(save(changed));
    await expectOk(save(changed));
    const { accountId, ...vendor } = auth;
    const { eventList } = await expectOk(call("EventList", { auth: vendor, accountId, limit: 2 }));
    const named = eventList.map(({ what, changed }: { what: string; changed: string[] }) => [what, changed.length]);
    expect(named).toEqual([
      ["portalSettings.updated", 0],
      ["portalSettings.updated", Object.keys(changed).length],
    ]);
  });
  it.each(["invitation", " Invitation "])("takes %j as registration", async (registration) => {
    expect((await expectOk(save({ registration }))).portalSettings.registration).toBe("invitation");
    expect((await settings()).registration).toBe("invitation");
    expect((await expectOk(save({ registration: "true" }))).portalSettings.registration).toBe(true);
  });
  it("keeps saved settings that are not passed, or are null or blank", async () => {
    await expectOk(save(changed));
    for (const blank of [undefined, null, ""]) {
      const blanks = Object.fromEntries(Object.keys(changed).map((name) => [name, blank]));
      await expectOk(save({ ...blanks, lockMinutes: 30 }));
      expect(await settings()).toEqual({ ...changed, lockMinutes: 30 });
    }
  });
  it("sets each setting back to its default", async () => {
    const defaults = await settings();
    await expectOk(save(changed));
    await expectOk(save(defaults));
    expect(await settings()).toEqual(defaults);
  });
  it.each([
    ["unverifiedDays", [1, 365]],
    ["minPasswordScore", [1, 4]],
    ["lockAttempts", [3, 100]],
    ["lockMinutes", [1, 1440]],
    ["sessionIdleMinutes", [5, 1440]],
    ["sessionHours", [1, 168]],
    ["smsPerDay", [0, 100_000]],
    ["allowedOrigins", [[], ["https://a.example"], ["https://xn--bcher-kva.example"], ["https://localhost:3000"]]],
  ])("accepts %s anywhere in its range", async (name, values) => {
    for (const value of values) {
      await expectOk(save({ [name]: value }));
      expect((await settings())[name]).toEqual(value);
    }
  });
  it.each([
    ["TRUE", true],
    ["false", false],
    ["False", false],
  ])("reads registration %j as %j", async (given, value) => {
    await expectOk(save({ registration: given }));
    expect((await settings()).registration).toBe(value);
  });
  it("admits an administrator of the practice who signs in", async () => {
    const loginId = freshKey();
    await makeUser(auth, { loginId, loginPassword: password, admin: true });
    await expectOk(save({ lockMinutes: 7 }, { loginId, loginPassword: password }));
    expect((await settings()).lockMinutes).toBe(7);
  });
  it("keeps all of many settings that are changed at the same time", async () => {
    const parts = Object.entries(changed).map(([name, value]) => ({ [name]: value }));
    await Promise.all(parts.map((part) => expectOk(save(part))));
    expect(await settings()).toEqual(changed);
  });
});

describe("4060 names the field with the error", () => {
  it.each([
    ["registration", ["yes", 1, {}, []]],
    ["twoFactor", ["on", 0, {}, []]],
    ["unverifiedDays", [0, 366, -1, 1.5, "long", true, {}]],
    ["minPasswordScore", [-1, 0, 5, 2.5, "high", true, {}, []]],
    ["lockAttempts", [2, 101, 0, 5.5, "few", true, {}]],
    ["lockMinutes", [0, 1441, -15, 1.5, "long", false, {}]],
    ["sessionIdleMinutes", [4, 1441, 5.5, true, []]],
    ["sessionHours", [0, 169, 0.5, true, []]],
    ["smsPerDay", [-1, 100_001, 0.5, true, []]],
  ])("refuses %s of another type or out of its range", async (name, values) => {
    for (const value of values) await faulty([name], () => save({ [name]: value }));
  });
  it.each([
    ["http://portal.example.com"],
    ["https://portal.example.com/"],
    ["https://portal.example.com/path"],
    ["https://portal.example.com?query"],
    ["https://user@portal.example.com"],
    ["https://portal.example.com:443"],
    ["https://"],
    ["portal.example.com"],
    ["//portal.example.com"],
    ["*"],
    ["null"],
    [""],
    [null],
    [7],
    [{}],
    [["https://portal.example.com"]],
  ])("refuses %j among allowedOrigins", async (origin) => {
    const response = await leavesNoTrace(() => save({ allowedOrigins: ["https://fine.example.com", origin] }));
    expect(response.json).toMatchObject({ successful: false, responseCode: 4060 });
    expect(response.json.errors).toHaveLength(1);
    expect(response.json.errors[0].field).toMatch(/^allowedOrigins/);
    expect((await settings()).allowedOrigins).toEqual([]);
  });
  it.each([["https://portal.example.com"], [true], [7], [{}]])("refuses %j as allowedOrigins", async (value) => {
    await faulty(["allowedOrigins"], () => save({ allowedOrigins: value }));
  });
  it("reports all errors at once, and saves nothing of a call with an error", async () => {
    await faulty(["twoFactor", "lockMinutes"], () => save({ twoFactor: "on", lockMinutes: 0, sessionHours: 24 }));
    expect((await settings()).sessionHours).toBe(12);
  });
});

describe(named(4010), () => {
  it("refuses a wrong application before it checks the fields", async () => {
    await refused(4010, () => save({ lockMinutes: 0 }, { ...auth, applicationPassword: "wrong" }));
  });
});

describe(named(4011), () => {
  it("refuses a practice that is unknown, inactive or another vendor's, before it checks the fields", async () => {
    const inactive = await makePractice({ accountId: freshKey(), active: false }, auth);
    const stranger = { ...(await makeVendor()), accountId: auth.accountId };
    for (const wrong of [inactive, { ...auth, accountId: "unknown" }, stranger]) {
      await refused(4011, () => save({ lockMinutes: 0 }, wrong));
    }
  });
});
