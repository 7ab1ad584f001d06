import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { ErrorCode, Failure, FieldError } from "../errors.ts";
import type { ApplicationTier } from "../operations.ts";
import type { Reply } from "../reply.ts";
import type { Answer } from "./call.ts";

/** How a family's requests are read and its answers are written: all that differs between the contracts. */
export interface Dialect {
  /** The input of a request, as an object. @throws Failure when the body is not an object, or is too large */
  readInput(event: APIGatewayProxyEventV2): Record<string, unknown>;
  /** Errors that any operation may answer, because the stack throws them. */
  readonly commonErrors: readonly ErrorCode[];
  /** The error for credentials that fail at a tier. */
  readonly unauthorized: Readonly<Record<ApplicationTier, ErrorCode>>;
  /** The error for a request that names its record neither in the root nor among the credentials. */
  readonly targetMissing?: Readonly<Record<"accountId" | "userId", ErrorCode>>;
  /** The one error that lists everything that is wrong with the fields. */
  invalid(fieldErrors: readonly FieldError[]): Failure;
  /** The error for a malformed idempotency key, or for one that was used with another request. @param message what is wrong */
  wrongKey(message: string, isReused: boolean): Failure;
  success(result: object | undefined, reply: Reply): Answer;
  failure(failure: Failure, reply: Reply, requestId: string): Answer;
  /** Anything unexpected, without details. */
  internal(reply: Reply, requestId: string): Answer;
  /** Nothing was written; the same request may be sent again. */
  busy(reply: Reply, requestId: string): Answer;
  /** The caller has made too many calls, and nothing was done. @param seconds after which the request may be sent again */
  throttled(reply: Reply, requestId: string, seconds: number): Answer;
  /** No operation has this path, or the path does not have this verb. @param allow the verbs that the path has */
  unmatched(allow: readonly string[], requestId: string): Answer;
}
