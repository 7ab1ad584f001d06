import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

/** A running engine. */
export interface Engine {
  readonly endpoint: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Something that whoever started the program can mend; its message is all they need to see. */
export class Complaint extends Error {}

const packageName = `@dynoxide/${process.platform}-${process.arch}`;
const binary = fileURLToPath(new URL(`../node_modules/${packageName}/dynoxide`, import.meta.url));

/**
 * Starts Dynoxide, an embeddable engine with DynamoDB's interface, on a free port of the loopback interface.
 * @param file where the data is kept; in memory when left out
 * @throws Complaint when this platform has no engine or the file cannot be opened
 */
export async function startDynoxide(file?: string): Promise<Engine> {
  if (!existsSync(binary)) {
    throw new Complaint(
      `The local database is missing: install the npm package ${packageName}, or set DYNAMODB_ENDPOINT to another engine (DynamoDB Local, AWS).`,
    );
  }
  const port = await freePort();
  const child = spawn(binary, ["--port", String(port), ...(file ? ["--db-path", file] : [])], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    const heard = (chunk: Buffer) => {
      said += chunk;
      if (said.includes("listening on")) resolve();
    };
    child.stdout.on("data", heard);
    child.stderr.on("data", heard);
    child.once("error", reject);
    child.once("exit", () => reject(new Complaint(`The local database does not start: ${said.trim()}`)));
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    process: child,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

/** A port that nobody listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
