import type { MiddlewareObj } from "@middy/core";
import type { Answer, CallEvent } from "./call.ts";
import type { Dialect } from "./dialect.ts";
import { isPortalPath, leadsToOperation } from "./leads-to-operation.ts";

/** Returns how an unknown path is answered. */
export type UnmatchedAt = (path: string) => Dialect["unmatched"];

/** Thrown when a route matched a path that does not lead to its operation. */
export class NoRoute extends Error {}

/** Refuses paths that do not lead to the operation whose route matched, before the request is read. */
export const refuseOtherPaths: MiddlewareObj<CallEvent, Answer> = {
  before({ event }) {
    const { pathParameters = {}, rawPath, requestContext } = event;
    const isElsewhere = requestContext.http.method === "OPTIONS" && !isPortalPath(rawPath);
    if (isElsewhere || !leadsToOperation(pathParameters)) throw new NoRoute();
  },
};

/**
 * Returns the methods that a path has. The routes of all operations are loaded when somebody asks, because functions seldom
 * do.
 */
export async function methodsOf(path: string): Promise<string[]> {
  const { methodsAt } = await import("./routes.ts");
  return methodsAt(path);
}

/** The answer for an unknown path, or for a path that has other verbs, which `Allow` lists. */
export async function unmatchedAnswer(event: CallEvent, unmatchedAt: UnmatchedAt): Promise<Answer> {
  const { rawPath, requestContext } = event;
  const methods = await methodsOf(rawPath);
  // When the path has the verb, API Gateway preferred a route that does not lead to an operation here.
  const allow = methods.includes(requestContext.http.method) ? [] : methods;
  event.call.outcome = allow.length > 0 ? "wrongMethod" : "unknownPath";
  return unmatchedAt(rawPath)(allow, requestContext.requestId);
}
