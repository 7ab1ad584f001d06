import type { DirectoryOperations, OperationId, PortalOperations, Row } from "./contract.ts";
import type { Hints } from "./hints.ts";

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
  readonly help: string;
  readonly hint?: string | undefined;
}

/** Where errors are explained. */
export interface Explanations {
  /** The base URL of Frontdesk. */
  readonly url: string;
  readonly hints: Hints;
}

/**
 * The error of a failed call. Its message ends with the address of its explanation. It contains no credentials and nothing
 * else that was sent.
 */
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
  /** What to do about it, in one sentence; absent if this version of the client does not know the code. */
  readonly hint: string | undefined;
  /** The address of a page that explains the error: `https://api.example.com/docs/errors.html#4130`. */
  readonly help: string;

  constructor(facts: FailureFacts) {
    const { operation, code, status, text, faults = [], body, requestId, retryAfterSeconds, cause, hint, help } = facts;
    const sentence = `${operation}: ${code}${text && ` ${text}`}`;
    const end = /[.!?]$/.test(sentence) ? "" : ".";
    super(`${sentence}${end} See ${help}`, cause === undefined ? undefined : { cause });
    this.operation = operation;
    this.code = code as Code;
    this.status = status;
    this.faults = faults;
    this.body = body;
    this.requestId = requestId;
    this.retryAfterSeconds = retryAfterSeconds;
    this.hint = hint;
    this.help = help;
  }
}

/** Makes the error of a failed call, with its explanation. */
export function failureOf(
  { id, family }: Row,
  { url, hints }: Explanations,
  facts: Omit<FailureFacts, "operation" | "help" | "hint">,
): FrontdeskError {
  // The codes of therapists are HTTP statuses, which need a word before them.
  const place =
    family === "therapists" && typeof facts.code === "number" ? `therapists-${facts.code}` : `${facts.code}`;
  // Without a user and a password that the URL may have.
  const { origin, pathname } = new URL(url);
  const help = `${origin}${pathname.replace(/\/+$/, "")}/docs/errors.html#${place}`;
  return new FrontdeskError({
    ...facts,
    operation: id,
    help,
    hint: Object.hasOwn(hints, place) ? hints[place] : undefined,
  });
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
