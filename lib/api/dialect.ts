import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { ErrorCode, Failure, Fault } from "../errors.ts";
import type { Tier } from "../operations.ts";
import type { Answer } from "./call.ts";

/** How a family's requests are read and its answers written: everything that differs between the contracts. */
export interface Dialect {
  /** The body as an object. @throws Failure for a body that is none, or is too large */
  readBody(event: APIGatewayProxyEventV2): Record<string, unknown>;
  /** What failed credentials mean at each tier. */
  readonly unauthorized: Readonly<Record<Exclude<Tier, "none">, ErrorCode>>;
  /** What it means that a request does not name the record it is about. */
  readonly targetMissing: Readonly<Record<"accountId" | "userId", ErrorCode>>;
  /** The one error that tells of all faults. */
  invalid(faults: readonly Fault[]): Failure;
  success(result: object): Answer;
  failure(failure: Failure): Answer;
  /** Anything unexpected: no detail. */
  internal(): Answer;
  /** Nothing was written; the same request may be sent again. */
  busy(): Answer;
  /** No operation has this path, or none with this verb. @param allow the verbs that the path has */
  unmatched(allow: readonly string[]): Answer;
}
