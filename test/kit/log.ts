import { logger } from "../../lib/api/log.ts";

const outputs = ["stdout", "stderr"] as const;

/** The lines of one process's log, from `listen` to `close`. */
export class Log {
  /** How many lines were written. */
  count = 0;
  #lines: string[] = [];
  readonly #written = outputs.map((output) => process[output].write);

  /** Begins to keep what is written, instead of showing it. */
  listen(): void {
    logger.level = "INFO";
    for (const output of outputs) {
      process[output].write = ((chunk: string | Uint8Array) => {
        this.#lines.push(
          ...Buffer.from(chunk as string)
            .toString()
            .split("\n")
            .filter(Boolean),
        );
        return true;
      }) as typeof process.stdout.write;
    }
  }

  /** Shows again what is written. */
  close(): void {
    logger.level = "SILENT";
    for (const [place, output] of outputs.entries()) {
      const write = this.#written[place];
      if (write) process[output].write = write;
    }
  }

  /** The lines since the last call of this method. */
  take(): string[] {
    const lines = this.#lines;
    this.#lines = [];
    this.count += lines.length;
    return lines;
  }
}
