import { readFileSync, writeFileSync } from "node:fs";
import { type Operation, operations } from "../lib/operations.ts";
import { functionDefaults, setDefaults } from "../local/environment.ts";
import { kebabCase } from "../local/functions.ts";
import { clientContract } from "./client.ts";

/** README's table of operations, from the registry. */
export function operationsTable(): string {
  const rows = (operations as readonly Operation[]).map(
    ({ id, family, method, paths: [path], tier, summary }) =>
      `| [\`${id}\`](functions/${family}/${kebabCase(id)}.ts) | \`${method} ${path}\` | ${tier} | ${summary} |`,
  );
  return ["| operation | call | credentials | what it does |", "|---|---|---|---|", ...rows].join("\n");
}

const marked = /<!-- operations: [^>]*-->\n[\s\S]*?(<!-- \/operations -->)/;

/** A README with the present table of operations in its place. */
export const withOperations = (readme: string): string =>
  readme.replace(
    marked,
    (_, end: string) => `<!-- operations: written by \`npm run openapi\` -->\n${operationsTable()}\n${end}`,
  );

/** The text of `docs/openapi.json`. */
export async function openApiText(): Promise<string> {
  // Functions want settings; what they are makes no difference to the document.
  const portal = { PORTAL_URL: "https://{org}.portal.example.com", SEAL_SECRET: "of no worth: nothing is sealed here" };
  setDefaults({ ...functionDefaults, ...portal });
  const { openApiDocument } = await import("./openapi.ts");
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  return `${JSON.stringify(await openApiDocument(version), null, 2)}\n`;
}

if (import.meta.main) {
  writeFileSync("README.md", withOperations(readFileSync("README.md", "utf8")));
  const text = await openApiText();
  writeFileSync("docs/openapi.json", text);
  writeFileSync("client/src/contract.ts", clientContract(JSON.parse(text)));
}
