import { expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import { newPerson, openPortal, readCookie, tokenIn } from "../../kit/portal.ts";

it("when portals run on plain HTTP, cookies are not Secure, and mailed links begin with http", async () => {
  process.env.PORTAL_URL = "http://localhost:3000/{org}";
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
