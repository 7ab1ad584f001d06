import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the commands of Python packages are, or why there are none. */
export type PythonTools = { readonly bin: string } | { readonly missing: string };

const cache = fileURLToPath(new URL("../node_modules/.cache/python/", import.meta.url));
/** The packages that we use need at least this version. */
const oldest = [3, 10] as const;
const installMinutesMax = 8;

/**
 * Installs Python packages into a virtual environment of their own, under `node_modules/.cache`, unless it is there already.
 * @param requirements a file of pip with every package and its version
 * @returns the folder with the packages' commands and `python`; or, where Python or the packages are not in reach, the reason
 */
export function pythonTools(requirements: URL): PythonTools {
  const wanted = readFileSync(requirements, "utf8");
  const folder = join(cache, createHash("sha256").update(wanted).digest("hex").slice(0, 16));
  const bin = join(folder, "bin");
  // Written last, so that an installation that was interrupted is made again.
  const complete = join(folder, "complete");
  if (existsSync(complete)) return { bin };
  const python = findPython();
  if (!python) return { missing: `there is no Python ${oldest.join(".")} or newer` };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  try {
    run(python, ["-m", "venv", folder]);
    run(join(bin, "python"), ["-m", "pip", "install", "--quiet", "--requirement", fileURLToPath(requirements)]);
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    const last = String(stderr ?? error)
      .trim()
      .split("\n")
      .at(-1);
    return { missing: `the Python packages of ${fileURLToPath(requirements)} cannot be installed: ${last}` };
  }
  writeFileSync(complete, wanted);
  return { bin };
}

/** The newest command for Python that is new enough. */
function findPython(): string | undefined {
  const names = ["python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python3", "python"];
  return names.find((name) => {
    try {
      run(name, ["-c", `import sys, venv; sys.exit(sys.version_info < (${oldest.join(", ")}))`]);
      return true;
    } catch {
      return false;
    }
  });
}

const run = (command: string, args: readonly string[]) =>
  execFileSync(command, args, { stdio: ["ignore", "pipe", "pipe"], timeout: installMinutesMax * 60_000 });
