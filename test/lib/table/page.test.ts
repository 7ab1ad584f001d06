import { beforeAll, describe, expect, it } from "vitest";
import { collectPages } from "../../functions/practices/list-suites.ts";
import { call, expectOk, makePractice, makeUser, makeVendor, type TestPractice } from "../../kit/system.ts";
import { crowd, crowdLists } from "./crowd.ts";

/** A list that can grow: how to add a record to it and how to read it. */
interface Growing {
  readonly list: string;
  readonly key: string;
  readonly ready: () => Promise<{
    add(key: string): Promise<unknown>;
    change(key: string): Promise<unknown>;
    read(fields: object): ReturnType<typeof call>;
  }>;
}

const practices: Growing = {
  list: "practiceList",
  key: "accountId",
  async ready() {
    const auth = await makeVendor();
    const save = (accountId: string) => call("PracticeSave", { auth, accountId, name: "Practice" });
    return { add: save, change: save, read: (fields) => call("PracticeList", { auth, ...fields }) };
  },
};
const users = (practicesOfAll: number, filtered: boolean): Growing => ({
  list: "userList",
  key: "userId",
  async ready() {
    const vendor = await makeVendor();
    const owners: TestPractice[] = [];
    for (let place = 0; place < practicesOfAll; place++) {
      owners.push(await makePractice({ accountId: `p-${place}` }, vendor));
    }
    let next = 0;
    const at = new Map<string, TestPractice>();
    const save = (auth: TestPractice, userId: string) =>
      call("UserSave", { auth, userId, firstName: "A", lastName: "B" });
    return {
      add(userId) {
        const owner = owners[next++ % owners.length] as TestPractice;
        at.set(userId, owner);
        return save(owner, userId);
      },
      change: (userId) => save(at.get(userId) as TestPractice, userId),
      read: (fields) => call("UserList", { auth: vendor, ...(filtered && { accountId: "p-0" }), ...fields }),
    };
  },
});

const lists: readonly [string, Growing][] = [
  ["practices", practices],
  ["the users of one practice", users(1, true)],
  ["the users of all practices", users(5, false)],
];

describe.each(lists)("the list of %s", (_, { list, key, ready }) => {
  it("neither skips nor repeats any of 120 records, read seven at a time while others are added and some change", async () => {
    const { add, change, read } = await ready();
    const old = Array.from({ length: 120 }, (_, place) => `k-${String(place).padStart(3, "0")}`);
    for (let start = 0; start < old.length; start += 25) await Promise.all(old.slice(start, start + 25).map(add));
    const between = async (page: number) => {
      const [last, next] = [old[page * 7 - 1], old[page * 7]];
      if (!last || !next) return;
      // New records come first, last, and on both sides of the start of the next page.
      await Promise.all([`a-${page}`, `z-${page}`, `${last}-b`, `${next}-a`].map(add));
      await Promise.all(["k-000", last, next, "k-119"].map(change));
    };
    const pages = await collectPages(read, list, { limit: 7 }, between);
    const seen = pages.flat().map((record) => String(record[key]));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((name) => old.includes(name)).sort()).toEqual(old);
    for (const page of pages.slice(0, -1)) expect(page).toHaveLength(7);
    expect(pages.at(-1)).not.toHaveLength(0);
  });

  it("never ends with an empty page, when the records are an exact multiple of the limit", async () => {
    const { add, read } = await ready();
    for (let place = 0; place < 21; place++) await add(`k-${place}`);
    const pages = await collectPages(read, list, { limit: 7 });
    expect(pages.map((page) => page.length)).toEqual([7, 7, 7]);
  });
});

describe("a page of large records", () => {
  /** The maximum size of the JSON that a Lambda function returns, including the body. */
  const lambdaBytesMax = 6 * 1024 * 1024;

  describe.each([
    ["quotes, which JSON escapes each time", '"', 400],
    ["control characters, which JSON writes as six characters", "\u0001", 250],
  ])("with metadata of %s", (_, character, count) => {
    const metadata = character.repeat(4096);
    let practice: TestPractice;
    beforeAll(async () => {
      practice = await crowd(count, { metadata });
    });
    it.each(crowdLists.flatMap((list) => [{ limit: 1000 }, {}].map((limit) => [...list, limit] as const)))(
      "is cut so that it fits into an answer, and goes on with a cursor: the list of %s",
      async (_, id, list, key, filter, limit) => {
        const read = async (fields: object) => {
          const response = await call(id, { auth: practice, ...filter, ...fields });
          const { status: statusCode, headers, text: body } = response;
          const bytes = Buffer.byteLength(JSON.stringify({ statusCode, headers, body }));
          expect.soft(bytes, `answer of ${id} ${JSON.stringify(filter)}`).toBeLessThan(lambdaBytesMax);
          return response;
        };
        const pages = await collectPages(read, list, limit);
        expect(pages.length).toBeGreaterThan(1);
        expect(pages.flat()).toHaveLength(count);
        expect(new Set(pages.flat().map((record) => record[key])).size).toBe(count);
        expect(pages.at(-1)).not.toHaveLength(0);
        for (const record of pages.flat()) {
          if (record[key] !== "original") expect(record.metadata).toBe(metadata);
        }
      },
    );
  });
});

describe("a cursor", () => {
  it("is valid only for its vendor, its list and its filter, and does not expire", async () => {
    const [mine, theirs] = [await makeVendor(), await makeVendor()];
    for (const vendor of [mine, theirs]) {
      for (const accountId of ["a", "b", "c"]) {
        const practice = await makePractice({ accountId }, vendor);
        for (const userId of ["1", "2", "3"]) await makeUser(practice, { userId });
      }
    }
    const reads = [
      (fields: object) => call("PracticeList", { auth: mine, ...fields }),
      (fields: object) => call("UserList", { auth: mine, ...fields }),
      (fields: object) => call("UserList", { auth: mine, accountId: "a", ...fields }),
      (fields: object) => call("UserList", { auth: mine, accountId: "b", ...fields }),
      (fields: object) => call("PracticeList", { auth: theirs, ...fields }),
      (fields: object) => call("UserList", { auth: theirs, ...fields }),
      (fields: object) => call("UserList", { auth: theirs, accountId: "a", ...fields }),
    ];
    const cursors = await Promise.all(reads.map(async (read) => (await expectOk(read({ limit: 1 }))).cursor));
    for (const [own, cursor] of cursors.entries()) {
      for (const [other, read] of reads.entries()) {
        const { responseCode } = (await read({ limit: 1, cursor })).json;
        expect({ own, other, responseCode }).toEqual({ own, other, responseCode: own === other ? 2000 : 4060 });
      }
    }
    const inAYear = { now: new Date(Date.now() + 365 * 86_400_000) };
    await expectOk(call("PracticeList", { auth: mine, cursor: cursors[0] }, inAYear));
  });
});
