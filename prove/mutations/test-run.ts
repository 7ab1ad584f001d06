import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What one run of vitest said: the part of its JSON report that is needed here. */
export interface Report {
  readonly testResults: readonly {
    /** Path of the test file. */
    readonly name: string;
    readonly status: string;
    /** Why the file as a whole failed. */
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/** A run that takes longer than this is ended. Test files take seconds; most need less than ten on an idle machine. */
const limitMs = 5 * 60_000;

/** Leaders of the groups of processes that run. */
const running = new Set<number>();
// A group of its own does not end when somebody presses Ctrl-C.
process.once("exit", () => running.forEach(endGroup));

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** The projects that `npm test` runs, as arguments of vitest. */
function projects(folder: string): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    scripts: Readonly<Record<string, string>>;
  };
  return (scripts.test ?? "").split(" ").filter((each) => each.startsWith("--project="));
}

/** The environment of the tests: that of `npm test`, even when `npm run prove` or another vitest has started this program. */
const environment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(FRONTDESK_|VITEST)/.test(name)));

/**
 * Runs test files as `npm test` does.
 * @param folder the tree with the tests
 * @param options more arguments of vitest
 * @returns the report of vitest, or nothing if it ended without one or took too long
 */
export async function runTests(folder: string, files: readonly string[], options: readonly string[] = []) {
  const out = mkdtempSync(join(tmpdir(), "frontdesk-mutations-"));
  const report = join(out, "report.json");
  try {
    const child = spawn(
      process.execPath,
      [
        ...[join("node_modules", "vitest", "vitest.mjs"), "run", "--reporter=json", `--outputFile=${report}`],
        ...[...projects(folder), ...options, ...files],
      ],
      // A group of its own, so that the engines end with it.
      { cwd: folder, env: environment(), stdio: "ignore", detached: true },
    );
    const { pid } = child;
    if (pid === undefined) throw new Error("vitest could not be started");
    running.add(pid);
    const timer = setTimeout(() => endGroup(pid), limitMs);
    await once(child, "exit");
    clearTimeout(timer);
    running.delete(pid);
    return existsSync(report) ? (JSON.parse(readFileSync(report, "utf8")) as Report) : undefined;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
