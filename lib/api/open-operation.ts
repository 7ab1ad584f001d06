import { type Operation, type OperationId, operations } from "../operations.ts";
import { envelope } from "./envelope.ts";
import { stack } from "./stack.ts";

/**
 * Builds the handler of an `/api/io` row that asks for nothing. As nobody's credentials are read, no client of the table
 * is loaded, and the function starts in half the time.
 */
export const openOperation = (id: OperationId, run: () => Promise<object>) =>
  stack(operations.find((candidate) => candidate.id === id) as Operation, envelope, [], [], run);
