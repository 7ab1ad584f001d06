import { describe, expect, it } from "vitest";
import { freshOrg, openPortal } from "../../kit/portal.ts";
import { call, changeVendor, expectOk, makePractice, send } from "../../kit/system.ts";

const origin = "https://app.example.com";
const get = (org: string, headers: Record<string, string> = {}) => send("GET", `/${org}/v2/`, { headers });

describe("the portal", () => {
  it("is answered without client key, with the practice's name and place and the settings that a page needs", async () => {
    const portal = await openPortal(
      { registration: false, twoFactor: true, minPasswordScore: 3 },
      { name: "Riverside Clinic", city: "Columbus", state: "OH", timeZone: "America/Chicago" },
    );
    const { status, json } = await get(portal.org);
    expect(status).toBe(200);
    expect(json).toEqual({
      object: "org",
      code: portal.org,
      name: "Riverside Clinic",
      city: "Columbus",
      state: "OH",
      tz: "America/Chicago",
      locale: "en_US",
      registration: false,
      twoFactor: true,
      minPasswordScore: 3,
      clientKey: portal.clientKey,
    });
  });
  it("names a client key with which its other calls work", async () => {
    const { org } = await openPortal();
    const { clientKey } = (await get(org)).json;
    const status = await send("GET", `/${org}/v2/accounts/status`, { headers: { "medable-client-key": clientKey } });
    expect(status.json).toEqual({ loggedin: false });
  });
  it("has no client key, city and state where there are none", async () => {
    const org = freshOrg();
    await makePractice({ accountId: org, websiteAddress: org });
    const { json } = await get(org);
    expect(json).toMatchObject({ object: "org", code: org });
    for (const name of ["clientKey", "city", "state"]) expect(json).not.toHaveProperty(name);
  });
  it("may be cached by anybody for a minute, separately for each origin", async () => {
    const { org } = await openPortal({ allowedOrigins: [origin] });
    const { headers } = await get(org);
    expect(headers["cache-control"]).toBe("public, max-age=60");
    expect(headers.vary).toBe("Origin");
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });
  it("may be read by pages of allowed origins only", async () => {
    const { org } = await openPortal({ allowedOrigins: [origin] });
    expect((await get(org, { origin })).headers["access-control-allow-origin"]).toBe(origin);
    const other = await get(org, { origin: "https://evil.example" });
    expect(other.status).toBe(200);
    expect(other.headers).not.toHaveProperty("access-control-allow-origin");
  });
  it("is at the address without the slash too, and answers HEAD", async () => {
    const { org } = await openPortal();
    expect((await send("GET", `/${org}/v2`)).json).toEqual((await get(org)).json);
    const head = await send("HEAD", `/${org}/v2`);
    expect([head.status, head.text, head.headers["cache-control"]]).toEqual([200, "", "public, max-age=60"]);
  });
  it("ignores a session and wrong credentials, which it does not need", async () => {
    const { org } = await openPortal();
    const headers = { cookie: "md.sid=unknown", "medable-client-key": "wrong", authorization: "Basic d3Jvbmc=" };
    expect((await get(org, headers)).json).toEqual((await get(org)).json);
  });
  it("shows a change at once where it is not cached", async () => {
    const { org, settings } = await openPortal();
    await settings({ registration: false });
    expect((await get(org)).json.registration).toBe(false);
  });
});

describe("404 kNotFound", () => {
  const refused = async (org: string) => {
    const { status, json, headers } = await get(org);
    expect([status, json.object, json.code, json.reason]).toEqual([404, "fault", "kNotFound", "Not found"]);
    expect(headers["cache-control"]).toBe("no-store");
  };
  it("an unknown web address, and one that no practice can have", async () => {
    await refused("nobody-has-this");
    for (const org of ["UPPER", "-x", "a%20b", "%F1", "x".repeat(300)]) await refused(org);
  });
  it("a practice that is inactive", async () => {
    const { org, practice } = await openPortal();
    await expectOk(call("PracticeUpdate", { auth: practice, name: "Closed", websiteAddress: org, active: false }));
    await refused(org);
  });
  it("a practice whose vendor is disabled", async () => {
    const { org, practice } = await openPortal();
    await changeVendor(practice, (vendor) => ({ ...vendor, disabled: true }));
    await refused(org);
  });
  it("a web address that the practice has given up", async () => {
    const { org, practice } = await openPortal();
    await expectOk(call("PracticeUpdate", { auth: practice, name: "Moved", websiteAddress: freshOrg() }));
    await refused(org);
  });
});

describe("what is no route of a portal", () => {
  it("answers a fault, as it did before the portal itself had an address", async () => {
    const { org } = await openPortal();
    const below = await send("GET", `/${org}/v2/unknown/path`);
    expect([below.status, below.json.code]).toEqual([404, "kNotFound"]);
    const verb = await send("POST", `/${org}/v2/`, { body: {} });
    expect([verb.status, verb.json.code, verb.headers.allow]).toEqual([405, "kUnsupportedOperation", "GET"]);
    // The addresses of other families are no portals.
    for (const path of ["/api/v2/", "/therapist/v2/", "/io/v2/"]) {
      expect((await send("GET", path)).json).not.toMatchObject({ object: "org" });
    }
  });
});
