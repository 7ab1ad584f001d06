/** The errors of S3 that `local/files.ts` answers, each with its status. */
const statuses = {
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidPolicyDocument: 400,
  MalformedPOSTRequest: 400,
  MalformedXML: 400,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  SlowDown: 503,
  XAmzContentSHA256Mismatch: 400,
} as const;

/** A request that S3 would refuse. */
export class S3Refusal extends Error {
  readonly code: keyof typeof statuses;

  constructor(code: keyof typeof statuses, message: string = code) {
    super(message);
    this.code = code;
  }

  /** The HTTP status that S3 answers with. */
  get status(): number {
    return statuses[this.code];
  }
}
