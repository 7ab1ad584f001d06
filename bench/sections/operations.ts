import { isDeepStrictEqual } from "node:util";
import { bareCall, closeBare } from "../bare.ts";
import { costLine, costOf, nameOf, writeCosts } from "../cost.ts";
import { countHashTime, hashTime } from "../hash-time.ts";
import { type MeasuredCall, operationBudgets } from "../operation-budgets.ts";
import { Resources } from "../resources.ts";
import type { Section, Table } from "../section.ts";
import { median, startSystem } from "../system.ts";
import type { TypicalCall } from "../typical-calls.ts";
import { clocked, measureUse, type Use } from "../use.ts";

/** All calls are measured once in each pass, so that other work on the machine disturbs some rounds of many calls. */
const passes = 3;
const rounds = 15;
const warmUp = 3;

/** What the rounds of one call have measured. */
interface Samples {
  units?: Pick<Use, "readUnits" | "writeUnits">;
  /** A busy machine delays a request now and then, so that it does not overlap with another one as it usually does. */
  readonly roundTrips: number[];
  readonly cpuMs: number[];
  readonly handlerMs: number[];
  readonly hashMs: number[];
  readonly bareMs: number[];
  readonly bareCpuMs: number[];
  readonly allocatedBytes: number[];
}

const noSamples = (): Samples => ({
  roundTrips: [],
  cpuMs: [],
  handlerMs: [],
  hashMs: [],
  bareMs: [],
  bareCpuMs: [],
  allocatedBytes: [],
});

/** Makes a call by the handler, and then sends its requests again by the bare SDK. */
async function measureRound(call: TypicalCall, samples: Samples, isWarm: boolean): Promise<void> {
  const handle = await call.prepare();
  hashTime.ms = 0;
  const { roundTrips, readUnits, writeUnits, ...used } = await measureUse(handle);
  const hashMs = hashTime.ms;
  const units = { readUnits, writeUnits };
  samples.units ??= units;
  if (!isDeepStrictEqual(units, samples.units))
    throw new Error(`${nameOf(call)} takes ${JSON.stringify([samples.units, units])}`);
  const sendBare = bareCall(used.requests);
  const bare = await clocked(sendBare);
  if (!isWarm) return;
  samples.roundTrips.push(roundTrips);
  samples.cpuMs.push(used.cpuMs);
  samples.handlerMs.push(used.elapsedMs - hashMs);
  samples.hashMs.push(hashMs);
  samples.bareMs.push(bare.elapsedMs);
  samples.bareCpuMs.push(bare.cpuMs);
  samples.allocatedBytes.push(used.allocatedBytes);
}

/** The medians of a call. */
function measuredCall(call: TypicalCall, { units, ...samples }: Samples): MeasuredCall {
  if (!units) throw new Error(`${nameOf(call)} was not measured`);
  return {
    id: call.id,
    name: nameOf(call),
    use: { ...units, roundTrips: median(samples.roundTrips), cpuMs: median(samples.cpuMs) },
    handlerMs: median(samples.handlerMs),
    hashMs: median(samples.hashMs),
    bareMs: median(samples.bareMs),
    bareCpuMs: median(samples.bareCpuMs),
    allocatedBytes: median(samples.allocatedBytes),
  };
}

function tableOf(calls: readonly MeasuredCall[]): Table {
  const rows = calls.map(({ id, name, use, handlerMs, hashMs, bareMs, bareCpuMs, allocatedBytes }) => {
    const { shownCpuMs, dollarsMillion } = costOf(id, use);
    const hash = hashMs > 0 ? ` + ${hashMs.toFixed(1)} hash` : "";
    const ratio = use.roundTrips > 0 ? `${(handlerMs / bareMs).toFixed(2)}×` : "–";
    const [handler, bare, added] = [handlerMs, bareMs, handlerMs - bareMs].map((ms) => ms.toFixed(2));
    const units = [use.roundTrips, use.readUnits, use.writeUnits];
    const kib = (allocatedBytes / 1024).toFixed(0);
    const times = [`${handler}${hash}`, `${bare}`, `${added}`, ratio, shownCpuMs, bareCpuMs.toFixed(1)];
    return [name, ...times, ...units, kib, dollarsMillion];
  });
  const times = ["handler ms", "bare ms", "added ms", "ratio", "CPU ms", "bare CPU ms"];
  const columns = ["call", ...times, "round trips", "read units", "write units", "allocated KiB", "$ a million"];
  return { columns, rows };
}

function inShort(calls: readonly MeasuredCall[]): string[] {
  const dollars = calls.map(({ id, use }) => Number(costOf(id, use).dollarsMillion));
  const range = [Math.min(...dollars), median(dollars), Math.max(...dollars)].map((each) => `$${each.toFixed(2)}`);
  const added = median(
    calls.filter(({ use }) => use.roundTrips > 0).map(({ handlerMs, bareMs }) => handlerMs - bareMs),
  );
  return [
    `A million calls cost ${range[0]} to ${range[2]} on AWS, the median operation ${range[1]}.`,
    `The median call takes ${added.toFixed(2)} ms more than its requests to the table by the SDK alone.`,
  ];
}

/** What each operation takes, and what our code adds to the requests that it sends to the table. */
export const operations: Section = {
  title: "Each operation, warm",
  about: `Makes the typical call of each operation through the real handler, in one process that is warm, with the engine in
another process. Right after each call, the same requests are sent again with the plain client of the SDK, without our
settings: at the same time where the handler sends them at the same time, and with conditions that always hold. A write then
finds its items in the table, so the engine may have less to do. CPU time is that of our process and leaves the engine out.

- **handler ms**, **bare ms**: how long the call takes, and how long its bare requests take. **added ms** and **ratio** are
  the difference and the quotient. Times are medians of ${passes * rounds} rounds, in ${passes} passes over all calls.
- **hash**: the time of argon2id, which checks or stores a password. It is stated apart, and is not in the added time.
- **CPU ms**: the time of all threads of the process, hashes included; **bare CPU ms** is that of the bare requests.
- **units**: as the engine counts them ([cost](cost.md)).
- **allocated KiB**: how much the heap of JavaScript grows during the call, buffers not included.
- **$ a million**: what a million calls cost, calculated as [docs/cost.md](cost.md) says.

\`SendMessages\` also sends a mail to a replacement of SES, which the bare requests do not.`,
  async run(say, { writesPages }) {
    countHashTime();
    await using open = new Resources();
    open.use(await startSystem());
    // Loaded now, because the inbox in it opens on the engine that has just started.
    const { typicalCalls } = await import("../typical-calls.ts");
    const { closeInbox } = await import("../../test/kit/outside.ts");
    open.defer(closeInbox);
    open.defer(closeBare);
    const samples = new Map(typicalCalls.map((call) => [call, noSamples()]));
    for (let pass = 1; pass <= passes; pass++) {
      say(`pass ${pass} of ${passes}`);
      for (const [call, own] of samples)
        for (let round = -warmUp; round < rounds; round++) await measureRound(call, own, round >= 0);
    }
    const measured = [...samples].map(([call, own]) => measuredCall(call, own));
    if (writesPages) writeCosts(typicalCalls.map((call, at) => costLine(call, (measured[at] as MeasuredCall).use)));
    return { tables: [tableOf(measured)], inShort: inShort(measured), budgets: operationBudgets(measured) };
  },
};
