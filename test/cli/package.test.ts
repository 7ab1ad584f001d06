import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runIn } from "../kit/children.ts";
import { begin } from "./frontdesk.ts";

const packageOf = (file: string) => JSON.parse(readFileSync(file, "utf8"));

/** A user's project, in which the package is installed. */
const project = mkdtempSync(join(tmpdir(), "frontdesk-cli-"));
const installed = join(project, "node_modules/@frontdesk/cli");
const program = join(installed, "frontdesk.js");
afterAll(() => rmSync(project, { recursive: true, force: true }));

beforeAll(async () => {
  const { scripts } = packageOf("package.json");
  const [, build] = /(esbuild .+?) &&/.exec(scripts.cli) ?? [];
  const elsewhere = `node_modules/.bin/${build?.replace("cli/dist", join(installed, "dist"))}`;
  expect(await runIn(process.cwd(), elsewhere, {})).toMatchObject({ code: 0 });
  const { files, dependencies } = packageOf("cli/package.json");
  expect(files).toEqual(["frontdesk.js", "dist"]);
  for (const file of ["package.json", "frontdesk.js"]) cpSync(join("cli", file), join(installed, file));
  for (const name of Object.keys(dependencies)) {
    mkdirSync(join(project, "node_modules"), { recursive: true });
    const nested = join("cli/node_modules", name);
    cpSync(packageExists(nested) ? nested : join("node_modules", name), join(project, "node_modules", name), {
      recursive: true,
    });
  }
});

function packageExists(folder: string): boolean {
  try {
    return packageOf(join(folder, "package.json")) !== undefined;
  } catch {
    return false;
  }
}

describe("the built package", () => {
  it("has the version of Frontdesk, and the dependencies that it states", () => {
    expect(packageOf("cli/package.json").version).toBe(packageOf("package.json").version);
    const code = readFileSync(join(installed, "dist/main.js"), "utf8");
    const imported = [...code.matchAll(/^import .*?from "([^"]+)";$/gms)].map(([, from = ""]) => from);
    const packages = imported.filter((from) => !from.startsWith("node:")).map((from) => from.split("/")[0]);
    expect([...new Set(packages)].sort()).toEqual(Object.keys(packageOf("cli/package.json").dependencies).sort());
    for (const version of Object.values(packageOf("cli/package.json").dependencies)) expect(version).toMatch(/^\d/);
  });

  it("checks a file by the rules of the server", async () => {
    const file = join(project, "practices.csv");
    writeFileSync(file, "Practice ID,Name,Phone\np-1,Clinic,(682) 564-1518\np-2,Clinic,564-1518\n");
    const { code, stdout, stderr } = await begin(["import", "practices", file, "--dry-run"], {}, { program }).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toMatch(/^practices\.csv:3: phone: must be exactly 10 digits\n/);
  });
});

describe("usage", () => {
  it.each([
    [["--version"], 0, /^\d+\.\d+\.\d+\n$/, /^$/],
    [["--help"], 0, /Exit codes:/, /^$/],
    [["import", "--help"], 0, /--url.+Examples:/s, /^$/],
    [["import", "practises", "x.csv"], 2, /^$/, /^error: .+'practises' is invalid/],
    [["improt"], 2, /^$/, /^error: unknown command 'improt'\n\(Did you mean import\?\)/],
    [["import", "practices", "x.csv", "--concurrency", "0"], 2, /^$/, /It must be a whole number from 1 to 64\./],
    [["import", "practices", "x.csv"], 2, /^$/, /^error: x\.csv: there is no such file\n$/],
  ])("%j ends with %i", async (args, code, stdout, stderr) => {
    const ran = await begin(args, {}, { program }).ended;
    expect(ran).toEqual({
      code,
      signal: null,
      stdout: expect.stringMatching(stdout),
      stderr: expect.stringMatching(stderr),
    });
  });

  it.each([
    [{ FRONTDESK_URL: "ftp://x" }, "the URL must begin with https:// or http://"],
    [{ FRONTDESK_URL: "https://me:secret@api.example.com" }, "the URL must not contain credentials"],
    [{ FRONTDESK_URL: "https://api.example.com" }, "the application's id is missing"],
    [{ FRONTDESK_APPLICATION_ID: "acme" }, "the application's password is missing"],
  ])("%j is told in one line", async (environment, line) => {
    const file = join(project, "one.csv");
    writeFileSync(file, "accountId,name\np-1,A\n");
    const { code, stderr } = await begin(["import", "practices", file], environment, { program }).ended;
    expect({ code, stderr: stderr.split("\n")[0] }).toEqual({ code: 2, stderr: `error: ${line}` });
    expect(stderr).not.toContain("secret");
  });
});
