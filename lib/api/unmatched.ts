import middy from "@middy/core";
import { type OperationId, rowOf } from "../operations.ts";
import type { CallEvent } from "./call.ts";
import { commonHeaders } from "./common-headers.ts";
import type { Dialect } from "./dialect.ts";
import { unmatched as inEnvelope } from "./envelope.ts";
import { fault } from "./fault.ts";
import { withoutBodyOnHead } from "./head.ts";
import { logContext } from "./log.ts";
import { tellNoRoute } from "./no-route.ts";
import { unmatched as asProblem } from "./problem.ts";
import { decidedFirst } from "./stack.ts";

/** How callers of a path expect to be told that nothing is there: in the dialect of its family. */
export function unmatchedAt(path: string): Dialect["unmatched"] {
  if (/^\/(api\/|io(\/|$))/.test(path)) return inEnvelope;
  return /^\/(?!therapist\/)[^/]+\/(v2|accounts|token)(\/|$)/.test(path) ? fault.unmatched : asProblem;
}

/** Builds the handler of the row that API Gateway's `$default` route leads to. */
export function unmatched(id: OperationId) {
  return middy(async (event: CallEvent) => tellNoRoute(event, unmatchedAt), decidedFirst)
    .use(logContext(rowOf(id)))
    .use(commonHeaders)
    .use(withoutBodyOnHead);
}
