import type { DirectoryOperations, OperationId, PortalOperations } from "./contract.ts";

/** Codes of the client's own: `network` when no answer came, `unexpected` when one came that is not Frontdesk's. */
export type ClientCode = "network" | "unexpected";

interface Operations extends DirectoryOperations, PortalOperations {}
type Declared<Id extends OperationId> = Operations[Uncapitalize<Id>]["code"];
/** The codes with which a call of an operation fails. */
export type FailureCode<Id extends OperationId = OperationId> = Declared<Id> | ClientCode;

/** One single thing that is wrong with what was sent. */
export interface FieldFault {
  /** The field: `name`, `account.name.first`; empty for the request as a whole. */
  readonly path: string;
  readonly message: string;
  /** Where the contract has a code of its own for it, such as `kRequired`. */
  readonly code?: string;
}

/** What is known of a failed call. */
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

/** A call that failed. Its message has neither credentials nor anything else that was sent. */
export class FrontdeskError<Code = FailureCode> extends Error {
  override readonly name = "FrontdeskError";
  readonly operation: OperationId;
  /** Practices: `responseCode`. Therapists: the HTTP status. Portal accounts: the fault's `code`. Or one of the client's own. */
  readonly code: Code;
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The single things that are wrong, where the answer tells them. */
  readonly faults: readonly FieldFault[];
  /** The answer: parsed when it is JSON, else its text. */
  readonly body: unknown;
  /** Names the request in Frontdesk's log, if the answer says. */
  readonly requestId: string | undefined;
  /** After how long the answer asks for the request again. */
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

/** Whether something thrown is the failure of a call: of any operation, or of the one named, whose codes it then has. */
export function isFailure<Id extends OperationId = OperationId>(
  error: unknown,
  operation?: Id,
): error is FrontdeskError<FailureCode<Id>> {
  return error instanceof FrontdeskError && (operation === undefined || error.operation === operation);
}
