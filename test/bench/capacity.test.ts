import { readFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { costLine, costsOf, memoryOf, nameOf, writtenCosts } from "../../bench/cost.ts";
import { openTypicalCalls } from "../../bench/typical-calls.ts";
import { measureUse } from "../../bench/use.ts";
import { operations } from "../../lib/operations.ts";

const { calls, stop } = await openTypicalCalls();
afterAll(stop);

const written = writtenCosts();
const lines = written.split("\n");
/** The line of a call in docs/cost.md, and the CPU time in it, which differs in each measurement. */
const lineOf = (name: string) => {
  const line = lines.find((each) => each.startsWith(`| ${name} |`)) ?? "";
  return { line, cpuMs: Number(line.split("|")[5]) };
};

it.each(calls.map((call) => [nameOf(call), call] as const))(
  "%s uses and costs what docs/cost.md says (npm run bench:capacity)",
  async (name, call) => {
    const { line, cpuMs } = lineOf(name);
    const use = await measureUse(await call.prepare());
    expect(costLine(call, { ...use, cpuMs })).toBe(line);
  },
);

it("the costs in docs/cost.md are computed from these calls, prices and assumptions", () => {
  expect(costsOf(calls.map((call) => lineOf(nameOf(call)).line))).toBe(written);
});

it("every operation has a typical call (bench/typical-calls.ts)", () => {
  const ids = new Set(calls.map(({ id }) => id));
  expect(ids).toEqual(new Set([...operations.map(({ id }) => id), "SendMessages"]));
});

it("costs are computed with the memory that is deployed", () => {
  const deployed = readFileSync("docs/cost.md", "utf8").split("<!-- functions:")[1] ?? "";
  for (const { id } of calls) expect(deployed).toContain(`\n| ${id} | ${memoryOf(id)} |`);
});
