import { existsSync, globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as ts from "typescript";
import { type Operation, operations } from "../lib/operations.ts";
import { functionFile } from "./function-file.ts";

/**
 * `npm run check:rows`: names every file that a row of `lib/operations.ts` still needs, every file in `functions/` without
 * a row, every export without a doc sentence, and failures that are declared and not described. CONTRIBUTING.md ("Adding an operation") lists what a row needs.
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
  const textOf = (file: string) => (existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "");
  const inTiers = textOf("test/registry/credentials.test.ts");
  const inDocument = textOf("docs/openapi.json");
  const costs = textOf("docs/cost.md");
  const between = (mark: string) => costs.slice(costs.indexOf(`<!-- ${mark}:`), costs.indexOf(`<!-- /${mark} -->`));
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
      !between("functions").includes(`\n| ${id} |`) &&
        `docs/cost.md: the table of functions lacks ${id}: run \`npm run test:lambda -- --write\` at the end.`,
      !new RegExp(`\n\\| ${id}[ :]`).test(between("cost")) &&
        `docs/cost.md: the table of calls lacks ${id}: run \`npm run bench -- operations --write\` at the end.`,
    ];
    return missing.filter((line) => line !== false);
  });
}

const fileOf = (row: Operation) => relative(home, fileURLToPath(functionFile(row))).replaceAll("\\", "/");

/** Functions that AWS calls with other events than requests of callers: the workers, and the API's authorizer. */
const isNoOperation = (file: string) =>
  file.startsWith("functions/workers/") || file === "functions/edge/admit-cloudfront.ts";

function filesWithoutRow(root: string, rows: readonly Operation[]): string[] {
  const known = new Set(rows.map(fileOf));
  return filesIn(root, "functions/**/*.ts")
    .filter((file) => !isNoOperation(file))
    .filter((file) => !known.has(file.replace(/\.examples\.ts$/, ".ts")))
    .map((file) => `${file}: no row of lib/operations.ts has this file: add the row, or delete the file.`);
}

/** Failures that functions declare and that their examples do not describe, and those that they describe for nothing. */
async function wrongFailures(): Promise<string[]> {
  // Loaded now: the descriptions cannot be loaded while one of their files is missing.
  const { documentedRows, handlerOf } = await import("../openapi/handlers.ts");
  const { descriptionOf } = await import("../openapi/descriptions.ts");
  const { compareFailures } = await import("../openapi/stack-failures.ts");
  const lines = documentedRows.map(async (row) => {
    const { missing, impossible } = compareFailures(row, await handlerOf(row), descriptionOf(row.id));
    const file = fileOf(row).replace(/\.ts$/, ".examples.ts");
    return [
      ...missing.map((code) => `${file}: describe the failure ${code}: how it comes about, and what the answer says.`),
      ...impossible.map(
        (code) => `${file}: ${row.id} cannot fail with ${code}: declare it in the function, or delete it here.`,
      ),
    ];
  });
  return (await Promise.all(lines)).flat();
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
  const places = missingPlaces(home, operations);
  const missing = places.length > 0 ? places : await wrongFailures();
  for (const line of missing) console.log(line);
  if (missing.length > 0) process.exitCode = 1;
}
