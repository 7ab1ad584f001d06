import type { MiddlewareObj } from "@middy/core";
import { accessLog, accessNoted, beginAccessNote } from "../audit/access-note.ts";
import type { Operation } from "../operations.ts";
import { setDeadline } from "../table/deadline.ts";
import { countRoundTrips, roundTrips } from "../table/round-trips.ts";
import type { Answer, CallEvent } from "./call.ts";
import { sourceAddress } from "./source-address.ts";

const levels = ["INFO", "WARN", "ERROR", "SILENT"] as const;

/** The entries that are written: those of this level and above, or none. */
type LogLevel = (typeof levels)[number];

interface Logger {
  /** Is read from the environment once: `LOG_LEVEL`, otherwise `INFO`. */
  level: LogLevel;
  info(message: string, entry?: Entry): void;
  warn(message: string, entry?: Entry): void;
  error(message: string, entry?: Entry): void;
}

/** What an entry says, by name. The names that every line has are taken. */
type Entry = Readonly<Record<string, unknown>> & {
  readonly [Name in "level" | "message" | "timestamp" | "service"]?: never;
};

/**
 * Writes one JSON line for each entry. Only values that are listed here are logged: no body, header, path, query or record.
 *
 * It writes to the streams, because Lambda's `console` would put the line into a line of its own. It is our own code, because
 * Powertools' logger was half of the smallest function and took a tenth of its start.
 */
export const logger: Logger = {
  level: levels.find((level) => level === process.env.LOG_LEVEL) ?? "INFO",
  info: (message, entry) => write("INFO", message, entry),
  warn: (message, entry) => write("WARN", message, entry),
  error: (message, entry) => write("ERROR", message, entry),
};

function write(level: LogLevel, message: string, entry: Entry = {}): void {
  if (levels.indexOf(level) < levels.indexOf(logger.level)) return;
  const line = JSON.stringify({ level, message, timestamp: new Date().toISOString(), service: "frontdesk", ...entry });
  (level === "INFO" ? process.stdout : process.stderr).write(`${line}\n`);
}

/**
 * Begins a call with its time, deadline and id, and logs one line when it is answered: the access log. The line has ids only:
 * who did what to which record, when, in which request, from which address, and with which outcome.
 */
export const logContext = (row: Operation): MiddlewareObj<CallEvent, Answer> => {
  const answered = ({ event, response }: { event: CallEvent; response: Answer | null | undefined }) => {
    const { context, outcome, isReplayed } = event.call;
    const { now, requestId, sourceIp } = context;
    const line = {
      at: now.toISOString(),
      operation: row.id,
      requestId,
      sourceIp,
      ...accessNoted(outcome === "ok"),
      status: response?.statusCode,
      code: outcome,
      ...(isReplayed && { replayed: true }),
      roundTrips: roundTrips(),
    };
    if (accessLog.write) accessLog.write(line);
    else logger.info("answered", line);
  };
  return {
    before({ event, context }) {
      countRoundTrips();
      beginAccessNote();
      // Callers other than Lambda may pass no context.
      setDeadline(context?.getRemainingTimeInMillis?.());
      const { requestId, timeEpoch } = event.requestContext;
      event.call = {
        context: { now: new Date(timeEpoch), requestId, sourceIp: sourceAddress(event) },
        input: {},
        ignored: [],
        reply: { status: 200, headers: {}, cookies: [] },
        outcome: "ok",
      };
    },
    after: answered,
    onError: answered,
  };
};

/** Logs an unexpected error with its causes. */
export const logUnexpected = (row: Operation, requestId: string, error: unknown): void =>
  logger.error("unexpected", { operation: row.id, requestId, causes: causesOf(error) });

/**
 * The parts of an error and its causes that may be logged. Messages of the JavaScript engine may quote its input
 * (`JSON.parse`), and messages of the SDK may quote a request: for both, only name, stack trace and AWS's request id are kept.
 */
export function causesOf(error: unknown): object[] {
  const causes: object[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 5; cause = cause.cause) {
    const metadata = (cause as { $metadata?: { requestId?: string } }).$metadata;
    const mayQuote = cause instanceof SyntaxError || metadata !== undefined;
    causes.push({
      name: cause.name,
      message: mayQuote ? undefined : cause.message,
      awsRequestId: metadata?.requestId,
      place: cause.stack?.split("\n").filter((line) => line.startsWith("    at ")),
    });
  }
  return causes;
}
