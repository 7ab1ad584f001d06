import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { load, machine } from "../bench/performance.ts";
import { type Counts, told } from "../test/kit/proof.ts";
import { Complaint, orComplain } from "../tools/complaint.ts";
import { type Part, parts } from "./parts.ts";
import { type Proven, render, writeResults } from "./reliability.ts";

/**
 * `npm run prove`: runs every part of the proof long, each in a process of its own, prints one table of what they did, and
 * writes it into docs/reliability.md. With names of parts it runs only these, and writes only with `--write`; the rows of
 * other parts stay. `--seed N` repeats what an earlier run did at random. Exits with 1 when a guarantee was broken; then the
 * page stays as it is.
 */

/** Runs a part. @returns what it reported, and whether it passed */
async function prove(name: string, part: Part, seed: number): Promise<Proven> {
  console.log(`\n== ${name}: ${part.title}`);
  const folder = mkdtempSync(join(tmpdir(), "frontdesk-prove-"));
  const file = join(folder, "counts");
  const [begun, date] = [performance.now(), new Date().toISOString().slice(0, 10)];
  try {
    const child = spawn(process.execPath, part.run, {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, [told.counts]: file, [told.seed]: String(seed) },
    });
    const [code] = await once(child, "exit");
    const counts = readCounts(file);
    const seconds = Math.round((performance.now() - begun) / 1000);
    const run = `\`npm run prove -- ${name} --seed ${seed}\`, ${date}, ${seconds} s`;
    return { title: part.title, run, counts, isPassed: code === 0 && counts.violations === 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All counts that a part has reported. Equal names of several reports are added up. */
function readCounts(file: string): Counts {
  const counts: Record<string, number | string> = {};
  if (!existsSync(file)) return counts;
  for (const line of readFileSync(file, "utf8").trim().split("\n")) {
    for (const [what, count] of Object.entries(JSON.parse(line) as Counts)) {
      const before = counts[what];
      counts[what] = typeof count === "number" && typeof before === "number" ? before + count : count;
    }
  }
  return counts;
}

/** A seed of its own for each run, so that several runs see more than one. */
const newSeed = () => Math.floor(Date.now() / 1000) % 1_000_000;

function readArguments() {
  try {
    const { positionals: names, values } = parseArgs({
      allowPositionals: true,
      options: { seed: { type: "string" }, write: { type: "boolean", default: false } },
    });
    const seed = values.seed === undefined ? newSeed() : Number(values.seed);
    if (!Number.isSafeInteger(seed)) throw new Complaint(`"${values.seed}" is no whole number.`);
    return { names, seed, writes: names.length === 0 || values.write };
  } catch (error) {
    throw error instanceof Complaint ? error : new Complaint((error as Error).message);
  }
}

async function main(): Promise<void> {
  const { names, seed, writes } = readArguments();
  const wanted = (names.length === 0 ? Object.keys(parts) : names).map((name): [string, Part] => {
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (!part) throw new Complaint(`There is no part ${name}. The parts are ${Object.keys(parts).join(", ")}.`);
    return [name, part];
  });
  console.log(`${machine()}, load average before: ${load()}`);
  const proven: Proven[] = [];
  for (const [name, part] of wanted) proven.push(await prove(name, part, seed));
  console.log(`\n${render(proven)}`);
  const failed = proven.filter(({ isPassed }) => !isPassed).map(({ title }) => title);
  if (failed.length > 0) {
    console.error(`Failed: ${failed.join(", ")}. docs/reliability.md stays as it is.`);
    process.exitCode = 1;
  } else if (writes) {
    writeResults(
      Object.values(parts).map(({ title }) => title),
      proven,
    );
  }
}

await orComplain(main);
