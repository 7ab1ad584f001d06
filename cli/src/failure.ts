import { FrontdeskError } from "../../client/src/client.ts";
import { problem } from "./output.ts";

/** What the exit code of a run says. */
export const exitCodes = {
  done: 0,
  /** Rows or calls failed. */
  failed: 1,
  /** Wrong usage, or nothing could be done. */
  nothingDone: 2,
} as const;

/** A reason to end the run, as one line for the reader. It never has secrets or values of records in it. */
export class Complaint extends Error {
  readonly exitCode: number;
  /** What the reader can do. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, exitCode: number = exitCodes.nothingDone) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** A failed call as one line: its code, what the server said, and each wrong field. */
export function failureLine(error: FrontdeskError): string {
  const faults = error.faults.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  const isListed = faults.every((fault) => error.message.includes(fault));
  return isListed ? error.message : `${error.message} (${faults.join("; ")})`;
}

const hints: Readonly<Record<string, string>> = {
  network: "Is the server running, and is --url right?",
  unexpected: "Is --url the address of Frontdesk, without a path?",
  4010: "Check --application-id and FRONTDESK_APPLICATION_PASSWORD.",
  4011: "The practice does not exist, or is not active. `frontdesk list practices` shows them.",
};

/**
 * Says on stderr why a run ended: one line, and a hint where there is one.
 * @returns the exit code
 */
export function tellFailure(error: unknown): number {
  if (error instanceof Complaint) {
    problem(error.message, error.hint);
    return error.exitCode;
  }
  if (error instanceof FrontdeskError) {
    problem(failureLine(error), hints[error.code] ?? error.hint);
    return error.code === "network" || error.code === 4010 ? exitCodes.nothingDone : exitCodes.failed;
  }
  problem(`unexpected error: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
  return exitCodes.nothingDone;
}
