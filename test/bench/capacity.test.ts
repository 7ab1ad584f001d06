import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { costLine, costsOf, memoryOf, nameOf, writtenCosts } from "../../bench/cost.ts";
import { typicalCalls } from "../../bench/typical-calls.ts";
import { measureUse } from "../../bench/use.ts";
import { operations } from "../../lib/operations.ts";

const written = writtenCosts();
const lines = written.split("\n");
/** The line of a call in docs/cost.md, and the CPU time in it, which differs in each measurement. */
const lineOf = (name: string) => {
  const line = lines.find((each) => each.startsWith(`| ${name} |`)) ?? "";
  return { line, cpuMs: Number(line.split("|")[5]) };
};

it.each(typicalCalls.map((call) => [nameOf(call), call] as const))(
  "%s uses and costs what docs/cost.md says (npm run bench -- operations --write)",
  async (name, call) => {
    const { line, cpuMs } = lineOf(name);
    const use = await measureUse(await call.prepare());
    expect(costLine(call, { ...use, cpuMs })).toBe(line);
  },
);

it("the costs in docs/cost.md are computed from these calls, prices and assumptions", () => {
  expect(costsOf(typicalCalls.map((call) => lineOf(nameOf(call)).line))).toBe(written);
});

it("every operation has a typical call (`typical` in its .examples.ts file)", () => {
  const ids = new Set(typicalCalls.map(({ id }) => id));
  expect(ids).toEqual(new Set([...operations.map(({ id }) => id), "SendMessages"]));
});

it("costs are computed with the memory that is deployed", () => {
  const deployed = readFileSync("docs/cost.md", "utf8").split("<!-- functions:")[1] ?? "";
  for (const { id } of typicalCalls) expect(deployed).toContain(`\n| ${id} | ${memoryOf(id)} |`);
});
