import { type FrontdeskError, isFailure } from "../../../client/src/client.ts";
import { Complaint, exitCodes } from "../failure.ts";
import type { ReadRow } from "./check.ts";
import type { Journal } from "./journal.ts";
import type { Done, Kind, Send } from "./kind.ts";
import { isPassing, type Pace } from "./pace.ts";
import { type ReportLine, reportedRow } from "./report.ts";

/** What became of the rows. */
export interface Counts {
  created: number;
  updated: number;
  /** An earlier run has done these. */
  doneEarlier: number;
  /** The server has refused these. */
  failed: number;
}

/** What sending rows needs. */
export interface Sending {
  readonly kind: Kind;
  readonly send: Send;
  readonly pace: Pace;
  readonly atOnce: number;
  readonly journal: Journal;
  /** The rows that are not sent, because they have faults. */
  readonly faulty: ReadonlySet<number>;
  /** Aborted when the reader wants to stop: what is under way is finished. */
  readonly stop: AbortSignal;
  /** Told what became of each row. A row with several faults is told several times. */
  readonly tell: (line: ReportLine, isFirst: boolean) => void;
}

/** A call that has no answer after so long is sent again. */
const callMsMax = 30_000;

/**
 * Sends the rows without faults that no earlier run has done.
 * @throws Complaint when the server refuses the application, or does not answer for too long
 */
export async function sendRows(rows: AsyncGenerator<ReadRow, void, undefined>, sending: Sending): Promise<Counts> {
  const counts: Counts = { created: 0, updated: 0, doneEarlier: 0, failed: 0 };
  let ended: unknown;
  const worker = async () => {
    while (ended === undefined && !sending.stop.aborted) {
      const { value: row } = await rows.next();
      if (!row) return;
      try {
        await sendRow(row, sending, counts);
      } catch (error) {
        if (!sending.stop.aborted || error instanceof Complaint) ended ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: sending.atOnce }, worker));
  if (ended !== undefined) throw ended;
  return counts;
}

async function sendRow(row: ReadRow, sending: Sending, counts: Counts): Promise<void> {
  const { kind, journal, tell } = sending;
  // A row can only have got a fault since the check if somebody has changed the file.
  if (sending.faulty.has(row.number) || row.faults.length > 0) return;
  const line = reportedRow(kind, row);
  const earlier = journal.done.get(row.number);
  if (earlier) {
    counts.doneEarlier += 1;
    tell({ ...line, result: "done earlier" }, true);
    return;
  }
  try {
    const done = await sendOnce(row, sending);
    journal.note(row.number, done);
    counts[done] += 1;
    tell({ ...line, result: done }, true);
  } catch (error) {
    if (!isFailure(error) || error.code === 4010) throw ended(error);
    if (!isPassing(error)) journal.note(row.number, "failed");
    counts.failed += 1;
    const faults = error.faults.length > 0 ? error.faults : [{ path: "", message: reasonOf(error) }];
    for (const [at, { path, message }] of faults.entries()) {
      tell({ ...line, result: "failed", code: error.code, field: path, message }, at === 0);
    }
  }
}

/** Sends a row. When an earlier attempt may have carried it out, a refusal because it exists is a success. */
async function sendOnce({ number, fields }: ReadRow, { kind, send, pace, journal }: Sending): Promise<Done> {
  let mayBeDone = journal.begun.has(number);
  if (kind.isRefusedTwice) journal.note(number, "begun");
  return pace.run(async () => {
    const late = new AbortController();
    // A signal of `AbortSignal.timeout` would stay in memory for its whole time, also after the answer.
    const timer = setTimeout(() => late.abort(new DOMException("no answer in time", "TimeoutError")), callMsMax);
    try {
      return await send(fields, { signal: late.signal, retries: 0 });
    } catch (error) {
      const isThere = isFailure(error) && error.code === "kExists";
      if (isThere && mayBeDone && kind.isRefusedTwice) return "created";
      const isUndone =
        isFailure(error) && (error.status === 429 || (error.status === 503 && error.code !== "unexpected"));
      if (!isUndone) mayBeDone = true;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  });
}

/** The sentence of a failure, without its operation, code and address, which would be the same for many rows. */
const reasonOf = ({ message, help }: FrontdeskError) =>
  message
    .replace(/^\w+: \S+ /, "")
    .replace(` See ${help}`, "")
    .replace(/\.$/, "");

/** The application is refused in the middle of an import when its vendor is disabled, or its secret has ended. */
const ended = (error: unknown) =>
  isFailure(error)
    ? new Complaint(
        "the application is not accepted any more (4010)",
        "The rows that are done are in the journal.",
        exitCodes.failed,
      )
    : error;
