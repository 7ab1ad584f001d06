import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { transformSync } from "esbuild";
import { describe, expect, it } from "vitest";

/** An install that ran no scripts leaves the programs to the machine's own Node. */

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
const { app } = JSON.parse(readFileSync("cdk.json", "utf8")) as { app: string };
/** Every command line of ours that starts a program of ours, by its name. */
const commands = Object.entries({ ...scripts, "npx cdk": app }).flatMap(([name, line]) =>
  line
    .split(" && ")
    .filter((part) => part.startsWith("node "))
    .map((part) => [name, part.split(" ").slice(1)] as const),
);
/** As vitest reads its settings, for any folder of tests. */
const vitest = ["vitest", ["node_modules/vitest/vitest.mjs", "run", "test/openapi/pages.test.ts"]] as const;

/** Runs a Node to its end. */
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

/** A module that makes this Node say that it is another. */
const saysItIs = (version: string) =>
  `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"${version}"})`;

it("comes before every program of ours", () => {
  expect(commands.length).toBeGreaterThan(7);
  for (const [, args] of commands) expect(args.slice(0, 2)).toEqual(["--import", "./tools/node-version.js"]);
  expect(readFileSync("vitest.config.ts", "utf8")).toMatch(/^import "\.\/tools\/node-version\.js";\n/);
});

it("is written in what any Node can read", () => {
  const source = readFileSync("tools/node-version.js", "utf8");
  const written = (target: string) => transformSync(source, { target }).code;
  expect(written("es2015")).toBe(written("esnext"));
});

describe("a Node that cannot run Frontdesk ends in one line, which says what to do", () => {
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

/** The machine's own Node, which npm takes when there is none in node_modules; if it is too old for us. */
const machines = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "node"))
  .filter((file) => !resolve(file).includes("node_modules") && existsSync(file))
  .map((file) => ({ file, version: spawnSync(file, ["-p", "process.versions.node"]).stdout.toString().trim() }))
  .find(({ version }) => Number(version.split(".")[0]) >= 20 && Number(version.split(".")[0]) < 24);

describe.skipIf(!machines)("the machine's own older Node", () => {
  const { file, version } = machines ?? { file: "", version: "" };
  it.each([...commands, vitest])("says so for %s", async (_, args) => {
    const { code, stdout, stderr } = await run(file, args);
    expect([code, stdout, stderr]).toEqual([1, "", complaint(version)]);
  });
});
