import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { CreatedObject } from "../local/files.ts";
import { startFiles } from "../local/files.ts";
import { objectsInMemory } from "../local/object-store.ts";
import { accountCycles } from "./account-cycles.ts";
import { type Deployable, readAssembly } from "./assembly.ts";
import { runAll, type Version } from "./both-versions.ts";
import { findEarlier, synthesizeEarlier } from "./earlier-version.ts";
import { installRuntimeClient, root, startMachine, synthesize, useBinariesOfThisMachine } from "./machine.ts";
import { practiceCycles } from "./practice-cycles.ts";
import { type RunningFunction, startFunction } from "./runtime-api.ts";

/**
 * Runs yesterday's functions and today's on one table, behind AWS's runtime client: each life cycle is begun by one version
 * and continued by the other, at every step and in both directions, and with a random version for each call.
 *
 * `--from` names the earlier commit, `--seeds` the random runs, and `--only` a part of a life cycle's title.
 */
const { from, seeds, only } = parseArgs({
  options: {
    from: { type: "string" },
    seeds: { type: "string", default: "1,2,3" },
    only: { type: "string", default: "" },
  },
}).values;

const say = (line: string) => process.stdout.write(`${line}\n`);

const earlier = findEarlier(from);
if ("missing" in earlier) {
  say(`There is no earlier version to run with: ${earlier.missing}.`);
  say("0 passed, 0 failed");
  // A commit that somebody names must exist.
  process.exit(from === undefined ? 0 : 1);
}

installRuntimeClient(say);
await using open = new AsyncDisposableStack();
const scratch = mkdtempSync(join(tmpdir(), "frontdesk-versions-"));
open.defer(() => rmSync(scratch, { recursive: true }));
say(`The old functions are those of ${earlier.name}.`);
const assemblies: Record<Version, string> = {
  old: synthesizeEarlier(earlier.commit, scratch, say),
  new: join(scratch, "now.out"),
};
synthesize(root, assemblies.new);

const machine = await startMachine(open);
const uploads: CreatedObject[] = [];
const files = await startFiles({
  store: objectsInMemory(),
  origins: [],
  secretOf: async () => machine.surroundings.AWS_SECRET_ACCESS_KEY,
  onCreated: (object) => void uploads.push(object),
});
open.defer(() => files.stop());
const surroundings = { ...machine.surroundings, ...files.environment };
const functions: Record<Version, readonly Deployable[]> = { old: deployables("old"), new: deployables("new") };
/** Running functions by version and id, the one that was called last at the end. */
const running = new Map<string, RunningFunction>();
open.defer(async () => void (await Promise.all([...running.values()].map((each) => each.stop()))));
/** Each is a process with some 80 MB. */
const runningMax = 40;

const cycles = [...practiceCycles, ...accountCycles].filter(({ title }) => title.includes(only));
const { counts, summary } = await runAll(
  { machine, invoke, takeUploads: () => uploads.splice(0).filter(({ key }) => key.startsWith("uploads/")) },
  cycles,
  seeds.split(",").map(Number),
  say,
);
say(`\n${summary}`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;

function deployables(version: Version): readonly Deployable[] {
  const all = readAssembly(assemblies[version], machine.filledIn);
  useBinariesOfThisMachine(all);
  return all;
}

/** The answer of a version's function to an event. An operation that the old version does not have is the new one's. */
async function invoke(version: Version, id: string, event: object) {
  const find = (each: Version) => functions[each].find((deployable) => deployable.id === id);
  const deployable = find(version) ?? find("new");
  if (!deployable) throw new Error(`there is no function ${id}`);
  const key = deployable.directory;
  const instance = running.get(key) ?? (await start(deployable));
  running.delete(key);
  running.set(key, instance);
  return instance.invoke(event);
}

/** Starts a function. Stops the one that was not called for longest, if there are too many. */
async function start({ directory, environment }: Deployable): Promise<RunningFunction> {
  const [longestAgo] = running;
  if (longestAgo && running.size >= runningMax) {
    running.delete(longestAgo[0]);
    await longestAgo[1].stop();
  }
  return startFunction(directory, { ...environment, ...surroundings });
}
