import { parse } from "neoqs";
import { csrfHeader } from "../accounts/csrf.ts";
import { type ErrorCode, Failure, type Fault, type PortalFaultCode, portalFaults } from "../errors.ts";
import { bodyText, isObject, UnreadableBody } from "./body.ts";
import type { Answer, Reply } from "./call.ts";
import type { Dialect } from "./dialect.ts";

/** Bounds on bracketed names, in bodies and queries. */
const bracketed = { depth: 10, parameterLimit: 1000, arrayLimit: 100 };

/**
 * How portal accounts answer (contract accounts §1): the bare object, or a fault whose HTTP status is its `status`.
 * Bodies are JSON, or urlencoded with bracketed names; a JSON array is passed on as `operations`.
 */
export const fault: Dialect = {
  readInput(event) {
    if (["GET", "HEAD", "OPTIONS"].includes(event.requestContext.http.method)) {
      return parse(event.rawQueryString, bracketed) as Record<string, unknown>;
    }
    try {
      return bodyObject(bodyText(event), event.headers["content-type"] ?? "application/json");
    } catch (error) {
      if (!(error instanceof UnreadableBody)) throw error;
      throw error.tooLarge
        ? new Failure("kRequestTooLarge")
        : new Failure("kInvalidArgument", [], "The body is neither a JSON object nor urlencoded");
    }
  },
  stackErrors: [
    "kInvalidArgument",
    "kRequestTooLarge",
    "kAccessDenied",
    "kNotLoggedIn",
    "kSessionExpired",
    "kCSRFTokenMismatch",
  ],
  unauthorized: { vendor: "kAccessDenied", account: "kAccessDenied", user: "kAccessDenied" },
  invalid: (faults) => new Failure("kValidationError", faults),
  success: (result, reply) =>
    result === undefined
      ? { statusCode: 204, headers: { "cache-control": "no-store", ...reply.headers } }
      : json(reply.status, result, reply),
  failure: (failure, reply) => {
    const code = failure.code as PortalFaultCode;
    return json(
      portalFaults[code].status,
      faultObject(code, failure.reason, "", failure.faults),
      withoutSession(reply),
    );
  },
  internal: (reply) => json(500, faultObject("kError"), withoutSession(reply)),
  busy: (reply) => {
    const bare = withoutSession(reply);
    const headers = { ...bare.headers, "retry-after": "1" };
    return json(503, faultObject("kTooBusy"), { ...bare, headers });
  },
  unmatched: (allow) => {
    const reply = { status: 0, headers: allow.length > 0 ? { allow: allow.join(", ") } : {}, cookies: [] };
    return allow.length > 0
      ? json(405, faultObject("kUnsupportedOperation"), reply)
      : json(404, faultObject("kNotFound"), reply);
  },
};

function bodyObject(text: string, contentType: string): Record<string, unknown> {
  const [mediaType = ""] = contentType.split(";");
  switch (mediaType.trim().toLowerCase()) {
    case "application/json":
      return text === "" ? {} : objectOrOperations(text);
    case "application/x-www-form-urlencoded":
      return parse(text, bracketed) as Record<string, unknown>;
    default:
      // A call without a body may come with whatever a client always sends.
      if (text === "") return {};
      throw new UnreadableBody(false);
  }
}

function objectOrOperations(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreadableBody(false);
  }
  if (isObject(value)) return value;
  if (Array.isArray(value)) return { operations: value };
  throw new UnreadableBody(false);
}

const nameOf = (code: ErrorCode) =>
  code === "kNewLocation" ? "location" : code === "kValidationError" ? "validation" : "error";

/** A fault as it is written; its children are the single things wrong. */
function faultObject(code: PortalFaultCode, reason?: string, path = "", faults: readonly Fault[] = []): object {
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
    faults: faults.map((child) => faultObject(child.code as PortalFaultCode, child.message, child.field)),
  };
}

/** A fault inside a result, as the contract prints it for `resend-verification`. */
export const nestedFault = (code: PortalFaultCode, reason: string): object => ({
  object: "result",
  data: { object: "fault", name: nameOf(code), code, status: portalFaults[code].status, reason },
});

/** Only a success carries the session's CSRF token. */
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
