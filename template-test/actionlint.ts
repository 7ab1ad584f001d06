import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const version = "1.7.12";
const folder = fileURLToPath(new URL(`../node_modules/.cache/actionlint-${version}/`, import.meta.url));
const installMinutesMax = 5;

/**
 * Installs actionlint, which checks workflows of GitHub, with Go, unless it is there already. Go's own database of checksums proves what it downloads.
 * @returns its path; or, where Go or the module is not in reach, the reason
 */
export async function installActionlint(): Promise<{ readonly path: string } | { readonly missing: string }> {
  const path = join(folder, "actionlint");
  if (existsSync(path)) return { path };
  const options = { env: { ...process.env, GOBIN: folder }, timeout: installMinutesMax * 60_000 };
  try {
    await promisify(execFile)("go", ["install", `github.com/rhysd/actionlint/cmd/actionlint@v${version}`], options);
    return { path };
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") return { missing: "there is no Go" };
    return {
      missing: `actionlint cannot be installed: ${String(stderr ?? error)
        .trim()
        .split("\n")
        .at(-1)}`,
    };
  }
}

/** What actionlint says about a workflow, one problem a line. */
export async function lintWorkflow(path: string, workflow: string): Promise<readonly string[]> {
  const { stdout, stderr, code } = await promisify(execFile)(path, ["-oneline", "-no-color", workflow]).catch(
    (error) => error,
  );
  if (code === undefined) return [];
  return `${stdout}${stderr}`.trim().split("\n");
}
