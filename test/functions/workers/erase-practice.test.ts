import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { handler } from "../../../functions/workers/clean-up.ts";
import { handler as eraseOverdue } from "../../../functions/workers/erase-overdue.ts";
import { erasureLeaseMs } from "../../../lib/accounts/erasure/rest.ts";
import { logger } from "../../../lib/api/log.ts";
import { erasePractice, pacing } from "../../../lib/practices/erasure.ts";
import { documents } from "../../../lib/table/client.ts";
import { practiceErasureIndexKey, practiceErasureKey } from "../../../lib/table/keys.ts";
import { takeLease } from "../../../lib/table/lease.ts";
import type { PracticeId } from "../../../lib/table/records.ts";
import { setAttributes, write } from "../../../lib/table/transact.ts";
import { crowdedPractice, itemsOfPerson, personalMark } from "../../kit/crowded-practice.ts";
import { eraseAll, erasureRecords, finishAll } from "../../kit/erasures.ts";
import { expectSuccess, freshOrg, openPortal } from "../../kit/portal.ts";
import { type EngineRequest, engineError, hangUp, throughProxy } from "../../kit/proxy.ts";
import { allItems, call, emptyTable, expectOk, type Item, makePractice, makeUser } from "../../kit/system.ts";
import { makeEverything } from "./everything.ts";

beforeEach(emptyTable);

async function putAll(items: readonly object[]): Promise<void> {
  for (let start = 0; start < items.length; start += 25) {
    const requests = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
    await documents.send(new BatchWriteCommand({ RequestItems: { [String(process.env.TABLE_NAME)]: requests } }));
  }
}

const deactivate = (auth: PracticeId) => expectOk(call("PracticeUpdate", { auth, name: "Practice", active: false }));

/** A deleted practice with people who have everything. */
async function deletedPractice(people: number) {
  const practice = await makePractice();
  await putAll(crowdedPractice(practice, people));
  await deactivate(practice);
  await expectOk(call("PracticeDelete", { auth: practice }));
  const [record] = await erasureRecords();
  if (!record) throw new Error("no erasure");
  return { practice, record };
}

const wholeText = (item: Item) => JSON.stringify(item, (_, value) => (value instanceof Set ? [...value] : value));
/** What is left of people, apart from the objects of the bucket that are being deleted. */
const left = async () => (await allItems()).filter((item) => wholeText(item).includes(personalMark));
/** The items that are left when all is done, by type; those of the vendor aside. */
const typesLeft = async () => {
  const types = (await allItems()).map(({ type }) => String(type)).filter((type) => !/^(vendor|clientKey)$/.test(type));
  return [...new Set(types)].sort();
};

describe("a deleted practice with 6,600 items of all kinds", () => {
  it("is erased by several workers, one after the other, within their time limits and with pauses", async () => {
    const people = 300;
    const { record } = await deletedPractice(people);
    const items = people * (itemsOfPerson.inside + itemsOfPerson.elsewhere);
    const pauses = vi.spyOn(pacing, "pause");
    const failures = vi.spyOn(logger, "error");
    let runs = 0;
    for (let isDone = false; !isDone; runs++) {
      let looks = 0;
      // Time for thirty transactions.
      const context = { getRemainingTimeInMillis: () => (++looks > 30 ? 0 : erasureLeaseMs) };
      isDone = (await handler({ Records: [record] }, context)).batchItemFailures.length === 0;
    }
    expect(runs).toBeGreaterThan(5);
    // That time was over is no failure.
    expect(failures).not.toHaveBeenCalled();
    const pausedMs = pauses.mock.calls.reduce((sum, [ms]) => sum + ms, 0);
    // At most 200 items a second, and not much slower.
    expect(pausedMs).toBeGreaterThanOrEqual((items / 200) * 1000);
    expect(pausedMs).toBeLessThan((items / 200) * 1000 * 1.25);
    expect(await left()).toEqual([]);
    expect(await typesLeft()).toEqual(["deletedPractice", "erasure", "event", "filesToDelete"]);
    expect((await allItems()).filter(({ type }) => type === "filesToDelete")).toHaveLength(people);
    expect(await finishAll()).toBe(1);
    expect(await typesLeft()).toEqual(["deletedPractice", "event", "filesToDelete"]);
    vi.restoreAllMocks();
  });
});

describe("the erasure of a practice", () => {
  it("goes on where the table throttles, answers late, or loses answers", async () => {
    const { practice, record } = await deletedPractice(20);
    let requests = 0;
    const troubled = async (request: EngineRequest) => {
      requests += 1;
      if (requests % 3 === 0) return engineError("ProvisionedThroughputExceededException");
      if (requests % 7 === 0) return hangUp;
      const answer = await request.forward();
      return requests % 5 === 0 ? hangUp : answer;
    };
    for (let isDone = false; !isDone; ) {
      const { batchItemFailures } = await throughProxy(troubled, () => handler({ Records: [record] }));
      isDone = batchItemFailures.length === 0;
      // A worker that could not release its lease is followed by one that begins after the lease has ended.
      const leaseUntil = Date.now() - 1;
      await write(() => [setAttributes(practiceErasureKey(practice), { leaseUntil }, "changed")]);
    }
    expect(requests).toBeGreaterThan(30);
    expect(await left()).toEqual([]);
    await finishAll();
    expect(await typesLeft()).toEqual(["deletedPractice", "event", "filesToDelete"]);
  });

  it("erases an item that changes at the same moment as it is then, with what it leads to then", async () => {
    const { practice, record } = await deletedPractice(1);
    const user = (await left()).find(({ type }) => type === "user");
    if (!user) throw new Error("no user");
    let isChanged = false;
    const meanwhile = async (request: EngineRequest) => {
      if (!isChanged && request.operation === "TransactWriteItems") {
        isChanged = true;
        const claim = { pk: `LOGIN#${personalMark}-another`, sk: "CLAIM", type: "claim", ...practice };
        await putAll([{ ...user, loginId: `${personalMark}-another`, version: 2 }, claim]);
      }
      return request.forward();
    };
    expect(await throughProxy(meanwhile, () => handler({ Records: [record] }))).toEqual({ batchItemFailures: [] });
    // Nobody but this test moves a login without freeing the one before.
    expect((await left()).map(({ pk }) => pk)).toEqual([`LOGIN#${personalMark}-login-0`]);
  });

  it("is done by one worker at a time, and gone on with when that one has crashed", async () => {
    const { practice, record } = await deletedPractice(1);
    const key = practiceErasureKey(practice);
    await takeLease(key, erasureLeaseMs, new Date());
    expect((await handler({ Records: [record] })).batchItemFailures).toHaveLength(1);
    await write(() => [setAttributes(key, { leaseUntil: Date.now() - 1 }, "changed")]);
    expect(await handler({ Records: [record] })).toEqual({ batchItemFailures: [] });
    expect(await left()).toEqual([]);
  });

  it("whose record arrives again is safe to repeat, also after the last worker has finished it", async () => {
    const { record } = await deletedPractice(1);
    for (let time = 0; time < 2; time++)
      expect(await handler({ Records: [record] })).toEqual({ batchItemFailures: [] });
    await finishAll();
    expect(await handler({ Records: [record] })).toEqual({ batchItemFailures: [] });
    expect(await typesLeft()).toEqual(["deletedPractice", "event", "filesToDelete"]);
  });

  it("reports a failure, and is finished by the hourly worker", async () => {
    const { practice, record } = await deletedPractice(2);
    const failures = vi.spyOn(logger, "error").mockReturnValue();
    const broken = async ({ operation, forward }: EngineRequest) =>
      operation === "Query" ? engineError("AccessDeniedException") : forward();
    expect((await throughProxy(broken, () => handler({ Records: [record] }))).batchItemFailures).toHaveLength(1);
    const [[message, about]] = failures.mock.calls as unknown as [[string, { item: string }]];
    expect([message, about.item]).toEqual([
      "rest of an account or a practice not erased",
      `ERASURE#${practice.applicationId}#practice-1`,
    ]);
    vi.restoreAllMocks();
    await finishAll();
    expect(await left()).toEqual([]);
  });

  it("leaves other practices as they are, of the same vendor too, and of a key that begins the same", async () => {
    const practice = await makePractice({ accountId: "a" });
    const others = ["ab", "a#b", "b"];
    for (const accountId of others) await putAll(crowdedPractice(await makePractice({ accountId }, practice), 1));
    const shared = await left();
    await deactivate(practice);
    await expectOk(call("PracticeDelete", { auth: practice }));
    await eraseAll();
    await finishAll();
    expect(await left()).toEqual(shared);
  });

  it("leaves nothing of real accounts with everything, also of one whose own erasure was under way", async () => {
    const org = freshOrg();
    const portal = await openPortal({}, { accountId: org, websiteAddress: org });
    const { person, friend } = await makeEverything(portal);
    const gone = await portal.register();
    await expectSuccess(portal.administrator.delete(`accounts/${gone.id}`));
    await deactivate(portal.practice);
    await expectOk(call("PracticeDelete", { auth: portal.practice }));
    // In any order, and at the same time.
    for (let time = 0; time < 2; time++) await eraseAll();
    await finishAll();
    const named = (await allItems()).filter(
      (item) =>
        !/^(event|session|token)$/.test(String(item.type)) &&
        [person.id, person.email, friend.id, friend.email, gone.id, gone.email].some((name) =>
          wholeText(item).includes(name),
        ),
    );
    expect(named).toEqual([]);
    // Sessions without an id are in no list: they end by TTL, and have ids only.
    const kept = (await allItems()).filter(({ type }) => /^(session|token)$/.test(String(type)));
    expect(kept.filter(({ expiresAt }) => expiresAt === undefined)).toEqual([]);
  });
});

describe("the hourly worker", () => {
  /** Makes a deletion look as if it was so long ago. */
  const backdate = (practice: PracticeId, seconds: number) => {
    const { gsi1sk } = practiceErasureIndexKey(new Date(Date.now() - seconds * 1000).toISOString());
    return write(() => [setAttributes(practiceErasureKey(practice), { gsi1sk }, "changed")]);
  };
  const erasures = async () => (await allItems()).filter(({ type }) => type === "erasure");

  it("leaves a practice alone that was deleted less than a minute ago: calls may still write into it", async () => {
    const { practice } = await deletedPractice(1);
    await backdate(practice, 50);
    await eraseOverdue();
    expect(await erasures()).toHaveLength(1);
    await backdate(practice, 61);
    await eraseOverdue();
    expect(await erasures()).toEqual([]);
    expect(await left()).toEqual([]);
  });

  it("erases what calls have written that were under way at the deletion", async () => {
    const { practice } = await deletedPractice(1);
    await eraseAll();
    expect(await left()).toEqual([]);
    await putAll(crowdedPractice(practice, 1));
    await backdate(practice, 61);
    await eraseOverdue();
    expect(await left()).toEqual([]);
    expect(await erasures()).toEqual([]);
  });

  it("leaves half of its time to unverified accounts, and goes on in the next hour", async () => {
    const { practice } = await deletedPractice(10);
    await backdate(practice, 61);
    let looks = 0;
    const awsRequestId = "scheduled";
    await eraseOverdue(undefined, { awsRequestId, getRemainingTimeInMillis: () => (++looks > 5 ? 140_000 : 300_000) });
    expect(await erasures()).toHaveLength(1);
    const some = await left();
    expect(some.length).toBeGreaterThan(0);
    await eraseOverdue(undefined, { awsRequestId, getRemainingTimeInMillis: () => 300_000 });
    expect(await left()).toEqual([]);
    expect(await erasures()).toEqual([]);
  });

  it("skips a practice that another worker is at, and one that fails, and erases the others", async () => {
    const [one, other, third] = [await deletedPractice(1), await deletedPractice(1), await deletedPractice(1)];
    for (const { practice } of [one, other, third]) await backdate(practice, 61);
    await takeLease(practiceErasureKey(one.practice), erasureLeaseMs, new Date());
    const failures = vi.spyOn(logger, "error").mockReturnValue();
    const broken = async ({ operation, json, forward }: EngineRequest) =>
      operation === "Query" && JSON.stringify(json).includes(`PRACTICE#${other.practice.applicationId}#`)
        ? engineError("AccessDeniedException")
        : forward();
    await throughProxy(broken, () => eraseOverdue());
    expect(failures).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
    expect((await erasures()).map(({ applicationId }) => applicationId)).toEqual(
      [one, other].map(({ practice }) => practice.applicationId),
    );
  });
});

it("a practice's erasure that is gone needs no work", async () => {
  const work = { now: () => new Date(), checkTime: () => {}, leaseMs: 1, removedElsewhere: () => [] };
  expect(await erasePractice(practiceErasureKey({ applicationId: "a", accountId: "b" }), work)).toBe("done");
});

it("a user of a practice that was created again is not touched by the erasure of the practice before", async () => {
  const practice = await makePractice();
  await makeUser(practice);
  await deactivate(practice);
  await expectOk(call("PracticeDelete", { auth: practice }));
  await makePractice({}, practice);
  await makeUser(practice);
  await eraseAll();
  await finishAll();
  expect((await expectOk(call("UserList", { auth: practice }))).userList).toHaveLength(1);
});
