import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import type { Operation } from "../../lib/operations.ts";
import { missingPlaces } from "../../tools/check-rows.ts";

/** `npm run check:rows`, on a small project with one operation. */

const row: Operation = {
  id: "PracticeFind",
  family: "practices",
  method: "POST",
  paths: ["/api/io/PracticeFind"],
  tier: "vendor",
  table: "read",
  memory: "small",
  summary: "Finds",
};
const handler = "/** Finds. */\nexport const handler = 1;\n";
const complete = {
  "functions/practices/practice-find.ts": handler,
  "functions/practices/practice-find.examples.ts": "export default 1;\n",
  "functions/workers/send.ts": handler,
  "test/functions/practices/practice-find.test.ts": "",
  "test/registry/credentials.test.ts": 'const tiers = { vendor: ["PracticeFind"] };\n',
  "docs/openapi.json": '{ "operationId": "PracticeFind" }\n',
  "docs/cost.md":
    "<!-- cost: -->\n| PracticeFind: one | 1 |\n<!-- /cost -->\n<!-- functions: -->\n| PracticeFind | 512 |\n<!-- /functions -->\n",
  "lib/practices/find.ts": "/** Finds. */\n// biome-ignore lint: because\nexport const find = 1;\n",
};
type Files = Readonly<Record<string, string | undefined>>;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "frontdesk-rows-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
});

/** What is missing in the project after some files are changed, or deleted by `undefined`. */
function missingAfter(changed: Files): string[] {
  for (const [file, text] of Object.entries<string | undefined>({ ...complete, ...changed })) {
    if (text === undefined) continue;
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return missingPlaces(root, [row]);
}

it("names nothing when all is in its place", () => {
  expect(missingAfter({})).toEqual([]);
});

it.each([
  "functions/practices/practice-find.ts",
  "functions/practices/practice-find.examples.ts",
  "test/functions/practices/practice-find.test.ts",
  "test/registry/credentials.test.ts",
  "docs/openapi.json",
])("names a row's missing file: %s", (file) => {
  expect(missingAfter({ [file]: undefined })).toEqual([
    expect.stringMatching(new RegExp(`^${RegExp.escape(file)}: .*PracticeFind`)),
  ]);
});

it.each(["functions/practices/other.ts", "functions/practices/other.examples.ts"])(
  "names a file without a row: %s",
  (file) => {
    expect(missingAfter({ [file]: handler })).toEqual([expect.stringMatching(`^${file}: no row`)]);
  },
);

it.each([
  ["another export", `${handler}/** More. */\nexport const more = 1;\n`],
  ["a type", `${handler}/** More. */\nexport interface More {}\n`],
  ["a list", `${handler}const more = 1;\n/** More. */\nexport { more };\n`],
  ["a default", "/** Finds. */\nexport default 1;\n"],
  ["nothing", "const handler = 1;\n"],
])("names a function file that exports not only its handler: %s", (_, text) => {
  const file = "functions/practices/practice-find.ts";
  expect(missingAfter({ [file]: text })).toEqual([expect.stringMatching(`^${file}: .*nothing else`)]);
});

it.each([
  ["without a comment", "export const find = 1;\n"],
  ["with a plain comment", "// Finds.\nexport const find = 1;\n"],
  ["with nothing but a tag", "/** @throws Error */\nexport const find = 1;\n"],
  ["that is a function", "export async function find() {}\n"],
  ["that is a type", "export interface find {}\n"],
  ["with a comment further up", "/** Another. */\nconst other = 1;\nexport const find = other;\n"],
])("names an export without a doc sentence: %s", (_, text) => {
  const file = "lib/practices/find.ts";
  expect(missingAfter({ [file]: text })).toEqual([expect.stringMatching(`^${file}: .*\`find\``)]);
});

it("asks for a sentence at the handler, too", () => {
  const file = "functions/workers/send.ts";
  expect(missingAfter({ [file]: "export const handler = 1;\n" })).toEqual([expect.stringContaining("`handler`")]);
});

it("takes one sentence for a schema and the type of its values", () => {
  const text = "/** A find. */\nexport const Find = 1;\nexport type Find = number;\n";
  expect(missingAfter({ "lib/practices/find.ts": text })).toEqual([]);
});

it.each([
  ["functions", "<!-- cost: -->\n| PracticeFind: one | 1 |\n<!-- /cost -->\n", "test:lambda"],
  ["calls", "<!-- functions: -->\n| PracticeFind | 512 |\n<!-- /functions -->\n", "bench -- operations --write"],
])("names a row's missing line in the table of %s", (table, text, command) => {
  expect(missingAfter({ "docs/cost.md": text })).toEqual([
    expect.stringMatching(new RegExp(`^docs/cost.md: the table of ${table} lacks PracticeFind: .*${command}`)),
  ]);
});
