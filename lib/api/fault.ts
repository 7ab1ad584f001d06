import { parse } from "neoqs";
import { csrfHeader } from "../accounts/session/csrf.ts";
import { type ErrorCode, Failure, type FieldError, type PortalFaultCode, portalFaults } from "../errors.ts";
import { isObject } from "../json.ts";
import type { Reply } from "../reply.ts";
import { replacement, unescaped } from "../text.ts";
import { bodyText, type Reviver, UnreadableBody } from "./body.ts";
import type { Answer } from "./call.ts";
import type { Dialect } from "./dialect.ts";

/** Limits for bracketed names, in bodies and queries. */
const bounds = { depth: 10, parameterLimit: 1000, arrayLimit: 100 };

/** How an object, or an array of operations, begins. */
const jsonStart = /^\s*(\{|\[\s*([[{"]|\]\s*$))/;
const looksLikeJson = "The body looks like JSON: send it with Content-Type: application/json";

/**
 * How portal accounts answer (contract accounts §1): the object itself, or a fault whose HTTP status is its `status`.
 * Bodies are JSON, or urlencoded with bracketed names. A JSON array is passed on as `operations`.
 */
export const fault: Dialect = {
  readInput(event) {
    const { method } = event.requestContext.http;
    // A browser's preflight request is answered whatever its query says.
    if (method === "OPTIONS") return {};
    const isQuery = method === "GET" || method === "HEAD";
    try {
      if (isQuery && event.rawQueryString.includes(replacement)) throw new UnreadableBody(false);
      if (isQuery) return bracketed(event.rawQueryString);
      return bodyObject(bodyText(event), event.headers["content-type"] ?? "application/json");
    } catch (error) {
      if (!(error instanceof UnreadableBody)) throw error;
      if (error.tooLarge) throw new Failure("kRequestTooLarge");
      const reason = isQuery ? "The query is not UTF-8" : "The body is neither a JSON object nor urlencoded, in UTF-8";
      throw new Failure("kInvalidArgument", [], reason);
    }
  },
  commonErrors: [
    "kInvalidArgument",
    "kIllegalExpansion",
    "kRequestTooLarge",
    "kAccessDenied",
    "kNotLoggedIn",
    "kSessionExpired",
    "kCSRFTokenMismatch",
  ],
  unauthorized: { vendor: "kAccessDenied", account: "kAccessDenied", user: "kAccessDenied" },
  invalid: (fieldErrors) => new Failure("kValidationError", fieldErrors),
  wrongKey: (message) => new Failure("kInvalidArgument", [], `The Idempotency-Key ${message}`),
  success: (result, reply) =>
    result === undefined
      ? { statusCode: 204, headers: { "cache-control": "no-store", ...reply.headers } }
      : json(reply.status, result, reply),
  failure: (failure, reply) => {
    const code = failure.code as PortalFaultCode;
    return json(
      portalFaults[code].status,
      faultObject(code, failure.reason, "", failure.fieldErrors),
      withoutSession(reply),
    );
  },
  internal: (reply) => json(500, faultObject("kError"), withoutSession(reply)),
  busy: (reply) => later("kTooBusy", reply, 1),
  throttled: (reply, _, seconds) => later("kThrottled", reply, seconds),
  unmatched: (allow) => {
    const reply = { status: 0, headers: allow.length > 0 ? { allow: allow.join(", ") } : {}, cookies: [] };
    return allow.length > 0
      ? json(405, faultObject("kUnsupportedOperation"), reply)
      : json(404, faultObject("kNotFound"), reply);
  },
};

function bodyObject(text: string, contentType: string): Record<string, unknown> {
  const [mediaType = ""] = contentType.split(";");
  const type = mediaType.trim().toLowerCase();
  // Clients may send a content type with an empty body.
  if (text === "") return {};
  if (type === "application/json") return objectOrOperations(text);
  if (jsonStart.test(unescaped(text) ?? text)) throw new Failure("kInvalidArgument", [], looksLikeJson);
  if (type !== "application/x-www-form-urlencoded") throw new UnreadableBody(false);
  return (withoutBlanks(bracketed(text)) ?? {}) as Record<string, unknown>;
}

/** The object in an urlencoded text with bracketed names. @throws UnreadableBody when it has too many names, or is not UTF-8 */
function bracketed(text: string): Record<string, unknown> {
  if (text.split("&").length > bounds.parameterLimit) throw new UnreadableBody(false);
  return parse(text, { ...bounds, decoder }) as Record<string, unknown>;
}

function decoder(part: string): string {
  const text = unescaped(part.replaceAll("+", " "));
  if (text === undefined) throw new UnreadableBody(false);
  return text;
}

/**
 * A value without blank fields: a form cannot say in another way that a field is absent. A list or an object of blanks only
 * is absent too; otherwise a blank field would clear a stored value.
 */
function withoutBlanks(value: unknown): unknown {
  if (Array.isArray(value)) {
    const filled = value.map(withoutBlanks).filter((part) => part !== undefined);
    return filled.length > 0 ? filled : undefined;
  }
  if (!isObject(value)) return value === "" ? undefined : value;
  const filled = Object.entries(value).map(([name, part]) => [name, withoutBlanks(part)] as const);
  const present = filled.filter(([, part]) => part !== undefined);
  return present.length > 0 ? Object.fromEntries(present) : undefined;
}

function objectOrOperations(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    // Only long numbers and numbers with an exponent may change when they are parsed.
    value = JSON.parse(text, (/[0-9]{16}|[0-9]e/i.test(text) ? exact : undefined) as Parameters<typeof JSON.parse>[1]);
  } catch {
    throw new UnreadableBody(false);
  }
  if (isObject(value)) return value;
  if (Array.isArray(value)) return { operations: value };
  throw new UnreadableBody(false);
}

/** Reads a number that would be stored as another one as `NaN`, which no property accepts. */
const exact: Reviver = (_, value, { source = "" }) =>
  typeof value === "number" && isAltered(source, value) ? Number.NaN : value;

/** Whether JavaScript parses a number's text as another number: a whole one beyond 2^53, or one out of range. */
function isAltered(source: string, value: number): boolean {
  if (value === 0) return /[1-9]/.test(source.replace(/e.*/i, ""));
  return Math.abs(value) > Number.MAX_SAFE_INTEGER && significand(source) !== significand(String(value));
}

/** The significant digits of a number and its exponent, so that two texts of one number are equal. */
function significand(number: string): string {
  const [, whole = "", fraction = "", exponent = "0"] = /^-?(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(number) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  return `${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
}

const nameOf = (code: ErrorCode) =>
  code === "kNewLocation" ? "location" : code === "kValidationError" ? "validation" : "error";

/** A fault as it is written. Its children are the single errors. */
function faultObject(
  code: PortalFaultCode,
  reason?: string,
  path = "",
  fieldErrors: readonly FieldError[] = [],
): object {
  const { status, errCode, message } = portalFaults[code];
  return {
    object: "fault",
    name: nameOf(code),
    code,
    errCode,
    status,
    message,
    reason: reason ?? message,
    path,
    faults: fieldErrors.map((child) => faultObject(child.code as PortalFaultCode, child.message, child.field)),
  };
}

/** The answer of an action. */
export const resultOf = (data: unknown): object => ({ object: "result", data });

/** A fault inside a result, as the contract shows it for `resend-verification`. */
export const nestedFault = (code: PortalFaultCode, reason: string): object => ({
  object: "result",
  data: { object: "fault", name: nameOf(code), code, status: portalFaults[code].status, reason },
});

/** The answer to a request that may be sent again after some seconds. */
function later(code: PortalFaultCode, reply: Reply, seconds: number): Answer {
  const { headers, ...bare } = withoutSession(reply);
  return json(portalFaults[code].status, faultObject(code), {
    ...bare,
    headers: { ...headers, "retry-after": `${seconds}` },
  });
}

/** A reply without the session's CSRF token, which only successes carry. */
const withoutSession = (reply: Reply): Reply => {
  const { [csrfHeader]: _, ...headers } = reply.headers;
  return { ...reply, headers };
};

const json = (statusCode: number, body: object, { headers, cookies }: Reply): Answer => ({
  statusCode,
  headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers },
  ...(cookies.length > 0 && { cookies: [...cookies] }),
  body: JSON.stringify(body),
});
