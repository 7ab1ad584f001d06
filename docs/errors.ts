import type { Dialect } from "../lib/api/dialect.ts";
import { type ErrorCode, Failure, type Fault, portalFaults } from "../lib/errors.ts";
import type { Operation } from "../lib/operations.ts";
import type { Handler } from "./handlers.ts";

/** Which errors an operation can give: those that it declares, and those of the stack that its row and schema allow. */
export function errorsOf(row: Operation, { errors, dialect, fields, target }: Handler): readonly ErrorCode[] {
  return [...new Set([...stackErrorsOf(row, fields !== undefined, target), ...errors])].filter(
    (code) => dialect.stackErrors.includes(code) || errors.includes(code),
  );
}

function stackErrorsOf({ family, method, tier }: Operation, hasFields: boolean, target?: string): ErrorCode[] {
  const hasBody = !["GET", "OPTIONS"].includes(method);
  if (family === "practices") {
    return [
      4000,
      ...(tier === "none" ? [] : [4010 as const]),
      ...(tier === "account" || tier === "user" ? [4011 as const] : []),
      ...(tier === "user" ? [4012 as const] : []),
      4020,
      ...(hasFields ? [4060 as const] : []),
      ...(target === "accountId" ? [4110 as const] : []),
      ...(target === "userId" ? [4210 as const] : []),
    ];
  }
  if (family === "therapists")
    return ["invalid", "unauthorized", ...(hasBody ? (["tooLarge", "notJson"] as const) : [])];
  return [
    ...(method === "OPTIONS" ? [] : (["kInvalidArgument"] as const)),
    ...(hasBody ? (["kRequestTooLarge"] as const) : []),
    ...(tier === "none" ? [] : (["kAccessDenied"] as const)),
    ...(tier === "session" ? (["kNotLoggedIn", "kSessionExpired"] as const) : []),
    ...(hasBody && tier !== "portal" ? (["kCSRFTokenMismatch"] as const) : []),
  ];
}

/** Whether an operation can fail for no fault of the caller's: not without a table. */
export const canFail = ({ table }: Operation): boolean => table !== "none";

/** Whether an operation can find its record held by others all the time: writes, and the count of guesses at a login. */
export const canBeBusy = ({ table, tier }: Operation): boolean =>
  table === "write" || (table === "read" && (tier === "account" || tier === "user"));

/** A failure as it is answered. */
export interface Failed {
  readonly status: number;
  readonly mediaType: string;
  readonly body: Record<string, unknown>;
  readonly headers: Readonly<Record<string, string>>;
}

const requestId = "3f0c7a1e-6d0b-4a52-9a0d-2f6f3f8d7c11";
const reply = () => ({ status: 200, headers: {}, cookies: [] });

const read = ({ statusCode = 200, headers = {}, body = "{}" }: ReturnType<Dialect["internal"]>): Failed => ({
  status: statusCode,
  mediaType: String(headers["content-type"]).split(";")[0] ?? "",
  body: JSON.parse(body) as Record<string, unknown>,
  headers: headers as Record<string, string>,
});

/** A fault that the example of an operation tells of. */
const faultOf = (id: string): Fault => {
  const fault = (field: string, message: string): Fault => ({ field, message });
  if (id === "OrganizationListByTherapist") return fault("therapistUserId", "must be a whole number");
  if (id.includes("List")) return fault("limit", "must be a whole number from 1 to 1000");
  if (id === "PortalSettingsSave") return fault("lockAttempts", "must be a whole number from 3 to 100");
  if (id === "OrganizationSave") return fault("name", "must be text");
  if (id === "PracticeProfileSave") return fault("image", "is required");
  if (id === "PracticeGet") return fault("accountId", "must be at most 128 characters");
  if (id.endsWith("Get")) return fault("userId", "must be at most 128 characters");
  return id.startsWith("User") ? fault("firstName", "is required") : fault("name", "is required");
};

/** A fault of an account's properties that the example of an operation tells of. */
const accountFaultOf = (id: string): Fault => {
  if (id === "AccountRequestPasswordReset") {
    return { field: "account.email", message: "is required", code: "kRequired" };
  }
  return id === "AccountPut" || id === "AccountPatch"
    ? { field: "account.tz", message: "must be an IANA time zone", code: "kInvalidFormat" }
    : { field: "account.password", message: "is too easily guessed", code: "kPasswordStrength" };
};

/** What is wrong with a field where that has a code of its own, told when it is the only fault. */
const codedFault: { readonly [Code in ErrorCode]?: (isUser: boolean) => Fault } = {
  4160: () => ({ field: "directDomain", message: `must be a label of 1 to 63 characters, alone or under .${domain}` }),
  4161: () => ({
    field: "websiteAddress",
    message: "must be 1 to 63 of a-z, 0-9, - and _, begin and end with a letter or digit, and not be reserved",
  }),
  4233: () => ({
    field: "loginPassword",
    message: "must be 8 to 30 characters with upper and lower case and a digit or special character",
  }),
  4241: () => ({ field: "userId", message: "must not begin with @" }),
  4251: (isUser) => ({ field: isUser ? "npi" : "practiceNpi", message: "must be a valid NPI" }),
  4252: (isUser) => ({
    field: isUser ? "providerTaxonomyCode" : "practiceSpecialtyCode",
    message: "must be 10 letters or digits",
  }),
  4640: () => ({
    field: "directAddress",
    message: "must be a local part, or an address under the practice's Direct domain",
  }),
};
const domain = "direct.example.com";

/** Whether a code of `/api/io` tells of fields, in `errors`. */
export const tellsFields = (code: ErrorCode): boolean => code === 4060 || codedFault[code] !== undefined;

const faultsOf = ({ id }: Operation, code: ErrorCode): Fault[] => {
  const coded = codedFault[code];
  if (coded) return [coded(id.startsWith("User"))];
  if (code === 4060 || code === "invalid") return [faultOf(id)];
  return code === "kValidationError" ? [accountFaultOf(id)] : [];
};

/** The answer to a failure, made by the dialect itself. */
export const failed = (row: Operation, dialect: Dialect, code: ErrorCode): Failed =>
  read(dialect.failure(new Failure(code, faultsOf(row, code)), reply(), requestId));
/** The answer to what should not happen. */
export const internal = (dialect: Dialect): Failed => read(dialect.internal(reply(), requestId));
/** The answer when a record is held by others. */
export const busy = (dialect: Dialect): Failed => read(dialect.busy(reply(), requestId));

/** Codes that a fault's children may have. */
export const childCodes = (code: string): readonly string[] => {
  if (code === "kAccessDenied") return ["kAccessDenied"];
  if (code !== "kValidationError") return [];
  return Object.entries(portalFaults)
    .filter(([name, { errCode }]) => errCode.startsWith("cortex.invalidArgument") && !notChildren.has(name))
    .map(([name]) => name);
};
const notChildren = new Set(
  "kValidationError kInvalidArgument kIllegalExpansion kCallbackFormat kNoCredentialsSupplied kRequestTooLarge".split(
    " ",
  ),
);
