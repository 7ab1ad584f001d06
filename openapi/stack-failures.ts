import { portalFaults } from "../lib/errors.ts";
import { limitsCalls, type Operation } from "../lib/operations.ts";
import type { Change, Described, FailureExample } from "./describe.ts";
import type { Handler } from "./handlers.ts";

/**
 * Failures that come from the shared stack: which of them an operation can have, and how to cause each. Failures of the
 * operation itself are in its `.examples.ts` file.
 */

/** The name of the failure for an unexpected error (HTTP 500). */
export const unforeseen = "unforeseen";
/** The name of the failure for a table that did not answer in time (HTTP 503). */
export const busy = "busy";
/** The name of the failure for too many calls of an address or an application (HTTP 429). */
export const throttled = "throttled";
/** Failures that no single request of a caller causes. Tests let the table fail, or say that a limit is reached. */
export const uncaused: ReadonlySet<string> = new Set([unforeseen, busy, throttled]);

/** How to cause a failure. `says` is left out if the answer has the code's own sentence. */
export type ShownFailure = Change & Partial<Pick<FailureExample, "says" | "errors">>;
type Failures = Readonly<Record<string, ShownFailure | undefined>>;

const malformed = { raw: '{"name":' };
const tooLarge = { raw: JSON.stringify({ padding: "x".repeat(257 * 1024) }) };
const nothing = { given: "nothing" } as const;
const portal = { given: "portal" } as const;
const wrongPassword = `Basic ${Buffer.from("demo:wrong").toString("base64")}`;

const oneKey = { "idempotency-key": "0b6e2c1e-6a5b-4f0e-9f0a-7d6c2f3e1a90" };

const onlyIf = (applies: boolean, failure: ShownFailure) => (applies ? failure : undefined);

/** Shared failures of `/api/io`. Wrong credentials are refused before records matter, so most of them need none. */
const ofPractices = ({ tier }: Operation, { target }: Handler): Failures => ({
  4000: { ...nothing, ...malformed },
  4010: onlyIf(tier !== "none", { ...nothing, auth: { applicationPassword: "wrong" } }),
  4011: onlyIf(tier === "account" || tier === "user", { ...nothing, auth: { accountId: "unknown" } }),
  4012: onlyIf(tier === "user", { auth: { userId: "unknown" } }),
  4020: { ...nothing, ...tooLarge },
  4110: onlyIf(target === "accountId", { body: { accountId: undefined } }),
  4210: onlyIf(target === "userId", { body: { userId: undefined } }),
});

/** A field of each write of therapists, and a value that no example has: so the request is another one. */
const anotherBody: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  OrganizationSave: { name: "Another Group" },
  PracticeProfileSave: { role: "Another role" },
};

/** Shared failures of `/therapist`. */
const ofTherapists = ({ id }: Operation, hasBody: boolean): Failures => ({
  unauthorized: { ...nothing, headers: { authorization: wrongPassword } },
  tooLarge: onlyIf(hasBody, { ...nothing, ...tooLarge }),
  notJson: onlyIf(hasBody, { ...nothing, headers: { "content-type": "text/plain" } }),
  keyReused: onlyIf(hasBody, { headers: oneKey, body: anotherBody[id] ?? {}, before: { headers: oneKey } }),
});

/** Shared failures of portals. */
const ofAccounts = ({ tier }: Operation, hasBody: boolean): Failures => ({
  kInvalidArgument: onlyIf(hasBody, {
    ...portal,
    ...malformed,
    says: "The body is neither a JSON object nor urlencoded, in UTF-8",
  }),
  kRequestTooLarge: onlyIf(hasBody, { ...portal, ...tooLarge }),
  kAccessDenied: onlyIf(tier !== "none", { ...portal, headers: { "medable-client-key": "NobodysKey000000000000" } }),
  kNotLoggedIn: onlyIf(tier === "session", { ...portal, headers: { cookie: undefined } }),
  kSessionExpired: onlyIf(tier === "session", { minutesLater: 20 }),
  kCSRFTokenMismatch: onlyIf(hasBody && tier !== "portal", { headers: { "medable-csrf-token": "0".repeat(64) } }),
});

/** How to cause each failure of an operation, by its name: a code, or one of `uncaused`. */
export function failuresOf(
  row: Operation,
  handler: Handler,
  { failures }: Described,
): Readonly<Record<string, ShownFailure>> {
  const hasBody = !["GET", "OPTIONS"].includes(row.method);
  const shared = {
    practices: () => ofPractices(row, handler),
    therapists: () => ofTherapists(row, hasBody),
    accounts: () => ofAccounts(row, hasBody),
    edge: () => ({}),
  }[row.family]();
  // Tests break the table during the request. A function that does not use the table cannot fail so.
  const broken = row.family === "accounts" ? portal : nothing;
  const all: Failures = {
    ...shared,
    ...failures,
    [unforeseen]: onlyIf(row.table !== "none", broken),
    [busy]: onlyIf(row.table !== "none", broken),
    [throttled]: onlyIf(limitsCalls(row), broken),
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, ShownFailure] => entry[1] !== undefined),
  );
}

/**
 * Compares the described failures with those that can occur: the errors that the function declares, and those of its
 * field schema.
 * @returns failures that its `.examples.ts` file does not have but should, and those that it has but that cannot occur
 */
export function compareFailures(
  row: Operation,
  handler: Handler,
  description: Described,
): { readonly missing: readonly string[]; readonly impossible: readonly string[] } {
  const described = Object.keys(failuresOf(row, handler, description));
  const possible = new Set([
    ...handler.errors.map(String),
    ...(row.family === "practices" && handler.fields ? ["4060"] : []),
    ...(row.family === "therapists" ? ["invalid"] : []),
    // Every GET of a portal refuses a query that it cannot read.
    ...(row.family === "accounts" && row.method === "GET" ? ["kInvalidArgument"] : []),
  ]);
  return {
    missing: [...possible].filter((code) => !described.includes(code)),
    impossible: Object.keys(description.failures).filter((code) => !possible.has(code)),
  };
}

/** Codes that the errors inside a portal's fault may have. */
export const childCodes = (code: string): readonly string[] => {
  if (code === "kAccessDenied" || code === "kExists") return [code];
  if (code !== "kValidationError") return [];
  return Object.entries(portalFaults)
    .filter(([name, { errCode }]) => errCode.startsWith("cortex.invalidArgument") && !notChildren.has(name))
    .map(([name]) => name);
};
const notChildren = new Set([
  "kValidationError",
  "kInvalidArgument",
  "kIllegalExpansion",
  "kCallbackFormat",
  "kNoCredentialsSupplied",
  "kRequestTooLarge",
]);
