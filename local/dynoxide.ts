import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Complaint } from "../tools/complaint.ts";

/** A running engine. */
export interface Engine {
  readonly endpoint: string;
  readonly process: ChildProcess;
  /** Resolves, with one line that says how, when the engine ends without having been told to. */
  readonly died: Promise<string>;
  stop(): Promise<void>;
}

const packageName = `@dynoxide/${process.platform}-${process.arch}`;
const binary = fileURLToPath(new URL(`../node_modules/${packageName}/dynoxide`, import.meta.url));

/** How often another free port is tried when somebody took the last one first. */
const portsTried = 5;
/** How long an engine may take to end by itself. */
const stopMsMax = 3000;
/** What of the engine's output is kept, to explain its end with. */
const lastCharacters = 500;

/**
 * Starts Dynoxide, an embeddable engine with DynamoDB's interface, on a random loopback address and a free port of it. It
 * ends with this process, however that ends.
 *
 * Dynoxide serves every web page that reaches it: it answers `Access-Control-Allow-Origin: *` and takes any signature. So
 * the address is the secret that keeps pages out (docs/decisions/dynoxide.md). It must not get into a page.
 * @param file where the data is kept; in memory when left out
 * @throws Complaint when this platform has no engine or the file cannot be opened
 */
export async function startDynoxide(file?: string): Promise<Engine> {
  if (!existsSync(binary)) {
    throw new Complaint(
      `The local database is missing: install the npm package ${packageName}, or set DYNAMODB_ENDPOINT to another engine (DynamoDB Local, AWS).`,
    );
  }
  for (let left = portsTried; ; left--) {
    const host = await secretHost();
    const port = await freePort(host);
    const child = spawn(binary, ["--host", host, "--port", String(port), ...(file ? ["--db-path", file] : [])], {
      // A group of its own: Ctrl-C in the terminal is for us, who stop the engine when we have answered everybody.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    // Before anything is awaited: even an end during the start is an end.
    endWithUs(child);
    const said = await beginning(child);
    if (said === undefined) return running(child, `http://${host}:${port}`);
    if (left === 1 || !said.includes("already in use")) {
      throw new Complaint(`The local database does not start: ${oneLine(said)}`);
    }
  }
}

/** Waits until an engine listens; gives what it said instead when it ends before. */
function beginning(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = "";
    const heard = (chunk: Buffer) => {
      said += chunk;
      if (/listening on .*\n/.test(said)) resolve(undefined);
    };
    child.stdout?.on("data", heard);
    child.stderr?.on("data", heard);
    child.once("error", (error) => resolve(error.message));
    child.once("close", () => resolve(said));
  });
}

function running(child: ChildProcess, endpoint: string): Engine {
  let stopping = false;
  let lastWords = "";
  child.stdout?.removeAllListeners("data").resume();
  child.stderr?.removeAllListeners("data").on("data", (chunk: Buffer) => {
    lastWords = (lastWords + chunk).slice(-lastCharacters);
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    endpoint,
    process: child,
    died: new Promise((resolve) => {
      child.once("close", (code, signal) => {
        if (!stopping) resolve(oneLine(`${signal ?? `exit code ${code}`} ${lastWords}`));
      });
    }),
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await Promise.race([ended, sleep(stopMsMax, undefined, { ref: false })]);
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Ends the engine when this process is gone, even by `kill -9`: then the pipe from us to a waiting shell closes. */
function endWithUs(child: ChildProcess): void {
  const watch = spawn("sh", ["-c", 'read -r _; kill "$0"', String(child.pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Where there is no shell the engine is merely not watched.
  watch.once("error", () => {});
  watch.unref();
  (watch.stdin as Socket).unref();
  child.once("exit", () => watch.kill("SIGKILL"));
}

const oneLine = (text: string) => text.trim().replaceAll(/\s+/g, " ");

/**
 * One of the 16 million addresses of the loopback interface. A system that has only 127.0.0.1 (macOS) gets that: there a
 * page may find the port.
 */
async function secretHost(): Promise<string> {
  const host = `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
  return freePort(host).then(
    () => host,
    () => "127.0.0.1",
  );
}

/** A port that nobody listens on. @throws Error when this machine does not have the address */
function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, host, () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
