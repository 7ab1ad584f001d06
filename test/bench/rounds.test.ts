import { expect, it } from "vitest";
import { cpuPerTask, inRounds, percentileMs, rateOf, ratioOf, rounded, times } from "../../bench/rounds.ts";

const loadsOf = (...rates: number[]) => rates.map((rate) => ({ rate, tookMs: [] }));

it("measures all in turn, each first once in a while, after a round that is not counted", async () => {
  const order: string[] = [];
  const task = (name: string) => async () => {
    if (order.at(-1) !== name) order.push(name);
    await new Promise(setImmediate);
  };
  const measures = new Map(["a", "b", "c"].map((name) => [name, { task: task(name), callers: 1 }]));
  const measured = await inRounds(measures, 3, 1);
  expect(order.join("")).toBe("abc".concat("abc", "bca", "cab").replaceAll(/(.)\1/g, "$1"));
  expect([...measured].map(([name, loads]) => [name, loads.length])).toEqual([
    ["a", 3],
    ["b", 3],
    ["c", 3],
  ]);
});

it("keeps what server and database have used in each round", async () => {
  let server = 0;
  const cpu = () => ({ server: server++, database: 10 });
  const measures = new Map([["a", { task: async () => {}, callers: 1, cpu }]]);
  const [loads = []] = (await inRounds(measures, 2, 0.1)).values();
  expect(loads.map((load) => load.cpu)).toEqual([
    { server: 1, database: 0 },
    { server: 1, database: 0 },
  ]);
});

it("CPU time of a task is that of all rounds over all tasks", () => {
  const loads = [
    { rate: 1, tookMs: [1, 1, 1], cpu: { server: 10, database: 0 } },
    { rate: 1, tookMs: [1], cpu: { server: 10, database: 2 } },
  ];
  expect(cpuPerTask(loads)).toEqual({ server: 5, database: 0.5 });
});

it("a rate is the median, a ratio the median of the rounds' ratios", () => {
  const [own, other] = [loadsOf(10, 90, 30), loadsOf(1, 30, 10)];
  expect([rateOf(own), ratioOf(own, other)]).toEqual([30, 3]);
});

it("a percentile is that of all tasks of all rounds, and the longest of a few", () => {
  const loads = [
    { rate: 1, tookMs: [4, 1] },
    { rate: 1, tookMs: [3, 2] },
  ];
  expect([0.5, 0.99].map((share) => percentileMs(loads, share))).toEqual([2, 4]);
});

it("numbers have three digits that count", () => {
  expect([1234.5, 87.46, 6.524, 0.031].map(rounded)).toEqual(["1235", "87.5", "6.52", "0.03"]);
  expect(times(5.213)).toBe("5.21×");
});
