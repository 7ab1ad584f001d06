import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { ErrorCode, Failure, FieldError } from "../errors.ts";
import type { ApplicationTier } from "../operations.ts";
import type { Reply } from "../reply.ts";
import type { Answer } from "./call.ts";

/** How a family's requests are read and its answers written: everything that differs between the contracts. */
export interface Dialect {
  /** What was passed, as an object. @throws Failure for a body that is none, or is too large */
  readInput(event: APIGatewayProxyEventV2): Record<string, unknown>;
  /** Errors that any operation may answer, because the stack throws them. */
  readonly commonErrors: readonly ErrorCode[];
  /** What failed credentials mean at each tier. */
  readonly unauthorized: Readonly<Record<ApplicationTier, ErrorCode>>;
  /** What it means that a request does not name the record it is about, where root and credentials may name it. */
  readonly targetMissing?: Readonly<Record<"accountId" | "userId", ErrorCode>>;
  /** The one error that tells of all faults. */
  invalid(fieldErrors: readonly FieldError[]): Failure;
  success(result: object | undefined, reply: Reply): Answer;
  failure(failure: Failure, reply: Reply, requestId: string): Answer;
  /** Anything unexpected: no detail. */
  internal(reply: Reply, requestId: string): Answer;
  /** Nothing was written; the same request may be sent again. */
  busy(reply: Reply, requestId: string): Answer;
  /** No operation has this path, or none with this verb. @param allow the verbs that the path has */
  unmatched(allow: readonly string[], requestId: string): Answer;
}
