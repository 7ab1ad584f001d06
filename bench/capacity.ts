/**
 * What each operation takes and costs: its typical call through the real handler, with the capacity that each request to
 * the table consumed, and the time that it was at work itself. Prints that, and writes the table in docs/cost.md.
 */
import { isDeepStrictEqual } from "node:util";
import { costLine, costsOf, writeCosts } from "./cost.ts";
import { median, startSystem } from "./system.ts";
import { openTypicalCalls } from "./typical-calls.ts";
import { measureUse } from "./use.ts";

const rounds = 25;
const warmUp = 10;

await using open = new AsyncDisposableStack();
open.use(await startSystem());
const { calls, stop } = await openTypicalCalls();
open.defer(stop);

const lines: string[] = [];
for (const call of calls) {
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
