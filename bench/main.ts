import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Complaint, orComplain } from "../tools/complaint.ts";
import { load, machine, type Result, render, resultsOf, writeResults } from "./performance.ts";
import { endingSignals } from "./resources.ts";
import type { Measured, Section } from "./section.ts";

/**
 * `npm run bench`: measures all sections, each in a process of its own, and writes docs/performance.md and the table of
 * calls in docs/cost.md. With names of sections it measures only these and writes nothing; with `--write` these sections
 * write their tables on other pages.
 */

/** The sections of docs/performance.md, in their order there. @internal Tests look for them on the page. */
export const sections: Readonly<Record<string, () => Promise<Section>>> = {
  operations: async () => (await import("./sections/operations.ts")).operations,
  starts: async () => (await import("./sections/starts.ts")).starts,
  http: async () => (await import("./sections/http.ts")).http,
  growth: async () => (await import("./sections/growth.ts")).growth,
  peers: async () => (await import("./sections/peers.ts")).peers,
};

/** What a process of a section is told in its environment. */
const own = { name: "FRONTDESK_BENCH_SECTION", writes: "FRONTDESK_BENCH_WRITES" };

/** Loads a section. @throws Complaint when there is none of this name */
async function sectionNamed(name: string): Promise<Section> {
  const section = Object.hasOwn(sections, name) ? await sections[name]?.() : undefined;
  if (!section)
    throw new Complaint(`There is no section ${name}. The sections are ${Object.keys(sections).join(", ")}.`);
  return section;
}

/** Measures a section in this process, and sends the result to the process that asked for it. */
async function measureHere(name: string): Promise<void> {
  const { run } = await sectionNamed(name);
  // The section ends with the process that has asked for it, however that has ended.
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  const writesPages = process.env[own.writes] === "yes";
  const measured = await run((line) => console.log(`  ${line}`), { writesPages });
  process.send?.(measured, () => process.exit());
}

/** Measures a section in a process of its own, so that no section disturbs another. @throws Complaint when it has failed */
async function measure(name: string, writesPages: boolean): Promise<Result> {
  const section = await sectionNamed(name);
  console.log(`${name}: ${section.title}`);
  const child = fork(fileURLToPath(import.meta.url), {
    env: { ...process.env, [own.name]: name, [own.writes]: writesPages ? "yes" : "no" },
  });
  // After a signal, this process waits until the section has ended its servers and deleted its folders.
  const end = (signal: NodeJS.Signals) => {
    child.once("exit", () => process.exit(1));
    child.kill(signal);
  };
  for (const signal of endingSignals) process.on(signal, end);
  let measured: Measured | undefined;
  child.once("message", (message) => {
    measured = message as Measured;
  });
  await once(child, "exit");
  for (const signal of endingSignals) process.off(signal, end);
  if (!measured) throw new Complaint(`The section ${name} has failed; its error is above.`);
  console.log(`\n${resultsOf(measured)}\n`);
  return { section, measured };
}

/** How long something took, in minutes and seconds. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: { write: { type: "boolean", default: false } } });
  } catch (error) {
    throw new Complaint((error as Error).message);
  }
}

async function main(): Promise<void> {
  const { positionals: names, values } = readArguments();
  for (const name of names) await sectionNamed(name);
  const isWhole = names.length === 0;
  const [begun, before] = [new Date(), load()];
  const results: Result[] = [];
  const failed: string[] = [];
  for (const name of isWhole ? Object.keys(sections) : names) {
    try {
      results.push(await measure(name, isWhole || values.write));
    } catch (error) {
      if (!(error instanceof Complaint)) throw error;
      failed.push(name);
      console.error(error.message);
    }
  }
  const head = [
    `Command: \`npm run bench${isWhole ? "" : ` -- ${names.join(" ")}`}\``,
    `Date: ${begun.toISOString().slice(0, 10)}`,
    `Machine: ${machine()}`,
    `Load average before: ${before}`,
    `Duration: ${duration(Date.now() - begun.getTime())}`,
  ];
  const text = render(head, results);
  console.log(text);
  if (failed.length > 0) {
    console.error(`Failed: ${failed.join(", ")}. docs/performance.md stays as it is.`);
    process.exitCode = 1;
  } else if (isWhole) writeResults(text);
}

if (import.meta.main) {
  const name = process.env[own.name];
  await orComplain(() => (name === undefined ? main() : measureHere(name)));
}
