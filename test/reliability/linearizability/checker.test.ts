import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Call, explain, type Meaning } from "./checker.ts";

/** A register that holds a number, 0 at first. */
const write = (value: number): Meaning<number> => ({ what: `write ${value}`, may: () => [["ok", value]] });
const read: Meaning<number> = { what: "read", may: (value) => [[String(value), value]] };
/** Takes the register, if it is 0. */
const take = (value: number): Meaning<number> => ({
  what: `take ${value}`,
  may: (held) => [held === 0 ? ["ok", value] : ["taken", held]],
});
const call = (meaning: Meaning<number>, begun: number, ended: number, answer: string | undefined): Call<number> => ({
  ...meaning,
  begun,
  ended,
  answer,
});
const isExplained = (...calls: Call<number>[]) => explain(0, calls) !== undefined;

describe("a history is explained", () => {
  it("when nothing happened", () => expect(explain(0, [])).toEqual([]));
  it("when calls one after the other were answered as the model says", () => {
    expect(isExplained(call(write(1), 0, 1, "ok"), call(read, 2, 3, "1"))).toBe(true);
  });
  it("when simultaneous calls took effect in either order, and says in which", () => {
    const [writing, before, after] = [call(write(1), 0, 9, "ok"), call(read, 1, 2, "0"), call(read, 3, 4, "1")];
    expect(explain(0, [after, writing, before])).toEqual([before, writing, after]);
  });
  it("when a call without an answer was carried out, and when it was not", () => {
    expect(isExplained(call(write(1), 0, 1, undefined), call(read, 2, 3, "1"))).toBe(true);
    expect(isExplained(call(write(1), 0, 1, undefined), call(read, 2, 3, "0"))).toBe(true);
  });
  it("when of two who take at once one gets it", () => {
    expect(isExplained(call(take(1), 0, 3, "taken"), call(take(2), 1, 2, "ok"))).toBe(true);
  });
  it("of Herlihy and Wing's paper: a read between two writes that overlap it", () => {
    const calls = [
      call(write(1), 0, 5, "ok"),
      call(write(2), 1, 6, "ok"),
      call(read, 7, 8, "1"),
      call(read, 9, 10, "1"),
    ];
    expect(isExplained(...calls)).toBe(true);
  });
});

describe("a history is not explained", () => {
  it("when a read misses a write that was answered before", () => {
    expect(isExplained(call(write(1), 0, 1, "ok"), call(read, 2, 3, "0"))).toBe(false);
  });
  it("when a read sees a write that begins later", () => {
    expect(isExplained(call(read, 0, 1, "1"), call(write(1), 2, 3, "ok"))).toBe(false);
  });
  it("when a value returns that was seen to be replaced", () => {
    const writes = [call(write(1), 0, 9, "ok"), call(write(2), 1, 8, "ok")];
    expect(isExplained(...writes, call(read, 2, 3, "1"), call(read, 4, 5, "2"), call(read, 6, 7, "1"))).toBe(false);
  });
  it("when two who take both get it, or none", () => {
    expect(isExplained(call(take(1), 0, 3, "ok"), call(take(2), 1, 2, "ok"))).toBe(false);
    expect(isExplained(call(take(1), 0, 3, "taken"), call(take(2), 1, 2, "taken"))).toBe(false);
  });
  it("when a call without an answer takes effect after its end", () => {
    const reads = [call(read, 2, 3, "0"), call(read, 4, 5, "1")];
    expect(isExplained(call(write(1), 0, 1, undefined), ...reads)).toBe(false);
  });
  it("when a call is answered as the model never answers", () => {
    expect(isExplained(call(write(1), 0, 1, "500"))).toBe(false);
  });
});

/** Whether some order of all calls that keeps their order in time explains their answers: every order is tried. */
function isExplainedByTrial(state: number, calls: readonly Call<number>[]): boolean {
  if (calls.length === 0) return true;
  return calls.some((first) => {
    const others = calls.filter((each) => each !== first);
    if (others.some(({ ended }) => ended < first.begun)) return false;
    const effects = first.may(state, first.answer).filter(([answer]) => (first.answer ?? answer) === answer);
    const states = [...(first.answer === undefined ? [state] : []), ...effects.map(([, next]) => next)];
    return states.some((next) => isExplainedByTrial(next, others));
  });
}

it("the search and a trial of every order say the same of random histories", () => {
  const meaning = fc.oneof(
    fc.constant(read),
    fc.integer({ min: 1, max: 2 }).map(write),
    fc.integer({ min: 1, max: 2 }).map(take),
  );
  const answer = fc.constantFrom("ok", "taken", "0", "1", "2", undefined);
  const calls = fc.array(fc.tuple(meaning, answer, fc.nat(20), fc.integer({ min: 1, max: 20 })), { maxLength: 5 });
  const seen = { explained: 0, unexplained: 0 };
  fc.assert(
    fc.property(calls, (drawn) => {
      // Places are whole numbers, so a fraction keeps them different.
      const history = drawn.map(([of, told, begun, lasts], place) =>
        call(of, begun + place / 100, begun + lasts + place / 100, told),
      );
      const found = explain(0, history) !== undefined;
      seen[found ? "explained" : "unexplained"] += 1;
      expect(found).toBe(isExplainedByTrial(0, history));
    }),
    { seed: 7, numRuns: 2000 },
  );
  expect(Math.min(seen.explained, seen.unexplained)).toBeGreaterThan(200);
});
