import middy from "@middy/core";
import { type OperationId, rowOf } from "../operations.ts";
import type { CallEvent } from "./call.ts";
import { commonHeaders } from "./common-headers.ts";
import type { Dialect } from "./dialect.ts";
import { envelope } from "./envelope.ts";
import { fault } from "./fault.ts";
import { withoutBodyOnHead } from "./head.ts";
import { logContext } from "./log.ts";
import { tellNoRoute } from "./no-route.ts";
import { problem } from "./problem.ts";
import { decidedFirst } from "./stack.ts";

/** The dialect in which callers of a path expect to be answered, whether or not anything is there. */
export function dialectAt(path: string): Dialect {
  if (/^\/(api\/|io(\/|$))/.test(path)) return envelope;
  return /^\/(?!therapist\/)[^/]+\/(v2|accounts|token)(\/|$)/.test(path) ? fault : problem;
}

/** Builds the handler of the row that API Gateway's `$default` route leads to. */
export function unmatched(id: OperationId) {
  return middy(async (event: CallEvent) => tellNoRoute(event, dialectAt), decidedFirst)
    .use(logContext(rowOf(id)))
    .use(commonHeaders)
    .use(withoutBodyOnHead);
}
