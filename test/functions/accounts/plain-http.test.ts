import { expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import { newPerson, openPortal, readCookie, tokenIn } from "../../kit/portal.ts";

// As `npm start` sets them.
process.env.PORTAL_URL = "http://localhost:3000/{org}";
process.env.LOCAL_ORIGINS = "true";

it("when portals run on plain HTTP, cookies are not Secure, and mailed links begin with http", async () => {
  const portal = await openPortal();
  const person = newPerson();
  const client = portal.visitor();
  const { cookies } = await client.post("accounts/register", person);
  const { cookies: ended } = await client.post("accounts/me/logout");
  const read = [...cookies, ...ended].map(readCookie);
  expect(read.map(({ name }) => name).toSorted()).toEqual(["md.fingerprint", "md.sid", "md.sid"]);
  for (const { attributes } of read) {
    expect(attributes).not.toContain("Secure");
    expect(attributes).toEqual(expect.arrayContaining(["HttpOnly", "SameSite=Lax"]));
  }
  const [mail] = await sentMessages(String(person.email));
  expect(mail?.text).toContain(`http://localhost:3000/${portal.org}/verify?token=${tokenIn(mail)}\n`);
});

it("when pages of this machine are allowed, those of every port may call portals, and others may not", async () => {
  const portal = await openPortal();
  const allowedTo = async (origin: string) => {
    const answers = await Promise.all([
      portal.visitor().get("accounts/status", { headers: { origin } }),
      portal.visitor().send("OPTIONS", "accounts/status", { headers: { origin } }),
      portal.visitor().get("", { headers: { origin } }),
    ]);
    const allowed = answers.map(({ headers }) => headers["access-control-allow-origin"]);
    expect(new Set(allowed).size).toBe(1);
    return allowed[0];
  };
  for (const origin of ["http://localhost:5173", "http://127.0.0.1:8080", "http://localhost"]) {
    expect(await allowedTo(origin)).toBe(origin);
  }
  for (const origin of ["http://localhost.evil.test", "http://evil.test", "null", "http://localhost:5173.evil.test"]) {
    expect(await allowedTo(origin)).toBeUndefined();
  }
});
