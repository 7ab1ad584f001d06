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
 * `npm run prove`: runs every part of the proof long, each in a process of its own, prints one table of what was done, and
 * writes it into docs/reliability.md if nothing was violated. With names of parts it runs only these and writes nothing.
 * `--seed N` repeats what an earlier run did at random. Exits with 1 when a guarantee was broken.
 */

/** Runs a part. @returns what it reported, and whether it passed */
async function prove(name: string, part: Part, seed: number): Promise<Proven> {
  console.log(`\n== ${name}: ${part.title}`);
  const folder = mkdtempSync(join(tmpdir(), "frontdesk-prove-"));
  const file = join(folder, "counts");
  const begun = performance.now();
  try {
    const child = spawn(process.execPath, part.run, {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, [told.counts]: file, [told.seed]: String(seed) },
    });
    const [code] = await once(child, "exit");
    const counts = readCounts(file);
    const seconds = (performance.now() - begun) / 1000;
    return { title: part.title, counts, seconds, isPassed: code === 0 && counts.violations === 0 };
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
    const { positionals: names, values } = parseArgs({ allowPositionals: true, options: { seed: { type: "string" } } });
    const seed = values.seed === undefined ? newSeed() : Number(values.seed);
    if (!Number.isSafeInteger(seed)) throw new Complaint(`"${values.seed}" is no whole number.`);
    return { names, seed };
  } catch (error) {
    throw error instanceof Complaint ? error : new Complaint((error as Error).message);
  }
}

async function main(): Promise<void> {
  const { names, seed } = readArguments();
  const wanted = (names.length === 0 ? Object.keys(parts) : names).map((name): [string, Part] => {
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (!part) throw new Complaint(`There is no part ${name}. The parts are ${Object.keys(parts).join(", ")}.`);
    return [name, part];
  });
  const [begun, before] = [new Date(), load()];
  const proven: Proven[] = [];
  for (const [name, part] of wanted) proven.push(await prove(name, part, seed));
  const text = render(
    [
      `Command: \`npm run prove -- ${[...names, `--seed ${seed}`].join(" ")}\``,
      `Date: ${begun.toISOString().slice(0, 10)}`,
      `Machine: ${machine()}`,
      `Load average before: ${before}`,
      `Duration: ${Math.round((Date.now() - begun.getTime()) / 60_000)} minutes`,
    ],
    proven,
  );
  console.log(`\n${text}`);
  const failed = proven.filter(({ isPassed }) => !isPassed).map(({ title }) => title);
  if (failed.length > 0) {
    console.error(`Failed: ${failed.join(", ")}. docs/reliability.md stays as it is.`);
    process.exitCode = 1;
  } else if (names.length === 0) writeResults(text);
}

await orComplain(main);
