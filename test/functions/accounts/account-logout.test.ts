import { beforeAll, describe, expect, it } from "vitest";
import { openPortal, readCookie, type TestPortal } from "../../kit/portal.ts";
import { expectFault, expectResult, named } from "./accounts-contract.ts";
import { describeCall } from "./suites.ts";

describeCall("AccountLogout", async (portal) => ({ client: await portal.signedIn(), path: "accounts/me/logout" }));

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal();
});

describe.each(["accounts/me/logout", "accounts/logout"])("%s", (path) => {
  describe("200 result true", () => {
    it("ends the session permanently", async () => {
      const person = await portal.signedIn();
      const sid = person.cookies.get("md.sid") as string;
      expectResult(await person.post(path));
      person.cookies.set("md.sid", sid);
      expectFault(await person.get("accounts/me"), "kNotLoggedIn");
      expectFault(await person.post(path), "kNotLoggedIn");
    });
    it("expires md.sid on the path where it was set, and keeps md.fingerprint", async () => {
      const person = await portal.signedIn();
      const fingerprint = person.cookies.get("md.fingerprint");
      const { cookies } = await person.post(path);
      expect(cookies.map(readCookie)).toEqual([
        {
          name: "md.sid",
          value: "",
          attributes: expect.arrayContaining([
            `Path=/${portal.org}`,
            "Max-Age=0",
            "HttpOnly",
            "SameSite=Lax",
            "Secure",
          ]),
        },
      ]);
      expect([...person.cookies]).toEqual([["md.fingerprint", fingerprint]]);
    });
    it("does not end other sessions of the person or of others", async () => {
      const person = await portal.signedIn();
      const elsewhere = await portal.login(person);
      const other = await portal.signedIn();
      expectResult(await person.post(path));
      expect((await elsewhere.get("accounts/me")).json._id).toBe(person.id);
      expect((await other.get("accounts/me")).json._id).toBe(other.id);
    });
  });

  describe(named("kNotLoggedIn"), () => {
    it("is returned for application credentials, which have no session", async () => {
      expectFault(await portal.administrator.post(path), "kNotLoggedIn");
    });
  });
});
