import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Operation } from "../lib/operations.ts";

/** A call as it is logged. */
export interface LoggedCall {
  readonly row: Operation;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Of the request; `undefined` when it was not read. */
  readonly body: Buffer | undefined;
  /** The names that the operation takes from a body's root, where it ignores others. */
  readonly taken: ReadonlySet<string> | undefined;
  readonly answer: APIGatewayProxyStructuredResultV2;
}

/** Longest text of an answer in the log, in characters. */
const textMax = 200;
/** How many ignored fields are named. */
const ignoredMax = 20;
/** Names of fields as people choose them. Of others it is not known what they are: perhaps a whole body. */
const fieldName = /^[A-Za-z_][\w.[\]-]{0,59}$/;

/**
 * What became of a call, for the person at the desk: `4060 phone: must be exactly 10 digits`. It holds the status or code,
 * what the answer says of it, and a hint where the cause is in the request's headers. It holds no value that was sent.
 */
export function outcomeOf(call: LoggedCall): string {
  const hints = hintsOf(call);
  return [said(call.answer), ...(hints.length > 0 ? [`(${hints.join("; ")})`] : [])].join(" ");
}

/** Status or code, and the reason of a failure, in the words of each family. */
function said({ statusCode = 200, body = "", headers = {} }: LoggedCall["answer"]): string {
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

function hintsOf({ row, headers, body, taken, answer }: LoggedCall): string[] {
  const hints: string[] = [];
  const failed = (answer.statusCode ?? 200) >= 400;
  const isPortal = ["portal", "visitor", "session"].includes(row.tier);
  const type = String(headers["content-type"] ?? "");
  const wantsJson = isPortal || row.family === "therapists";
  if (failed && wantsJson && /^\s*[[{]/.test(beginning(body)) && !/json/i.test(type)) {
    hints.push("the body looks like JSON: it needs Content-Type: application/json");
  }
  // Its code alone could be that of a bad body.
  if (row.id === "Unmatched" && /"responseCode"/.test(answer.body ?? ""))
    hints.push("no operation has this path and method");
  const ignored = taken && body ? Object.keys(parsed(body.toString())).filter((name) => !taken.has(name)) : [];
  const names = ignored.filter((name) => fieldName.test(name)).slice(0, ignoredMax);
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

/** What is wrong with single fields: `name: is required; phone: must be exactly 10 digits`. */
function listed(errors: unknown, name: string, message: string): string | undefined {
  if (!Array.isArray(errors) || errors.length === 0) return undefined;
  const texts = errors.map((error) => {
    const field = String(error?.[name] ?? "");
    return [...(fieldName.test(field) ? [field] : []), error?.[message]].join(": ");
  });
  return texts.join("; ");
}

/** Portals name after a colon, or in quotes, what they do not know: `Unknown property: …`. That is the caller's. */
const reasonOf = ({ reason }: Readonly<Record<string, unknown>>) => String(reason ?? "").replace(/:.*$/s, "");
const withoutQuotes = (text: string) => text.replaceAll(/ ?"[^"]*"/g, "");

const line = (...parts: readonly unknown[]) =>
  parts
    .filter((part) => part !== undefined && part !== "")
    .join(" ")
    .replaceAll(/\p{Cc}+/gu, " ")
    .slice(0, textMax);
