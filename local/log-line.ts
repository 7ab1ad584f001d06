import type { Operation } from "../lib/operations.ts";
import type { Answer } from "./answer.ts";

/** A call that is logged. */
export interface LoggedCall {
  readonly row: Operation;
  /** The request's headers. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** The request's body; `undefined` when it was not read. */
  readonly body: Buffer | undefined;
  readonly answer: Answer;
}

/** The longest text of an answer in the log, in characters. */
const textMax = 200;
/** What a field's name can look like. Other names are not logged: the client may have sent a whole body as a name. */
const fieldName = /^[A-Za-z_][\w.[\]-]{0,59}$/;

/**
 * The outcome of a call, for the developer at the terminal: `4060 phone: must be exactly 10 digits`. It has the status or
 * code, the answer's reason, and hints about mistakes in the request. It contains no value that was sent.
 */
export function outcomeOf(call: LoggedCall): string {
  const hints = hintsOf(call);
  return [codeAndReason(call.answer), ...(hints.length > 0 ? [`(${hints.join("; ")})`] : [])].join(" ");
}

/** Status or code, and the reason of a failure. Each family has its own format. */
function codeAndReason({ statusCode = 200, body = "", headers = {} }: Answer): string {
  const json = /json/.test(String(headers["content-type"])) ? parsed(body) : {};
  if (typeof json.responseCode === "number") {
    const reason = json.successful === true ? "" : (listed(json.errors, "field", "message") ?? json.responseMessage);
    return line(json.responseCode, reason);
  }
  if (json.object === "fault") {
    return line(statusCode, json.code, withoutQuotes(listed(json.faults, "path", "reason") ?? reasonOf(json)));
  }
  return line(statusCode, listed(json.errors, "path", "message") ?? json.detail ?? json.message);
}

function hintsOf({ row, headers, body, answer }: LoggedCall): string[] {
  const hints: string[] = [];
  const failed = (answer.statusCode ?? 200) >= 400;
  const isPortal = ["portal", "visitor", "session"].includes(row.tier);
  const type = String(headers["content-type"] ?? "");
  const wantsJson = isPortal || row.family === "therapists";
  if (failed && wantsJson && /^\s*[[{]/.test(beginning(body)) && !/json/i.test(type)) {
    hints.push("the body looks like JSON: it needs Content-Type: application/json");
  }
  // The code alone could also mean a bad body.
  if (row.family !== "practices" && /"responseCode"/.test(answer.body ?? ""))
    hints.push("no operation has this path and method");
  const ignored = String(answer.headers?.["frontdesk-ignored"] ?? "").split(", ");
  const names = ignored.filter((name) => fieldName.test(name));
  if (names.length > 0) hints.push(`ignored: ${names.join(", ")}`);
  return hints;
}

const beginning = (body: Buffer | undefined) => body?.subarray(0, 100).toString("utf8") ?? "";

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {};
  }
}

/** The errors of single fields: `name: is required; phone: must be exactly 10 digits`. */
function listed(errors: unknown, name: string, message: string): string | undefined {
  if (!Array.isArray(errors) || errors.length === 0) return undefined;
  const texts = errors.map((error) => {
    const field = String(error?.[name] ?? "");
    return [...(fieldName.test(field) ? [field] : []), error?.[message]].join(": ");
  });
  return texts.join("; ");
}

/** Portals repeat a value of the caller after a colon or in quotes: `Unknown property: …`. It must not be logged. */
const reasonOf = ({ reason }: Readonly<Record<string, unknown>>) => String(reason ?? "").replace(/:.*$/s, "");
const withoutQuotes = (text: string) => text.replaceAll(/ ?"[^"]*"/g, "");

const line = (...parts: readonly unknown[]) =>
  parts
    .filter((part) => part !== undefined && part !== "")
    .join(" ")
    .replaceAll(/\p{Cc}+/gu, " ")
    .slice(0, textMax);
