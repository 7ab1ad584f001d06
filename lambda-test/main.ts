import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { starter } from "../cdk/bundle.ts";
import { type Deployable, readAssembly } from "./assembly.ts";
import { checkAll } from "./checks.ts";
import { installRuntimeClient, root, startMachine, synthesize, useBinariesOfThisMachine } from "./machine.ts";
import { type RunningFunction, type Start, startFunction } from "./runtime-api.ts";
import { writeTable } from "./table.ts";

/**
 * Runs the deployed code as Lambda does: synthesizes the stacks, starts every function of the assembly behind AWS's runtime
 * interface client, calls it, and prints how long it took to start. `--write` updates the table in docs/cost.md.
 */
const { write, rounds } = parseArgs({
  options: { write: { type: "boolean", default: false }, rounds: { type: "string", default: "3" } },
}).values;

const here = fileURLToPath(new URL(".", import.meta.url));
const say = (line: string) => process.stdout.write(`${line}\n`);

installRuntimeClient(say);

await using open = new AsyncDisposableStack();
const scratch = mkdtempSync(join(tmpdir(), "frontdesk-lambda-"));
open.defer(() => rmSync(scratch, { recursive: true }));
const assembly = join(scratch, "cdk.out");
synthesize(root, assembly);
const { engine, outside, surroundings, filledIn } = await startMachine(open);

const functions = readAssembly(assembly, filledIn);
useBinariesOfThisMachine(functions);
const running = new Map<string, RunningFunction>();
open.defer(stopAll);

const tally = await checkAll({ functions, invoke, start, outside, engine, say });
await stopAll();
const starts = await measureStarts(await bundleBare());
printStarts(starts);
if (write) writeTable(functions, starts, starts.get("Bare") as Start);

say(`\n${tally.summary}`);
process.exitCode = tally.counts.failed === 0 ? 0 : 1;

function start({ directory, environment }: Pick<Deployable, "directory" | "environment">): Promise<RunningFunction> {
  return startFunction(directory, { ...environment, ...surroundings });
}

/** The answer of the function with this id to an event. The function starts with its first event. */
async function invoke(id: string, event: object) {
  const deployable = functions.find((each) => each.id === id);
  if (!deployable) throw new Error(`there is no function ${id}`);
  const instance = running.get(id) ?? (await start(deployable));
  running.set(id, instance);
  return instance.invoke(event);
}

async function stopAll(): Promise<void> {
  await Promise.all([...running.values()].map((each) => each.stop()));
  running.clear();
}

/** Bundles the bare function as people usually bundle for Lambda, without the replacements of `cdk/bundle.ts`. */
async function bundleBare(): Promise<Pick<Deployable, "directory" | "environment">> {
  const directory = join(scratch, "bare");
  await build({
    entryPoints: [join(here, "bare.ts")],
    outfile: join(directory, "index.cjs"),
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    mainFields: ["module", "main"],
    logLevel: "error",
  });
  writeFileSync(join(directory, "index.mjs"), starter);
  return { directory, environment: { TABLE_NAME: String(filledIn.TABLE_NAME) } };
}

/** Starts each function several times. The fastest start counts, because other work on the machine delayed it least. */
async function measureStarts(bare: Pick<Deployable, "directory" | "environment">): Promise<Map<string, Start>> {
  const fastest = new Map<string, Start>();
  const measure = async (id: string, deployable: Pick<Deployable, "directory" | "environment">) => {
    const instance = await start(deployable);
    await instance.stop();
    const { ms, cpuMs } = fastest.get(id) ?? instance.start;
    fastest.set(id, { ms: Math.min(ms, instance.start.ms), cpuMs: Math.min(cpuMs, instance.start.cpuMs) });
  };
  for (let round = 0; round < Number(rounds); round++) {
    for (const [place, deployable] of functions.entries()) {
      // The bare function in between, so that the load on the machine affects both alike.
      if (place % 10 === 0) await measure("Bare", bare);
      await measure(deployable.id, deployable);
    }
  }
  return fastest;
}

function printStarts(starts: ReadonlyMap<string, Start>): void {
  const ofBare = starts.get("Bare") as Start;
  say(
    "\nFrom a new process to its first event: elapsed time, its ratio to a bare function that connects too, CPU time",
  );
  for (const [id, { ms, cpuMs }] of starts) {
    const figures = [`${ms.toFixed(0)} ms`, `${(ms / ofBare.ms).toFixed(2)} ×`, `${cpuMs.toFixed(0)} ms CPU`];
    say(`  ${id.padEnd(28)}${figures.map((figure) => figure.padStart(11)).join("")}`);
  }
}
