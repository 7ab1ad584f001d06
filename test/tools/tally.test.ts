import { expect, it } from "vitest";
import { Tally } from "../../tools/tally.ts";

it("counts checks, and prints of each whether it passed, and why it failed", async () => {
  const lines: string[] = [];
  const tally = new Tally((line) => lines.push(line));
  await tally.check("passes at once", () => true);
  await tally.check("passes later", async () => {});
  await tally.check("throws", () => {
    throw new Error("two\nlines");
  });
  await tally.check("is rejected with a program's output", async () => {
    throw Object.assign(new Error("it failed"), { stdout: "printed\n", stderr: "complained\n" });
  });
  expect(lines).toEqual([
    "ok      passes at once",
    "ok      passes later",
    "FAILED  throws: two\n        lines",
    "FAILED  is rejected with a program's output: it failed\n        printed\n        \n        complained",
  ]);
  expect([tally.counts, tally.summary]).toEqual([{ passed: 2, failed: 2 }, "2 passed, 2 failed"]);
});
