import { describe, expect, it } from "vitest";
import { deviceCodeKey, triesKey } from "../../../lib/table/keys.ts";
import { put, write } from "../../../lib/table/transact.ts";
import { countUse, reserveTry } from "../../../lib/table/tries.ts";
import { type EngineRequest, hangUp, throughProxy } from "../../kit/proxy.ts";
import { allItems } from "../../kit/system.ts";

const limit = { triesMax: 3, lockMinutes: 10 };
const start = Date.UTC(2026, 0, 1);
const at = (minutes: number) => new Date(start + minutes * 60_000);
let subjects = 0;
const newSubject = () => `subject-${++subjects}`;

/** Makes one wrong guess. @returns the number of wrong guesses in a row, or that the guess was not admitted */
const guessWrong = async (subject: string, minutes = 0) =>
  (await reserveTry("login", subject, limit, at(minutes)))?.failed() ?? "refused";
const guessRight = async (subject: string, minutes = 0) => {
  const attempt = await reserveTry("login", subject, limit, at(minutes));
  await attempt?.succeeded();
  return attempt !== undefined;
};

describe("wrong guesses", () => {
  it("are counted up to the limit, and further ones are refused", async () => {
    const subject = newSubject();
    expect(await guessWrong(subject)).toBe(1);
    expect(await guessWrong(subject)).toBe(2);
    expect(await guessWrong(subject)).toBe(3);
    expect(await guessWrong(subject)).toBe("refused");
    expect(await guessRight(subject)).toBe(false);
  });
  it("lock guesses for a time that starts with the last accepted guess", async () => {
    const subject = newSubject();
    for (const minutes of [0, 4, 8]) await guessWrong(subject, minutes);
    expect(await guessRight(subject, 17.9)).toBe(false);
    expect(await guessRight(subject, 18.1)).toBe(true);
  });
  it("are counted from zero after a right one", async () => {
    const subject = newSubject();
    await guessWrong(subject);
    await guessWrong(subject);
    expect(await guessRight(subject)).toBe(true);
    expect(await guessWrong(subject)).toBe(1);
  });
  it("are counted from zero after the lock", async () => {
    const subject = newSubject();
    for (let time = 0; time < 3; time++) await guessWrong(subject);
    expect(await guessWrong(subject, 11)).toBe(1);
    expect(await guessWrong(subject, 11)).toBe(2);
    expect(await guessWrong(subject, 11)).toBe(3);
    expect(await guessWrong(subject, 11)).toBe("refused");
  });
  it("are counted separately for each subject and each purpose", async () => {
    const subject = newSubject();
    for (let time = 0; time < 3; time++) await guessWrong(subject);
    expect(await guessWrong(newSubject())).toBe(1);
    const other = await reserveTry("code", subject, limit, at(0));
    expect(await other?.failed()).toBe(1);
  });
});

describe("guesses in flight", () => {
  it("are at most as many as the limit, when 40 come at once", async () => {
    const subject = newSubject();
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => guessWrong(subject)));
    expect(outcomes.filter((outcome) => outcome !== "refused").sort()).toEqual([1, 2, 3]);
  });
  it("are at most as many as the limit, when 40 come at once just after a lock", async () => {
    const subject = newSubject();
    for (let time = 0; time < 3; time++) await guessWrong(subject);
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => guessWrong(subject, 11)));
    expect(outcomes.filter((outcome) => outcome !== "refused").sort()).toEqual([1, 2, 3]);
  });
  it("free their places when they turn out right", async () => {
    const subject = newSubject();
    const right = await Promise.all(Array.from({ length: 40 }, () => guessRight(subject)));
    expect(right).toEqual(right.map(() => true));
  });
});

describe("guesses whose outcome is never stored", () => {
  const at = (seconds: number) => new Date(start + seconds * 1000);
  const reserve = (subject: string, seconds: number) => reserveTry("login", subject, limit, at(seconds));

  it("count for 30 seconds, and then no more", async () => {
    const subject = newSubject();
    for (let time = 0; time < limit.triesMax; time++) expect(await reserve(subject, 0)).toBeDefined();
    const later = await reserve(subject, 30);
    expect(await later?.failed()).toBe(1);
  });
  it("lapse each at its own time, while wrong ones stay", async () => {
    const subject = newSubject();
    await (await reserve(subject, 0))?.failed();
    await reserve(subject, 10);
    await reserve(subject, 25);
    // One guess was wrong, one has lapsed and one is undecided, so one more is admitted.
    expect(await (await reserve(subject, 41))?.failed()).toBe(2);
    expect(await (await reserve(subject, 56))?.failed()).toBe(3);
    expect(await reserve(subject, 57)).toBeUndefined();
  });
  it("lapse too when an earlier release did not store when they were reserved", async () => {
    const subject = newSubject();
    const key = triesKey("login", subject);
    await write(() => [put(key, { tries: limit.triesMax, failed: 0, triedAt: start, expiresAt: 9e9 })]);
    expect(await (await reserve(subject, 30))?.failed()).toBe(1);
  });
});

describe("one of a limited number of uses", () => {
  it("is counted once, even when its answer is lost several times", async () => {
    const key = deviceCodeKey({ applicationId: "v", accountId: "p", id: newSubject() }, "device");
    await write(() => [put(key, { endsAt: start + 60_000 })]);
    let lost = 0;
    const loseThree = async (request: EngineRequest) => {
      const answer = await request.forward();
      if (request.operation !== "UpdateItem" || lost === 3) return answer;
      lost += 1;
      return hangUp;
    };
    const item = await throughProxy(loseThree, () => countUse(key, 2, new Date(start)));
    expect(lost).toBe(3);
    expect(item?.uses).toHaveProperty("size", 1);
    expect(await countUse(key, 2, new Date(start))).toBeDefined();
    expect(await countUse(key, 2, new Date(start))).toBeUndefined();
  });
});

describe("a counter in the table", () => {
  const counter = async (subject: string) => {
    const before = new Set((await allItems()).map(({ pk }) => pk));
    const attempts = [
      await reserveTry("login", subject, limit, at(0)),
      await reserveTry("login", subject, limit, at(0)),
    ];
    const item = (await allItems()).find(({ pk }) => pk.startsWith("TRIES#") && !before.has(pk));
    return { attempts, pk: item?.pk, item };
  };
  it("does not contain the guessed subject as plain text", async () => {
    const { item } = await counter("Jane.Doe@Example.com");
    expect(item).toBeDefined();
    expect(JSON.stringify(item).toLowerCase()).not.toContain("jane");
  });
  it("expires about a day after its lock would have ended", async () => {
    const { item } = await counter(newSubject());
    expect(item?.expiresAt).toBeGreaterThan((start + limit.lockMinutes * 60_000) / 1000);
  });
  it("expires too when a wrong guess ends after a right one has reset the count", async () => {
    const { attempts, pk } = await counter(newSubject());
    await attempts[0]?.succeeded();
    await attempts[1]?.failed();
    const left = (await allItems()).find((item) => item.pk === pk);
    if (left) expect(left.expiresAt).toBeGreaterThan(start / 1000);
  });
});
