import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A server in a process of its own. */
export interface Server {
  /** Such as `http://127.0.0.1:4000`. */
  readonly url: string;
  readonly pid: number;
  /** Ends it, and waits until it has ended. */
  stop(): Promise<void>;
}

/** How long a server may take to end. */
const endsWithinMs = 5000;

/** How many characters of errors are shown. */
const errorsKept = 4000;

/**
 * Starts a program of this project, and waits until a line of its output matches `ready`.
 * @param program its path from the root of the project
 * @param ready finds the server's URL in a line
 * @param hear receives everything that the program prints
 * @throws Error when the program ends before
 */
export async function startServer(
  program: string,
  ready: RegExp,
  environment: Readonly<Record<string, string>>,
  hear: (text: string) => void = () => {},
): Promise<Server> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../${program}`, import.meta.url))], {
    env: { PATH, HOME, ...environment },
    // The programs end when their input does, and so not later than this process.
    stdio: ["pipe", "pipe", "pipe"],
  });
  // Not shown unless the program ends: a system may write down each call that it refuses.
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors = `${errors}${text}`.slice(-errorsKept);
    hear(text);
  });
  child.stdout.setEncoding("utf8").on("data", hear);
  const ended = () => new Error(`${program} has ended: ${errors}`);
  const report = () => console.error(ended().message);
  const stop = async () => {
    child.off("exit", report);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.stdin.end();
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), endsWithinMs);
    await once(child, "exit");
    clearTimeout(timer);
  };
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      const [, origin] = ready.exec(line) ?? [];
      if (origin) resolve(origin);
    });
    child.once("error", reject);
    child.once("exit", () => reject(ended()));
  });
  child.once("exit", report);
  return { url, pid: Number(child.pid), stop };
}

/** Starts `npm start` on a free port, with a new data folder, which is deleted at the end. */
export async function startFrontdesk(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "frontdesk-bench-"));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  try {
    const server = await startServer("local/main.ts", /curl (\S+)\/api\/io\//, {
      PORT: "0",
      FRONTDESK_DATA: folder,
      // As under npm, so that it ends when this process ends.
      npm_lifecycle_event: "start",
    });
    return { ...server, stop: () => server.stop().finally(removeFolder) };
  } catch (error) {
    removeFolder();
    throw error;
  }
}
