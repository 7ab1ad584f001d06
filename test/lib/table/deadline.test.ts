import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Busy } from "../../../lib/errors.ts";
import { functionSecondsMax } from "../../../lib/operations.ts";
import { checkDeadline, endOfRetries, setDeadline, withDecidingTime } from "../../../lib/table/deadline.ts";

// The clock of this file stands still.
beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** How long a call keeps trying from now on, in milliseconds. */
const remainingMs = () => endOfRetries() - performance.now();

/** Runs work as a call of its own, whose deadline ends with it. */
const asCall = <T>(work: () => T) => withDecidingTime(async () => work());

it("a call keeps trying for eight seconds, and the time limit of functions leaves seven more to end it", async () => {
  await asCall(() => {
    setDeadline();
    expect(remainingMs()).toBe(8000);
    setDeadline(functionSecondsMax * 1000);
    expect(remainingMs()).toBe(8000);
  });
});

it("a call to which Lambda leaves less time keeps seven seconds of it, to end in time", async () => {
  await asCall(() => {
    setDeadline(9000);
    expect(remainingMs()).toBe(2000);
    setDeadline(6999);
    expect(() => checkDeadline()).toThrow(Busy);
  });
});

it("work outside a call tries for eight seconds, too", () => {
  expect(remainingMs()).toBe(8000);
  expect(() => checkDeadline()).not.toThrow();
});
