import { beforeAll, describe, expect, it } from "vitest";
import { type Holder, minutesAfter, openPortal, type TestPortal } from "../../kit/portal.ts";
import { plainAccount } from "./accounts-contract.ts";
import { describeCall } from "./suites.ts";

describeCall("AccountStatus", async (portal) => ({ client: await portal.signedIn(), path: "accounts/status" }));

let portal: TestPortal;
let person: Holder;
beforeAll(async () => {
  portal = await openPortal();
  person = await portal.signedIn();
});

const expiresAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

describe("expiresAt", () => {
  const start = new Date();
  const statusAt = async (client: Holder, minutes: number) =>
    (await client.get("accounts/status", { now: minutesAfter(start, minutes) })).json;

  it("is when the session will have been idle too long: it is gone from that moment on, and not before", async () => {
    const fresh = await portal.register({}, { now: start });
    const { expiresAt: first } = await statusAt(fresh, 1);
    expect(first).toBe(minutesAfter(start, 15).toISOString());
    await fresh.get("accounts/me", { now: minutesAfter(start, 10) });
    const { expiresAt: second } = await statusAt(fresh, 11);
    const ends = new Date(second);
    expect(+ends).toBeGreaterThanOrEqual(+minutesAfter(start, 25));
    expect((await fresh.get("accounts/status", { now: new Date(+ends - 1) })).json.loggedin).toBe(true);
    expect((await fresh.get("accounts/status", { now: ends })).json).toEqual({ loggedin: false });
  });
  it("is when the session's hours end, if that is sooner", async () => {
    const short = await openPortal({ sessionHours: 1, sessionIdleMinutes: 120 });
    const fresh = await short.register({}, { now: start });
    expect((await statusAt(fresh, 1)).expiresAt).toBe(minutesAfter(start, 60).toISOString());
  });
  it("stays as it is, however often somebody asks", async () => {
    const fresh = await portal.register({}, { now: start });
    for (const minutes of [1, 5, 14]) {
      expect((await statusAt(fresh, minutes)).expiresAt).toBe(minutesAfter(start, 15).toISOString());
    }
    expect(await statusAt(fresh, 15)).toEqual({ loggedin: false });
  });
});

describe("200 loggedin: true", () => {
  it("names the account of the session and nothing more", async () => {
    const { json, headers } = await person.get("accounts/status");
    expect(json).toEqual({ loggedin: true, account: { _id: person.id, object: "account" }, expiresAt });
    expect(headers["medable-csrf-token"]).toBe(person.csrf);
  });
  it("returns the whole account with expand=true", async () => {
    const { json } = await person.get("accounts/status?expand=true");
    expect(json).toEqual({ loggedin: true, account: plainAccount(person.email), expiresAt });
    expect(json.account).toEqual((await person.get("accounts/me")).json);
  });
  it("does not return the whole account with expand=false", async () => {
    const { json } = await person.get("accounts/status?expand=false");
    expect(json).toEqual({ loggedin: true, account: { _id: person.id, object: "account" }, expiresAt });
  });
});

describe("200 loggedin: false", () => {
  it.each(["accounts/status", "accounts/status?expand=true"])("is all that %s returns to a visitor", async (path) => {
    const { status, json, headers } = await portal.visitor().get(path);
    expect(json).toEqual({ loggedin: false });
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty("medable-csrf-token");
  });
  it("is all that it returns after the session has timed out or was ended", async () => {
    const { json } = await person.get("accounts/status", { now: minutesAfter(new Date(), 16) });
    expect(json).toEqual({ loggedin: false });
    const other = await portal.login(person);
    const sid = other.cookies.get("md.sid") as string;
    await other.post("accounts/me/logout");
    other.cookies.set("md.sid", sid);
    expect((await other.get("accounts/status")).json).toEqual({ loggedin: false });
  });
  it("is all that it returns for a cookie that was never issued", async () => {
    const client = portal.visitor();
    client.cookies.set("md.sid", "A".repeat(43));
    expect((await client.get("accounts/status")).json).toEqual({ loggedin: false });
  });
});
