import { expect } from "vitest";
import type { Response } from "../kit/system.ts";
import { documented, misfit } from "./document.ts";
import { expectDocumentedHeaders } from "./headers.ts";

/** Compares whole answers with docs/openapi.json. */

/**
 * Asserts that an answer is documented: status, headers, media type and every field.
 * @param id of the operation that has answered
 */
export function expectDocumentedAnswer(id: string, answer: Response): void {
  const { status, headers, text, json } = answer;
  const response = documented(id).operation.responses[status];
  expect(response, `${id} answers ${status}, which is not documented: ${text}`).toBeDefined();
  expectDocumentedHeaders(id, answer);
  if (!response?.content) {
    expect(text).toBe("");
    return;
  }
  const mediaType = mediaTypeOf(headers);
  expect(Object.keys(response.content)).toContain(mediaType);
  expect(misfit(response.content[mediaType]?.schema ?? {}, json), text).toBeUndefined();
}

/** The media type of an answer, without parameters. */
export const mediaTypeOf = (headers: Response["headers"]): string =>
  String(headers["content-type"]).split(";")[0] ?? "";
