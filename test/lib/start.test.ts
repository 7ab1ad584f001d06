import { expect, test, vi } from "vitest";
import { prepare } from "../../lib/start.ts";

test("before the first call a function does its work in parallel, and waits for all of it", async () => {
  const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const done: string[] = [];
  await prepare([
    async () => {
      other.resolve();
      await one.promise;
      done.push("one");
    },
    async () => {
      await other.promise;
      done.push("other");
      one.resolve();
    },
  ]);
  expect(done).toEqual(["other", "one"]);
});

test("work that fails does not keep a function from starting", async () => {
  let isOtherDone = false;
  const failing = () => Promise.reject(new Error("the table does not answer"));
  const other = async () => {
    isOtherDone = true;
  };
  await expect(prepare([failing, other])).resolves.toBeUndefined();
  expect(isOtherDone).toBe(true);
});

test("work that does not end does not keep a function from starting: after two seconds it goes on", async () => {
  vi.useFakeTimers();
  try {
    const prepared = prepare([() => new Promise(() => {})]);
    await vi.advanceTimersByTimeAsync(1999);
    expect(await Promise.race([prepared, "waits"])).toBe("waits");
    await vi.advanceTimersByTimeAsync(1);
    expect(await Promise.race([prepared, "waits"])).toBeUndefined();
  } finally {
    vi.useRealTimers();
  }
});
