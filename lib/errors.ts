/**
 * Every error that callers may see, in one list for each dialect: code → message, and HTTP status where the dialect uses it.
 * A function throws `new Failure(code)`; the dialect of its family writes the answer.
 */

/** The message of code 4000, which every function also uses for an unknown path. */
export const badRequest = "Bad Request";

/** Codes of `/api/io` (contract practices §7). All are sent with HTTP 200, except 5000. */
export const envelopeErrors = {
  4000: badRequest,
  4010: "Unauthorized",
  4011: "Unauthorized [Practice does not exist or is inactive]",
  4012: "Unauthorized [User does not exist or is inactive]",
  4020: "Bad Request: Request likely too large",
  4060: "Bad Request: invalid fields",
  4110: "no practice ID",
  4130: "account already exists",
  4131: "account does not exist",
  4135: "account must be inactive to be deleted",
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

/**
 * Problems of `/therapist` (RFC 9457): code → HTTP status with its phrase, and a sentence for the caller. The status
 * identifies the problem: `type` is the address of the page that explains it.
 */
export const problems = {
  invalid: { status: 400, title: "Bad Request", detail: "The request is not valid. The errors say where and why." },
  unauthorized: { status: 401, title: "Unauthorized", detail: "These credentials open no active practice." },
  notFound: { status: 404, title: "Not Found", detail: "There is no such record." },
  unknownPath: { status: 404, title: "Not Found", detail: "There is no such path." },
  wrongMethod: { status: 405, title: "Method Not Allowed", detail: "The Allow header names this path's methods." },
  tooLarge: { status: 413, title: "Content Too Large", detail: "A request body may have at most 256 KiB." },
  keyReused: {
    status: 422,
    title: "Unprocessable Content",
    detail: "This Idempotency-Key was used with another request. Use a new key for each request.",
  },
  throttled: {
    status: 429,
    title: "Too Many Requests",
    detail: "Nothing was done. Send the same request again when the time in Retry-After is over.",
  },
  notJson: { status: 415, title: "Unsupported Media Type", detail: "The body must be sent as application/json." },
  internal: { status: 500, title: "Internal Server Error" },
  busy: { status: 503, title: "Service Unavailable", detail: "Nothing was written. Send the same request again." },
} as const;

/** Faults of portal accounts (contract accounts §4): code → HTTP status, `errCode` and message. */
export const portalFaults = {
  kValidationError: { status: 400, errCode: "cortex.invalidArgument.validation", message: "Validation error" },
  kRequired: { status: 400, errCode: "cortex.invalidArgument.required", message: "A required value is missing" },
  kEnumValue: { status: 400, errCode: "cortex.invalidArgument.enumValue", message: "Not one of the values allowed" },
  kInvalidEmailFormat: { status: 400, errCode: "cortex.invalidArgument.emailFormat", message: "Not an e-mail address" },
  kInvalidPhoneNumberFormat: {
    status: 400,
    errCode: "cortex.invalidArgument.phoneNumberFormat",
    message: "Not a phone number",
  },
  kInvalidDateOfBirth: { status: 400, errCode: "cortex.invalidArgument.dateOfBirth", message: "Not a date of birth" },
  kInvalidFormat: { status: 400, errCode: "cortex.invalidArgument.format", message: "Malformed value" },
  kInvalidString: { status: 400, errCode: "cortex.invalidArgument.string", message: "Not a text of allowed length" },
  kPasswordStrength: { status: 400, errCode: "cortex.invalidArgument.passwordStrength", message: "Password too weak" },
  kInvalidArgument: { status: 400, errCode: "cortex.invalidArgument.unspecified", message: "Invalid argument" },
  kIllegalExpansion: { status: 400, errCode: "cortex.invalidArgument.illegalExpansion", message: "Cannot be expanded" },
  kCallbackFormat: { status: 400, errCode: "cortex.invalidArgument.callbackFormat", message: "Malformed code" },
  kNoCredentialsSupplied: {
    status: 400,
    errCode: "cortex.invalidArgument.noCredentials",
    message: "E-mail and password are needed",
  },
  kAccessDenied: { status: 403, errCode: "cortex.accessDenied.unspecified", message: "Access denied" },
  kNotLoggedIn: { status: 403, errCode: "cortex.accessDenied.notLoggedIn", message: "Not signed in" },
  kSessionExpired: { status: 403, errCode: "cortex.accessDenied.sessionExpired", message: "The session has expired" },
  kCSRFTokenMismatch: { status: 403, errCode: "cortex.accessDenied.csrfTokenMismatch", message: "CSRF token mismatch" },
  kInvalidCredentials: {
    status: 403,
    errCode: "cortex.accessDenied.invalidCredentials",
    message: "Wrong e-mail or password",
  },
  kAccountLocked: { status: 403, errCode: "cortex.accessDenied.accountLocked", message: "The account is locked" },
  kSelfRegistrationDisabled: {
    status: 403,
    errCode: "cortex.accessDenied.selfRegistrationDisabled",
    message: "Registration is switched off",
  },
  kUnverifiedLocation: {
    status: 403,
    errCode: "cortex.accessDenied.unverifiedLocation",
    message: "This device has yet to be verified",
  },
  kCallbackNotFound: { status: 403, errCode: "cortex.accessDenied.callbackNotFound", message: "No such code" },
  kTokenExpired: { status: 403, errCode: "cortex.accessDenied.tokenExpired", message: "The token has expired" },
  kMediaNotReady: { status: 202, errCode: "cortex.notFound.mediaNotReady", message: "The media is not ready yet" },
  kNotFound: { status: 404, errCode: "cortex.notFound.unspecified", message: "Not found" },
  kUnsupportedOperation: {
    status: 405,
    errCode: "cortex.unsupportedOperation.unspecified",
    message: "Unsupported operation",
  },
  kExists: { status: 409, errCode: "cortex.conflict.exists", message: "Exists already" },
  kRequestTooLarge: { status: 413, errCode: "cortex.invalidArgument.requestTooLarge", message: "Request too large" },
  kThrottled: { status: 429, errCode: "cortex.throttled.unspecified", message: "Too many requests" },
  kTooBusy: { status: 503, errCode: "cortex.throttled.tooBusy", message: "Too busy; nothing was written" },
  kError: { status: 500, errCode: "cortex.error.unspecified", message: "An unknown error has occurred" },
  kNewLocation: {
    status: 200,
    errCode: "cortex.accessDenied.newLocation",
    message: "A code was sent to verify this device",
  },
} as const;

/** A code of `/api/io`. */
export type EnvelopeCode = keyof typeof envelopeErrors;
/** A code of portal accounts. */
export type PortalFaultCode = keyof typeof portalFaults;
/** A code of any dialect. */
export type ErrorCode = EnvelopeCode | keyof typeof problems | PortalFaultCode;

/** One error of one field. `code` is set when the contract has a code of its own for it. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
  readonly code?: ErrorCode;
}

/** An error of the contract. Any other error that is thrown is answered as the dialect's internal error. */
export class Failure extends Error {
  readonly code: ErrorCode;
  readonly fieldErrors: readonly FieldError[];
  /** A sentence for the caller, if the code alone does not say enough. */
  readonly reason: string | undefined;

  constructor(code: ErrorCode, fieldErrors: readonly FieldError[] = [], reason?: string) {
    super(`failure ${code}`);
    this.code = code;
    this.fieldErrors = fieldErrors;
    this.reason = reason;
  }
}

/**
 * The call could not be finished in time, and nothing was written. Dialects answer HTTP 503, which means "try again".
 */
export class Busy extends Error {}

/** The caller has made too many calls in this minute, and nothing was done. Dialects answer HTTP 429. */
export class Throttled extends Error {
  /** When the next minute begins. */
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super("too many calls");
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
