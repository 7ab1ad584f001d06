import middy, { type MiddlewareObj } from "@middy/core";
import { Busy, type ErrorCode, Failure, Throttled } from "../errors.ts";
import type { Operation } from "../operations.ts";
import { readInput } from "./body.ts";
import type { Answer, CallEvent } from "./call.ts";
import { commonHeaders } from "./common-headers.ts";
import type { Dialect } from "./dialect.ts";
import { withoutBodyOnHead } from "./head.ts";
import { logContext, logUnexpected } from "./log.ts";
import { NoRoute, refuseOtherPaths, type UnmatchedAt, unmatchedAnswer } from "./no-route.ts";

/** What the stack of a function is made of. */
interface Stack {
  readonly row: Operation;
  readonly dialect: Dialect;
  /** The fields that the operation knows; `undefined` if callers are not told which ones it ignored. */
  readonly known: ReadonlySet<string> | undefined;
  /** Errors that the function may answer, besides the stack's own. */
  readonly errors: readonly ErrorCode[];
  /** How a path that no operation has is answered; in the dialect when left out. */
  readonly unmatchedAt: UnmatchedAt | undefined;
  /** Admits the caller, runs the function and writes the answer. */
  readonly run: (event: CallEvent) => Promise<Answer>;
}

/** The one middy stack: log context, input, admission and function, dialect; errors are mapped last. */
export const stack = (parts: Stack) => {
  const { row, dialect, known, run } = parts;
  return middy(run, withoutEarlyTimeout)
    .use(logContext(row))
    .use(commonHeaders)
    .use(withoutBodyOnHead)
    .use(refuseOtherPaths)
    .use(readInput(dialect, known))
    .use(mapErrors(parts));
};

/**
 * Switches off middy's own answer shortly before the function's time is over: the work would go on behind it, and could
 * write after the caller was told that it failed. The deadline of the work ends the call in time.
 */
export const withoutEarlyTimeout = { timeoutEarlyInMillis: 0 };

/** Turns what was thrown into an answer. Only declared failures are shown; others are logged and answered as internal. */
function mapErrors({
  row,
  dialect,
  errors,
  unmatchedAt = () => dialect.unmatched,
}: Stack): MiddlewareObj<CallEvent, Answer> {
  return {
    async onError(request) {
      const { error, event } = request;
      const { reply, context } = event.call;
      if (error instanceof NoRoute) {
        request.response = await unmatchedAnswer(event, unmatchedAt);
        return;
      }
      if (error instanceof Failure && (dialect.commonErrors.includes(error.code) || errors.includes(error.code))) {
        event.call.outcome = error.code;
        request.response = dialect.failure(error, reply, context.requestId);
        return;
      }
      if (error instanceof Throttled) {
        event.call.outcome = "throttled";
        request.response = dialect.throttled(reply, context.requestId, error.retryAfterSeconds);
        return;
      }
      logUnexpected(row, context.requestId, error);
      const busy = error instanceof Busy;
      event.call.outcome = busy ? "busy" : "internal";
      request.response = busy ? dialect.busy(reply, context.requestId) : dialect.internal(reply, context.requestId);
    },
  };
}
