import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Complaint } from "../tools/complaint.ts";

/** A running emulator of AWS. */
export interface Emulator {
  /** The URL of all services. */
  readonly endpoint: string;
  /** The variables with which the SDK, CDK and our programs use the emulator, and cannot use AWS. */
  readonly environment: ReturnType<typeof environmentOf>;
  /** What it has printed. */
  log(): string;
  /** Ends it, and the functions that it runs. */
  stop(): Promise<void>;
}

/** The emulator runs functions with the first `node`, and this Node is the version that they run on in AWS. */
const pathWithThisNode = [dirname(process.execPath), process.env.PATH].join(delimiter);
const startSecondsMax = 60;
const stopSecondsMax = 15;

/**
 * Starts MiniStack on a free loopback port. It keeps everything in memory, and runs functions as processes of this machine.
 * @param bin the folder with its command
 * @param scratch a folder for what it and the functions write
 * @throws Complaint when it does not start
 */
export async function startEmulator(bin: string, scratch: string): Promise<Emulator> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  mkdirSync(scratch, { recursive: true });
  const logFile = join(scratch, "emulator.log");
  const output = openSync(logFile, "w");
  const child = spawn(join(bin, "ministack"), {
    // Only what it needs: functions inherit these variables, and must not find the credentials of whoever runs this.
    env: {
      PATH: pathWithThisNode,
      HOME: scratch,
      TMPDIR: scratch,
      STATE_DIR: join(scratch, "state"),
      S3_DATA_DIR: join(scratch, "s3"),
      BIND_HOST: "127.0.0.1",
      GATEWAY_PORT: String(port),
      LAMBDA_EXECUTOR: "local",
      // It verifies signatures, and functions may do only what their roles allow.
      AUTH: "true",
      // These two would listen on ports of their own.
      IOT_MTLS_ENABLED: "0",
      SFTP_ENABLED: "0",
    },
    stdio: ["ignore", output, output],
    // A process group of its own, which the functions belong to.
    detached: true,
  });
  const ended = once(child, "exit");
  const log = () => readFileSync(logFile, "utf8");
  const stop = async () => {
    signal(child.pid, "SIGTERM");
    await Promise.race([ended, sleep(stopSecondsMax * 1000, undefined, { ref: false })]);
    // Functions that are still busy.
    signal(child.pid, "SIGKILL");
  };
  if (!(await answers(endpoint, () => child.exitCode !== null))) {
    await stop();
    throw new Complaint(`The emulator does not start: ${log().trim().split("\n").at(-1)}`);
  }
  return { endpoint, environment: environmentOf(endpoint), log, stop };
}

/** The variables that lead every program to the emulator. The credentials are accepted by it, and by nobody else. */
const environmentOf = (endpoint: string) => ({
  PATH: pathWithThisNode,
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: "us-east-1",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  // No profile of the user, and no credentials of a machine in AWS.
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
});

/** Waits until the emulator answers. Returns whether it does. */
async function answers(endpoint: string, hasEnded: () => boolean): Promise<boolean> {
  const deadline = Date.now() + startSecondsMax * 1000;
  while (Date.now() < deadline && !hasEnded()) {
    const isReady = await fetch(`${endpoint}/_ministack/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return true;
    await sleep(100);
  }
  return false;
}

/** Sends a signal to a process group, if it still exists. */
function signal(group: number | undefined, name: NodeJS.Signals): void {
  if (group === undefined) return;
  try {
    process.kill(-group, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("a server on a port has no port");
  return address.port;
}
