import { beforeAll, describe, expect, it } from "vitest";
import { fullPractice, fullUser, password } from "../functions/practices/practices-contract.ts";
import { allItems, call, expectOk, type Item, makePractice, makeUser, watchTable } from "../kit/system.ts";
import { freshKey, leastBody, makeTargets, type Row, rows } from "./practices.ts";

const writes = rows.filter(({ table }) => table === "write");
const now = new Date("2026-05-06T07:08:09.123Z");

let auth: Awaited<ReturnType<typeof makeTargets>>;
const login = { loginId: "auditor", loginPassword: password };
beforeAll(async () => {
  auth = await makeTargets();
  await makeUser(auth, { userId: "auditor", admin: true, ...login });
});

const eventsIn = (items: readonly Item[]) => items.filter(({ type }) => type === "event");
/** Does a call and gives the one event that it stored. */
async function eventOf(work: () => Promise<unknown>) {
  const before = new Set(eventsIn(await allItems()).map(({ sk }) => sk));
  const { requests } = await watchTable(work);
  const events = eventsIn(await allItems()).filter(({ sk }) => !before.has(sk));
  expect(events).toHaveLength(1);
  // In the same transaction as the record, which is the only write there was.
  const transactions = requests.filter(({ command, done }) => command === "TransactWriteItems" && done);
  expect(transactions).toHaveLength(1);
  const put: Item[] = transactions[0]?.input.TransactItems.flatMap(
    (part: { Put?: { Item: Item } }) => part.Put?.Item ?? [],
  );
  expect(eventsIn(put).map(({ sk }) => sk)).toEqual([events[0]?.sk]);
  expect(put.length).toBeGreaterThan(1);
  return events[0] as Item & { changed: string[]; record: Record<string, string>; who: object };
}

/** What each write is called, and of which record it tells. */
const deeds: Partial<Record<Row["id"], [RegExp, object]>> = {
  PracticeCreate: [/^practice\.created$/, { accountId: expect.stringMatching(/^fresh-/) }],
  PracticeUpdate: [/^practice\.updated$/, { accountId: "target" }],
  PracticeSave: [/^practice\.updated$/, { accountId: "target" }],
  UserCreate: [/^user\.created$/, { accountId: "caller", userId: expect.stringMatching(/^fresh-/) }],
  UserUpdate: [/^user\.updated$/, { accountId: "caller", userId: "target" }],
  UserSave: [/^user\.updated$/, { accountId: "caller", userId: "target" }],
  PortalSettingsSave: [/^portal/, { accountId: "caller" }],
};

describe.each(writes)("$id", (row: Row) => {
  const [what, record] = deeds[row.id] ?? [/^$/, {}];

  it("stores one event in its transaction: what, which record, who, when, and in which request", async () => {
    const event = await eventOf(() => expectOk(call(row.id, { auth, ...leastBody(row) }, { now })));
    expect(event.what).toMatch(what);
    expect(event.record).toEqual(record);
    expect(event.who).toEqual({ kind: "application", applicationId: auth.applicationId });
    expect(event.at).toBe(now.toISOString());
    expect(event.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(Array.isArray(event.changed)).toBe(true);
  });
  it("stores an event of its own for each request", async () => {
    const ids = [];
    for (let time = 0; time < 3; time++) {
      ids.push((await eventOf(() => expectOk(call(row.id, { auth, ...leastBody(row) })))).requestId);
    }
    expect(new Set(ids).size).toBe(3);
  });
  if (row.tier === "account") {
    it("tells which user did it, when one signed in", async () => {
      const event = await eventOf(() => expectOk(call(row.id, { auth: login, ...leastBody(row) })));
      expect(event.who).toEqual({
        kind: "individual",
        applicationId: auth.applicationId,
        accountId: "caller",
        userId: "auditor",
      });
    });
  }
  it("stores no event when it fails", async () => {
    const before = eventsIn(await allItems()).length;
    await call(row.id, { auth: { ...auth, applicationPassword: "wrong" }, ...leastBody(row) });
    await call(row.id, { auth, ...leastBody(row), name: "", firstName: "", lockMinutes: 0 });
    await call(row.id, { auth, ...leastBody(row), directAddress: "no-domain@example.org", lockAttempts: 0 });
    expect(eventsIn(await allItems())).toHaveLength(before);
  });
});

describe("an event names the fields that changed, and tells no value of any", () => {
  const expectNoValues = (event: Item, ...records: Readonly<Record<string, unknown>>[]) => {
    const { pk, sk, record, who, requestId, at, ...told } = event;
    const text = JSON.stringify(told);
    for (const values of records) {
      for (const value of Object.values(values)) {
        if (typeof value === "string") expect(text).not.toContain(value);
      }
    }
  };

  it("of a practice", async () => {
    const [accountId, before, after] = [freshKey(), fullPractice("before"), fullPractice("after")];
    const created = await eventOf(() => expectOk(call("PracticeCreate", { auth, accountId, ...before })));
    expect(created.changed).toEqual(expect.arrayContaining(Object.keys(before)));
    expectNoValues(created, before);

    const unique = { websiteAddress: after.websiteAddress, metadata: after.metadata, active: false };
    const updated = await eventOf(() => expectOk(call("PracticeUpdate", { auth, accountId, ...before, ...unique })));
    expect(updated.changed.sort()).toEqual(Object.keys(unique).sort());
    expectNoValues(updated, before, after);

    const { city, fax, ...rest } = { ...before, ...unique };
    const cleared = await eventOf(() => expectOk(call("PracticeSave", { auth, accountId, ...rest })));
    expect(cleared.changed.sort()).toEqual(["city", "fax"]);
    expectNoValues(cleared, before, after);
  });
  it("of a user, a password by its name alone", async () => {
    const practice = await makePractice({ accountId: freshKey(), directDomain: "audited" }, auth);
    const [userId, before, after] = [freshKey(), fullUser("one"), fullUser("two")];
    const created = await eventOf(() => expectOk(call("UserCreate", { auth: practice, userId, ...before })));
    expect(created.changed).toEqual(expect.arrayContaining(Object.keys(before)));
    expectNoValues(created, before);
    expect(JSON.stringify(created)).not.toContain("argon2");

    const { loginPassword, ...kept } = before;
    const renamed = { directAddress: after.directAddress, lastName: "Byron", admin: false };
    const updated = await eventOf(() => expectOk(call("UserUpdate", { auth: practice, userId, ...kept, ...renamed })));
    expect(updated.changed.sort()).toEqual(Object.keys(renamed).sort());
    expectNoValues(updated, before, after, renamed);

    const again = { ...kept, ...renamed, loginPassword: "An0ther-Password" };
    const secret = await eventOf(() => expectOk(call("UserSave", { auth: practice, userId, ...again })));
    expect(secret.changed).toEqual(["loginPassword"]);
    expectNoValues(secret, again);
  });
  it("of a portal", async () => {
    const settings = { lockMinutes: 44, allowedOrigins: ["https://audited.example.com"] };
    const event = await eventOf(() => expectOk(call("PortalSettingsSave", { auth, ...settings })));
    expect(event.changed.sort()).toEqual(["allowedOrigins", "lockMinutes"]);
    expect(JSON.stringify(event)).not.toMatch(/audited|44(?!\d)(?=[,}\]])/);
  });
  it("no field, when what was sent is what was there", async () => {
    const { practice } = await expectOk(call("PracticeGet", { auth, accountId: "target" }));
    const event = await eventOf(() => expectOk(call("PracticeUpdate", { auth, ...practice })));
    expect(event.changed).toEqual([]);
  });
});

describe("reads", () => {
  it.each(rows.filter(({ table }) => table !== "write"))("by $id store no event", async (row: Row) => {
    const before = eventsIn(await allItems()).length;
    await expectOk(call(row.id, { auth: { ...auth, userId: "target" }, ...leastBody(row) }));
    expect(eventsIn(await allItems())).toHaveLength(before);
  });
});
