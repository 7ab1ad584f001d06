import middy from "@middy/core";
import { type OperationId, rowOf } from "../operations.ts";
import type { Answer, CallEvent } from "./call.ts";
import { commonHeaders } from "./common-headers.ts";
import { withoutBodyOnHead } from "./head.ts";
import { logContext } from "./log.ts";
import { unmatchedAnswer } from "./no-route.ts";
import { withoutEarlyTimeout } from "./stack.ts";
import { unmatchedAt } from "./unmatched.ts";

/**
 * Builds the handler of a row that belongs to no family.
 * @param answer answers a request; it throws nothing that a caller must be told
 */
export function edge(id: OperationId, answer: (event: CallEvent) => Promise<Answer>) {
  return middy(answer, withoutEarlyTimeout)
    .use(logContext(rowOf(id)))
    .use(commonHeaders)
    .use(withoutBodyOnHead);
}

/** The answer to a request that no operation takes. */
export const edgeUnmatched = (event: CallEvent): Promise<Answer> => unmatchedAnswer(event, unmatchedAt);
