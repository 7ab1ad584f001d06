import { beforeAll, describe, expect, it } from "vitest";
import { createDirectory, each } from "../../../client/src/client.ts";
import { collectPages } from "../../functions/practices/list-suites.ts";
import { call, expectOk, roundTrips, type TestPractice, watchTable } from "../../kit/system.ts";
import { crowd, crowdLists, crowdOfPractices, crowdOfUsers } from "./crowd.ts";

/** The maximum size of a page in bytes (contract practices §3), and the part of it that records may leave unused. */
const answerBytesMax = 5 * 1024 * 1024;
const frameBytesMax = 64 * 1024;

describe("a list without limit of more than a thousand records", () => {
  it("reads the users of all practices a thousand at a time, ten batches in parallel", async () => {
    const auth = await crowdOfPractices(1);
    await crowdOfUsers(auth, 1100);
    const { answer, requests } = await watchTable(() => call("UserList", { auth }));
    expect(new Set(answer.json.userList.map(({ userId }: { userId: string }) => userId)).size).toBe(1100);
    const batches = requests.filter(({ command }) => command === "BatchGetItem");
    const atOnce = batches.map(({ begun }) => batches.filter((one) => one.begun <= begun && begun < one.ended).length);
    expect(Math.max(...atOnce)).toBeLessThanOrEqual(20);
    // One round trip for the keys and two for the records.
    expect(roundTrips(requests)).toBe(3);
    // With a limit of 1000, no record of the next page is read.
    const limited = await watchTable(() => call("UserList", { auth, limit: 1000 }));
    expect(limited.answer.json.userList).toHaveLength(1000);
    expect(roundTrips(limited.requests)).toBe(2);
  });
});

describe("a list without limit of more than 5 MB", () => {
  const count = 300;
  let practice: TestPractice;
  beforeAll(async () => {
    practice = await crowd(count, { metadata: "x".repeat(40_000) });
  });
  const ofAll = (filter: object, id: string) => id === "UserList" && !("accountId" in filter);

  it.each(crowdLists)("returns as many %s as fit, and a cursor for the rest", async (_, id, list, key, filter) => {
    const sizes: number[] = [];
    const read = async (fields: object) => {
      const response = await call(id, { auth: practice, ...filter, ...fields });
      sizes.push(Buffer.byteLength(response.text));
      return response;
    };
    const pages = await collectPages(read, list, {});
    const record = Buffer.byteLength(JSON.stringify(pages[0]?.[1]));
    expect(sizes).toHaveLength(3);
    for (const size of sizes) expect(size).toBeLessThanOrEqual(answerBytesMax);
    for (const size of sizes.slice(0, -1)) expect(size).toBeGreaterThan(answerBytesMax - record - frameBytesMax);
    expect(pages.flat()).toHaveLength(count);
    expect(new Set(pages.flat().map((each) => each[key])).size).toBe(count);
  });

  it.each(crowdLists)("takes no more round trips than necessary: %s", async (_, id, list, __, filter) => {
    const { answer, requests } = await watchTable(() => call(id, { auth: practice, ...filter }));
    const queries = requests.filter(({ command }) => command === "Query").length;
    // DynamoDB returns 1 MB for each query. The index has keys only; the records are then read all at once.
    const megabytes = Math.ceil((answer.json[list].length * 40_800) / (1024 * 1024));
    expect(queries).toBeLessThanOrEqual(ofAll(filter, id) ? 1 : megabytes + 1);
    expect(roundTrips(requests)).toBeLessThanOrEqual(ofAll(filter, id) ? 2 : megabytes + 1);
  });

  it.each(crowdLists)("makes one query and no more for a caller who is refused: %s", async (_, id, __, ___, filter) => {
    const auth = { ...practice, applicationPassword: "wrong" };
    const { answer, requests } = await watchTable(() => call(id, { auth, ...filter }));
    expect(answer.json).toEqual({ successful: false, responseMessage: "Unauthorized", responseCode: 4010 });
    expect(requests.map(({ command }) => command).sort()).toEqual(["BatchGetItem", "Query"]);
  });

  it.each(crowdLists)("can be read to its end by a client, page by page: %s", async (_, id, list, key, filter) => {
    const directory = createDirectory({
      url: "http://frontdesk.test",
      application: { id: practice.applicationId, password: practice.applicationPassword },
      fetch: async (_url, init) => new Response((await call(id, JSON.parse(String(init?.body)))).text),
    });
    const all = list === "practiceList" ? each(directory.practiceList) : each(directory.userList, filter);
    const keys: unknown[] = [];
    for await (const record of all) keys.push((record as unknown as Record<string, unknown>)[key]);
    expect(keys).toHaveLength(count);
    expect(new Set(keys).size).toBe(count);
  });
});

describe("a list without limit that fits", () => {
  let practice: TestPractice;
  beforeAll(async () => {
    // Attributes that only a later release stores. Together they are larger than a page.
    practice = await crowd(110, { later: "x".repeat(60 * 1024) });
  });
  it.each(crowdLists)(
    "is measured by the size of its answer, not by the stored size: %s",
    async (_, id, list, __, filter) => {
      const answer = await expectOk(call(id, { auth: practice, ...filter }));
      expect(answer[list]).toHaveLength(110);
      expect(answer).not.toHaveProperty("cursor");
    },
  );

  it("takes the round trips of one page", async () => {
    const auth = await crowd(110);
    for (const [of, id, list, , filter] of crowdLists) {
      const { answer, requests } = await watchTable(() => call(id, { auth, ...filter }));
      expect(answer.json[list]).toHaveLength(110);
      expect([of, roundTrips(requests)]).toEqual([of, of === "the users of all practices" ? 2 : 1]);
    }
  });
});
