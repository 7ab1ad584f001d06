import { Logger } from "@aws-lambda-powertools/logger";
import type { MiddlewareObj } from "@middy/core";
import type { Operation } from "../operations.ts";
import { setDeadline } from "../table/deadline.ts";
import { countRoundTrips, roundTrips } from "../table/round-trips.ts";
import type { Answer, CallEvent } from "./call.ts";

/** One JSON line an entry. Only what is named here is ever logged: no body, header, path, query or record. */
export const logger = new Logger({ serviceName: "frontdesk" });

/** Opens a call with its time, its deadline and its id, and logs one line when it is answered. */
export const logContext = (row: Operation): MiddlewareObj<CallEvent, Answer> => {
  const answered = ({ event, response }: { event: CallEvent; response: Answer | null | undefined }) => {
    const { requestId } = event.call.context;
    logger.info("answered", {
      operation: row.id,
      requestId,
      status: response?.statusCode,
      code: event.call.outcome,
      roundTrips: roundTrips(),
    });
  };
  return {
    before({ event, context }) {
      countRoundTrips();
      // Outside Lambda there may be no context.
      setDeadline(context?.getRemainingTimeInMillis?.());
      const { requestId, timeEpoch } = event.requestContext;
      event.call = {
        context: { now: new Date(timeEpoch), requestId },
        input: {},
        reply: { status: 200, headers: {}, cookies: [] },
        outcome: "ok",
      };
    },
    after: answered,
    onError: answered,
  };
};

/** Logs an error that is not one of ours, with its causes. */
export const logUnexpected = (row: Operation, requestId: string, error: unknown): void =>
  logger.error("unexpected", { operation: row.id, requestId, causes: causesOf(error) });

/**
 * What may be logged of an error and its causes. Messages of the JavaScript engine may quote what it was given
 * (`JSON.parse`), and those of the SDK what was sent: of both only name, place and AWS's request id are kept.
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
