/**
 * Measures what each operation uses and costs. Makes its typical call through the real handler, and measures the capacity
 * that its table requests consume and its CPU time. Prints a table, and writes it to docs/cost.md.
 */
import { isDeepStrictEqual } from "node:util";
import { costLine, costsOf, writeCosts } from "./cost.ts";
import { median, startSystem } from "./system.ts";
import { measureUse } from "./use.ts";

const rounds = 25;
const warmUp = 10;

await using open = new AsyncDisposableStack();
open.use(await startSystem());
// Loaded now, because the inbox in it opens on the engine that has just started.
const { typicalCalls } = await import("./typical-calls.ts");
const { closeInbox } = await import("../test/kit/outside.ts");
open.defer(closeInbox);

const lines: string[] = [];
for (const call of typicalCalls) {
  const times: number[] = [];
  let units: object | undefined;
  for (let round = -warmUp; round < rounds; round++) {
    const { cpuMs, ...taken } = await measureUse(await call.prepare());
    units ??= taken;
    if (!isDeepStrictEqual(taken, units)) throw new Error(`${call.id} takes ${JSON.stringify([units, taken])}`);
    if (round >= 0) times.push(cpuMs);
    if (round === rounds - 1) lines.push(costLine(call, { ...taken, cpuMs: median(times) }));
  }
}
writeCosts(lines);
console.log(costsOf(lines));
