import { readFileSync, writeFileSync } from "node:fs";
import { type Operation, operations } from "../lib/operations.ts";
import { startWorld } from "../test/kit/engine.ts";
import { kebabCase } from "../tools/function-file.ts";
import { clientContract } from "./client-types.ts";
import { coreOf, type WholeDocument } from "./core.ts";
import { openApiDocument } from "./document.ts";
import type { ShownFailures } from "./failures.ts";

/** The table of operations in `docs/operations.md`, from the registry. */
export function operationsTable(): string {
  const rows = (operations as readonly Operation[]).map(
    ({ id, family, method, paths: [path], tier, summary }) =>
      `| [\`${id}\`](../functions/${family}/${kebabCase(id)}.ts) | \`${method} ${path}\` | ${tier} | ${summary} |`,
  );
  return ["| operation | call | credentials | what it does |", "|---|---|---|---|", ...rows].join("\n");
}

const marked = /<!-- operations: [^>]*-->\n[\s\S]*?(<!-- \/operations -->)/;

/** The page of operations. */
export const operationsPage = "docs/operations.md";

/** The page of operations with the table as the registry is now. @param page its text */
export const withOperations = (page: string): string =>
  page.replace(
    marked,
    (_, end: string) => `<!-- operations: written by \`npm run openapi\` -->\n${operationsTable()}\n${end}`,
  );

/** The text of `docs/openapi.json`. @param failures what each operation answers when it fails */
export async function openApiText(failures: ShownFailures): Promise<string> {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  return textOf(await openApiDocument(version, failures));
}

const textOf = (document: object) => `${JSON.stringify(document, null, 2)}\n`;

/** The text of `docs/openapi.core.json`: the same document with one path for each operation. */
export const coreText = (text: string): string => textOf(coreOf(JSON.parse(text) as WholeDocument));

if (import.meta.main) {
  const engine = await startWorld();
  // Imported now: it opens an inbox on the engine that the environment names.
  const { observeFailures } = await import("../test/openapi/failing.ts");
  const text = await openApiText(await observeFailures());
  writeFileSync("docs/openapi.json", text);
  writeFileSync("docs/openapi.core.json", coreText(text));
  writeFileSync("client/src/contract.ts", clientContract(JSON.parse(text)));
  writeFileSync(operationsPage, withOperations(readFileSync(operationsPage, "utf8")));
  await engine.stop();
  // What the scenarios opened for messages is still open.
  process.exit();
}
