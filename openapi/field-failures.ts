import type { FailureExample } from "./describe.ts";

/** Failures that several operations share: the three that write a practice, and the three that write a user. */
type Failures = Readonly<Record<string, FailureExample>>;

const otherDomain = {
  body: { directAddress: "office@elsewhere.example.com" },
  says: "direct address error: domain does not match the direct domain for this account",
};
const directAddress: Failures = {
  4640: {
    body: { directAddress: "@" },
    says: "direct address error: invalid direct address",
    errors: [
      { field: "directAddress", message: "must be a local part, or an address under the practice's Direct domain" },
    ],
  },
  4620: otherDomain,
};

const taken = "direct address error: direct address is taken";
const noDomain = "direct address error: account does not have a direct domain configured";

/** Failures of operations that write a practice. */
export const practiceFailures: Failures = {
  4060: {
    body: { name: "x".repeat(256) },
    says: "name: must be at most 255 characters",
    errors: [{ field: "name", message: "must be at most 255 characters" }],
  },
  4140: { given: "web address taken", body: { websiteAddress: "riverside" }, says: "web address is already taken" },
  4150: { given: "Direct domain taken", body: { directDomain: "riverside" }, says: "direct domain is already taken" },
  4160: {
    body: { directDomain: "-" },
    says: "direct domain is invalid",
    errors: [
      {
        field: "directDomain",
        message: "must be a label of 1 to 63 characters, alone or under .direct.example.com",
      },
    ],
  },
  4161: {
    body: { websiteAddress: "api" },
    says: "web address is invalid",
    errors: [
      {
        field: "websiteAddress",
        message: "must be 1 to 63 of a-z, 0-9, - and _, begin and end with a letter or digit, and not be reserved",
      },
    ],
  },
  4251: {
    body: { practiceNpi: "1234567890" },
    says: "invalid NPI",
    errors: [{ field: "practiceNpi", message: "must be a valid NPI" }],
  },
  4252: {
    body: { practiceSpecialtyCode: "?" },
    says: "invalid taxonomy code",
    errors: [{ field: "practiceSpecialtyCode", message: "must be 10 letters or digits" }],
  },
  4610: {
    given: "practice, Direct address taken",
    body: { directDomain: "riverside", directAddress: "office" },
    says: taken,
  },
  4630: { body: { directDomain: undefined, directAddress: "office" }, says: noDomain },
  ...directAddress,
  4620: { ...otherDomain, body: { ...otherDomain.body, directDomain: "riverside" } },
};

/** The same for an operation that needs an existing practice. */
export const presentPracticeFailures: Failures = {
  ...practiceFailures,
  4140: { ...(practiceFailures[4140] as FailureExample), given: "practice, web address taken" },
  4150: { ...(practiceFailures[4150] as FailureExample), given: "practice, Direct domain taken" },
};

/** Failures of operations that write a user. */
export const userFailures: Failures = {
  4060: {
    body: { firstName: undefined },
    says: "firstName: is required",
    errors: [{ field: "firstName", message: "is required" }],
  },
  4232: { body: { loginId: "ada", loginPassword: undefined }, says: "user password is required" },
  4233: {
    body: { loginId: "ada", loginPassword: "short" },
    says:
      "user password is invalid. Password length must be between 8 and 30 characters, contain at least one upper case " +
      "AND lower case character, and must contain one number OR special character.",
    errors: [
      {
        field: "loginPassword",
        message: "must be 8 to 30 characters with upper and lower case and a digit or special character",
      },
    ],
  },
  4234: {
    given: "login taken",
    body: { loginId: "ada", loginPassword: "Stethoscope1" },
    says: "login ID is already taken",
  },
  4241: {
    body: { userId: "@user" },
    says: "invalid user ID, user IDs starting with '@' are reserved for practice users",
    errors: [{ field: "userId", message: "must not begin with @" }],
  },
  4251: {
    body: { npi: "1234567890" },
    says: "invalid NPI",
    errors: [{ field: "npi", message: "must be a valid NPI" }],
  },
  4252: {
    body: { providerTaxonomyCode: "?" },
    says: "invalid taxonomy code",
    errors: [{ field: "providerTaxonomyCode", message: "must be 10 letters or digits" }],
  },
  4610: { given: "Direct address taken", body: { directAddress: "ada" }, says: taken },
  4630: { given: "practice without a Direct domain", body: { directAddress: "ada" }, says: noDomain },
  ...directAddress,
};

/** The same for an operation that needs an existing user. */
export const presentUserFailures: Failures = {
  ...userFailures,
  4232: { ...(userFailures[4232] as FailureExample), given: "least user" },
  4234: { ...(userFailures[4234] as FailureExample), given: "least user, login taken" },
  4610: { ...(userFailures[4610] as FailureExample), given: "least user, Direct address taken" },
  4630: { ...(userFailures[4630] as FailureExample), given: "least user without a Direct domain" },
};
