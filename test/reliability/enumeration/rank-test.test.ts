import { describe, expect, it } from "vitest";
import { randomFrom } from "../linearizability/random.ts";
import { shiftOf, standardScore, together } from "./rank-test.ts";

describe("the standard score of two samples", () => {
  it("is that of the textbook: one tortoise, five hares, five tortoises, one hare", () => {
    // U = 25, mean 18, standard deviation sqrt(39).
    expect(standardScore([1, 7, 8, 9, 10, 11], [2, 3, 4, 5, 6, 12])).toBeCloseTo(7 / Math.sqrt(39), 10);
  });
  it("counts equal values with their shared rank, and less variance", () => {
    // Ranks 1, 3, 3, 5.5 of 1, 3, 3, 3, 5.5, 5.5, 7, 8: U = 2.5, variance 16/12 (9 - 30/56).
    expect(standardScore([1, 2, 2, 3], [2, 3, 4, 5])).toBeCloseTo(-5.5 / Math.sqrt((16 / 12) * (9 - 30 / 56)), 10);
  });
  it("is 0 when all values are equal, and changes its sign with the order of the samples", () => {
    expect(standardScore([2, 2, 2], [2, 2])).toBe(0);
    const [one, other] = [
      [1, 5, 6, 9],
      [2, 3, 4, 7, 8],
    ];
    expect(standardScore(one, other)).toBeCloseTo(-standardScore(other, one), 10);
  });
  it("finds a shift of a twentieth of the range in 5,000 samples, and none where there is none", () => {
    const random = randomFrom(5);
    const draw = (shift: number) => Array.from({ length: 5000 }, () => random.below(1000) + shift);
    expect(standardScore(draw(50), draw(0))).toBeGreaterThan(4.5);
    expect(Math.abs(standardScore(draw(0), draw(0)))).toBeLessThan(3);
  });
});

it("several small scores that point the same way make a large one", () => {
  expect(together([1, 1, 1, 1])).toBe(2);
  expect(together([1, -1])).toBe(0);
});

it("the shift of two samples is the median of all their differences, which one far value does not move", () => {
  // The differences are -4, 0, 0, 1, 4, 5, 988, 992 and 993.
  expect(shiftOf([6, 10, 998], [5, 6, 10])).toBe(4);
  expect(shiftOf([3, 4, 5], [5, 6, 7])).toBe(-2);
});
