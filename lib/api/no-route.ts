import type { MiddlewareObj } from "@middy/core";
import type { Answer, CallEvent } from "./call.ts";
import type { Dialect } from "./dialect.ts";
import { leadsToOperation, methodsAt } from "./routes.ts";

/** Gives how callers of a path expect to be told that nothing is there. */
export type UnmatchedAt = (path: string) => Dialect["unmatched"];

/** A route matched a path that does not lead to its operation. */
export class NoRoute extends Error {}

/** Refuses paths that do not lead to the operation whose routes matched them, before anything of the request is read. */
export const refuseOtherPaths: MiddlewareObj<CallEvent, Answer> = {
  before({ event }) {
    if (!leadsToOperation(event.pathParameters ?? {})) throw new NoRoute();
  },
};

/** Answers that there is no such path, or with `Allow` that it has other verbs. */
export function unmatchedAnswer(event: CallEvent, unmatchedAt: UnmatchedAt): Answer {
  const { rawPath, requestContext } = event;
  const methods = methodsAt(rawPath);
  // Where the verb is one of them API Gateway chose a route that has nothing there over one that takes any name.
  const allow = methods.includes(requestContext.http.method) ? [] : methods;
  event.call.outcome = allow.length > 0 ? "wrongMethod" : "unknownPath";
  return unmatchedAt(rawPath)(allow, requestContext.requestId);
}
