import type { Operation } from "../../../lib/operations.ts";
import { descriptionOf } from "../../../openapi/descriptions.ts";
import { isSuccess, type Response } from "../../kit/system.ts";
import { beyondTheDocument, unread } from "./beyond.ts";
import { bodySchemaOf, type Case, forbiddenBy } from "./cases.ts";
import { plainForm } from "./plain-form.ts";

/** Compares what the document says of a request with what the system says of it. */

/** Codes of `/api/io` that refuse a value, whatever is stored. */
const malformedCodes = [4000, 4020, 4060, 4160, 4161, 4233, 4241, 4251, 4252, 4640];

/** What an answer finds wrong with the form of a request, one text for each field. Empty if it is no such refusal. */
function complaintsOf({ family }: Operation, { status, json }: Response): string[] {
  if (family === "practices") {
    if (!malformedCodes.includes(json.responseCode)) return [];
    return (json.errors ?? [{ field: "", message: json.responseMessage }]).map(
      ({ field, message }: Record<string, string>) => `${field}: ${message}`,
    );
  }
  if (status !== 400) return [];
  if (family === "therapists")
    return json.errors.map(({ path, message }: Record<string, string>) => `${path}: ${message}`);
  const faults = json.faults.length > 0 ? json.faults : [json];
  return faults.map(({ path, code, reason }: Record<string, string>) => `${path}: ${code} ${reason}`);
}

/** Whether every text in a value can be sent as Unicode. JSON Schema says nothing about halves of surrogate pairs. */
const isText = (value: unknown): boolean => JSON.stringify(value)?.match(/\\ud[89a-f]../i) === null;

/** Fields whose bad values the operation ignores, though the document forbids them. */
const ignores = (id: string) =>
  new Set([...(descriptionOf(id).ignores ?? []), ...(unread[id] ?? [])].map((name) => name.split(".")[0]));

/** Whether a complaint is about a rule that the document cannot express. */
const isBeyond = ({ id }: Operation, complaint: string): boolean =>
  beyondTheDocument.some(({ says, of = id }) => of === id && says.test(complaint));

function withoutIgnored(id: string, body: unknown): unknown {
  const ignored = ignores(id);
  // Where no field is read, an array is as good as an empty object.
  if (Array.isArray(body) && id in unread) return {};
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !ignored.has(name)));
}

/**
 * Why the document and the system disagree about a request: it was refused as malformed though the document allows it, or
 * carried out though the document forbids it. `undefined` if they agree, or if the document cannot judge the request.
 */
export function disagreement(row: Operation, { judged }: Case, response: Response): string | undefined {
  if (!judged || (judged.body !== undefined && !isText(judged.body))) return undefined;
  const schema = bodySchemaOf(row.id) ?? {};
  const why = forbiddenBy(row.id, judged);
  if (why === undefined) {
    // A text of blanks only is the same as none.
    const isBlank = forbiddenBy(row.id, { ...judged, body: plainForm(row.family, schema, judged.body) }) !== undefined;
    const refused = isBlank ? [] : complaintsOf(row, response).filter((each) => !isBeyond(row, each));
    return refused.length > 0 ? `was refused, though the document allows it: ${refused.join("; ")}` : undefined;
  }
  if (!isSuccess(response)) return undefined;
  const plain = { ...judged, body: plainForm(row.family, schema, withoutIgnored(row.id, judged.body)) };
  const missing = [...ignores(row.id)];
  const stillForbidden = forbiddenBy(row.id, plain);
  if (stillForbidden === undefined || missing.some((name) => stillForbidden.includes(`at ${name}`))) return undefined;
  return `was carried out, though the document forbids it: ${why}`;
}
