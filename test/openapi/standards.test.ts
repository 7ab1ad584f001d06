import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const page = "docs/security/standards.md";

/** A row of a table of requirements: its cells by the names of their columns. */
type Row = Readonly<Record<string, string>>;

/** The rows below a heading, up to the next heading of the same level. Only tables of requirements have a `number`. */
function rowsBelow(heading: string): Row[] {
  const [, section = ""] = readFileSync(page, "utf8").split(`\n## ${heading}\n`);
  const [text = ""] = section.split("\n## ");
  const tables = text
    .trim()
    .split("\n\n")
    .filter((block) => block.startsWith("| number |"));
  return tables.flatMap((table) => {
    const [columns = [], , ...rows] = table.trim().split("\n").map(cellsOf);
    return rows.map((cells) => Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? ""])));
  });
}
const cellsOf = (line: string) =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

const standards = {
  "OWASP API Security Top 10 (2023)": rowsBelow("OWASP API Security Top 10 (2023)"),
  "OWASP ASVS 5.0.0": rowsBelow("OWASP ASVS 5.0.0"),
  "NIST SP 800-63B-4": rowsBelow("NIST SP 800-63B-4"),
};
const numbersOf = (rows: readonly Row[]) => rows.map(({ number }) => number);

it("OWASP API Security Top 10: no number is missing", () => {
  const wanted = Array.from({ length: 10 }, (_, index) => `API${index + 1}`);
  expect(numbersOf(standards["OWASP API Security Top 10 (2023)"])).toEqual(wanted);
});

/** The sections of the chapters V6, V7 and V8 of ASVS 5.0.0, with the level of each requirement, in their order. */
const asvs = {
  "6.1": "122",
  "6.2": "111111112222",
  "6.3": "11223333",
  "6.4": "112233",
  "6.5": "22222333",
  "6.6": "2223",
  "6.7": "33",
  "6.8": "2222",
  "7.1": "222",
  "7.2": "1111",
  "7.3": "22",
  "7.4": "11222",
  "7.5": "223",
  "7.6": "22",
  "8.1": "1233",
  "8.2": "1123",
  "8.3": "133",
  "8.4": "23",
};

it("ASVS: no number of V6, V7 and V8 is missing, and each has its level", () => {
  const wanted = Object.entries(asvs).flatMap(([section, levels]) =>
    Array.from(levels, (level, index) => `${section}.${index + 1}, level ${level}`),
  );
  const rows = standards["OWASP ASVS 5.0.0"];
  expect(rows.map(({ number, level }) => `${number}, level ${level}`)).toEqual(wanted);
});

/** The sections of SP 800-63B-4 that the page is about, with the length of the numbered list that they have. */
const nist = {
  ...{ "2.1.1": 0, "2.1.2": 0, "2.1.3": 0, "2.2.1": 0, "2.2.2": 0, "2.2.3": 0, "2.3.1": 0, "2.3.2": 0, "2.3.3": 0 },
  ...{ "3.1.1.1": 0, "3.1.1.2": 9, "3.1.2.1": 0, "3.1.2.2": 0 },
  ...{ "3.1.3.1": 0, "3.1.3.2": 0, "3.1.3.3": 0, "3.1.3.4": 0 },
  ...{ "3.1.4.1": 0, "3.1.4.2": 0, "3.1.5": 0, "3.1.6": 0, "3.1.7": 0 },
  ...{ "3.2.1": 0, "3.2.2": 0, "3.2.3": 0, "3.2.4": 0, "3.2.5": 0, "3.2.6": 0, "3.2.7": 0, "3.2.8": 0, "3.2.9": 4 },
  ...{ "3.2.10": 0, "3.2.11": 0, "3.2.12": 0, "3.2.13": 0 },
  ...{ "4.1": 0, "4.1.1": 0, "4.1.2.1": 0, "4.1.2.2": 0, "4.1.3": 0, "4.1.4": 0 },
  ...{ "4.2.1.1": 0, "4.2.1.2": 0, "4.2.1.3": 0, "4.2.1.4": 0, "4.2.2.1": 0, "4.2.2.2": 0, "4.2.2.3": 0, "4.2.3": 0 },
  ...{ "4.3": 0, "4.4": 0, "4.5": 0, "4.6": 0 },
  ...{ "5.1": 6, "5.1.1": 7, "5.1.2": 0, "5.2": 0, "5.3": 0 },
};

it("SP 800-63B-4: no section and no item of a numbered list is missing", () => {
  const numbers = numbersOf(standards["NIST SP 800-63B-4"]);
  expect([...new Set(numbers.map((number) => number?.split(" ")[0]))]).toEqual(Object.keys(nist));
  const items = Object.entries(nist).flatMap(([section, length]) =>
    Array.from({ length }, (_, index) => `${section} (${index + 1})`),
  );
  expect(numbers.filter((number) => number?.includes("("))).toEqual(items);
});

const linksOf = (cell: string) =>
  [...cell.matchAll(/\]\(([^)#\s]+)/g)].map(([, target]) => join(dirname(page), `${target}`));
const isTest = (file: string) => /^test\/.+\.test\.ts$/.test(file.replaceAll("\\", "/"));

/** What a verdict needs: the test that proves it, or words that say why there is none. */
const verdicts: Readonly<Record<string, { tested: boolean }>> = {
  met: { tested: true },
  partly: { tested: true },
  yours: { tested: false },
  "not covered": { tested: false },
  "does not apply": { tested: false },
};

describe.each(Object.entries(standards))("%s: a row", (_, rows) => {
  it.each(rows.map((row) => [row.number, row] as const))(
    "%s says what is asked, how it is met or why not, and which test proves it",
    (_number, { "asks for": asked = "", verdict = "", how = "", test = "" }) => {
      const needed = verdicts[verdict];
      expect(needed, `"${verdict}" is a verdict`).toBeDefined();
      expect(asked).not.toBe("");
      expect(how).not.toBe("");
      const proofs = linksOf(test);
      expect(proofs.filter((file) => !isTest(file))).toEqual([]);
      if (needed?.tested) expect(proofs).not.toEqual([]);
      expect([...linksOf(how), ...proofs].filter((file) => !existsSync(file))).toEqual([]);
    },
  );

  it("has a number of its own", () => {
    expect(new Set(numbersOf(rows)).size).toBe(rows.length);
  });
});

it("functions send the commands of lib/table/commands.ts only", () => {
  const files = globSync("{lib,functions}/**/*.ts");
  const ofLibrary = /^import (?!type )[^;]*from "@aws-sdk\/lib-dynamodb";$/m;
  // Bundles lack the conversions that lib-dynamodb's own commands need. scan.ts is for an operator's programs.
  const users = files.filter((file) => ofLibrary.test(readFileSync(file, "utf8"))).sort();
  expect(users).toEqual(["client.ts", "commands.ts", "scan.ts"].map((name) => join("lib", "table", name)));
});

it("lib/ and functions/ make no requests of their own: all go through the AWS SDK", () => {
  const requests = /\bfetch\(|["'](node:)?(https?|http2|net|tls|dgram)["']/;
  const files = globSync("{lib,functions}/**/*.ts");
  expect(files.length).toBeGreaterThan(100);
  // This only recognises an address.
  const sourceOf = (file: string) => readFileSync(file, "utf8").replace('import { isIP } from "node:net";', "");
  // This one sends what the SDK's client has built and signed. Only the client may use it.
  const sender = join("lib", "table", "http.ts");
  expect(files.filter((file) => requests.test(sourceOf(file)))).toEqual([sender]);
  const users = files.filter((file) => /from "[^"]*\/http\.ts"/.test(sourceOf(file)));
  expect(users).toEqual([join("lib", "table", "client.ts")]);
});
