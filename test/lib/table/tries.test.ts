import { describe, expect, it } from "vitest";
import { deviceCodeKey, triesKey } from "../../../lib/table/keys.ts";
import { readItems } from "../../../lib/table/read.ts";
import { put, remove, write } from "../../../lib/table/transact.ts";
import { countUse, reserveTry } from "../../../lib/table/tries.ts";
import type { TriesLimit } from "../../../lib/table/tries-count.ts";
import { type EngineRequest, hangUp, throughProxy } from "../../kit/proxy.ts";
import { allItems } from "../../kit/system.ts";

const limit = { triesMax: 3, lockMinutes: 10 };
const start = Date.UTC(2026, 0, 1);
const at = (minutes: number) => new Date(start + minutes * 60_000);
let subjects = 0;
const newSubject = () => `subject-${++subjects}`;

/** Makes one wrong guess. @returns whether it was admitted, and whether it has reached a limit */
async function guessWrong(subject: string, minutes = 0, limits: TriesLimit = limit) {
  const attempt = await reserveTry("login", subject, limits, at(minutes));
  if (!attempt) return "refused";
  return (await attempt.failed()) ? "locks" : "wrong";
}
async function guessRight(subject: string, minutes = 0, limits: TriesLimit = limit) {
  const attempt = await reserveTry("login", subject, limits, at(minutes));
  await attempt?.succeeded();
  return attempt !== undefined;
}
const inOrder = async <T>(times: number, work: () => Promise<T>) => {
  const results: T[] = [];
  for (let time = 0; time < times; time++) results.push(await work());
  return results;
};
const atOnce = <T>(times: number, work: () => Promise<T>) => Promise.all(Array.from({ length: times }, work));
/** The item of a count, without its key. */
const itemOf = async (subject: string) => {
  const key = triesKey("login", subject);
  return (await readItems({ key })).key;
};

describe("wrong guesses", () => {
  it("are counted up to the limit, and further ones are refused", async () => {
    const subject = newSubject();
    expect(await inOrder(4, () => guessWrong(subject))).toEqual(["wrong", "wrong", "locks", "refused"]);
    expect(await guessRight(subject)).toBe(false);
  });
  it("lock guesses for a time that starts with the last accepted guess", async () => {
    const subject = newSubject();
    for (const minutes of [0, 4, 8]) await guessWrong(subject, minutes);
    expect(await guessRight(subject, 17.9)).toBe(false);
    expect(await guessRight(subject, 18.1)).toBe(true);
  });
  it("say until when guesses are refused", async () => {
    const subject = newSubject();
    for (const minutes of [0, 4]) await guessWrong(subject, minutes);
    const attempt = await reserveTry("login", subject, limit, at(8));
    expect(await attempt?.failed()).toEqual(at(18));
  });
  it("are counted from zero after a right one", async () => {
    const subject = newSubject();
    await guessWrong(subject);
    await guessWrong(subject);
    expect(await guessRight(subject)).toBe(true);
    expect(await inOrder(4, () => guessWrong(subject))).toEqual(["wrong", "wrong", "locks", "refused"]);
  });
  it("are counted from zero after the lock", async () => {
    const subject = newSubject();
    await inOrder(3, () => guessWrong(subject));
    expect(await inOrder(4, () => guessWrong(subject, 11))).toEqual(["wrong", "wrong", "locks", "refused"]);
  });
  it("are still counted in a row after an hour and more without a guess", async () => {
    const subject = newSubject();
    await inOrder(2, () => guessWrong(subject));
    expect(await guessWrong(subject, 100)).toBe("locks");
  });
  it("are counted separately for each subject and each purpose", async () => {
    const subject = newSubject();
    await inOrder(3, () => guessWrong(subject));
    expect(await guessWrong(newSubject())).toBe("wrong");
    const other = await reserveTry("code", subject, limit, at(0));
    expect(await other?.failed()).toBeUndefined();
  });
});

describe("wrong guesses in an hour", () => {
  const hourly = { triesMax: 3, lockMinutes: 1, hourMax: 7 };
  /** Two wrong guesses, and a right one of somebody else. */
  const round = async (subject: string, minutes: number) => [
    await guessWrong(subject, minutes, hourly),
    await guessWrong(subject, minutes, hourly),
    await guessRight(subject, minutes, hourly),
  ];

  it("are refused for the rest of it after so many, whatever succeeds in between", async () => {
    const subject = newSubject();
    for (const minutes of [0, 1, 2]) expect(await round(subject, minutes)).toEqual(["wrong", "wrong", true]);
    expect(await round(subject, 3)).toEqual(["locks", "refused", false]);
    expect(await round(subject, 59.9)).toEqual(["refused", "refused", false]);
    expect(await guessRight(subject, 60, hourly)).toBe(true);
    expect(await round(subject, 61)).toEqual(["wrong", "wrong", true]);
  });
  it("say that guesses are refused until it ends", async () => {
    const subject = newSubject();
    for (const minutes of [5, 6, 7]) await round(subject, minutes);
    const attempt = await reserveTry("login", subject, hourly, at(8));
    expect(await attempt?.failed()).toEqual(at(65));
  });
  it("count also when a lock ends in between", async () => {
    const subject = newSubject();
    const outcomes: string[] = [];
    for (const minutes of [0, 2, 4, 6]) {
      outcomes.push(...(await inOrder(4, () => guessWrong(subject, minutes, hourly))));
    }
    expect(outcomes.filter((outcome) => outcome !== "refused")).toHaveLength(7);
    expect(outcomes.filter((outcome) => outcome === "locks")).toHaveLength(3);
  });
  it("are at most so many when bursts of 50 come with right ones among them", async () => {
    const subject = newSubject();
    const outcomes: unknown[] = [];
    for (let minutes = 0; minutes < 6; minutes++) {
      const wrong = atOnce(50, () => guessWrong(subject, minutes, { ...hourly, triesMax: 5 }));
      const right = guessRight(subject, minutes, { ...hourly, triesMax: 5 });
      outcomes.push(...(await wrong));
      await right;
    }
    expect(outcomes.filter((outcome) => outcome !== "refused")).toHaveLength(7);
  });
  it("do not limit guesses for which no such limit was stated", async () => {
    const subject = newSubject();
    for (let time = 0; time < 20; time++) {
      expect(await guessWrong(subject)).toBe("wrong");
      expect(await guessRight(subject)).toBe(true);
    }
  });
  it("are counted from zero in the next hour, when 40 come at once", async () => {
    const subject = newSubject();
    for (const minutes of [0, 1, 2]) await round(subject, minutes);
    await guessWrong(subject, 3, hourly);
    await guessRight(subject, 61, hourly);
    const outcomes = await atOnce(40, () => guessWrong(subject, 61, hourly));
    expect(outcomes.filter((outcome) => outcome !== "refused").sort()).toEqual(["locks", "wrong", "wrong"]);
  });
});

describe("guesses in flight", () => {
  it("are at most as many as the limit, when 40 come at once", async () => {
    const subject = newSubject();
    const outcomes = await atOnce(40, () => guessWrong(subject));
    expect(outcomes.filter((outcome) => outcome !== "refused").sort()).toEqual(["locks", "wrong", "wrong"]);
  });
  it("are at most as many as the limit, when 40 come at once just after a lock", async () => {
    const subject = newSubject();
    await inOrder(3, () => guessWrong(subject));
    const outcomes = await atOnce(40, () => guessWrong(subject, 11));
    expect(outcomes.filter((outcome) => outcome !== "refused").sort()).toEqual(["locks", "wrong", "wrong"]);
  });
  it("free their places when they turn out right", async () => {
    const subject = newSubject();
    const right = await atOnce(40, () => guessRight(subject));
    expect(right).toEqual(right.map(() => true));
  });
  it("still count when another one turns out right in the meantime", async () => {
    const subject = newSubject();
    const inFlight = [
      await reserveTry("login", subject, limit, at(0)),
      await reserveTry("login", subject, limit, at(0)),
    ];
    expect(await guessRight(subject)).toBe(true);
    for (const attempt of inFlight) expect(await attempt?.failed()).toBeUndefined();
    expect(await inOrder(2, () => guessWrong(subject))).toEqual(["locks", "refused"]);
  });
  it("still count when another one turns out right in a transaction", async () => {
    const subject = newSubject();
    const right = await reserveTry("login", subject, limit, at(0));
    const inFlight = await reserveTry("login", subject, limit, at(0));
    await write(() => right?.success() ?? []);
    expect(await inFlight?.failed()).toBeUndefined();
    expect(await itemOf(subject)).toMatchObject({ tries: 1, failed: 1, reserved: 0, hourTries: 1 });
  });
});

describe("a right guess", () => {
  it("leaves nothing in the table, alone or in a transaction", async () => {
    const [subject, other] = [newSubject(), newSubject()];
    await guessRight(subject);
    expect(await itemOf(subject)).toBeUndefined();
    const attempt = await reserveTry("login", other, limit, at(0));
    await write(() => attempt?.success() ?? []);
    expect(await itemOf(other)).toBeUndefined();
  });
  it("leaves nothing in the table when the wrong ones were in an earlier hour", async () => {
    const subject = newSubject();
    await guessWrong(subject);
    await guessRight(subject, 61);
    expect(await itemOf(subject)).toBeUndefined();
  });
  it("keeps the wrong ones of the hour", async () => {
    const subject = newSubject();
    await guessWrong(subject);
    await guessRight(subject, 1);
    expect(await itemOf(subject)).toMatchObject({ tries: 0, failed: 0, reserved: 0, hourTries: 1, hourBegan: start });
  });
  it("counts once, also when it is stored alone and then in a transaction", async () => {
    const subject = newSubject();
    await guessWrong(subject);
    const attempt = await reserveTry("login", subject, limit, at(0));
    await attempt?.succeeded();
    await attempt?.succeeded();
    expect(attempt?.success()).toEqual([]);
    expect(await itemOf(subject)).toMatchObject({ tries: 0, reserved: 0, hourTries: 1 });
  });
  it("does no harm when a reset has deleted the count in the meantime", async () => {
    const [subject, other] = [newSubject(), newSubject()];
    for (const each of [subject, other]) await guessWrong(each);
    const attempts = [await reserveTry("login", subject, limit, at(0)), await reserveTry("login", other, limit, at(0))];
    await write(() => [remove(triesKey("login", subject)), remove(triesKey("login", other))]);
    await attempts[0]?.succeeded();
    await write(() => attempts[1]?.success() ?? []);
    for (const each of [subject, other]) {
      expect(await inOrder(4, () => guessWrong(each))).toEqual(["wrong", "wrong", "locks", "refused"]);
    }
  });
});

describe("guesses whose outcome is never stored", () => {
  const at = (seconds: number) => new Date(start + seconds * 1000);
  const reserve = (subject: string, seconds: number, limits: TriesLimit = limit) =>
    reserveTry("login", subject, limits, at(seconds));

  it("count for 30 seconds, and then no more", async () => {
    const subject = newSubject();
    for (let time = 0; time < limit.triesMax; time++) expect(await reserve(subject, 0)).toBeDefined();
    await (await reserve(subject, 30))?.failed();
    expect(await itemOf(subject)).toMatchObject({ tries: 1, failed: 1, reserved: 0, hourTries: 1 });
  });
  it("count in the hour for 30 seconds too", async () => {
    const subject = newSubject();
    const limits = { triesMax: 10, lockMinutes: 1, hourMax: 3 };
    for (let time = 0; time < 3; time++) expect(await reserve(subject, 0, limits)).toBeDefined();
    await (await reserve(subject, 30, limits))?.failed();
    expect(await itemOf(subject)).toMatchObject({ tries: 1, failed: 1, reserved: 0, hourTries: 1 });
  });
  it("lapse each at its own time, while wrong ones stay", async () => {
    const subject = newSubject();
    await (await reserve(subject, 0))?.failed();
    await reserve(subject, 10);
    await reserve(subject, 25);
    // One guess was wrong, one has lapsed and one is undecided, so one more is admitted.
    expect(await (await reserve(subject, 41))?.failed()).toBeUndefined();
    expect(await (await reserve(subject, 56))?.failed()).toBeDefined();
    expect(await reserve(subject, 57)).toBeUndefined();
  });
  it("lapse too when an earlier release did not store when they were reserved", async () => {
    const subject = newSubject();
    const key = triesKey("login", subject);
    await write(() => [put(key, { tries: limit.triesMax, failed: 0, triedAt: start, expiresAt: 9e9 })]);
    await (await reserve(subject, 30))?.failed();
    expect(await itemOf(subject)).toMatchObject({ tries: 1, failed: 1 });
  });
});

describe("a count of an earlier release", () => {
  const earlier = (subject: string, count: object) =>
    write(() => [put(triesKey("login", subject), { triedAt: start, expiresAt: 9e9, ...count })]);

  it("goes on: the guesses that were wrong in a row still are", async () => {
    const subject = newSubject();
    await earlier(subject, { tries: 2, failed: 2 });
    expect(await inOrder(2, () => guessWrong(subject))).toEqual(["locks", "refused"]);
  });
  it("still locks until its time is over", async () => {
    const subject = newSubject();
    await earlier(subject, { tries: 3, failed: 3 });
    expect(await guessWrong(subject, 9)).toBe("refused");
    expect(await guessWrong(subject, 11)).toBe("wrong");
  });
  it("counts from zero after a right guess", async () => {
    const subject = newSubject();
    await earlier(subject, { tries: 2, failed: 2 });
    expect(await guessRight(subject)).toBe(true);
    expect(await inOrder(3, () => guessWrong(subject))).toEqual(["wrong", "wrong", "locks"]);
  });
  it("lets its named reservations lapse", async () => {
    const subject = newSubject();
    const undecided = new Set([`${start} AAAAAAAA`, `${start} BBBBBBBB`]);
    await earlier(subject, { tries: 3, failed: 1, undecided });
    const attempt = await reserveTry("login", subject, limit, new Date(start + 30_000));
    expect(await attempt?.failed()).toBeUndefined();
    expect(await itemOf(subject)).toMatchObject({ tries: 2, failed: 2, reserved: 0 });
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
