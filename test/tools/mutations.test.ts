import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join, matchesGlob, resolve } from "node:path";
import { type Loader, transformSync } from "esbuild";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Break, broken, readBreaks } from "../../prove/mutations/breaks.ts";
import { judge } from "../../prove/mutations/verdict.ts";
import config from "../../vitest.config.ts";

const breaks = readBreaks(process.cwd());
const inList = (each: Break) => [each.place, each] as const;

/** The folders below a folder that hold files. */
const foldersIn = (root: string): string[] => [
  ...new Set(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath }) => parentPath.replaceAll("\\", "/"))
      .filter((folder) => folder !== root),
  ),
];

/** Whether `npm test` runs a test file. */
function isInNpmTest(file: string): boolean {
  return (config.test?.projects ?? []).some((project) => {
    if (typeof project !== "object" || !("test" in project)) return false;
    const { name, include = [], exclude = [] } = project.test ?? {};
    const isIn = (globs: readonly string[]) => globs.some((glob) => matchesGlob(file, glob));
    return (name === "shared" || name === "own process") && isIn(include) && !isIn(exclude);
  });
}

describe("the lists of breaks", () => {
  it.each(breaks.map(inList))(
    "%s: its text stands once in its file, and the file still parses with the break",
    (_, each) => {
      const text = broken(each, readFileSync(each.file, "utf8"));
      const loader = extname(each.file).slice(1);
      if (["ts", "tsx", "js", "json"].includes(loader)) transformSync(text, { loader: loader as Loader });
    },
  );

  it("every test file is there, and npm test runs it", () => {
    for (const file of new Set(breaks.flatMap(({ tests }) => tests))) {
      expect([file, existsSync(file), isInNpmTest(file)]).toEqual([file, true, true]);
    }
    for (const other of ["test/local/inbox.browser.test.ts", "test/cdk/app.cdk.test.ts", "test/cli/pace.test.ts"]) {
      expect([other, existsSync(other), isInNpmTest(other)]).toEqual([other, true, false]);
    }
  });

  it("are at least 150, and every folder of lib, functions, cdk and local has one", () => {
    expect(breaks.length).toBeGreaterThanOrEqual(150);
    const broken = new Set(breaks.map(({ file }) => dirname(file)));
    const folders = ["cdk", "local", ...foldersIn("lib"), ...foldersIn("functions")];
    expect(folders.filter((folder) => !broken.has(folder))).toEqual([]);
  });

  it("no break stands twice in the lists", () => {
    const places = new Map<string, string[]>();
    for (const each of breaks) {
      const text = broken(each, readFileSync(each.file, "utf8"));
      const key = `${each.file}\n${text}`;
      places.set(key, [...(places.get(key) ?? []), each.place]);
    }
    expect([...places.values()].filter(({ length }) => length > 1)).toEqual([]);
  });
});

/** A run of vitest in which tests of one file ended like this. */
const ran = (...results: readonly (readonly [status: string, message?: string])[]) => ({
  testResults: [
    {
      name: "sum.test.ts",
      status: results.some(([status]) => status === "failed") ? "failed" : "passed",
      assertionResults: results.map(([status, message], place) => ({
        fullName: `test ${place}`,
        status,
        failureMessages: message === undefined ? [] : [message],
      })),
    },
  ],
});

describe("the verdict on a break", () => {
  const plain: Break = {
    place: "a.tsv:1",
    file: "a.ts",
    before: "1",
    after: "2",
    tests: ["sum.test.ts"],
    mayTimeOut: false,
  };
  const slow: Break = { ...plain, mayTimeOut: true };
  const timeout = ran(["failed", "Error: Test timed out in 60000ms."]);

  it.each([
    ["a failed test catches it", plain, ran(["passed"], ["failed", "AssertionError: expected 2"]), "caught"],
    ["it survives when all tests pass", plain, ran(["passed"], ["skipped"]), "survived"],
    ["no test at all is a mistake", plain, ran(), "mistake"],
    ["skipped tests alone are a mistake", plain, ran(["skipped"]), "mistake"],
    [
      "a file that could not be loaded is a mistake",
      plain,
      { testResults: [{ name: "sum.test.ts", status: "failed", message: "Transform failed", assertionResults: [] }] },
      "mistake",
    ],
    ["a time limit is a mistake", plain, timeout, "mistake"],
    ["a time limit catches it if the line says so", slow, timeout, "caught"],
    ["a run without a report is a mistake", plain, undefined, "mistake"],
    ["a run without a report catches it if the line says so", slow, undefined, "caught"],
  ] as const)("%s", (_, each, report, kind) => expect(judge(each, report).kind).toBe(kind));
});

/** Runs the program in a tree of one function, with one test and these lines as list. */
function prove(...lines: readonly (readonly string[])[]) {
  const cwd = mkdtempSync(join(tmpdir(), "frontdesk-mutations-test-"));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const write = (file: string, text: string) => writeFileSync(join(cwd, file), text);
  mkdirSync(join(cwd, "prove/mutations/breaks"), { recursive: true });
  symlinkSync(resolve("node_modules"), join(cwd, "node_modules"), "junction");
  write(".gitignore", "node_modules\n");
  write("package.json", JSON.stringify({ type: "module", scripts: { test: "vitest run" } }));
  write("sum.js", "// A sum.\nexport const sum = (one, other) => one + other;\nexport const unit = 1;\n");
  write(
    "sum.test.js",
    'import { expect, it } from "vitest";\nimport { sum } from "./sum.js";\nit("adds", () => expect(sum(2, 3)).toBe(5));\n',
  );
  write("prove/mutations/breaks/list.tsv", `# Sums.\n${lines.map((line) => line.join("\t")).join("\n")}\n`);
  spawnSync("git", ["init", "-q"], { cwd });
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve("prove/mutations/main.ts")], {
    cwd,
    encoding: "utf8",
  });
  return { status, stdout, stderr, sum: readFileSync(join(cwd, "sum.js"), "utf8") };
}

describe("the program", () => {
  it("tells breaks that are caught from those that survive and from wrong lines, and leaves the tree as it is", () => {
    const { status, stdout, stderr, sum } = prove(
      ["sum.js", "one + other", "one - other", "sum.test.js"],
      ["sum.js", "unit = 1", "unit = 2", "sum.test.js"],
      ["sum.js", "one * other", "one", "sum.test.js"],
    );
    expect(stdout).toMatch(/caught +list\.tsv:2 sum\.js: one \+ other {2}=> {2}one - other \(sum\.test\.js: adds\)/);
    expect(stdout).toMatch(/survived +list\.tsv:3 sum\.js: unit = 1 {2}=> {2}unit = 2/);
    expect(stdout).toMatch(/mistake +list\.tsv:4 .*has "one \* other" 0 times instead of once/);
    expect(stdout).toContain('{"breaks":3,"caught":1,"survived":1,"in sum.js":3,"violations":1}');
    expect([status, stderr.trim()]).toEqual([1, "1 of the lines prove nothing."]);
    expect(sum).toContain("one + other");
  });

  it("accepts no test that fails without a break", () => {
    const { status, stderr } = prove(["sum.js", "one + other", "one - other", "absent.test.js"]);
    expect(stderr).toContain("These tests fail without any break, or are not there: absent.test.js");
    expect(status).toBe(1);
  });
});
