import { beforeAll, describe, expect, it } from "vitest";
import { portalSettingsKey } from "../../../lib/table/keys.ts";
import { put, write } from "../../../lib/table/transact.ts";
import { call, expectOk, makePractice, makeUser, makeVendor, type TestPractice } from "../../kit/system.ts";
import { named } from "./field-suites.ts";
import { password, refused } from "./practices-contract.ts";

/** The settings of a portal before any are saved (contract accounts §5). */
const defaults = {
  registration: true,
  twoFactor: false,
  unverifiedDays: 30,
  minPasswordScore: 2,
  lockAttempts: 5,
  lockMinutes: 15,
  sessionIdleMinutes: 15,
  sessionHours: 12,
  smsPerDay: 500,
  allowedOrigins: [],
};

let auth: TestPractice;
beforeAll(async () => {
  auth = await makePractice();
});
const get = (credentials: object = auth) => call("PortalSettingsGet", { auth: credentials });

describe("2000 OK", () => {
  it("answers the envelope and all default settings, and nothing else, until something is saved", async () => {
    const { status, json } = await get();
    expect(json).toEqual({
      successful: true,
      responseMessage: "OK",
      responseCode: 2000,
      portalSettings: defaults,
    });
    expect(status).toBe(200);
  });
  it("answers saved settings at once, and defaults for the others", async () => {
    const practice = await makePractice({ accountId: "saved" }, auth);
    await expectOk(call("PortalSettingsSave", { auth: practice, registration: false, lockMinutes: 60 }));
    const { portalSettings } = await expectOk(get(practice));
    expect(portalSettings).toEqual({ ...defaults, registration: false, lockMinutes: 60 });
  });
  it("answers 1 for a minPasswordScore of 0, which an earlier release has saved", async () => {
    const practice = await makePractice({ accountId: "lenient" }, auth);
    await write(() => [put(portalSettingsKey(practice), { type: "portalSettings", minPasswordScore: 0 })]);
    expect((await expectOk(get(practice))).portalSettings).toEqual({ ...defaults, minPasswordScore: 1 });
  });
  it("answers the settings of each practice separately", async () => {
    const [one, two] = [await makePractice({ accountId: "one" }, auth), await makePractice({ accountId: "one" })];
    await expectOk(call("PortalSettingsSave", { auth: one, twoFactor: true }));
    expect((await expectOk(get(one))).portalSettings.twoFactor).toBe(true);
    expect((await expectOk(get(two))).portalSettings).toEqual(defaults);
    expect((await expectOk(get())).portalSettings).toEqual(defaults);
  });
  it("answers an administrator of the practice who signs in", async () => {
    const practice = await makePractice({ accountId: "administered" }, auth);
    await makeUser(practice, { loginId: "portal-admin", loginPassword: password, admin: true });
    await expectOk(call("PortalSettingsSave", { auth: practice, sessionHours: 3 }));
    const { portalSettings } = await expectOk(get({ loginId: "portal-admin", loginPassword: password }));
    expect(portalSettings.sessionHours).toBe(3);
  });
  it("takes the practice from the credentials, not from the root", async () => {
    const other = await makePractice({ accountId: "other" }, auth);
    await expectOk(call("PortalSettingsSave", { auth: other, lockAttempts: 99 }));
    const { portalSettings } = await expectOk(call("PortalSettingsGet", { auth, accountId: other.accountId }));
    expect(portalSettings.lockAttempts).toBe(5);
  });
});

describe(named(4010), () => {
  it("refuses a wrong application", async () => {
    await refused(4010, () => get({ ...auth, applicationPassword: "wrong" }));
  });
});

describe(named(4011), () => {
  it("refuses a practice that is unknown, inactive or another vendor's", async () => {
    const inactive = await makePractice({ accountId: "inactive", active: false }, auth);
    await refused(4011, () => get(inactive));
    await refused(4011, () => get({ ...auth, accountId: "unknown" }));
    const stranger = { ...(await makeVendor()), accountId: auth.accountId };
    await refused(4011, () => get(stranger));
  });
});
