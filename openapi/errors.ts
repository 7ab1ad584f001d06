import { type ErrorCode, portalFaults } from "../lib/errors.ts";
import type { Operation } from "../lib/operations.ts";
import type { Handler } from "./handlers.ts";

/** Which errors an operation can give: those that it declares, and those of the stack that its row and schema allow. */
function errorsOf(row: Operation, { errors, dialect, fields, target }: Handler): readonly ErrorCode[] {
  return [...new Set([...stackErrorsOf(row, fields !== undefined, target), ...errors])].filter(
    (code) => dialect.commonErrors.includes(code) || errors.includes(code),
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
const canFail = ({ table }: Operation): boolean => table !== "none";

/** What should not happen (500), among the names of failures. */
export const unforeseen = "unforeseen";
/** A table that does not do it in time (503), among the names of failures. */
export const busy = "busy";

/** The names of all failures that an operation can answer: their codes, `unforeseen` and `busy`. */
export const failureNames = (row: Operation, handler: Handler): readonly string[] => [
  ...errorsOf(row, handler).map(String),
  ...(canFail(row) ? [unforeseen, busy] : []),
];

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
