import { existsSync, globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as ts from "typescript";
import { type Operation, operations } from "../lib/operations.ts";
import { functionFile } from "./function-file.ts";

/**
 * `npm run check:rows`: names every file that a row of `lib/operations.ts` still needs, every file in `functions/` without
 * a row, and every export without a doc sentence. CONTRIBUTING.md ("Adding an operation") lists what a row needs.
 */

const home = fileURLToPath(new URL("..", import.meta.url));

/** Paths below a folder, relative to the root, with `/` on every system. */
const filesIn = (root: string, pattern: string) =>
  globSync(pattern, { cwd: root })
    .map((file) => file.replaceAll("\\", "/"))
    .sort();

const isExamples = (file: string) => file.endsWith(".examples.ts");

/** One exported name of a file. */
interface Export {
  readonly name: string;
  /** Whether its doc comment has text before the first tag. */
  readonly isDocumented: boolean;
}

function exportsOf(root: string, file: string): Export[] {
  const text = readFileSync(join(root, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = new Map<string, boolean>();
  for (const statement of source.statements.filter(isExport)) {
    const isDocumented = ts
      .getJSDocCommentsAndTags(statement)
      .some((doc) => ts.isJSDoc(doc) && (ts.getTextOfJSDocComment(doc.comment) ?? "").trim() !== "");
    // A zod schema and the type of its values share one name and one doc comment.
    for (const name of namesOf(statement)) found.set(name, isDocumented || found.get(name) === true);
  }
  return [...found].map(([name, isDocumented]) => ({ name, isDocumented }));
}

function isExport(statement: ts.Statement): boolean {
  if (ts.isExportDeclaration(statement) || ts.isExportAssignment(statement)) return true;
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** The names that a statement exports; `default` for an export without a name. */
function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  if (ts.isExportDeclaration(statement)) return [statement.exportClause?.getText() ?? "*"];
  const { name } = statement as { name?: ts.Node };
  return [name?.getText() ?? "default"];
}

/** What the rows need and do not have yet. */
function missingFiles(root: string, rows: readonly Operation[]): string[] {
  // The examples move into files of their own one family after the other.
  const haveExamples = filesIn(root, "functions/**/*.examples.ts").length > 0;
  const tiers = join(root, "test/registry/credentials.test.ts");
  const document = join(root, "docs/openapi.json");
  const inTiers = existsSync(tiers) ? readFileSync(tiers, "utf8") : "";
  const inDocument = existsSync(document) ? readFileSync(document, "utf8") : "";
  return rows.flatMap((row) => {
    const { id, family, paths } = row;
    const file = fileOf(row);
    const examples = file.replace(/\.ts$/, ".examples.ts");
    const test = `test/${file.replace(/\.ts$/, ".test.ts")}`;
    const isDescribed = family !== "edge";
    const missing = [
      !existsSync(join(root, file)) &&
        `${file}: write the function of ${id}: what goes in, what it reads, what can go wrong, what it does.`,
      isDescribed &&
        haveExamples &&
        !existsSync(join(root, examples)) &&
        `${examples}: describe ${id} with describeOperation: its answers, examples, failures, round trips and typical call.`,
      !existsSync(join(root, test)) &&
        `${test}: test the guarantees of ${id}, with a \`describe\` for each kind of answer.`,
      paths.some((path) => path.startsWith("/api/io/")) &&
        !new RegExp(`\\b${id}\\b`).test(inTiers) &&
        `test/registry/credentials.test.ts: add ${id} to the tier that the contract gives it.`,
      isDescribed &&
        !inDocument.includes(`"operationId": "${id}"`) &&
        `docs/openapi.json: ${id} is not in it yet: run \`npm run openapi\` when the other files are written.`,
    ];
    return missing.filter((line) => line !== false);
  });
}

const fileOf = (row: Operation) => relative(home, fileURLToPath(functionFile(row))).replaceAll("\\", "/");

function filesWithoutRow(root: string, rows: readonly Operation[]): string[] {
  const known = new Set(rows.map(fileOf));
  return filesIn(root, "functions/**/*.ts")
    .filter((file) => !file.startsWith("functions/workers/"))
    .filter((file) => !known.has(file.replace(/\.examples\.ts$/, ".ts")))
    .map((file) => `${file}: no row of lib/operations.ts has this file: add the row, or delete the file.`);
}

/** Function files export `handler` alone; it and every export of lib has a doc sentence. */
function undocumented(root: string): string[] {
  const functions = filesIn(root, "functions/**/*.ts").filter((file) => !isExamples(file));
  const otherExports = functions.flatMap((file) => {
    const names = exportsOf(root, file).map(({ name }) => name);
    if (names.length === 1 && names[0] === "handler") return [];
    return [
      `${file}: a function file exports \`handler\` and nothing else; this one exports ${names.join(", ") || "nothing"}.`,
    ];
  });
  const bare = [...filesIn(root, "lib/**/*.ts"), ...functions].flatMap((file) =>
    exportsOf(root, file)
      .filter(({ isDocumented }) => !isDocumented)
      .map(({ name }) => `${file}: add a doc comment that says in a sentence what \`${name}\` is.`),
  );
  return [...otherExports, ...bare];
}

/**
 * What is missing, one line each: the file, and what to do there.
 * @param root the folder that holds `functions/`, `lib/`, `test/` and `docs/`
 */
export const missingPlaces = (root: string, rows: readonly Operation[]): string[] => [
  ...missingFiles(root, rows),
  ...filesWithoutRow(root, rows),
  ...undocumented(root),
];

if (import.meta.main) {
  const missing = missingPlaces(home, operations);
  for (const line of missing) console.log(line);
  if (missing.length > 0) process.exitCode = 1;
}
