import { beforeAll, describe, expect, it } from "vitest";
import { openPortal, roles, type TestPortal } from "../../kit/portal.ts";
import { call, expectOk } from "../../kit/system.ts";
import { expectFault, named } from "./accounts-contract.ts";
import { describeCall } from "./suites.ts";

describeCall("SettingsGet", async (portal) => ({
  client: await portal.signedIn([roles.administrator]),
  path: "settings",
}));

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal({ lockMinutes: 30, minPasswordScore: 1 });
});

describe("200 settings", () => {
  it("are the saved ones with defaults for the others, the same as PortalSettingsGet answers", async () => {
    const boss = await portal.signedIn([roles.administrator]);
    const { portalSettings } = await expectOk(call("PortalSettingsGet", { auth: portal.practice }));
    expect(portalSettings).toMatchObject({ lockMinutes: 30, minPasswordScore: 1, sessionHours: 12 });
    for (const client of [boss, portal.administrator]) {
      expect((await client.get("settings")).json).toEqual({ object: "settings", ...portalSettings });
    }
  });
});

describe(named("kAccessDenied"), () => {
  it("is returned to everybody who is signed in and no administrator", async () => {
    for (const role of [[], [roles.provider], [roles.support], [roles.developer]]) {
      const person = await portal.signedIn(role);
      expectFault(await person.get("settings"), "kAccessDenied");
    }
  });
});

describe("without the version", () => {
  it("is no call: the path is free for a page", async () => {
    const boss = await portal.signedIn([roles.administrator]);
    expect((await boss.send("GET", "settings", { versioned: false })).json?.object).not.toBe("settings");
  });
});
