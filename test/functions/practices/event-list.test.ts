import { beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../../lib/crypto/random.ts";
import { writeVendor } from "../../../lib/practices/vendor.ts";
import { storedAccountId } from "../../../lib/table/generation.ts";
import { deletedPracticeKey, practiceEventKey, vendorEventKey, vendorKey } from "../../../lib/table/keys.ts";
import { readItems } from "../../../lib/table/read.ts";
import type { Key, Vendor } from "../../../lib/table/records.ts";
import { create, write } from "../../../lib/table/transact.ts";
import {
  call,
  expectOk,
  freshKey,
  makePractice,
  makeUser,
  makeVendor,
  type TestPractice,
  type TestVendor,
  testSourceIp,
  watchTable,
} from "../../kit/system.ts";
import { collectPages } from "./list-suites.ts";
import { faulty, refused } from "./practices-contract.ts";

interface Shown {
  readonly eventId: string;
  readonly what: string;
  readonly at: string;
}
const list = (vendor: TestVendor, fields: object = {}) => call("EventList", { auth: vendor, ...fields });
/** All events of a list, page by page. */
const walk = async (vendor: TestVendor, fields: Readonly<Record<string, unknown>>, between?: () => Promise<unknown>) =>
  (await collectPages((more) => list(vendor, more), "eventList", fields, between)) as unknown as Shown[][];
const idsOf = (events: readonly Shown[]) => events.map(({ eventId }) => eventId);

/** Stores events that an operator is said to have caused at these times, or placeholders. @returns their ids */
async function storeEvents(keyOf: (id: string) => Key, times: readonly number[], item: object = {}): Promise<string[]> {
  const event = { type: "event", what: "practice.updated", changed: [], who: { kind: "operator" }, requestId: "test" };
  const all = times.map((ms) => ({ id: newId(new Date(ms)), at: new Date(ms).toISOString() }));
  for (let start = 0; start < all.length; start += 100) {
    await write(() =>
      all
        .slice(start, start + 100)
        .map(({ id, at }) => create(keyOf(id), { ...event, at, record: { accountId: "x" }, ...item }, "changed")),
    );
  }
  return all.map(({ id }) => id);
}
const inPractice =
  (practice: TestPractice, generation = 0) =>
  (id: string) =>
    practiceEventKey({ ...practice, accountId: storedAccountId(practice.accountId, generation) }, id);
/** Puts what is left of deleted practices under a key. */
const storeDeleted = (practice: TestPractice, generation: number) =>
  write(() => [
    create(
      deletedPracticeKey(practice),
      { type: "deletedPractice", version: 1, generation, deletedAt: "2026-01-01T00:00:00.000Z", expiresAt: 4e9 },
      "changed",
    ),
  ]);
const place = "2026-03-02T09:30:00.000Z";
const ms = Date.parse(place);

describe("2000 OK", () => {
  it("shows who did what to which record, when and from where, with names of fields and never their values", async () => {
    const practice = await makePractice();
    const login = { loginId: freshKey(), loginPassword: "Stethoscope1" };
    await makeUser(practice, { userId: "u", lastName: "Secretname", admin: true, ...login });
    await expectOk(
      call("UserUpdate", { auth: login, userId: "u", firstName: "Ada", lastName: "Mills", admin: true, ...login }),
    );
    const { text, json } = await list(practice, { accountId: practice.accountId });
    const { applicationId, accountId } = practice;
    const common = {
      eventId: expect.stringMatching(/^[0-9a-f]{24}$/),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      accountId,
      requestId: expect.stringMatching(/./),
      sourceIp: testSourceIp,
    };
    const application = { kind: "application", applicationId };
    expect(json).toEqual({
      successful: true,
      responseMessage: "OK",
      responseCode: 2000,
      eventList: [
        {
          ...common,
          what: "user.updated",
          record: { accountId, userId: "u" },
          who: { kind: "individual", applicationId, accountId, userId: "u" },
          changed: expect.arrayContaining(["firstName", "lastName"]),
        },
        {
          ...common,
          what: "user.created",
          record: { accountId, userId: "u" },
          who: application,
          changed: expect.arrayContaining(["userId", "loginId"]),
        },
        { ...common, what: "practice.created", record: { accountId }, who: application, changed: expect.any(Array) },
      ],
    });
    expect(text).not.toContain("Secretname");
  });

  it("lists the vendor's own events without an accountId, and says that an operator caused them", async () => {
    const vendor = await makeVendor();
    await makePractice({}, vendor);
    const { applicationId } = vendor;
    const { before } = await readItems({ before: vendorKey(applicationId) });
    const by = { actor: { kind: "operator" }, context: { now: new Date(), requestId: "command" } } as const;
    await write(() => writeVendor(before, { ...(before as Vendor), name: "Another" }, "vendor.renamed", by).parts);
    const { eventList } = await expectOk(list(vendor));
    expect(eventList).toEqual([
      {
        eventId: expect.stringMatching(/^[0-9a-f]{24}$/),
        what: "vendor.renamed",
        at: by.context.now.toISOString(),
        accountId: "",
        record: { applicationId },
        who: { kind: "operator" },
        changed: ["name"],
        requestId: "command",
        sourceIp: "",
      },
    ]);
    expect(JSON.stringify(eventList)).not.toContain("Another");
  });

  it("does not list the events of another practice, nor those of another vendor's practice with the same key", async () => {
    const accountId = freshKey();
    const [one, other] = [await makePractice({ accountId }), await makePractice({ accountId })];
    await makeUser(other, { userId: "u" });
    expect((await expectOk(list(one, { accountId }))).eventList).toHaveLength(1);
    expect((await expectOk(list(other, { accountId }))).eventList).toHaveLength(2);
  });

  it("takes 100 events at a time when no limit is passed", async () => {
    const practice = await makePractice();
    await storeEvents(inPractice(practice), Array(130).fill(ms));
    const answer = await expectOk(list(practice, { accountId: practice.accountId }));
    expect(answer.eventList).toHaveLength(100);
    const rest = await expectOk(list(practice, { accountId: practice.accountId, cursor: answer.cursor }));
    expect(rest.eventList).toHaveLength(31);
    expect(rest).not.toHaveProperty("cursor");
  });

  it("reads only the events of the page, in one query of one partition", async () => {
    const practice = await makePractice();
    await storeEvents(inPractice(practice), Array(200).fill(ms));
    const { requests } = await watchTable(() => list(practice, { accountId: practice.accountId, limit: 50 }));
    const [, query] = requests;
    expect(requests.map(({ command }) => command)).toEqual(["BatchGetItem", "Query"]);
    expect([query?.itemsRead, query?.input.ConsistentRead, query?.input.ScanIndexForward]).toEqual([51, true, false]);
  });
});

describe("many events", () => {
  let practice: TestPractice;
  let ids: string[];
  beforeAll(async () => {
    practice = await makePractice();
    // Five each in one millisecond.
    ids = await storeEvents(
      inPractice(practice),
      Array.from({ length: 2500 }, (_, event) => ms + Math.floor(event / 5)),
    );
  });
  const all = () => ids.toSorted().reverse();
  const made = (events: readonly Shown[]) => events.filter(({ what }) => what === "practice.updated");

  it.each([7, 100, 333, 1000])("are listed newest first, each once, by pages of %i", async (limit) => {
    const pages = await walk(practice, { accountId: practice.accountId, limit });
    expect(idsOf(made(pages.flat()))).toEqual(all());
    expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
  });

  it("are listed each once while others arrive", async () => {
    const before = all();
    const arrived = new Set<string>();
    const pages = await walk(practice, { accountId: practice.accountId, limit: 400 }, async () => {
      // Some are newer than all, some are between those that were read and those that were not.
      for (const id of await storeEvents(inPractice(practice), [Date.now(), ms + 100, ms + 400])) arrived.add(id);
    });
    const read = idsOf(pages.flat());
    expect(new Set(read).size).toBe(read.length);
    expect(
      made(pages.flat())
        .filter(({ eventId }) => !arrived.has(eventId))
        .map(({ eventId }) => eventId),
    ).toEqual(before);
    ids.push(...arrived);
  });

  it.each([
    ["since alone", { since: new Date(ms + 490).toISOString() }],
    ["until alone", { until: new Date(ms + 10).toISOString() }],
    ["both", { since: new Date(ms + 17).toISOString(), until: new Date(ms + 19).toISOString() }],
    ["both, in another offset", { since: "2026-03-02T04:30:00.017-05:00", until: "2026-03-02T11:30:00.019+02:00" }],
    ["a part of a millisecond", { since: "2026-03-02T09:30:00.0171Z", until: "2026-03-02T09:30:00.0191Z" }],
    ["the same twice", { since: place, until: place }],
    ["since after until", { since: "2026-03-03T00:00:00Z", until: place }],
    ["a time before all ids", { since: "1900-01-01T00:00:00Z", until: "1969-12-31T23:59:59Z" }],
    ["a time after all ids", { since: "2200-01-01T00:00:00Z", until: "9999-12-31T00:00:00Z" }],
  ])("are those at or after since and before until: %s", async (_, range: { since?: string; until?: string }) => {
    const every = (await walk(practice, { accountId: practice.accountId, limit: 1000 })).flat();
    const from = range.since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(range.since);
    const to = range.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(range.until);
    // `Date` has no parts of milliseconds.
    const part = /\.\d{4}/.test(range.since ?? "") ? 0.1 : 0;
    const wanted = every.filter(({ at }) => Date.parse(at) >= from + part && Date.parse(at) < to + part);
    const pages = await walk(practice, { accountId: practice.accountId, limit: 3, ...range });
    expect(idsOf(pages.flat())).toEqual(idsOf(wanted));
  });
});

describe("placeholders of writes that were given up", () => {
  it("are left out without ending a page", async () => {
    const practice = await makePractice();
    const old = await storeEvents(inPractice(practice), Array(30).fill(ms));
    await storeEvents(inPractice(practice), Array(300).fill(ms + 1), { type: "void" });
    const young = await storeEvents(inPractice(practice), Array(5).fill(ms + 2));
    const pages = await walk(practice, { accountId: practice.accountId, limit: 10 });
    // The practice's own creation is the newest.
    expect(pages.map((page) => page.length)).toEqual([10, 10, 10, 6]);
    expect(idsOf(pages.flat().slice(1))).toEqual([...young.toSorted().reverse(), ...old.toSorted().reverse()]);
  });
  it("end a page after 40 queries, with a cursor", async () => {
    const practice = await makePractice();
    await storeEvents(inPractice(practice), Array(1100).fill(ms), { type: "void" });
    const [last] = await storeEvents(inPractice(practice), [ms - 1]);
    const { answer, requests } = await watchTable(() => list(practice, { accountId: practice.accountId, limit: 2 }));
    expect(requests.filter(({ command }) => command === "Query")).toHaveLength(40);
    expect([answer.json.eventList.length, typeof answer.json.cursor]).toEqual([1, "string"]);
    const pages = await walk(practice, { accountId: practice.accountId, limit: 2 });
    expect(idsOf(pages.flat()).at(-1)).toBe(last);
  });
});

describe("practices that had one key after the other", () => {
  it("are listed together, the newest first, under the caller's key", async () => {
    const practice = await makePractice();
    const [first, second, third] = [
      await storeEvents(inPractice(practice, 0), [ms, ms + 1]),
      await storeEvents(inPractice(practice, 1), [ms + 2, ms + 3], {
        record: { accountId: storedAccountId(practice.accountId, 1), userId: "u" },
        who: { kind: "individual", ...practice, accountId: storedAccountId(practice.accountId, 1), userId: "u" },
      }),
      await storeEvents(inPractice(practice, 2), [ms + 4]),
    ] as const;
    await storeDeleted(practice, 2);
    const expected = [...third, ...second.toReversed(), ...first.toReversed()];
    for (const limit of [1, 2, 1000]) {
      const pages = await walk(practice, { accountId: practice.accountId, limit, until: "2026-03-03T00:00:00Z" });
      expect(idsOf(pages.flat())).toEqual(expected);
    }
    const { text, json } = await list(practice, { accountId: practice.accountId });
    expect(text).not.toMatch(/\\u001f|[\u0000-\u001f]/);
    expect(json.eventList[1]).toMatchObject({
      accountId: practice.accountId,
      record: { accountId: practice.accountId, userId: "u" },
      who: { kind: "individual", accountId: practice.accountId, userId: "u" },
    });
  });
  it("are listed when the last one was deleted too, and a key that never was used is 4131", async () => {
    const vendor = await makeVendor();
    const gone = { ...vendor, accountId: freshKey() } as TestPractice;
    await refused(4131, () => list(vendor, { accountId: gone.accountId }));
    await storeDeleted(gone, 0);
    const [id] = await storeEvents(inPractice(gone), [ms]);
    expect(idsOf((await expectOk(list(vendor, { accountId: gone.accountId }))).eventList)).toEqual([id]);
    const other = await makeVendor();
    await refused(4131, () => list(other, { accountId: gone.accountId }));
  });
  it("take at most 40 queries in one call, however many they were", async () => {
    const practice = await makePractice();
    await storeDeleted(practice, 100);
    const [id] = await storeEvents(inPractice(practice, 3), [ms]);
    const { requests } = await watchTable(() => list(practice, { accountId: practice.accountId }));
    expect(requests.filter(({ command }) => command === "Query")).toHaveLength(40);
    const pages = await walk(practice, { accountId: practice.accountId });
    expect(pages.flat()).toHaveLength(2);
    expect(idsOf(pages.flat())[0]).toBe(id);
  });
});

describe("4060", () => {
  let practice: TestPractice;
  beforeAll(async () => {
    practice = await makePractice();
    await storeEvents(inPractice(practice), [ms, ms, ms]);
    await storeEvents((id) => vendorEventKey(practice.applicationId, id), [ms, ms, ms]);
  });
  it.each([
    "yesterday",
    "2026-03-02",
    "2026-03-02T09:30:00",
    "2026-02-30T00:00:00Z",
    "1772443800000",
    1772443800000,
    true,
    {},
    [],
  ])("refuses since and until that are no instants: %j", async (value) => {
    await faulty(["since", "until"], () => list(practice, { since: value, until: value }));
  });
  it.each([0, 1001, "x"])("refuses limit %j", async (limit) => {
    await faulty(["limit"], () => list(practice, { limit }));
  });
  it("refuses the cursor of another caller, practice, time or list", async () => {
    const { accountId } = practice;
    const fields = { accountId, limit: 1, since: place };
    const { cursor } = await expectOk(list(practice, fields));
    await expectOk(list(practice, { ...fields, limit: 2, cursor }));
    const other = await makePractice({ accountId });
    const sibling = await makePractice({ accountId: freshKey() }, practice);
    await faulty(["cursor"], () => list(other, { ...fields, cursor }));
    await faulty(["cursor"], () => list(practice, { ...fields, accountId: sibling.accountId, cursor }));
    await faulty(["cursor"], () => list(practice, { ...fields, accountId: undefined, cursor }));
    await faulty(["cursor"], () => list(practice, { ...fields, since: "2026-03-02T09:30:01Z", cursor }));
    await faulty(["cursor"], () => list(practice, { ...fields, until: "2036-03-02T09:30:01Z", cursor }));
    await faulty(["cursor"], () => call("UserList", { auth: practice, accountId, cursor }));
  });
});
