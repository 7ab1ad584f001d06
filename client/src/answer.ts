import type { Row } from "./contract.ts";
import { type FailureCode, type FailureFacts, type FieldFault, FrontdeskError } from "./failure.ts";

type Json = Readonly<Record<string, unknown>>;
type Read = Pick<FailureFacts, "code" | "text" | "faults">;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown) => (typeof value === "string" ? value : "");
const read = (code: unknown, said: unknown, faults?: readonly FieldFault[]): Read => ({
  code: code as FailureCode,
  text: text(said),
  faults,
});
const faultsIn = (list: unknown, read: (fault: Json) => FieldFault): FieldFault[] =>
  Array.isArray(list) ? list.filter(isObject).map(read) : [];

/** `/api/io`: HTTP 200, and a code in the body. */
function envelope(body: unknown): Read | "success" | undefined {
  if (!isObject(body)) return undefined;
  if (body.successful === true) return "success";
  if (body.successful !== false || typeof body.responseCode !== "number") return undefined;
  const faults = faultsIn(body.errors, ({ field, message }) => ({ path: text(field), message: text(message) }));
  return read(body.responseCode, body.responseMessage, faults);
}

/** `/therapist`: a problem document, its status being all there is of a code. @see https://www.rfc-editor.org/rfc/rfc9457 */
function problem(body: unknown, { ok, status }: Response): Read | "success" | undefined {
  if (ok) return status === 204 || (typeof body === "object" && body !== null) ? "success" : undefined;
  // Others write problem documents, too; ours name the request.
  if (!isObject(body) || body.status !== status || body.type !== "about:blank" || !body.instance) return undefined;
  const faults = faultsIn(body.errors, ({ path, message }) => ({ path: text(path), message: text(message) }));
  return read(status, body.detail ?? body.title, faults);
}

/** Portals: the bare object, or a fault; one of them with HTTP 200, one inside a result. */
function fault(body: unknown, { ok }: Response): Read | "success" | undefined {
  if (!isObject(body)) return undefined;
  const told = !ok && isObject(body.data) ? body.data : body;
  if (told.object === "fault" && typeof told.code === "string") {
    const faults = faultsIn(told.faults, ({ path, reason, code }) => ({
      path: text(path),
      message: text(reason),
      code: text(code),
    }));
    return read(told.code, told.reason, faults);
  }
  return ok && ("object" in body || "loggedin" in body) ? "success" : undefined;
}

const dialects = { practices: envelope, therapists: problem, accounts: fault } as const;

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body === "" ? undefined : body;
  }
}

/** Reads an answer. @throws FrontdeskError unless it tells of success */
export function readAnswer({ id, family, list }: Row, response: Response, bodyText: string): unknown {
  const { status, headers } = response;
  const body = parsed(bodyText);
  const reading = dialects[family](body, response);
  if (reading === "success") {
    return list ? { [list]: body ?? [], ...nextPage(headers.get("link")) } : body;
  }
  throw new FrontdeskError({
    ...(reading ?? { code: "unexpected", text: `answer with HTTP status ${status}` }),
    operation: id,
    status,
    body,
    requestId: headers.get("frontdesk-request-id") ?? headers.get("apigw-requestid") ?? undefined,
    retryAfterSeconds: secondsOf(headers.get("retry-after")),
  });
}

/** Where a list goes on. @see https://www.rfc-editor.org/rfc/rfc8288 */
function nextPage(link: string | null): { cursor?: string } {
  const [, query = ""] = /<[^?>]*\?([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? "") ?? [];
  const cursor = new URLSearchParams(query).get("cursor");
  return cursor === null ? {} : { cursor };
}

/** `Retry-After`: seconds, or a date. */
function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
