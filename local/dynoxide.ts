import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Complaint } from "../tools/complaint.ts";

/** A running database engine. */
export interface Engine {
  readonly endpoint: string;
  readonly process: ChildProcess;
  /** Resolves when the engine ends without being stopped by us, with one line that says how it ended. */
  readonly died: Promise<string>;
  stop(): Promise<void>;
}

const packageName = `@dynoxide/${process.platform}-${process.arch}`;
const binary = fileURLToPath(new URL(`../node_modules/${packageName}/dynoxide`, import.meta.url));

/** How many free ports are tried, in case another process takes a port first. */
const portsTried = 5;
/** How long a stopped engine may take before it is killed. */
const stopMsMax = 3000;
/** How much of the engine's output is kept for the message about an unexpected end. */
const outputCharactersMax = 500;

/**
 * Starts Dynoxide, an embeddable engine with DynamoDB's interface, on a random loopback address and a free port. It ends
 * when this process ends, even when that is killed.
 *
 * Dynoxide would serve any web page that reaches it: it answers `Access-Control-Allow-Origin: *` and accepts any signature.
 * Only the secret address keeps pages out (docs/decisions/dynoxide.md), so no page may contain it.
 * @param file the file for the data; without it the data is kept in memory
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
    const child = startWatched([binary, "--host", host, "--port", String(port), ...(file ? ["--db-path", file] : [])]);
    const failure = await untilListening(child);
    if (failure === undefined) return running(child, `http://${host}:${port}`);
    if (left === 1 || !failure.includes("already in use")) {
      throw new Complaint(`The local database does not start: ${oneLine(failure)}`);
    }
  }
}

/** Waits until an engine listens. @returns its output if it ended before, else `undefined` */
function untilListening(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk;
      if (/listening on .*\n/.test(output)) resolve(undefined);
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.once("error", (error) => resolve(error.message));
    child.once("close", () => resolve(output));
  });
}

function running(child: ChildProcess, endpoint: string): Engine {
  let stopping = false;
  let lastOutput = "";
  child.stdout?.removeAllListeners("data").resume();
  child.stderr?.removeAllListeners("data").on("data", (chunk: Buffer) => {
    lastOutput = (lastOutput + chunk).slice(-outputCharactersMax);
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    endpoint,
    process: child,
    died: new Promise((resolve) => {
      child.once("close", (code, signal) => {
        if (!stopping) resolve(oneLine(`${signal ?? `exit code ${code}`} ${lastOutput}`));
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

/**
 * A shell that becomes the program of its arguments. Before that it starts another shell, which ends the program as soon as the
 * file 3 ends without a line: a pipe that only this process keeps open.
 */
const watched = `(read -r line <&3 || kill $$) >/dev/null 2>&1 & exec "$0" "$@" 3<&-`;

/**
 * Starts a program that ends when this process ends, even by `kill -9`. It is never without its watch, because both are started
 * as one.
 */
function startWatched(command: readonly string[]): ChildProcess {
  const child = spawn("sh", ["-c", watched, ...command], {
    // A process group of its own, so that Ctrl-C reaches only us: we stop the engine after the last request is answered.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const watch = child.stdio[3] as Socket;
  watch.unref();
  // The watch may have been killed.
  watch.on("error", () => {});
  child.once("exit", () => watch.end("\n", () => watch.destroy()));
  return child;
}

const oneLine = (text: string) => text.trim().replaceAll(/\s+/g, " ");

/**
 * A random one of the 16 million loopback addresses. macOS only has 127.0.0.1 and uses that; a web page might find the
 * port there.
 */
async function secretHost(): Promise<string> {
  const host = `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
  return freePort(host).then(
    () => host,
    () => "127.0.0.1",
  );
}

/** A free port. @throws Error when this machine does not have the address */
export function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, host, () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
