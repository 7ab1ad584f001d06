import middy, { type MiddlewareObj } from "@middy/core";
import type { Context } from "aws-lambda";
import { Busy, type ErrorCode, Failure } from "../errors.ts";
import type { Operation } from "../operations.ts";
import { readInput } from "./body.ts";
import type { Answer, CallEvent } from "./call.ts";
import { commonHeaders } from "./common-headers.ts";
import type { Dialect } from "./dialect.ts";
import { withoutBodyOnHead } from "./head.ts";
import { logContext, logUnexpected } from "./log.ts";
import { NoRoute, refuseOtherPaths, tellNoRoute, type UnmatchedAt } from "./no-route.ts";

/**
 * The one middy stack: log context, input, what admits the caller, function, dialect; errors are mapped last.
 * @param admission what stands between the input and the function
 * @param declared errors that the function may answer, beside the stack's own
 * @param checkSettings throws when a setting that the function needs is missing or wrong
 * @param unmatchedAt how a path is answered that is none of the operation's
 */
export const stack = (
  row: Operation,
  dialect: Dialect,
  admission: readonly MiddlewareObj<CallEvent, Answer>[],
  declared: readonly ErrorCode[],
  run: (event: CallEvent) => Promise<object | undefined>,
  checkSettings: () => void,
  unmatchedAt: UnmatchedAt = () => dialect.unmatched,
) => {
  const handler = middy(async (event: CallEvent) => dialect.success(await run(event), event.call.reply), decidedFirst)
    .use(logContext(row))
    .use(commonHeaders)
    .use(withoutBodyOnHead)
    .use(refuseOtherPaths)
    .use(readInput(dialect))
    .use([...admission])
    .use(mapErrors(row, dialect, declared, unmatchedAt));
  // Before anything else: a function with wrong settings fails as a whole, and answers no request.
  const checked = async (event: CallEvent, context: Context) => {
    checkSettings();
    return handler(event, context);
  };
  // So that the documents can tell what the code says.
  return Object.assign(checked, { dialect, errors: declared });
};

/**
 * A call is decided before its function's time is over, by the deadline of its work. middy's own answer at the last moment
 * would leave that work going on: it could write after the caller was told that it failed.
 */
export const decidedFirst = { timeoutEarlyInMillis: 0 };

/** Puts what was thrown on the wire. Only declared failures show; everything else is logged and answered as internal. */
function mapErrors(
  row: Operation,
  dialect: Dialect,
  declared: readonly ErrorCode[],
  unmatchedAt: UnmatchedAt,
): MiddlewareObj<CallEvent, Answer> {
  return {
    onError(request) {
      const { error, event } = request;
      const { reply, context } = event.call;
      if (error instanceof NoRoute) {
        request.response = tellNoRoute(event, unmatchedAt);
        return;
      }
      if (error instanceof Failure && (dialect.stackErrors.includes(error.code) || declared.includes(error.code))) {
        event.call.outcome = error.code;
        request.response = dialect.failure(error, reply, context.requestId);
        return;
      }
      logUnexpected(row, context.requestId, error);
      const busy = error instanceof Busy;
      event.call.outcome = busy ? "busy" : "internal";
      request.response = busy ? dialect.busy(reply, context.requestId) : dialect.internal(reply, context.requestId);
    },
  };
}
