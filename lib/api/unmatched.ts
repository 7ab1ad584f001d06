import middy from "@middy/core";
import { type OperationId, rowOf } from "../operations.ts";
import type { CallEvent } from "./call.ts";
import { commonHeaders } from "./common-headers.ts";
import type { Dialect } from "./dialect.ts";
import { envelope } from "./envelope.ts";
import { fault } from "./fault.ts";
import { withoutBodyOnHead } from "./head.ts";
import { logContext } from "./log.ts";
import { problem } from "./problem.ts";
import { methodsAt } from "./routes.ts";
import { decidedFirst } from "./stack.ts";

/** The dialect in which callers of a path expect to be answered, whether or not anything is there. */
function dialectAt(path: string): Dialect {
  if (/^\/(api\/)?io(\/|$)/.test(path)) return envelope;
  return /^\/(?!therapist\/)[^/]+\/(v2\/)?(accounts|token)(\/|$)/.test(path) ? fault : problem;
}

/** Builds the handler of the row that API Gateway's `$default` route leads to. */
export function unmatched(id: OperationId) {
  return middy(
    async (event: CallEvent) =>
      dialectAt(event.rawPath).unmatched(methodsAt(event.rawPath), event.requestContext.requestId),
    decidedFirst,
  )
    .use(logContext(rowOf(id)))
    .use(commonHeaders)
    .use(withoutBodyOnHead);
}
