import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** How a program ended and what it said. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm start` as it runs. */
export interface Instance {
  readonly url: string;
  readonly pid: number;
  /** What it printed so far. */
  stdout(): string;
  readonly ended: Promise<Outcome>;
  /** Sends a signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<Outcome>;
}

type Environment = Readonly<Record<string, string>>;

const alive = new Set<ChildProcess>();
const folders: string[] = [];

/** Ends every child that still runs and removes every folder; for `afterEach`. */
export async function cleanUp(): Promise<void> {
  const ended = [...alive].map((child) => once(child, "close"));
  for (const child of alive) child.kill("SIGKILL");
  await Promise.all(ended);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** A new folder that `cleanUp` removes. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "frontdesk-test-"));
  folders.push(folder);
  return folder;
}

/** A program of `local/`. */
export const programFile = (name: "main" | "vendor"): string =>
  fileURLToPath(new URL(`../../local/${name}.ts`, import.meta.url));

/** Starts a program with nothing in its environment but what is stated: neither this process's engine nor its settings. */
function begin([command, ...args]: readonly [string, ...string[]], environment: Environment) {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, HOME: tmpdir(), NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  alive.add(child);
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    said.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said.stderr += chunk;
  });
  const ended = once(child, "close").then(([code]): Outcome => {
    alive.delete(child);
    return { code, ...said };
  });
  return { child, said, ended };
}

/** Runs a program to its end. */
export const run = (file: string, args: readonly string[], environment: Environment): Promise<Outcome> =>
  begin([process.execPath, file, ...args], environment).ended;

/** Runs a command line to its end, typed in a folder. It ends with the first command that fails. */
export const runIn = (folder: string, line: string, environment: Environment): Promise<Outcome> =>
  begin(["bash", "-e", "-c", `cd "$0"\n${line}`, folder], environment).ended;

/** Runs `npm run vendor`. Where no instance may be asked, `PORT` must not be somebody else's: it is 1 unless stated. */
export const runVendor = (args: readonly string[], environment: Environment): Promise<Outcome> =>
  run(programFile("vendor"), args, { PORT: "1", ...environment });

/** Starts `npm start` on any free port and waits until it serves. */
export const startInstance = (environment: Environment, args: readonly string[] = []): Promise<Instance> =>
  serving(begin([process.execPath, programFile("main"), ...args], { PORT: "0", ...environment }));

/** The same as npm does it: in a shell, which is what gets the signals. Its end is that of all it started. */
export const startInstanceAsNpm = (environment: Environment): Promise<Instance> => {
  const inShell = ["sh", "-c", '"$0" "$@"; exit', process.execPath, programFile("main")] as const;
  return serving(begin(inShell, { PORT: "0", npm_lifecycle_event: "start", ...environment }));
};

/** The same by a command line, typed in a folder. It is npm that gets the signals. */
export const startInstanceBy = (line: string, folder: string, environment: Environment): Promise<Instance> =>
  serving(begin(["sh", "-c", `cd "$0" && exec env ${line}`, folder], { PORT: "0", ...environment }));

async function serving({ child, said, ended }: ReturnType<typeof begin>): Promise<Instance> {
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", () => {
      // The banner's last line.
      const [, origin] = /curl (\S+)\/api\/io\/PracticeCreate .+\n/.exec(said.stdout) ?? [];
      if (origin) resolve(origin);
    });
    ended.then(({ stderr }) => reject(new Error(`it does not start: ${stderr}`)));
  });
  return {
    url,
    pid: child.pid as number,
    stdout: () => said.stdout,
    ended,
    kill: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Calls an `/api/io` method of an instance. */
// biome-ignore lint/suspicious/noExplicitAny: tests assert on it, whatever it is
export async function callAt(url: string, method: string, body: unknown): Promise<any> {
  const answer = await fetch(`${url}/api/io/${method}`, { method: "POST", body: JSON.stringify(body) });
  return answer.json();
}

/** The processes that an instance started: its engine and the shell that watches it. Linux. */
export function childrenOf(pid: number): { pid: number; command: string }[] {
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
  return pids.map((child) => ({ pid: child, command: readFileSync(`/proc/${child}/cmdline`, "utf8") }));
}

/** The engine of an instance. Linux. */
export function engineOf(pid: number): number {
  const engine = childrenOf(pid).find(({ command }) => command.includes("dynoxide\0"));
  if (!engine) throw new Error("no engine");
  return engine.pid;
}

/** Whether a process runs; one that has ended and waits for somebody to ask how does not. Linux. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Waits for something to be so, for ten seconds at the most. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let look = 0; look < 200; look++) {
    if (isSo()) return;
    await sleep(50);
  }
  throw new Error(`still not so: ${isSo}`);
}
