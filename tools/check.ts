import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";

/**
 * `npm run check`: runs every script of package.json whose name begins with `check:`, all at the same time. It shows the
 * output of each one that fails, so that one run names every problem.
 */

interface Outcome {
  readonly name: string;
  readonly seconds: string;
  readonly isPassed: boolean;
  readonly output: string;
}

async function run(name: string): Promise<Outcome> {
  const start = performance.now();
  // Windows starts npm only through its shell.
  const options = { shell: process.platform === "win32" };
  const child = spawn("npm", ["run", "--silent", name], { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done, fail) => child.once("close", done).once("error", fail)),
  ]);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  return { name, seconds, isPassed: code === 0, output: `${stdout}${stderr}`.trim() };
}

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
const names = Object.keys(scripts).filter((name) => name.startsWith("check:"));
await Promise.all(
  names.map(async (name) => {
    const { seconds, isPassed, output } = await run(name);
    if (!isPassed) process.exitCode = 1;
    console.log(isPassed ? `${name}: passed in ${seconds} s` : `\n${name}: FAILED\n${output}\n`);
  }),
);
