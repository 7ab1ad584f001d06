import { readFileSync } from "node:fs";
import type { OperationId } from "../../lib/operations.ts";

/** What `docs/openapi.json` says of each answer, as text: by operation and status, such as `PracticeSave-200`. */
const documented = new Map<string, string>();
const file = new URL("../../docs/openapi.json", import.meta.url);
const { components } = JSON.parse(readFileSync(file, "utf8")) as { components: { responses: Record<string, object> } };
for (const [name, response] of Object.entries(components.responses)) documented.set(name, JSON.stringify(response));

/** An answer's status and its body, if that is JSON. */
export interface AnswerRead {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: each operation has its own
  readonly json: any;
}

/** The body of an answer as JSON; `undefined` for anything else. */
export const jsonOf = (text: string) => (/^[{[]/.test(text) ? JSON.parse(text) : undefined);

/** Whether an answer is a success, in the dialect of its family. */
export const isDone = ({ status, json }: AnswerRead): boolean =>
  status < 300 && json?.successful !== false && json?.object !== "fault";

/** HTTP 204: a list of therapists' records that is empty. */
const noContent = 204;

/** Whether the document has an answer: its status for this operation, and the code of a failure for this status. */
export function isDocumented(id: OperationId, answer: AnswerRead): boolean {
  const response = documented.get(`${id}-${answer.status}`);
  if (response === undefined) return false;
  if (answer.json === undefined) return answer.status === noContent;
  if (isDone(answer)) return true;
  const { successful, responseCode, object, code } = answer.json;
  if (successful === false) return response.includes(`/Refusal${responseCode}"`);
  return object !== "fault" || response.includes(`/Fault-${code}"`);
}
