import { realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { report } from "../../test/kit/proof.ts";
import { Complaint, orComplain } from "../../tools/complaint.ts";
import { type Break, readBreaks } from "./breaks.ts";
import { type Copy, makeCopy } from "./copy.ts";
import { runTests } from "./test-run.ts";
import { judge, type Verdict } from "./verdict.ts";

/**
 * `npm run prove -- mutations`, or `node prove/mutations/main.ts [part of a list's name or of a file's path …]`: makes each break of
 * the lists in a copy of the tree, and runs the tests that are to catch it. Exits with 1 when a break survived, or when a line
 * of a list is wrong.
 */

/** Gives each copy the next of the things to do, until none is left. */
async function share<Thing>(
  copies: readonly Copy[],
  things: readonly Thing[],
  act: (copy: Copy, each: Thing) => Promise<void>,
) {
  const left = things.values();
  await Promise.all(
    copies.map(async (copy) => {
      for (const each of left) await act(copy, each);
    }),
  );
}

/** The files that pass in a copy without any break. */
async function passing({ folder }: Copy, files: readonly string[]): Promise<readonly string[]> {
  const { testResults = [] } = (await runTests(folder, files, ["--maxWorkers=1"])) ?? {};
  const passed = testResults.filter(({ status }) => status === "passed").map(({ name }) => resolve(name));
  return files.filter((file) => passed.includes(resolve(realpathSync(folder), file)));
}

/**
 * Runs every named test file without any break. Some wait for clocks, and may fail on a busy machine: each that fails runs once
 * more, alone.
 * @throws Complaint with the files that fail again: they catch nothing
 */
async function passUnbroken(copies: readonly Copy[], breaks: readonly Break[]): Promise<void> {
  const files = [...new Set(breaks.flatMap(({ tests }) => tests))].sort();
  const groups = Array.from({ length: Math.ceil(files.length / atOnce) }, (_, group) =>
    files.slice(group * atOnce, (group + 1) * atOnce),
  );
  const passed = new Set<string>();
  const run = async (copy: Copy, some: readonly string[]) => {
    for (const file of await passing(copy, some)) passed.add(file);
  };
  await share(copies, groups, run);
  const again = files.filter((file) => !passed.has(file));
  await share(
    copies.slice(0, 1),
    again.map((file) => [file]),
    run,
  );
  const failed = files.filter((file) => !passed.has(file));
  if (failed.length > 0)
    throw new Complaint(`These tests fail without any break, or are not there: ${failed.join(", ")}`);
  console.log(`${files.length} test files pass without any break.`);
}

/** How many test files one run without a break has. */
const atOnce = 10;

/** Tries one break. A line that does not fit its file is a mistake. */
async function attempt(copy: Copy, each: Break): Promise<Verdict> {
  try {
    return await copy.during(each, async () =>
      judge(each, await runTests(copy.folder, each.tests, ["--bail=1", "--maxWorkers=1"])),
    );
  } catch (error) {
    if (error instanceof Complaint) return { kind: "mistake", why: error.message };
    throw error;
  }
}

const shown = ({ place, file, before, after }: Break) => `${place} ${file}: ${before}  =>  ${after || "(nothing)"}`;

/** Tries all breaks, with a line for each. @returns how many of them ended in which way */
async function tryAll(copies: readonly Copy[], breaks: readonly Break[]) {
  const ends = { caught: 0, survived: 0, mistake: 0 };
  const rest: string[] = [];
  let done = 0;
  await share(copies, breaks, async (copy, each) => {
    const begun = performance.now();
    const { kind, why } = await attempt(copy, each);
    ends[kind] += 1;
    done += 1;
    const line = `${kind.padEnd(8)} ${shown(each)} (${why})`;
    if (kind !== "caught") rest.push(line);
    console.log(`${done}/${breaks.length} ${((performance.now() - begun) / 1000).toFixed(1)} s  ${line}`);
  });
  if (rest.length > 0) console.log(`\nNot caught:\n${rest.join("\n")}`);
  return ends;
}

/** How many breaks are in which folder: `{ "in lib": 90 }`. */
function perFolder(breaks: readonly Break[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { file } of breaks) {
    const name = `in ${file.split("/")[0]}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const all = readBreaks(process.cwd());
  const isWanted = ({ place, file }: Break) => wanted.some((part) => place.includes(part) || file.includes(part));
  const breaks = wanted.length === 0 ? all : all.filter(isWanted);
  if (breaks.length === 0) throw new Complaint(`No break is in a list or a file of the name ${wanted.join(" or ")}.`);
  const copies = Array.from({ length: Math.min(availableParallelism(), breaks.length) }, () => makeCopy(process.cwd()));
  const removeCopies = () => copies.forEach((copy) => void copy[Symbol.dispose]());
  process.once("exit", removeCopies);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  try {
    await passUnbroken(copies, breaks);
    const { caught, survived, mistake } = await tryAll(copies, breaks);
    const counts = { breaks: breaks.length, caught, survived, ...perFolder(breaks), violations: survived };
    console.log(`\n${JSON.stringify(counts)}`);
    report(counts);
    if (mistake > 0) throw new Complaint(`${mistake} of the lines prove nothing.`);
    if (survived > 0) throw new Complaint(`${survived} of the breaks survived.`);
  } finally {
    removeCopies();
  }
}

await orComplain(main);
