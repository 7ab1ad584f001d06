import type { EnvelopeCode, PortalFaultCode, problems } from "../lib/errors.ts";

/**
 * What each error means and what to do about it. `docs/errors.md`, the page `/docs/errors.html` and the client's hints are
 * made from these texts.
 */

/** One error in words. */
export interface Explanation {
  /** Why a call fails in this way. */
  readonly cause: string;
  /** What the caller should do: one sentence. */
  readonly remedy: string;
}

/** An HTTP status of a problem. */
export type ProblemStatus = (typeof problems)[keyof typeof problems]["status"];

/** The codes of `/api/io`. */
export const envelopeExplanations: Readonly<Record<EnvelopeCode, Explanation>> = {
  4000: {
    cause:
      "The body is missing, is not JSON in UTF-8, is not an object, or has an `auth` that is not an object. Or no " +
      "method has this name, or the call was not a POST; then the HTTP status is 404 or 405.",
    remedy: "Send a POST to the path of a method, with a JSON object as its body.",
  },
  4010: {
    cause:
      "The credentials are wrong, or the application is disabled. For a login: the password is wrong, the user or the " +
      "practice is inactive, the login is locked after wrong passwords, the user is not an administrator but the call " +
      "needs one, or the `accountId` and `userId` that came with it are not those of this user. All of these look the " +
      "same. If no credentials were sent at all, the message says what to send.",
    remedy: "Check the application's id and password, or the user's login and password.",
  },
  4011: {
    cause:
      "The application's credentials are right, but the `accountId` in the credentials names no practice of this " +
      "application, or an inactive one. If there is no `accountId` at all, the message says what to send.",
    remedy: "Send the `accountId` of an active practice with the credentials.",
  },
  4012: {
    cause:
      "The application and the practice are right, but the `userId` in the credentials names no user of this practice, " +
      "or an inactive one. If there is no `userId` at all, the message says what to send.",
    remedy: "Send the `userId` of an active user of the practice with the credentials.",
  },
  4020: {
    cause: "The body has more than 256 KiB.",
    remedy: "Send less in one request.",
  },
  4060: {
    cause:
      "One or more fields are missing or have a value that is not allowed. `errors` lists each field with what is wrong " +
      "with it. An `Idempotency-Key` that is malformed, or that was used with another request, is listed there too.",
    remedy: "Correct the fields that `errors` lists, and send the request again.",
  },
  4110: {
    cause: "The call is about a practice, and neither the body nor the credentials have an `accountId`.",
    remedy: "Send the practice's key as `accountId`.",
  },
  4130: {
    cause:
      "This application has a practice with this `accountId` already. It may be inactive. Of simultaneous creates with " +
      "one key exactly one succeeds, and the others get this answer. It is also the answer when a create was carried " +
      "out, its answer was lost, and the request was sent again.",
    remedy: "Use another `accountId`, or call `PracticeSave` to create or replace the practice.",
  },
  4131: {
    cause: "This application has no practice with this `accountId`.",
    remedy: "Check the `accountId`, or create the practice first.",
  },
  4135: {
    cause: "The practice is active. Only an inactive practice can be deleted.",
    remedy: "Set `active` to `false` with `PracticeUpdate`, and then delete the practice.",
  },
  4140: {
    cause:
      "Another practice has this `websiteAddress`, or a practice of another vendor gave it up less than 90 days ago. Web " +
      "addresses are unique over all vendors.",
    remedy: "Choose another `websiteAddress`.",
  },
  4150: {
    cause:
      "Another practice has this `directDomain`, or a practice of another vendor gave it up less than 90 days ago. Direct " +
      "domains are unique over all vendors.",
    remedy: "Choose another `directDomain`.",
  },
  4160: {
    cause:
      "`directDomain` is not a label of 1 to 63 letters, digits, `-` and `_` that begins and ends with a letter or digit, " +
      "nor such a label followed by the root Direct domain.",
    remedy: "Send a label such as `riverside` as `directDomain`.",
  },
  4161: {
    cause:
      "`websiteAddress` is not a label of 1 to 63 letters, digits, `-` and `_` that begins and ends with a letter or " +
      "digit, or it is reserved, such as `api` or `www`.",
    remedy: "Send a label such as `riverside` as `websiteAddress`.",
  },
  4210: {
    cause: "The call is about a user, and neither the body nor the credentials have a `userId`.",
    remedy: "Send the user's key as `userId`.",
  },
  4230: {
    cause:
      "The practice has a user with this `userId` already. The user may be inactive. Of simultaneous creates with one key " +
      "exactly one succeeds, and the others get this answer. It is also the answer when a create was carried out, its " +
      "answer was lost, and the request was sent again.",
    remedy: "Use another `userId`, or call `UserSave` to create or replace the user.",
  },
  4231: {
    cause: "The practice in the credentials has no user with this `userId`.",
    remedy: "Check the `userId` and the practice, or create the user first.",
  },
  4232: {
    cause: "The user has no password yet, and the request has a `loginId` without a `loginPassword`.",
    remedy: "Send a `loginPassword` together with the `loginId`.",
  },
  4233: {
    cause:
      "`loginPassword` does not have 8 to 30 characters, an upper and a lower case letter, and a digit or special " +
      "character. Or `loginPasswordHash` is not in a form that is supported, or its cost is out of bounds.",
    remedy: "Choose a password that fulfils the rule in the message.",
  },
  4234: {
    cause:
      "Another user has this `loginId`. Login ids are unique over all practices and vendors, and upper and lower case " +
      "are the same.",
    remedy: "Choose another `loginId`.",
  },
  4241: {
    cause: "`userId` begins with `@`, which is reserved.",
    remedy: "Choose a `userId` that does not begin with `@`.",
  },
  4251: {
    cause: "The NPI does not have 10 digits, or its check digit is wrong.",
    remedy: "Check the NPI for a typing error.",
  },
  4252: {
    cause: "The taxonomy code does not have exactly 10 letters and digits.",
    remedy: "Send a taxonomy code such as `207Q00000X`.",
  },
  4610: {
    cause: "The practice or one of its users has this `directAddress` already.",
    remedy: "Choose another `directAddress`.",
  },
  4620: {
    cause: "`directAddress` was sent with a domain that is not the practice's `directDomain`.",
    remedy: "Send only the part before the `@`, or the full address with the practice's own Direct domain.",
  },
  4630: {
    cause: "`directAddress` was sent, but the practice has no `directDomain`.",
    remedy: "Give the practice a `directDomain` first.",
  },
  4640: {
    cause: "The part of `directAddress` before the `@` is malformed or has more than 64 characters.",
    remedy: "Send a `directAddress` such as `office`.",
  },
  5000: {
    cause:
      "With HTTP status 503, the service is too busy: nothing was written. With HTTP status 429, too many individuals have " +
      "tried to sign in from this address within a minute, or an application has called `PingWithAuth` too often: nothing was " +
      "done. With HTTP status 500, an unexpected error happened: the request may or may not have been carried out. " +
      "`Frontdesk-Request-Id` names the call in the log.",
    remedy:
      "After 429 and 503 wait as long as `Retry-After` says, and send the request again; after 500 read the record first.",
  },
};

/** The problems of `/therapist`, by HTTP status. A status may have several causes. */
export const problemExplanations: Readonly<Record<ProblemStatus, Explanation>> = {
  400: {
    cause:
      "A field or an argument of the query is missing or has a value that is not allowed, a `cursor` belongs to another " +
      "caller or list, the `Idempotency-Key` is malformed, or the body is not a JSON object in UTF-8. `errors` lists each " +
      "field with what is wrong with it.",
    remedy: "Correct the fields that `errors` lists, and send the request again.",
  },
  401: {
    cause:
      "The credentials are wrong, or the practice that they name does not exist or is inactive, or the user who signs in " +
      "is not an administrator of the practice. All of these look the same. If the credentials or the practice were left " +
      "out, `detail` says what to send.",
    remedy: "Check the credentials, and send the id of an active practice in `X-Account-Id`.",
  },
  404: {
    cause:
      "The practice has no organization with this `id`, or no profile of this `userId`. Or the path does not exist below " +
      "`/therapist`; then `detail` says so.",
    remedy: "Check the id, the practice in the credentials, and the path.",
  },
  405: {
    cause: "The path exists, but not with this method.",
    remedy: "Use one of the methods that the `Allow` header names.",
  },
  413: {
    cause: "The body has more than 256 KiB.",
    remedy: "Send less in one request, for example a smaller `image`.",
  },
  415: {
    cause: "The `Content-Type` of the body is not `application/json`, nor a type that ends with `+json`.",
    remedy: "Send the header `Content-Type: application/json`.",
  },
  422: {
    cause: "The `Idempotency-Key` was sent before, with another request.",
    remedy: "Use a new key for each request, and the same key only to send the same request again.",
  },
  429: {
    cause:
      "Too many individuals have tried to sign in from this address within a minute, with a wrong password or at once. " +
      "Applications are not limited. Nothing was done. The gateway answers 429 in its own words, " +
      '`{"message":"Too Many Requests"}`, to all callers together.',
    remedy: "Wait as long as `Retry-After` says, and send the same request again.",
  },
  500: {
    cause: "An unexpected error happened. The request may or may not have been carried out.",
    remedy: "Read the record before you send anything again, and report the `instance` of the problem.",
  },
  503: {
    cause: "The service is too busy. Nothing was written.",
    remedy: "Wait as long as `Retry-After` says, and send the same request again.",
  },
};

/** The faults of portal accounts. */
export const faultExplanations: Readonly<Record<PortalFaultCode, Explanation>> = {
  kValidationError: {
    cause:
      "One or more properties are missing or have a value that is not allowed. `faults` has a fault for each, with its " +
      "own `code` and `path`.",
    remedy: "Correct the properties that `faults` lists, and send the request again.",
  },
  kRequired: {
    cause: "Inside `kValidationError`: the property at `path` is missing or empty.",
    remedy: "Send a value for this property.",
  },
  kEnumValue: {
    cause: "Inside `kValidationError`: the property at `path` has a value that is not one of those allowed.",
    remedy: "Send one of the allowed values.",
  },
  kInvalidEmailFormat: {
    cause: "Inside `kValidationError`: the property at `path` is not an e-mail address.",
    remedy: "Send an address such as `iris@mail.example`.",
  },
  kInvalidPhoneNumberFormat: {
    cause: "Inside `kValidationError`: the property at `path` is not a phone number.",
    remedy: "Send a US number with ten digits, or any number with its country code, such as `+16505555555`.",
  },
  kInvalidDateOfBirth: {
    cause: "Inside `kValidationError`: the date is not `YYYY-MM-DD`, lies before 1850, or lies in the future.",
    remedy: "Send a date such as `1980-02-27`.",
  },
  kInvalidFormat: {
    cause: "Inside `kValidationError`: the property at `path` has another form than it should. Its `reason` says more.",
    remedy: "Send the value in the form that the `reason` names.",
  },
  kInvalidString: {
    cause: "Inside `kValidationError`: the property at `path` is not a text, or is too short or too long.",
    remedy: "Send a text of the length that the `reason` names.",
  },
  kPasswordStrength: {
    cause:
      "Inside `kValidationError`: the password has fewer than 8 or more than 256 characters, is easy to guess, or is made " +
      "from the person's name, address or number, or from the name of the practice.",
    remedy: "Ask for a longer password, such as four unrelated words.",
  },
  kInvalidArgument: {
    cause:
      "The body or the query cannot be read, or an argument is unknown, malformed or out of its range. The `reason` says " +
      "which. An `Idempotency-Key` that is malformed, or that was used with another request, has this answer too.",
    remedy: "Correct what the `reason` names.",
  },
  kIllegalExpansion: {
    cause: "`expand[]` names a property that is not a reference, or one that cannot be expanded.",
    remedy: "Leave out `expand[]`, or set it to `updater`.",
  },
  kCallbackFormat: {
    cause: "The code is neither six digits nor a recovery code. This try is not counted.",
    remedy: "Ask for the code again, and send it as the person typed it.",
  },
  kNoCredentialsSupplied: {
    cause: "A login has no `email` or no `password`, or a call that asks for the account's password has none.",
    remedy: "Send the missing e-mail address or password.",
  },
  kAccessDenied: {
    cause:
      "The client key or the application's credentials are wrong, the portal does not exist or is closed, or the caller " +
      "may not do this. A fault inside `faults` names the property or target that the caller may not write. If the client " +
      "key, `X-Account-Id` or the CSRF token was left out, the `reason` says what to send.",
    remedy: "Check the portal's name and the credentials, and whether this person may do this.",
  },
  kNotLoggedIn: {
    cause: "The call needs a session, and there is none, or it has ended.",
    remedy: "Let the person sign in, and call again.",
  },
  kSessionExpired: {
    cause: "The session has been idle for too long, or its hours are over.",
    remedy: "Let the person sign in again.",
  },
  kCSRFTokenMismatch: {
    cause:
      "A call that writes came with a session, but without the session's CSRF token, or with that of another session. " +
      "Nothing was done.",
    remedy: "Send the `Medable-Csrf-Token` of the last answer in this session; `GET accounts/status` returns it too.",
  },
  kInvalidCredentials: {
    cause: "The e-mail address or the password is wrong. Both look the same, and wrong passwords are counted.",
    remedy: "Ask for the address and the password again, or offer to reset the password.",
  },
  kAccountLocked: {
    cause:
      "There were too many wrong passwords or codes, so the account is locked for a while. Or an administrator has " +
      "locked it until they unlock it.",
    remedy: "Wait until the lock ends, or ask an administrator of the portal to unlock the account.",
  },
  kSelfRegistrationDisabled: {
    cause: "People cannot register at this portal themselves, or only with an invitation.",
    remedy: "Ask the practice for an invitation, and register with its `token`.",
  },
  kUnverifiedLocation: {
    cause: "A code was sent to verify this device. It is still valid, and the login came without it.",
    remedy: "Repeat the login with the code as `location.verificationToken`.",
  },
  kCallbackNotFound: {
    cause: "The code is wrong, was used already, has expired, or was tried too often.",
    remedy: "Ask for the code again, or sign in without a code to get a new one.",
  },
  kTokenExpired: {
    cause: "The token from the mail is too old.",
    remedy: "Ask for a new mail, and use its link.",
  },
  kMediaNotReady: {
    cause: "The picture has not been uploaded yet, or is still being processed.",
    remedy: "Ask for the picture again after a few seconds.",
  },
  kNotFound: {
    cause:
      "There is no such record or property, or this caller may not see it: both look the same. A token from a mail was " +
      "used, was replaced by a newer one, or is not known. Or the path does not exist.",
    remedy: "Check the id, token or path, and whether this person may see the record.",
  },
  kUnsupportedOperation: {
    cause: "The path exists, but not with this method.",
    remedy: "Use one of the methods that the `Allow` header names.",
  },
  kExists: {
    cause:
      "The e-mail address has an account at this portal already, the address is connected or invited already, an " +
      "authenticator app is on already, or the account is verified already.",
    remedy: "Use what exists, or send another value.",
  },
  kRequestTooLarge: {
    cause: "The body has more than 256 KiB.",
    remedy: "Send less in one request.",
  },
  kThrottled: {
    cause:
      "This address, or the portal's application, has called an operation too often within a minute: one by which strangers sign " +
      "in, register, or have mail sent. Nothing was done. The gateway answers HTTP status 429 in its own words, " +
      '`{"message":"Too Many Requests"}`, to all callers together.',
    remedy: "Wait as long as `Retry-After` says, and send the same request again.",
  },
  kTooBusy: {
    cause: "The service is too busy. Nothing was written.",
    remedy: "Wait as long as `Retry-After` says, and send the same request again.",
  },
  kError: {
    cause: "An unexpected error happened. The request may or may not have been carried out.",
    remedy: "Read the record before you send anything again, and report the `Frontdesk-Request-Id`.",
  },
  kNewLocation: {
    cause:
      "The e-mail address and the password are right, but a second factor is needed on this device. A code was sent, or " +
      "the person's authenticator app has it. The HTTP status is 200.",
    remedy: "Ask for the code, and repeat the login with it as `location.verificationToken`.",
  },
};

/** The codes of the client itself. */
export const clientExplanations: Readonly<Record<"network" | "unexpected", Explanation>> = {
  network: {
    cause:
      "No answer came: the address is wrong, the connection failed or was closed, or a browser refused the answer because " +
      "the page's origin is not allowed. `cause` has the error of `fetch`. A write may or may not have been carried out.",
    remedy: "Check the address and the connection, and read the record before you repeat a write.",
  },
  unexpected: {
    cause:
      "An answer came that is not one of Frontdesk's: a page of a proxy, a redirect, an answer of the gateway (status 429, " +
      "500 or 503), or another server at this address. `status` and `body` have what came.",
    remedy: "Check that the address is Frontdesk's own, and look at `status` and `body`.",
  },
};
