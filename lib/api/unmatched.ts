import middy from "@middy/core";
import { type OperationId, rowOf } from "../operations.ts";
import type { CallEvent } from "./call.ts";
import { commonHeaders } from "./common-headers.ts";
import type { Dialect } from "./dialect.ts";
import { unmatched as inEnvelope } from "./envelope.ts";
import { fault } from "./fault.ts";
import { withoutBodyOnHead } from "./head.ts";
import { logContext } from "./log.ts";
import { unmatchedAnswer } from "./no-route.ts";
import { unmatched as asProblem } from "./problem.ts";
import { withoutEarlyTimeout } from "./stack.ts";

/** How an unknown path is answered: in the dialect of the family that it looks like. */
export function unmatchedAt(path: string): Dialect["unmatched"] {
  if (/^\/(api\/|io(\/|$))/.test(path)) return inEnvelope;
  return /^\/(?!therapist\/)[^/]+\/(v2|accounts|token)(\/|$)/.test(path) ? fault.unmatched : asProblem;
}

/** Builds the handler of the row that API Gateway's `$default` route leads to. */
export function unmatched(id: OperationId) {
  return middy(async (event: CallEvent) => unmatchedAnswer(event, unmatchedAt), withoutEarlyTimeout)
    .use(logContext(rowOf(id)))
    .use(commonHeaders)
    .use(withoutBodyOnHead);
}
