/**
 * Every error that a caller can be told, once: a list for each dialect, code → message (and HTTP status where the
 * dialect uses them). A function throws `new Failure(code)`; the dialect of its family puts it on the wire.
 */

/** Codes of `/api/io` (contract practices §7). All travel with HTTP 200, but for 5000. */
export const envelopeErrors = {
  4000: "Bad Request",
  4010: "Unauthorized",
  4011: "Unauthorized [Practice does not exist or is inactive]",
  4012: "Unauthorized [User does not exist or is inactive]",
  4020: "Bad Request: Request likely too large",
  4060: "Bad Request: invalid fields",
  4110: "no practice ID",
  4130: "account already exists",
  4131: "account does not exist",
  4140: "web address is already taken",
  4150: "direct domain is already taken",
  4160: "direct domain is invalid",
  4161: "web address is invalid",
  4210: "no user ID",
  4230: "user already exists",
  4231: "user does not exist",
  4232: "user password is required",
  4233:
    "user password is invalid. Password length must be between 8 and 30 characters, contain at least one upper case " +
    "AND lower case character, and must contain one number OR special character.",
  4234: "login ID is already taken",
  4241: "invalid user ID, user IDs starting with '@' are reserved for practice users",
  4251: "invalid NPI",
  4252: "invalid taxonomy code",
  4610: "direct address error: direct address is taken",
  4620: "direct address error: domain does not match the direct domain for this account",
  4630: "direct address error: account does not have a direct domain configured",
  4640: "direct address error: invalid direct address",
  5000: "an unknown error has occurred",
} as const;

/** Problems of `/therapist` (RFC 9457): what it is → HTTP status and title. */
export const problems = {
  invalid: { status: 400, title: "Invalid request" },
  unauthorized: { status: 401, title: "Unauthorized" },
  notFound: { status: 404, title: "Not found" },
  tooLarge: { status: 413, title: "Request body too large" },
  notJson: { status: 415, title: "Unsupported media type" },
} as const;

export type EnvelopeCode = keyof typeof envelopeErrors;
export type ErrorCode = EnvelopeCode | keyof typeof problems;

/** One thing wrong with one field. `code` is set where the contract has a code of its own for it. */
export interface Fault {
  readonly field: string;
  readonly message: string;
  readonly code?: ErrorCode;
}

/** An error with a place in the contract. Anything else that is thrown is answered as the dialect's internal error. */
export class Failure extends Error {
  readonly code: ErrorCode;
  readonly faults: readonly Fault[];

  constructor(code: ErrorCode, faults: readonly Fault[] = []) {
    super(`failure ${code}`);
    this.code = code;
    this.faults = faults;
  }
}

/** Retries of a contended write ran out; nothing was written. Dialects answer it as "try again" (HTTP 503). */
export class Busy extends Error {}
