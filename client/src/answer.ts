import type { Row } from "./contract.ts";
import { type Explanations, type FailureCode, type FailureFacts, type FieldFault, failureOf } from "./failure.ts";

type Json = Readonly<Record<string, unknown>>;
/** The parts of a failure that its body states. */
type ReadFailure = Pick<FailureFacts, "code" | "text" | "faults">;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown) => (typeof value === "string" ? value : "");
const failure = (code: unknown, reason: unknown, faults?: readonly FieldFault[]): ReadFailure => ({
  code: code as FailureCode,
  text: text(reason),
  faults,
});
const faultsIn = (list: unknown, read: (fault: Json) => FieldFault): FieldFault[] =>
  Array.isArray(list) ? list.filter(isObject).map(read) : [];

// Each of the next three reads one dialect. It returns `undefined` for a body that Frontdesk would not send.

/** `/api/io`: HTTP 200, with a code in the body. */
function envelope(body: unknown): ReadFailure | "success" | undefined {
  if (!isObject(body)) return undefined;
  if (body.successful === true) return "success";
  if (body.successful !== false || typeof body.responseCode !== "number") return undefined;
  const faults = faultsIn(body.errors, ({ field, message }) => ({ path: text(field), message: text(message) }));
  return failure(body.responseCode, body.responseMessage, faults);
}

/** `/therapist`: a problem document, whose HTTP status is the code. @see https://www.rfc-editor.org/rfc/rfc9457 */
function problem(body: unknown, { ok, status }: Response): ReadFailure | "success" | undefined {
  if (ok) return status === 204 || (typeof body === "object" && body !== null) ? "success" : undefined;
  // Proxies may send problem documents too. Only Frontdesk's name its page of errors and, as `instance`, the request.
  const type = `/docs/errors.html#therapists-${status}`;
  if (!isObject(body) || body.status !== status || body.type !== type || !body.instance) return undefined;
  const faults = faultsIn(body.errors, ({ path, message }) => ({ path: text(path), message: text(message) }));
  return failure(status, body.detail ?? body.title, faults);
}

/** Portals: the object itself, or a fault. Two faults come with HTTP 200 and 202, and one inside a `data` property. */
function fault(body: unknown, { ok }: Response): ReadFailure | "success" | undefined {
  if (!isObject(body)) return undefined;
  const result = !ok && isObject(body.data) ? body.data : body;
  if (result.object === "fault" && typeof result.code === "string") {
    const faults = faultsIn(result.faults, ({ path, reason, code }) => ({
      path: text(path),
      message: text(reason),
      code: text(code),
    }));
    return failure(result.code, result.reason, faults);
  }
  return ok && ("object" in body || "loggedin" in body || "mime" in body) ? "success" : undefined;
}

const dialects = { practices: envelope, therapists: problem, accounts: fault } as const;

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body === "" ? undefined : body;
  }
}

/** Reads an answer. @throws FrontdeskError unless the answer is a success */
export function readAnswer(row: Row, explanations: Explanations, response: Response, bodyText: string): unknown {
  const { family, list } = row;
  const { status, headers } = response;
  const body = parsed(bodyText);
  const reading = dialects[family](body, response);
  if (reading === "success") {
    return list ? { [list]: body ?? [], ...nextPage(headers.get("link")) } : body;
  }
  throw failureOf(row, explanations, {
    ...(reading ?? { code: "unexpected", text: `answer with HTTP status ${status}` }),
    status,
    body,
    requestId: headers.get("frontdesk-request-id") ?? headers.get("apigw-requestid") ?? undefined,
    retryAfterSeconds: secondsOf(headers.get("retry-after")),
  });
}

/** The cursor of a list's next page, from the `Link` header. @see https://www.rfc-editor.org/rfc/rfc8288 */
function nextPage(link: string | null): { cursor?: string } {
  const [, query = ""] = /<[^?>]*\?([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? "") ?? [];
  const cursor = new URLSearchParams(query).get("cursor");
  return cursor === null ? {} : { cursor };
}

/** The seconds of a `Retry-After` header, which holds seconds or a date. */
function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
