import { expect, it } from "vitest";
import { writtenCosts } from "../../bench/cost.ts";
import { type MeasuredCall, operationBudgets } from "../../bench/operation-budgets.ts";

/** A call that adds 0.1 ms to bare requests of 1 ms. */
const quick = { handlerMs: 1.1, hashMs: 0, bareMs: 1, bareCpuMs: 0.5, allocatedBytes: 1000 };

/** The calls of docs/cost.md, with their round trips as the page states them. */
const calls = writtenCosts()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .filter(([, , roundTrips]) => /^\d+$/.test(roundTrips ?? ""))
  .map(([, name = "", roundTrips]): MeasuredCall => {
    const use = { roundTrips: Number(roundTrips), readUnits: 1, writeUnits: 0, cpuMs: 0.6 };
    return { ...quick, name, id: name.split(":")[0] as MeasuredCall["id"], use };
  });
const rowOf = (what: string, measured: readonly MeasuredCall[]) =>
  operationBudgets(measured).find((row) => row.what.includes(what));

it("calls take as many round trips as their budgets allow, except that EventList takes one more", () => {
  const missed = operationBudgets(calls).filter(({ isMet }) => !isMet);
  expect(missed).toEqual([
    {
      what: "sequential round trips, `EventList`",
      limit: "≤ 1",
      measured: "2",
      isMet: false,
      reason: expect.stringContaining("partition of its own"),
    },
  ]);
});

it("a budget of all calls is met if each of them meets it", () => {
  expect(rowOf("ratio", calls)).toMatchObject({ isMet: true, measured: expect.stringMatching(/^(\d+) of \1 calls; /) });
});

it("one call over a limit is named with its value", () => {
  const slow = calls.map((call) => (call.name === "UserGet" ? { ...call, handlerMs: 2.5 } : call));
  const of = slow.filter(({ id, use }) => id !== "SendMessages" && use.roundTrips > 0).length;
  expect(rowOf("added over", slow)).toMatchObject({
    isMet: false,
    limit: "≤ 1 ms",
    measured: `${of - 1} of ${of} calls; median 0.10 ms`,
    reason: expect.stringMatching(
      /CPU time, .*: (\d+) of \1 calls within the limit, median 0\.10 ms\. Highest: UserGet 1\.50 ms\.$/,
    ),
  });
  expect(rowOf("ratio", slow)?.reason).toMatch(/Highest: UserGet 2\.50×\.$/);
});

it("the worker that sends mail is not compared, because bare requests to the table send none", () => {
  const slow = calls.map((call) => (call.id === "SendMessages" ? { ...call, handlerMs: 99 } : call));
  expect(rowOf("added over", slow)?.isMet).toBe(true);
});

it("a budget without a call is an error", () => {
  expect(() => operationBudgets(calls.filter(({ id }) => id !== "AccountLogin"))).toThrow("AccountLogin");
});
