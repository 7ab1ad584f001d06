import type { DirectoryOperations, OperationId, PortalOperations } from "./contract.ts";

/** Codes of the client itself: `network` when no answer came, `unexpected` when the answer is not Frontdesk's. */
export type ClientCode = "network" | "unexpected";

interface Operations extends DirectoryOperations, PortalOperations {}
type Declared<Id extends OperationId> = Operations[Uncapitalize<Id>]["code"];
/** The codes with which an operation can fail. Without an operation, the codes of all of them. */
export type FailureCode<Id extends OperationId = OperationId> = Declared<Id> | ClientCode;

/** An error in one field of the request. */
export interface FieldFault {
  /** The field: `name`, `account.name.first`; empty for the request as a whole. */
  readonly path: string;
  /** What is wrong with the field. */
  readonly message: string;
  /** The error's own code, such as `kRequired`, if the contract has one. */
  readonly code?: string;
}

/** The facts that a `FrontdeskError` is made from. */
export interface FailureFacts {
  readonly operation: OperationId;
  readonly code: FailureCode;
  readonly status: number;
  readonly text: string;
  readonly faults?: readonly FieldFault[] | undefined;
  readonly body?: unknown;
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

/** The error of a failed call. Its message contains no credentials and nothing else that was sent. */
export class FrontdeskError<Code = FailureCode> extends Error {
  override readonly name = "FrontdeskError";
  /** The operation that failed: `PracticeCreate`. */
  readonly operation: OperationId;
  /**
   * Why it failed. Practices and users: the `responseCode`. Therapists: the HTTP status. Portal accounts: the fault's
   * `code`. Or `"network"` when no answer came, `"unexpected"` when the answer is not Frontdesk's.
   */
  readonly code: Code;
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The wrong fields, if the answer lists them; otherwise empty. */
  readonly faults: readonly FieldFault[];
  /** The answer's body: parsed if it is JSON, otherwise its text. */
  readonly body: unknown;
  /** The request's id in Frontdesk's log, if the answer states it. */
  readonly requestId: string | undefined;
  /** How many seconds to wait before sending the request again, if the answer states it. */
  readonly retryAfterSeconds: number | undefined;

  constructor({ operation, code, status, text, faults = [], body, requestId, retryAfterSeconds, cause }: FailureFacts) {
    super(`${operation}: ${code}${text && ` ${text}`}`, cause === undefined ? undefined : { cause });
    this.operation = operation;
    this.code = code as Code;
    this.status = status;
    this.faults = faults;
    this.body = body;
    this.requestId = requestId;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * Whether a caught error is a failed call: of any operation, or of the given one. With an operation, TypeScript knows which
 * codes are possible.
 *
 * ```ts
 * if (isFailure(error, "PracticeCreate") && error.code === 4130) console.log("that key is taken");
 * ```
 */
export function isFailure<Id extends OperationId = OperationId>(
  error: unknown,
  operation?: Id,
): error is FrontdeskError<FailureCode<Id>> {
  return error instanceof FrontdeskError && (operation === undefined || error.operation === operation);
}
