import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** How a program ended, and its output. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `npm start`. */
export interface Instance {
  readonly url: string;
  readonly pid: number;
  /** The output so far. */
  stdout(): string;
  /** Closes its output, so that nobody reads what it writes from now on. */
  closeOutput(): void;
  readonly ended: Promise<Outcome>;
  /** Sends a signal and waits until the process has ended. */
  kill(signal: NodeJS.Signals): Promise<Outcome>;
}

type Environment = Readonly<Record<string, string>>;

const alive = new Set<ChildProcess>();
const folders: string[] = [];

/** Kills all running child processes and removes all temporary folders. For `afterEach`. */
export async function cleanUp(): Promise<void> {
  const ended = [...alive].map((child) => once(child, "close"));
  for (const child of alive) child.kill("SIGKILL");
  await Promise.all(ended);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** Creates a folder that `cleanUp` removes. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "frontdesk-test-"));
  folders.push(folder);
  return folder;
}

/** The path of a program in `local/`. */
export const programFile = (name: "main" | "vendor"): string =>
  fileURLToPath(new URL(`../../local/${name}.ts`, import.meta.url));

/** Starts a program with this environment only, so that it does not get the engine and the settings of the test process. */
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

/** Excludes a child process from `cleanUp`. */
function keep(begun: ReturnType<typeof begin>): ReturnType<typeof begin> {
  alive.delete(begun.child);
  return begun;
}

/** Like `run`, but `cleanUp` does not kill the program: it may run during several tests. The caller waits for its end. */
export const runMeanwhile = (file: string, args: readonly string[], environment: Environment): Promise<Outcome> =>
  keep(begin([process.execPath, file, ...args], environment)).ended;

/** Runs a program and waits until it has ended. */
export const run = (file: string, args: readonly string[], environment: Environment): Promise<Outcome> =>
  begin([process.execPath, file, ...args], environment).ended;

/** Runs a shell script in a folder and waits until it has ended. It stops at the first command that fails. */
export const runIn = (folder: string, line: string, environment: Environment): Promise<Outcome> =>
  begin(["bash", "-e", "-c", `cd "$0"\n${line}`, folder], environment).ended;

/** Runs `npm run vendor`. `PORT` is 1 by default, where nothing listens, so that it finds no instance of another test. */
export const runVendor = (args: readonly string[], environment: Environment): Promise<Outcome> =>
  run(programFile("vendor"), args, { PORT: "1", ...environment });

/** Starts `npm start` on any free port and waits until it serves. */
export const startInstance = (environment: Environment, args: readonly string[] = []): Promise<Instance> =>
  serving(begin([process.execPath, programFile("main"), ...args], { PORT: "0", ...environment }));

/** Like `startInstance`, but `cleanUp` does not kill it, so that several tests can use it. The caller ends it. */
export const startSharedInstance = (environment: Environment, args: readonly string[] = []): Promise<Instance> =>
  serving(keep(begin([process.execPath, programFile("main"), ...args], { PORT: "0", ...environment })));

/** Starts `npm start` as npm does: in a shell, which receives the signals. It has ended when all its children have. */
export const startInstanceAsNpm = (environment: Environment): Promise<Instance> => {
  const inShell = ["sh", "-c", '"$0" "$@"; exit', process.execPath, programFile("main")] as const;
  return serving(begin(inShell, { PORT: "0", npm_lifecycle_event: "start", ...environment }));
};

/** Starts `npm start` by a command line in a folder. npm receives the signals. */
export const startInstanceBy = (line: string, folder: string, environment: Environment): Promise<Instance> =>
  serving(begin(["sh", "-c", `cd "$0" && exec env ${line}`, folder], { PORT: "0", ...environment }));

/** Returns a port that nobody uses, for settings that must name it before the start. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** An `npm start` that has begun and may not serve yet. */
export interface BegunInstance {
  readonly pid: number;
  readonly ended: Promise<Outcome>;
  /** The instance, when it serves. Rejects when it ends before. */
  readonly serving: Promise<Instance>;
}

/** Begins `npm start` on any free port, and does not wait until it serves. */
export function beginInstance(environment: Environment): BegunInstance {
  const begun = begin([process.execPath, programFile("main")], { PORT: "0", ...environment });
  const instance = serving(begun);
  // It may be killed while nobody waits for it to serve.
  instance.catch(() => {});
  return { pid: begun.child.pid as number, ended: begun.ended, serving: instance };
}

/** Starts another program that serves, and waits until it has printed its address. @param printed finds the address */
export const startServer = (file: string, printed: RegExp, environment: Environment): Promise<Instance> =>
  serving(begin([process.execPath, file], { PORT: "0", ...environment }), printed);

/** The last line that `npm start` prints at the start. */
const lastLine = /curl (\S+)\/api\/io\/PracticeCreate .+\n/;

async function serving({ child, said, ended }: ReturnType<typeof begin>, printed = lastLine): Promise<Instance> {
  const url = await new Promise<string>((resolve, reject) => {
    const look = () => {
      const [, origin] = printed.exec(said.stdout) ?? [];
      if (!origin) return;
      // A server prints a line for each request: nobody searches them all again.
      child.stdout.off("data", look);
      resolve(origin);
    };
    child.stdout.on("data", look);
    ended.then(({ stderr }) => reject(new Error(`it does not start: ${stderr}`)));
  });
  return {
    url,
    pid: child.pid as number,
    stdout: () => said.stdout,
    closeOutput() {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    ended,
    kill: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Calls an `/api/io` operation of an instance. */
// biome-ignore lint/suspicious/noExplicitAny: tests assert on bodies of every type
export async function callAt(url: string, method: string, body: unknown): Promise<any> {
  const answer = await fetch(`${url}/api/io/${method}`, { method: "POST", body: JSON.stringify(body) });
  return answer.json();
}

/**
 * The processes that a process has started. An instance has started its engine, and the engine the shell that ends it together
 * with the instance. Linux only.
 */
export function childrenOf(pid: number): { pid: number; command: string }[] {
  const pids = (readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").match(/\d+/g) ?? []).map(Number);
  return pids.map((child) => ({ pid: child, command: readFileSync(`/proc/${child}/cmdline`, "utf8") }));
}

/** The process id of an instance's engine. Linux only. */
export function engineOf(pid: number): number {
  const engine = childrenOf(pid).find(({ command }) => command.includes("dynoxide\0"));
  if (!engine) throw new Error("no engine");
  return engine.pid;
}

/** Whether a process is running. A zombie counts as ended. Linux only. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Waits until a condition holds, for at most ten seconds. @throws Error when it still does not hold */
export async function until(isSo: () => boolean): Promise<void> {
  for (let look = 0; look < 200; look++) {
    if (isSo()) return;
    await sleep(50);
  }
  throw new Error(`still not so: ${isSo}`);
}
