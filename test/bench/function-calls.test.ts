import { Session } from "node:inspector/promises";
import { afterAll, beforeAll, it } from "vitest";
import { nameOf } from "../../bench/cost.ts";
import { typicalCalls } from "../../bench/typical-calls.ts";
import { referenceIn } from "../kit/reference.ts";

/**
 * How many functions each typical call runs: of our code, and of packages. V8 counts them exactly, so the same call has the same
 * number on every machine, in any order and however busy the machine is. Work that a change adds shows here, where times would not.
 */
const reference = referenceIn(
  new URL("function-calls.json", import.meta.url),
  ["our functions", "packages' functions"],
  0.1,
);

const session = new Session();
beforeAll(async () => {
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
});
afterAll(async () => {
  await session.post("Profiler.stopPreciseCoverage");
  session.disconnect();
});

const root = new URL("../..", import.meta.url).pathname;
/** What a function in Lambda consists of, without the two files that match routes: in AWS, API Gateway does that. */
const own = /^(functions|lib)\/(?!api\/routes\.ts$|text\.ts$)/;
const ofPackages = /^node_modules\/(@aws-sdk|@smithy|@middy|@zxcvbn-ts|bcryptjs|neoqs|otpauth|zod)\//;

/** The calls of functions since the last time this was asked: of our code, and of packages. */
async function takeCounts(): Promise<[own: number, ofPackages: number]> {
  const counts: [number, number] = [0, 0];
  const { result } = await session.post("Profiler.takePreciseCoverage");
  for (const { url, functions } of result) {
    const path = url.replace(/^file:\/\//, "").replace(root, "");
    const kind = own.test(path) ? 0 : ofPackages.test(path) ? 1 : undefined;
    if (kind === undefined) continue;
    for (const { ranges } of functions) counts[kind] += ranges[0]?.count ?? 0;
  }
  return counts;
}

it.each(typicalCalls.map((call) => [nameOf(call), call] as const))(
  "%s runs as many functions as before",
  async (name, call) => {
    // The first call also does what later calls find done.
    await (await call.prepare())();
    const measured = await call.prepare();
    await takeCounts();
    await measured();
    reference.compare(name, await takeCounts());
  },
);

it("every typical call has its numbers, and no other", () => {
  reference.compareNames(typicalCalls.map(nameOf));
});
