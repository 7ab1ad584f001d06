import { readFileSync, writeFileSync } from "node:fs";
import { type Operation, operations } from "../lib/operations.ts";
import { kebabCase } from "../tools/function-file.ts";
import { clientContract } from "./client-types.ts";
import { coreOf, type WholeDocument } from "./core.ts";
import { openApiDocument } from "./document.ts";
import { clientHints, errorsHtml, errorsMarkdown } from "./error-pages.ts";

/** The table of operations in `docs/operations.md`, made from the registry. */
export function operationsTable(): string {
  const rows = (operations as readonly Operation[]).map(
    ({ id, family, method, paths: [path], tier, summary }) =>
      `| [\`${id}\`](../functions/${family}/${kebabCase(id)}.ts) | \`${method} ${path}\` | ${tier} | ${summary} |`,
  );
  return ["| operation | call | credentials | what it does |", "|---|---|---|---|", ...rows].join("\n");
}

const marked = /<!-- operations: [^>]*-->\n[\s\S]*?(<!-- \/operations -->)/;

/** Path of the page of operations. */
export const operationsPage = "docs/operations.md";

/** Replaces the table in the page of operations. @param page the text of the page */
export const withOperations = (page: string): string =>
  page.replace(
    marked,
    (_, end: string) => `<!-- operations: written by \`npm run openapi\` -->\n${operationsTable()}\n${end}`,
  );

/** The text of `docs/openapi.json`. */
export async function openApiText(): Promise<string> {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  return textOf(await openApiDocument(version));
}

const textOf = (document: object) => `${JSON.stringify(document, null, 2)}\n`;

/** The text of `docs/openapi.core.json`: the same document with one path for each operation. @param text the document */
export const coreText = (text: string): string => textOf(coreOf(JSON.parse(text) as WholeDocument));

/** The files about errors, and the functions that write their texts. */
export const errorPages = {
  "docs/errors.md": errorsMarkdown,
  "web/docs/errors.html": errorsHtml,
  "client/src/hints.ts": clientHints,
} as const;

if (import.meta.main) {
  const text = await openApiText();
  writeFileSync("docs/openapi.json", text);
  writeFileSync("docs/openapi.core.json", coreText(text));
  writeFileSync("client/src/contract.ts", clientContract(JSON.parse(text)));
  writeFileSync(operationsPage, withOperations(readFileSync(operationsPage, "utf8")));
  for (const [file, write] of Object.entries(errorPages)) writeFileSync(file, write());
}
