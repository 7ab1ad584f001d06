import { afterAll, beforeAll, expect, it } from "vitest";
import { Client } from "../../bench/load.ts";
import { cleanUp, engineOf, type Instance, startInstance, temporaryFolder } from "../kit/children.ts";
import { randomFrom } from "../kit/directory-files.ts";
import { amount, isLong, report, seed } from "../kit/proof.ts";
import { growth, measure, median, percentile, type Taken } from "./soak/measures.ts";
import { Caller } from "./soak/mix.ts";

/** Makes very many calls of mixed kind on `npm start`, and looks whether it stays as fast and as small as it began. */

const callsMade = amount(600, 200_000);
const connections = 8;
/** It is measured so often. */
const samples = amount(2, 50);
/** At most so many records are in the stream: those that are read at once, those deleted at once, and the newest 100. */
const streamRecordsMax = 500;
/** The data folder has a few files, however many calls there were. */
const filesMax = 20;
/** Eight connections of the callers, and at most fifty to the engine, which has them too. */
const handlesMax = 300;
/** SQLite empties its log at 4 MB, or a little later. */
const logBytesMax = 64 * 1024 * 1024;
/** Memory may grow by so much of itself over the second half of all calls. */
const growthMax = 0.1;
/** A call in the last fifth may take so many times as long as one in the second fifth. */
const slowerMax = 1.25;

let instance: Instance;
const folder = temporaryFolder();
beforeAll(async () => {
  instance = await startInstance({ FRONTDESK_DATA: folder });
});
afterAll(cleanUp);

/** What was taken after a part of the calls, and how long these took, in ms. */
interface Sample extends Taken {
  readonly tookMs: readonly number[];
  /** CPU time of the callers, which are this process, so far. */
  readonly callersCpuMs: number;
}

/** Makes all calls. @returns samples at equal distances */
async function soak(callers: readonly Caller[], engine: number): Promise<Sample[]> {
  const taken: Sample[] = [];
  for (let place = 0; place < samples; place++) {
    let left = callsMade / samples;
    const call = async (caller: Caller) => {
      while (left-- > 0) await caller.next();
    };
    await Promise.all(callers.map(call));
    const { user, system } = process.cpuUsage();
    const tookMs = callers.flatMap((caller) => caller.tookMs);
    taken.push({ ...measure(instance.pid, engine, folder), tookMs, callersCpuMs: (user + system) / 1000 });
    for (const caller of callers) caller.tookMs = [];
  }
  return taken;
}

/** What piles up, however fast the machine is. */
const piledUp = (taken: readonly Taken[]) =>
  taken.flatMap(({ streamRecords, files, handles, logBytes }, place) => [
    ...(streamRecords > streamRecordsMax ? [`sample ${place}: ${streamRecords} records are in the stream`] : []),
    ...(files > filesMax ? [`sample ${place}: ${files} files are in the data folder`] : []),
    ...(handles > handlesMax ? [`sample ${place}: ${handles} files and connections are open`] : []),
    ...(logBytes > logBytesMax ? [`sample ${place}: the log of SQLite has ${logBytes} bytes`] : []),
  ]);

const fifth = (taken: readonly Sample[], place: number) =>
  taken.slice((place * taken.length) / 5, ((place + 1) * taken.length) / 5);
const cpuPerCall = (part: readonly Sample[], whose: "cpuMs" | "callersCpuMs") => {
  const [first, last] = [part[0], part.at(-1)] as [Sample, Sample];
  return (last[whose] - first[whose]) / part.slice(1).reduce((sum, { tookMs }) => sum + tookMs.length, 0);
};
const serverCpu = (part: readonly Sample[]) => cpuPerCall(part, "cpuMs");
const medianMs = (part: readonly Sample[]) => median(part.flatMap(({ tookMs }) => tookMs));

/** Whether memory grows, or calls become slower. Only a long run can tell. */
function notFlat(taken: readonly Sample[]): string[] {
  const second = taken.slice(taken.length / 2);
  const found = (["serverBytes", "engineBytes"] as const)
    .filter((what) => growth(second.map((sample) => sample[what])) > growthMax)
    .map((what) => `${what} grow: ${second.map((sample) => sample[what]).join(", ")}`);
  const [early, late] = [fifth(taken, 1), fifth(taken, 4)];
  // Other work on the machine makes calls slower, but they need no more CPU time: both must grow.
  const isSlower = medianMs(late) > slowerMax * medianMs(early) && serverCpu(late) > slowerMax * serverCpu(early);
  return isSlower
    ? [...found, `calls become slower: ${medianMs(early)} ms at first, ${medianMs(late)} ms at last`]
    : found;
}

const inMegabytes = (taken: readonly Sample[], what: "serverBytes" | "engineBytes") =>
  [0, 4].map((place) => `${Math.round(median(fifth(taken, place).map((sample) => sample[what])) / 1e6)} MB`).join(", ");
const inMs = (taken: readonly Sample[], of: (part: readonly Sample[]) => number) =>
  [1, 4].map((place) => `${of(fifth(taken, place)).toFixed(2)} ms`).join(", ");
const largest = (taken: readonly Sample[], what: "handles" | "streamRecords") =>
  Math.max(...taken.map((sample) => sample[what]));

function reportAll(taken: readonly Sample[], tooBusy: number, violations: number): void {
  report({
    calls: callsMade,
    "calls that were repeated after 503": tooBusy,
    "memory of the server, first and last fifth": inMegabytes(taken, "serverBytes"),
    "memory of the engine, first and last fifth": inMegabytes(taken, "engineBytes"),
    "median of a call, second and last fifth": inMs(taken, medianMs),
    "p99 of a call, second and last fifth": inMs(taken, (part) =>
      percentile(
        part.flatMap(({ tookMs }) => tookMs),
        0.99,
      ),
    ),
    "CPU time of a call, second and last fifth": inMs(taken, serverCpu),
    // The callers share the machine with the server: if they become slower, so do the calls.
    "CPU time of the callers for a call, second and last fifth": inMs(taken, (part) =>
      cpuPerCall(part, "callersCpuMs"),
    ),
    "open files and connections, at most": largest(taken, "handles"),
    "stream records, at most": largest(taken, "streamRecords"),
    violations,
  });
}

it("many calls of mixed kind all have their documented answers, and nothing piles up", {
  timeout: amount(5, 60) * 60_000,
}, async () => {
  const client = new Client(instance.url, connections);
  const callers = Array.from({ length: connections }, (_, number) => {
    return new Caller(client, number, randomFrom(seed * 1000 + number));
  });
  await Promise.all(callers.map((caller) => caller.begin()));
  const engine = process.platform === "linux" ? engineOf(instance.pid) : 0;
  const ended = instance.ended.then(({ code, stderr }) => {
    throw new Error(`the server has ended with ${code}: ${stderr}`);
  });
  // The end of the suite ends the server too.
  ended.catch(() => {});
  const taken = await Promise.race([soak(callers, engine), ended]);
  client.close();
  // The newest records are handled a moment later.
  await fetch(`${instance.url}/_local/messages`);
  const last = measure(instance.pid, engine, folder);
  const piled = isLong ? piledUp(taken) : piledUp([last]);
  const violations = [...callers.flatMap((caller) => caller.violations), ...piled, ...(isLong ? notFlat(taken) : [])];
  if (isLong)
    reportAll(
      taken,
      callers.reduce((sum, { tooBusy }) => sum + tooBusy, 0),
      violations.length,
    );
  expect(violations, `npm run prove -- soak --seed ${seed}`).toEqual([]);
});
