import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { transformSync } from "esbuild";
import { describe, expect, it } from "vitest";

/** After an install without scripts, programs run on the machine's own Node, which may be too old. */

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
const { app } = JSON.parse(readFileSync("cdk.json", "utf8")) as { app: string };
/** The command lines that start one of our programs, by name. */
const commands = Object.entries({ ...scripts, "npx cdk": app }).flatMap(([name, line]) =>
  line
    .split(" && ")
    .filter((part) => part.startsWith("node "))
    .map((part) => [name, part.split(" ").slice(1)] as const),
);
/** The command line of vitest, which reads its configuration first. */
const vitest = ["vitest", ["node_modules/vitest/vitest.mjs", "run", "test/openapi/pages.test.ts"]] as const;

/** Runs a Node until it exits. */
async function run(node: string, args: readonly string[]) {
  const child = spawn(node, args, { stdio: ["ignore", "pipe", "pipe"], env: { PATH: "/usr/bin:/bin" } });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((done) => child.once("close", done)),
  ]);
  return { code, stdout, stderr };
}

const complaint = (version: string) =>
  `Frontdesk needs Node 24.2 or newer, which npm ci brings along, and this is Node ${version}. If npm ci ran no install scripts: npm rebuild node --ignore-scripts=false\n`;

/** A module that makes this Node report another version. */
const saysItIs = (version: string) =>
  `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"${version}"})`;

it("is loaded before every program", () => {
  expect(commands.length).toBeGreaterThan(7);
  for (const [, args] of commands) expect(args.slice(0, 2)).toEqual(["--import", "./tools/node-version.js"]);
  expect(readFileSync("vitest.config.ts", "utf8")).toMatch(/^import "\.\/tools\/node-version\.js";\n/);
});

it("uses only syntax that any Node can read", () => {
  const source = readFileSync("tools/node-version.js", "utf8");
  const written = (target: string) => transformSync(source, { target }).code;
  expect(written("es2015")).toBe(written("esnext"));
});

describe("a Node that cannot run Frontdesk stops with one line that says what to do", () => {
  it.each(["18.20.8", "20.20.2", "22.17.1", "22.18.0", "24.1.0"])("as Node %s", async (version) => {
    const { stdout, stderr, code } = await run(process.execPath, [
      "--import",
      saysItIs(version),
      "--import",
      "./tools/node-version.js",
      "local/main.ts",
    ]);
    expect([code, stdout, stderr]).toEqual([1, "", complaint(version)]);
  });
  it.each(["24.2.0", "24.21.0", "26.0.0"])("but Node %s runs it", async (version) => {
    const args = ["--import", saysItIs(version), "--import", "./tools/node-version.js", "local/main.ts", "--nonsense"];
    expect((await run(process.execPath, args)).stderr).toBe("Usage: npm start [-- --memory]\n");
  });
});

/** The machine's own Node, if it is too old. npm uses it when node_modules has no Node. */
const machines = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "node"))
  .filter((file) => !resolve(file).includes("node_modules") && existsSync(file))
  .map((file) => ({ file, version: spawnSync(file, ["-p", "process.versions.node"]).stdout.toString().trim() }))
  .find(({ version }) => Number(version.split(".")[0]) >= 20 && Number(version.split(".")[0]) < 24);

describe.skipIf(!machines)("the machine's own older Node", () => {
  const { file, version } = machines ?? { file: "", version: "" };
  it.each([...commands, vitest])("stops in %s", async (_, args) => {
    const { code, stdout, stderr } = await run(file, args);
    expect([code, stdout, stderr]).toEqual([1, "", complaint(version)]);
  });
});
