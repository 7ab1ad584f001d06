/**
 * Measures `frontdesk import`. Its rate, against a bare loop of the same calls with as many at once: in rounds that take
 * turns, against one `npm start`, where the practices exist already, so that every call does the same work. And the memory of
 * the whole process, for a dry run of 100,000 rows and for an import.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { importFile } from "../cli/src/import/import-file.ts";
import { practices } from "../cli/src/import/practices.ts";
import { createDirectory } from "../client/src/client.ts";
import { demo } from "../local/demo.ts";
import { startInstance } from "../test/kit/children.ts";
import { practicesFile } from "../test/kit/directory-files.ts";
import { median } from "./system.ts";

const atOnce = 16;
const rowsARound = 400;
const rounds = 9;
const ratioMin = 0.8;
const rowsOfDryRun = 100_000;
const rowsOfImport = 5000;
const mebibytesMax = 200;

const application = { id: demo.applicationId, password: demo.applicationPassword };
const folder = mkdtempSync(join(tmpdir(), "frontdesk-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const instance = await startInstance({ FRONTDESK_DATA: join(folder, "data") }, ["--memory"]);
const directory = createDirectory({ url: instance.url, application });

const { csv, good } = practicesFile({ rows: rowsARound });
const path = join(folder, "practices.csv");
writeFileSync(path, csv);

/** @returns rows a second */
async function rateOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (rowsARound / (performance.now() - begun)) * 1000;
}

async function bareLoop(): Promise<void> {
  const waiting = good.values();
  const caller = async () => {
    for (const { accountId = "", name = "", ...fields } of waiting) {
      await directory.practiceSave({ ...fields, accountId: String(accountId), name: String(name) });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
}

/** The whole import but the start of its process: check, calls, journal and report. */
async function imported(): Promise<void> {
  const write = process.stderr.write;
  const print = process.stdout.write;
  process.stderr.write = () => true;
  process.stdout.write = () => true;
  try {
    const options = { map: {}, ignore: [], concurrency: atOnce, giveUpAfter: 120 };
    const code = await importFile(practices, path, options, () => ({ url: instance.url, application, directory }));
    if (code !== 0) throw new Error("the import has failed");
  } finally {
    process.stderr.write = write;
    process.stdout.write = print;
  }
}

/** Runs the command, and returns the most memory that its process had, in MiB. */
async function memoryOf(rows: number, ...more: readonly string[]): Promise<number> {
  const file = join(folder, `${rows}.csv`);
  writeFileSync(file, practicesFile({ rows, badEach: 50 }).csv);
  const tell = `process.on("exit", () => console.error("KiB " + process.resourceUsage().maxRSS))`;
  const program = fileURLToPath(new URL("../cli/frontdesk.js", import.meta.url));
  const args = [
    "--import",
    `data:text/javascript,${encodeURIComponent(tell)}`,
    program,
    "import",
    "practices",
    file,
    ...more,
  ];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, FRONTDESK_URL: instance.url },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [said] = await Promise.all([text(child.stderr), once(child, "close")]);
  return Number(/KiB (\d+)/.exec(said)?.[1]) / 1024;
}

await bareLoop();
await imported();
const rates: { bare: number; import: number }[] = [];
for (let round = 0; round < rounds; round += 1) {
  // Each comes first in turn.
  const first = round % 2 === 0 ? await rateOf(bareLoop) : 0;
  const second = await rateOf(imported);
  rates.push({ bare: first || (await rateOf(bareLoop)), import: second });
}
const ratio = median(rates.map((rate) => rate.import / rate.bare));
console.log(`rows a second, ${atOnce} at once, medians of ${rounds} rounds of ${rowsARound} rows`);
console.log(`  bare loop   ${median(rates.map(({ bare }) => bare)).toFixed(0)}`);
console.log(`  import      ${median(rates.map((rate) => rate.import)).toFixed(0)}`);
console.log(`  ratio       ${ratio.toFixed(2)} (at least ${ratioMin})`);

const dryRun = await memoryOf(rowsOfDryRun, "--dry-run");
const real = await memoryOf(rowsOfImport, "--concurrency", String(atOnce));
console.log(`most memory of the process, in MiB (at most ${mebibytesMax})`);
console.log(`  dry run of ${rowsOfDryRun} rows   ${dryRun.toFixed(0)}`);
console.log(`  import of ${rowsOfImport} rows      ${real.toFixed(0)}`);
await instance.kill("SIGTERM");
if (ratio < ratioMin || dryRun > mebibytesMax || real > mebibytesMax) process.exitCode = 1;
