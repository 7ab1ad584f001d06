import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { Failure, type FieldError, problems } from "../errors.ts";
import { isObject } from "../json.ts";
import { isBroken, replacement, unescaped } from "../text.ts";
import { bodyText, jsonObject, UnreadableBody } from "./body.ts";
import type { Answer } from "./call.ts";
import type { Dialect } from "./dialect.ts";
import { NoRoute } from "./no-route.ts";

/**
 * Plain HTTP, for `/therapist` (contract therapists): the status says whether the request succeeded, success is JSON, and
 * failure is a problem document.
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export const problem: Dialect = {
  readInput(event) {
    const { method } = event.requestContext.http;
    // A variable that is not valid text names no record.
    if (Object.values(event.pathParameters ?? {}).some((value) => isBroken(value ?? ""))) throw new NoRoute();
    // The path comes last, so that a query cannot replace the id in the path.
    if (method === "GET" || method === "HEAD") return { ...readQuery(event), ...event.pathParameters };
    return readBody(event);
  },
  commonErrors: ["invalid", "unauthorized", "tooLarge", "notJson", "keyReused"],
  unauthorized: { vendor: "unauthorized", account: "unauthorized", user: "unauthorized" },
  invalid: (fieldErrors) => new Failure("invalid", fieldErrors),
  wrongKey: (message, isReused) =>
    isReused ? new Failure("keyReused") : new Failure("invalid", [{ field: "Idempotency-Key", message }]),
  success: (result, reply) =>
    result === undefined
      ? { statusCode: 204, headers: { ...noStore, ...reply.headers } }
      : answer(reply.status, "application/json", result, reply.headers),
  failure: ({ code, fieldErrors, reason }, _, requestId) =>
    failed(code as keyof typeof problems, requestId, fieldErrors, {}, reason),
  internal: (_, requestId) => failed("internal", requestId),
  busy: (_, requestId) => failed("busy", requestId, [], { "retry-after": "1" }),
  throttled: (_, requestId, seconds) => failed("throttled", requestId, [], { "retry-after": `${seconds}` }),
  unmatched,
};

/** `Dialect.unmatched`, for bundles that need nothing else of this dialect. */
export function unmatched(allow: readonly string[], requestId: string): Answer {
  return allow.length > 0
    ? failed("wrongMethod", requestId, [], { allow: allow.join(", ") })
    : failed("unknownPath", requestId);
}

/** @throws Failure tooLarge, notJson, invalid */
function readBody(event: APIGatewayProxyEventV2): Record<string, unknown> {
  if (!isJson(event.headers["content-type"] ?? "")) throw new Failure("notJson");
  try {
    const body = jsonObject(bodyText(event));
    if (body.auth === undefined || body.auth === null || isObject(body.auth)) return body;
  } catch (error) {
    if (!(error instanceof UnreadableBody)) throw error;
    throw error.tooLarge
      ? new Failure("tooLarge")
      : new Failure("invalid", [{ field: "", message: "must be a JSON object in UTF-8" }]);
  }
  throw new Failure("invalid", [{ field: "auth", message: "must be an object" }]);
}

/** Whether a media type is JSON: `application/json` or any with the suffix `+json`, whatever its parameters. */
const isJson = (mediaType: string) => /^\s*(application\/json|[^\s/;,]+\/[^\s/;,]+\+json)\s*(;|$)/i.test(mediaType);

/**
 * The parameters of a query, decoded. A parameter that occurs twice is an array, which no field accepts.
 * @throws Failure invalid when its escapes are not UTF-8
 */
function readQuery({ rawQueryString }: APIGatewayProxyEventV2): Record<string, unknown> {
  if (unescaped(rawQueryString) === undefined || rawQueryString.includes(replacement)) {
    throw new Failure("invalid", [{ field: "", message: "the query must be UTF-8" }]);
  }
  const query = new URLSearchParams(rawQueryString);
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, only(query.getAll(name))]));
}

const only = (values: readonly string[]) => (values.length === 1 ? values[0] : values);

function failed(
  code: keyof typeof problems,
  requestId: string,
  fieldErrors: readonly FieldError[] = [],
  headers: Record<string, string> = {},
  reason?: string,
): Answer {
  const { title, status, ...rest } = problems[code];
  const body = {
    type: `/docs/errors.html#therapists-${status}`,
    title,
    status,
    ...rest,
    ...(reason && { detail: `${"detail" in rest ? `${rest.detail} ` : ""}${sentence(reason)}` }),
    instance: requestId,
    ...(code === "invalid" && { errors: fieldErrors.map(({ field, message }) => ({ path: field, message })) }),
  };
  const challenge = code === "unauthorized" && { "www-authenticate": challenges };
  return answer(status, "application/problem+json", body, { ...challenge, ...headers });
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** The two kinds of credentials that headers may carry (contract practices §2). */
const challenges = 'Basic realm="Frontdesk", charset="UTF-8", Individual realm="Frontdesk", charset="UTF-8"';

const noStore = { "cache-control": "no-store" };

const answer = (statusCode: number, mediaType: string, body: object, headers: Record<string, string>): Answer => ({
  statusCode,
  headers: { "content-type": mediaType, ...noStore, ...headers },
  body: JSON.stringify(body),
});
