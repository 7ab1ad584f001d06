import { beforeAll, describe, expect, it } from "vitest";
import { newPerson, openPortal, type TestPortal } from "../../kit/portal.ts";
import { currentOf } from "./devices.ts";

/** Cookies for pages of another site (contract accounts §1). */

const origin = "https://app.example.org";
const crossSite = { origin, "sec-fetch-site": "cross-site" };
const forOthers = ["HttpOnly", "SameSite=None", "Secure", "Partitioned"];
const forOwn = ["HttpOnly", "SameSite=Lax", "Secure"];
/** The attributes of cookies that say who gets them. */
const attributesOf = (cookies: readonly string[]) =>
  cookies.map((cookie) => cookie.split("; ").filter((part) => [...forOthers, ...forOwn].includes(part)));

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal({ allowedOrigins: [origin], twoFactor: true });
});
const register = (headers: Record<string, string>, client = portal.visitor()) =>
  client.post("accounts/register", newPerson(), { headers });

describe("cookies for a page of another site at an allowed origin", () => {
  it("are SameSite=None, Secure and Partitioned, wherever they are set", async () => {
    const client = portal.visitor();
    const person = newPerson();
    const answer = await client.post("accounts/register", person, { headers: crossSite });
    expect(attributesOf(answer.cookies)).toEqual([forOthers, forOthers]);
    const login = { email: person.email, password: person.password };
    const again = await client.post("accounts/login", login, { headers: crossSite });
    expect(attributesOf(again.cookies)).toEqual([forOthers]);
    const { _id } = await currentOf(client, "accounts/me/sessions");
    const ended = await client.delete(`accounts/me/sessions/${_id}`, { headers: crossSite });
    expect(attributesOf(ended.cookies)).toEqual([forOthers]);
    expect(ended.cookies[0]).toContain("Max-Age=0");
    const asked = await portal.visitor().post("accounts/login", login, { headers: crossSite });
    expect(asked.json.code).toBe("kNewLocation");
    expect(attributesOf(asked.cookies)).toEqual([forOthers]);
    await client.post("accounts/login", login, { headers: crossSite });
    const out = await client.post("accounts/me/logout", {}, { headers: crossSite });
    expect(attributesOf(out.cookies)).toEqual([forOthers]);
  });
});

describe("cookies for all others are SameSite=Lax", () => {
  it.each([
    ["a page of the same site", { origin, "sec-fetch-site": "same-site" }],
    ["a page of the portal", { "sec-fetch-site": "same-origin" }],
    ["a program", {}],
    ["a page at an origin that is not allowed", { ...crossSite, origin: "https://evil.example.org" }],
    ["a navigation from another site", { "sec-fetch-site": "cross-site" }],
  ])("%s", async (_, headers: Record<string, string>) => {
    expect(attributesOf((await register(headers)).cookies)).toEqual([forOwn, forOwn]);
  });
});

it("pages on other ports of this machine are not allowed, unless the setting of npm start says so", async () => {
  const { headers } = await register({ origin: "http://localhost:5173" });
  expect(headers).not.toHaveProperty("access-control-allow-origin");
});

it("every answer says that it depends on the origin, so that no cache gives it to another one", async () => {
  for (const headers of [crossSite, {}]) expect((await register(headers)).headers.vary).toBe("Origin");
});
