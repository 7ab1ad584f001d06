import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { DynamoDBBatchResponse, DynamoDBRecord } from "aws-lambda";

const program = fileURLToPath(new URL("worker.ts", import.meta.url));

/** A process with the workers. */
export class WorkerProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  /** @param environment replaces variables of this process */
  constructor(environment: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [program], {
      env: { ...process.env, LOG_LEVEL: "SILENT", MAIL_FROM: "Frontdesk <portal@example.com>", ...environment },
    });
    this.#child.stderr.pipe(process.stderr);
    // A process that is killed does not read its input any more.
    this.#child.stdin.on("error", () => {});
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** Delivers records to a worker. @returns its answer; `undefined` when the process has ended */
  async deliver(worker: string, Records: readonly DynamoDBRecord[]): Promise<DynamoDBBatchResponse | undefined> {
    this.#child.stdin.write(`${JSON.stringify({ worker, event: { Records } })}\n`);
    const { value, done } = await this.#lines.next();
    return done ? undefined : JSON.parse(value);
  }

  /** Kills the process at once. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
