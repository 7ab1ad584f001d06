import { beforeAll, describe, expect, it } from "vitest";
import { Busy } from "../../../lib/errors.ts";
import { documents } from "../../../lib/table/client.ts";
import {
  expectSuccess,
  type Holder,
  minutesAfter,
  newPerson,
  openPortal,
  type PortalClient,
  readCookie,
  type TestPortal,
} from "../../kit/portal.ts";
import { allItems, call, expectOk, isWrite, type Response, watchTable } from "../../kit/system.ts";
import { named, refused } from "./accounts-contract.ts";

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal();
});
const start = new Date();
const msAfter = (minutes: number, ms: number) => new Date(+minutesAfter(start, minutes) + ms);
const hourMinutes = 60;
const isLive = async (client: PortalClient, now: Date) => (await client.get("accounts/me", { now })).status === 200;
const isExpired = (client: PortalClient, now: Date) =>
  refused("kSessionExpired", () => client.get("accounts/me", { now }));
const isOver = (client: PortalClient, now?: Date) => refused("kNotLoggedIn", () => client.get("accounts/me", { now }));
const cookieOf = ({ cookies }: Response, wanted: string) =>
  cookies.map(readCookie).filter(({ name }) => name === wanted);

describe("cookies", () => {
  it("register and login set md.sid: HttpOnly, SameSite=Lax, the portal's path, Secure, until the browser closes", async () => {
    const body = newPerson();
    const registered = await portal.visitor().post("accounts/register", body);
    const signedIn = await portal.visitor().post("accounts/login", body);
    for (const response of [registered, signedIn]) {
      const [cookie, ...more] = cookieOf(response, "md.sid");
      expect(more).toEqual([]);
      expect(cookie?.value).toMatch(/^[A-Za-z0-9_-]{43,}$/);
      expect(cookie?.attributes.toSorted()).toEqual(["HttpOnly", `Path=/${portal.org}`, "SameSite=Lax", "Secure"]);
    }
  });
  it("md.fingerprint is for the whole host and lasts a year", async () => {
    const response = await portal.visitor().post("accounts/register", newPerson());
    const [cookie] = cookieOf(response, "md.fingerprint");
    expect(cookie?.value).toMatch(/^[A-Za-z0-9]{32,}$/);
    expect(cookie?.attributes).toContain("Path=/");
    expect(cookie?.attributes).toContain(`Max-Age=${365 * 24 * 60 * 60}`);
    expect(cookie?.attributes).toEqual(expect.arrayContaining(["HttpOnly", "SameSite=Lax", "Secure"]));
  });
  it("are only set by answers that begin or end a session", async () => {
    const person = await portal.register();
    for (const pending of [
      person.get("accounts/me"),
      person.get("accounts/status"),
      person.put("accounts/me", { gender: "f" }),
      portal.visitor().get("accounts/status"),
      portal.administrator.get("accounts"),
    ]) {
      expect((await pending).cookies).toEqual([]);
    }
  });
  it("are stored in the table only as digests, as are CSRF tokens", async () => {
    const person = await portal.register();
    const table = JSON.stringify(await allItems());
    for (const secret of [...person.cookies.values(), String(person.csrf), person.password]) {
      expect(table).not.toContain(secret);
    }
  });
  it("are found among other cookies, in any order", async () => {
    const person = await portal.register();
    const sid = person.cookies.get("md.sid") as string;
    const client = portal.visitor();
    client.cookies.set("other", "md.sid=x").set("md.sidecar", "A".repeat(43)).set("md.sid", sid).set("last", "");
    expect((await client.get("accounts/me")).json._id).toBe(person.id);
  });
});

describe("CSRF token", () => {
  it("has 64 characters, is different for each session, and is in every successful answer of the session", async () => {
    const person = await portal.register();
    expect(person.csrf).toMatch(/^\S{64}$/);
    for (const pending of [
      person.get("accounts/me"),
      person.get("accounts/me/name"),
      person.get("accounts"),
      person.get("accounts/status"),
      person.put("accounts/me", { gender: "f" }),
      person.patch("accounts/me", { op: "unset", path: "gender" }),
      person.post("accounts/me/resend-verification"),
    ]) {
      expect((await pending).headers["medable-csrf-token"]).toBe(person.csrf);
    }
    const elsewhere = await portal.login(person);
    expect(elsewhere.csrf).toMatch(/^\S{64}$/);
    expect(elsewhere.csrf).not.toBe(person.csrf);
  });
  // Regression: a 503 after the caller was admitted carried the cookie.
  it("is in no failure, not even in a 503", async () => {
    const person = await portal.register();
    const failing = (error: Error) =>
      documents.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            if (commandName === "TransactWriteItemsCommand") throw error;
            return next(args);
          },
        { step: "initialize", name: "failing", override: true },
      );
    try {
      for (const [error, status] of [[new Busy(), 503] as const, [new Error("no table"), 500] as const]) {
        failing(error);
        const response = await person.put("accounts/me", { gender: "f" });
        expect(response.status).toBe(status);
        expect(response.headers).not.toHaveProperty("medable-csrf-token");
        expect(response.headers["retry-after"]).toBe(status === 503 ? "1" : undefined);
      }
    } finally {
      documents.middlewareStack.remove("failing");
    }
    const refused = await person.put("accounts/me", { gender: "x" });
    expect(refused.status).toBe(400);
    expect(refused.headers).not.toHaveProperty("medable-csrf-token");
  });
  it("of another session of the same person is refused", async () => {
    const person = await portal.register();
    const elsewhere = await portal.login(person);
    person.csrf = elsewhere.csrf;
    await refused("kCSRFTokenMismatch", () => person.put("accounts/me", { gender: "f" }));
  });
  it("is not needed to read", async () => {
    const person = await portal.register();
    person.csrf = undefined;
    for (const path of ["accounts/me", "accounts/me/name", "accounts", "accounts/status"]) {
      expect((await person.get(path)).status).toBe(200);
    }
  });
});

describe("idle time", () => {
  it("ends a session after exactly 15 minutes without use", async () => {
    const [one, other] = [await portal.register({}, { now: start }), await portal.register({}, { now: start })];
    expect(await isLive(one, msAfter(15, -1))).toBe(true);
    await isExpired(other, msAfter(15, 0));
  });
  // The last use is stored at most once a minute, so a used session may live up to a minute longer. It never ends early.
  it("starts again with each request, of any kind", async () => {
    const person = await portal.register({}, { now: start });
    const uses: ((now: Date) => Promise<Response>)[] = [
      (now) => person.get("accounts/me", { now }),
      (now) => person.put("accounts/me", { gender: "f" }, { now }),
      (now) => person.get("accounts/status", { now }),
      (now) => person.post("accounts/me/resend-verification", undefined, { now }),
      (now) => person.get("accounts", { now }),
    ];
    let minutes = 0;
    for (const use of uses) {
      minutes += 14;
      expect((await use(minutesAfter(start, minutes))).json.loggedin).not.toBe(false);
    }
    await isExpired(person, minutesAfter(start, minutes + 16));
  });
  it("starts again also with a request that is not stored because another was stored less than a minute ago", async () => {
    const person = await portal.register({}, { now: start });
    expect(await isLive(person, minutesAfter(start, 2))).toBe(true);
    const { requests } = await watchTable(() => isLive(person, minutesAfter(start, 2.9)));
    expect(requests.filter(isWrite)).toEqual([]);
    expect(await isLive(person, minutesAfter(start, 17.8))).toBe(true);
  });
  it("is stored with the first use after signing in, and then once a minute", async () => {
    const person = await portal.register({}, { now: start });
    const noted = [];
    for (const minutes of [0.1, 0.2, 1, 1.2, 2.1, 2.3, 3.2]) {
      const { requests } = await watchTable(() => isLive(person, minutesAfter(start, minutes)));
      if (requests.some(isWrite)) noted.push(minutes);
    }
    expect(noted).toEqual([0.1, 1.2, 2.3]);
  });
  it("does not start again with a request that comes too late", async () => {
    const person = await portal.register({}, { now: start });
    for (const minutes of [15, 15.01, 16, 29]) await isExpired(person, minutesAfter(start, minutes));
    expect((await person.get("accounts/status", { now: minutesAfter(start, 29) })).json).toEqual({ loggedin: false });
  });
  it("is not shortened by requests that arrive out of order", async () => {
    const person = await portal.register({}, { now: start });
    expect(await isLive(person, minutesAfter(start, 10))).toBe(true);
    expect(await isLive(person, minutesAfter(start, 5))).toBe(true);
    expect(await isLive(person, minutesAfter(start, 24))).toBe(true);
  });
  it("is a setting of the portal", async () => {
    const patient = await openPortal({ sessionIdleMinutes: 30 });
    const person = await patient.register({}, { now: start });
    expect(await isLive(person, msAfter(30, -1))).toBe(true);
    await isExpired(person, msAfter(61, -1));
  });
  it("applies to open sessions, too, when it is shortened", async () => {
    const changing = await openPortal();
    const [one, other] = [await changing.register({}, { now: start }), await changing.register({}, { now: start })];
    await changing.settings({ sessionIdleMinutes: 5 });
    expect(await isLive(other, msAfter(5, -1))).toBe(true);
    await expectRefused(one, msAfter(5, 0));
    await expectRefused(one, msAfter(5, 1));
  });
  it("applies to new sessions when it is extended", async () => {
    const changing = await openPortal();
    await changing.settings({ sessionIdleMinutes: 60 });
    const person = await changing.register({}, { now: start });
    expect(await isLive(person, minutesAfter(start, 59))).toBe(true);
  });
});

/** Asserts that a session has ended: it is unknown or expired. */
async function expectRefused(client: PortalClient, now: Date) {
  const { status, json } = await client.get("accounts/me", { now });
  expect(["kSessionExpired", "kNotLoggedIn"]).toContain(json.code);
  expect(status).toBe(403);
}

describe("total time", () => {
  it("ends a session after exactly 12 hours, no matter how much it is used", async () => {
    const busy = await openPortal({ sessionIdleMinutes: 24 * hourMinutes });
    const person = await busy.register({}, { now: start });
    for (let hour = 1; hour < 12; hour++)
      expect(await isLive(person, minutesAfter(start, hour * hourMinutes))).toBe(true);
    expect(await isLive(person, msAfter(12 * hourMinutes, -1))).toBe(true);
    await isExpired(person, msAfter(12 * hourMinutes, 0));
  });
  it("also ends a session after 12 hours with the default idle time", async () => {
    const person = await portal.register({}, { now: start });
    for (let minutes = 14; minutes < 12 * hourMinutes; minutes += 14) {
      expect(await isLive(person, minutesAfter(start, minutes))).toBe(true);
    }
    await isExpired(person, minutesAfter(start, 12 * hourMinutes));
  });
  it("is a setting of the portal", async () => {
    const brief = await openPortal({ sessionIdleMinutes: 1440, sessionHours: 1 });
    const person = await brief.register({}, { now: start });
    expect(await isLive(person, msAfter(hourMinutes, -1))).toBe(true);
    await isExpired(person, msAfter(hourMinutes, 0));
  });
  it("applies to open sessions, too, when it is shortened", async () => {
    const changing = await openPortal({ sessionIdleMinutes: 1440 });
    const person = await changing.register({}, { now: start });
    await changing.settings({ sessionHours: 1 });
    expect(await isLive(person, msAfter(hourMinutes, -1))).toBe(true);
    await expectRefused(person, msAfter(hourMinutes, 0));
  });
});

describe(named("kNotLoggedIn"), () => {
  const changes: readonly [string, (portal: TestPortal, active: boolean) => Promise<Response>][] = [
    [
      "PracticeUpdate",
      ({ practice, org }, active) => call("PracticeUpdate", { auth: practice, name: "P", websiteAddress: org, active }),
    ],
    [
      "PracticeSave",
      ({ practice, org }, active) => call("PracticeSave", { auth: practice, name: "P", websiteAddress: org, active }),
    ],
  ];
  it.each(changes)(
    "is returned for a session after its practice was deactivated and activated again by %s",
    async (_, set) => {
      const closing = await openPortal();
      const person = await closing.register();
      await expectOk(set(closing, false));
      await refused("kAccessDenied", () => person.get("accounts/me"));
      await expectOk(set(closing, true));
      await isOver(person);
      expect((await person.get("accounts/status")).json).toEqual({ loggedin: false });
      const again = await closing.login(person);
      expect((await again.get("accounts/me")).json._id).toBe(person.id);
    },
  );
  it("is not returned after another change of the practice", async () => {
    const changing = await openPortal();
    const person = await changing.register();
    const { practice, org } = changing;
    await expectOk(call("PracticeUpdate", { auth: practice, name: "Another name", websiteAddress: org }));
    expect((await person.get("accounts/me")).json._id).toBe(person.id);
  });
  it("is always returned for a session that was ended, never kSessionExpired", async () => {
    const person = await portal.register({}, { now: start });
    const sid = person.cookies.get("md.sid") as string;
    await expectSuccess(person.post("accounts/me/logout", undefined, { now: start }));
    person.cookies.set("md.sid", sid);
    await isOver(person, start);
    await isOver(person, minutesAfter(start, 60));
  });
});

describe("many sessions", () => {
  it("of one person end independently", async () => {
    const person = await portal.register({}, { now: start });
    const later = await portal.login(person, { now: minutesAfter(start, 10) });
    await isExpired(person, minutesAfter(start, 16));
    expect(await isLive(later, minutesAfter(start, 16))).toBe(true);
  });
  it("of different portals in one browser do not affect each other", async () => {
    const sibling = await openPortal({}, {}, portal.practice);
    const [one, other]: [Holder, Holder] = [await portal.register(), await sibling.register()];
    expect(cookieOf(await sibling.visitor().post("accounts/login", other), "md.sid")[0]?.attributes).toContain(
      `Path=/${sibling.org}`,
    );
    expect((await one.get("accounts/me")).json._id).toBe(one.id);
    expect((await other.get("accounts/me")).json._id).toBe(other.id);
  });
});
