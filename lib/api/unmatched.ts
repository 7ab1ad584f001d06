import middy from "@middy/core";
import { type Operation, type OperationId, operations } from "../operations.ts";
import type { CallEvent } from "./call.ts";
import { envelope } from "./envelope.ts";
import { logContext } from "./log.ts";
import { methodsAt } from "./routes.ts";

/** Builds the handler of the row that API Gateway's `$default` route leads to. */
export function unmatched(id: OperationId) {
  const row = operations.find((candidate) => candidate.id === id) as Operation;
  return middy(async (event: CallEvent) =>
    envelope.unmatched(methodsAt(event.rawPath), event.requestContext.requestId),
  ).use(logContext(row));
}
