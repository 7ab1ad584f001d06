import { expect } from "vitest";
import { documentedRow } from "../kit/examples.ts";
import type { Response } from "../kit/system.ts";
import { documented } from "./document.ts";

/** Compares the headers of answers with the document. */

/** Headers that any answer may have; the introduction says when. */
const common = [
  "cache-control",
  "content-type",
  "strict-transport-security",
  "x-content-type-options",
  "idempotent-replayed",
];
/** Requests of portals have no fields that are ignored. */
const commonOfOthers = [...common, "frontdesk-ignored"];
const commonOfPortals = [
  ...common,
  "vary",
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "access-control-expose-headers",
];

/** The documented headers of an operation by status and name, and whether they are required. */
const headersOf = (id: string) =>
  Object.entries(documented(id).operation.responses).flatMap(([status, { headers = {} }]) =>
    Object.entries(headers).map(([name, { required, description }]) => ({ status, name, required, description })),
  );

/** The documented headers that answers have had so far, and those that were missing. */
const seen = new Set<string>();
const sight = (id: string, status: string, name: string, isThere: boolean) =>
  `${id} ${status} ${name} ${isThere ? "there" : "not there"}`;

/** Asserts that an answer has the documented headers, and no others except those that any answer may have. */
export function expectDocumentedHeaders(id: string, { status, headers, cookies, text }: Response): void {
  const there = new Set([...Object.keys(headers), ...(cookies.length > 0 ? ["set-cookie"] : [])]);
  const own = headersOf(id).filter((header) => header.status === String(status));
  for (const { name, required, description } of own) {
    const isThere = there.delete(name.toLowerCase());
    seen.add(sight(id, String(status), name, isThere));
    if (required) expect(isThere, `${id} ${status} without ${name}`).toBe(true);
    if (name === "Set-Cookie") {
      for (const cookie of cookies) expect(description).toContain(`\`${cookie.split("=")[0]}\``);
    }
  }
  const others = documentedRow(id).family === "accounts" ? commonOfPortals : commonOfOthers;
  expect([...there].filter((name) => !others.includes(name))).toEqual([]);
  const caching = own.find(({ name }) => name === "Cache-Control")?.description ?? "`no-store`";
  expect(caching).toContain(`\`${headers["cache-control"]}\``);
  expect(headers["content-type"] !== undefined).toBe(text !== "");
}

/** Documented headers that no answer had, and optional ones that were never missing. */
export const unseenHeaders = (ids: readonly string[]): string[] =>
  ids
    .flatMap((id) =>
      headersOf(id).flatMap(({ status, name, required }) => [
        sight(id, status, name, true),
        ...(required ? [] : [sight(id, status, name, false)]),
      ]),
    )
    .filter((wanted) => !seen.has(wanted));
