import { expect } from "vitest";
import type { Response } from "../kit/system.ts";
import { documented, misfit } from "./document.ts";
import { expectDocumentedHeaders } from "./headers.ts";

/** Compares whole answers with docs/openapi.json. */

/** An answer, read by any client. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** The media type of an answer, without parameters. */
export const mediaTypeOf = (headers: Answer["headers"]): string => String(headers["content-type"]).split(";")[0] ?? "";

/** The body of an answer as JSON; `undefined` for another media type, and for none. */
// biome-ignore lint/suspicious/noExplicitAny: each operation has its own
export const jsonIn = ({ headers, text }: Answer): any =>
  mediaTypeOf(headers).endsWith("json") ? JSON.parse(text) : undefined;

/**
 * What an answer has that the document does not have: its status, media type, or a field of its body. `undefined` if it is
 * documented.
 * @param id of the operation that has answered
 */
export function undocumentedIn(id: string, answer: Answer): string | undefined {
  const { status, headers, text } = answer;
  const response = documented(id).operation.responses[status];
  if (!response) return `status ${status}: ${text}`;
  if (!response.content) return text === "" ? undefined : `a body with status ${status}: ${text}`;
  const content = response.content[mediaTypeOf(headers)];
  if (!content) return `media type ${mediaTypeOf(headers)} with status ${status}: ${text}`;
  const why = misfit(content.schema, jsonIn(answer));
  return why && `a body with status ${status}, in which ${why}: ${text}`;
}

/**
 * Asserts that an answer is documented: status, headers, media type and every field.
 * @param id of the operation that has answered
 */
export function expectDocumentedAnswer(id: string, answer: Response): void {
  expect(undocumentedIn(id, answer), `${id} is answered with what is not documented`).toBeUndefined();
  expectDocumentedHeaders(id, answer);
}
