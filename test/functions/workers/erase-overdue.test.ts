import { beforeAll, describe, expect, it } from "vitest";
import { eraseUnverified } from "../../../lib/accounts/erasure/unverified.ts";
import { sentMessages } from "../../kit/outside.ts";
import {
  expectSuccess,
  type Holder,
  minutesAfter,
  openPortal,
  roles,
  type TestPortal,
  tokenIn,
} from "../../kit/portal.ts";
import { allItems, call, emptyTable, expectOk } from "../../kit/system.ts";

const start = new Date("2030-01-01T00:00:00.000Z");
const days = (count: number) => minutesAfter(start, count * 24 * 60);
const second = 1000;
const failures: unknown[] = [];
const run = (now: Date, hasTime = () => true) =>
  eraseUnverified({
    now: () => now,
    requestId: "scheduled",
    hasTime,
    onFailure: (...failure) => failures.push(failure),
  });

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal();
});
const register = (at: TestPortal = portal, now = start) => at.register({}, { now });
const isThere = async ({ id }: Holder, at: TestPortal = portal) =>
  (await at.administrator.get(`accounts/${id}`)).status === 200;

describe("unverified accounts", () => {
  it("end 30 days after they were registered, not a second sooner, without a mail", async () => {
    const person = await register();
    const mails = await sentMessages(person.email);
    expect(await run(new Date(+days(30) - second))).toBe(0);
    expect(await isThere(person)).toBe(true);
    expect(await run(days(30))).toBe(1);
    expect(await isThere(person)).toBe(false);
    expect(await sentMessages(person.email)).toEqual(mails);
    const event = (await allItems()).find(
      ({ what, record }) => what === "account.erased" && (record as { id: string }).id === person.id,
    );
    expect(event).toMatchObject({ who: { kind: "system" }, requestId: "scheduled" });
  });
  it("end after as many days as their portal says", async () => {
    const [short, long] = [await openPortal({ unverifiedDays: 1 }), await openPortal({ unverifiedDays: 365 })];
    const [one, other] = [await register(short), await register(long)];
    await run(days(1));
    expect([await isThere(one, short), await isThere(other, long)]).toEqual([false, true]);
    await run(new Date(+days(365) - second));
    expect(await isThere(other, long)).toBe(true);
    await run(days(365));
    expect(await isThere(other, long)).toBe(false);
  });
  it("end at an inactive practice too", async () => {
    const closed = await openPortal();
    const person = await register(closed);
    const { practice: auth, org: websiteAddress } = closed;
    await expectOk(call("PracticeUpdate", { auth, name: "Closed", websiteAddress, active: false }));
    await run(days(30));
    const accounts = (await allItems()).filter(({ type }) => type === "portalAccount");
    expect(accounts.map(({ id }) => id)).not.toContain(person.id);
  });
  it("that were verified stay, by their mail or by an administrator", async () => {
    const [one, other] = [await register(), await register()];
    const [mail] = await sentMessages(one.email);
    await expectSuccess(portal.visitor().post(`accounts/${tokenIn(mail)}`, undefined, { now: start }));
    await expectSuccess(portal.administrator.put(`accounts/${other.id}`, { state: "verified" }));
    const stored = (await allItems()).filter(
      ({ id, type }) => type === "portalAccount" && [one.id, other.id].includes(String(id)),
    );
    for (const item of stored) expect(Object.keys(item)).not.toContain("gsi1pk");
    for (const item of stored) expect(Object.keys(item)).not.toContain("unverifiedSince");
    await run(days(400));
    expect([await isThere(one), await isThere(other)]).toEqual([true, true]);
  });
  it("that an administrator has set to unverified end 30 days after that", async () => {
    const person = await register();
    const set = (state: string, now: Date) => portal.administrator.put(`accounts/${person.id}`, { state }, { now });
    await expectSuccess(set("verified", days(10)));
    await expectSuccess(set("unverified", days(20)));
    await expectSuccess(portal.administrator.put(`accounts/${person.id}`, { gender: "f" }, { now: days(40) }));
    await run(new Date(+days(50) - second));
    expect(await isThere(person)).toBe(true);
    await run(days(50));
    expect(await isThere(person)).toBe(false);
  });
  it("win or lose against a verification at the same time, never both", async () => {
    for (let round = 0; round < 10; round++) {
      const person = await register();
      const token = tokenIn((await sentMessages(person.email))[0]);
      const [, { status }] = await Promise.all([
        run(days(30)),
        portal.visitor().post(`accounts/${token}`, undefined, { now: start }),
      ]);
      expect([200, 404]).toContain(status);
      expect(await isThere(person)).toBe(status === 200);
      if (status === 200) await expectSuccess(portal.administrator.delete(`accounts/${person.id}`));
    }
  });
  it("that there is no time for are erased by the next call, whichever partition they are in", async () => {
    await emptyTable();
    const busy = await openPortal();
    const people: Holder[] = [];
    for (let count = 0; count < 12; count++) people.push(await register(busy));
    let left = 5;
    expect(await run(days(31), () => left-- > 0)).toBe(5);
    expect(await run(days(31))).toBe(7);
    expect((await Promise.all(people.map((person) => isThere(person, busy)))).filter(Boolean)).toEqual([]);
    expect(failures).toEqual([]);
  });
  it("keep their role's rights until then", async () => {
    const boss = await (await openPortal()).signedIn([roles.administrator]);
    await run(new Date());
    expect((await boss.get("accounts")).status).toBe(200);
  });
});
