import { basename } from "node:path";
import type { Break } from "./breaks.ts";
import type { Report } from "./test-run.ts";

/**
 * What became of a break. `caught`: a test failed. `survived`: all tests passed. `mistake`: the line proves nothing, because no
 * test ran.
 */
export interface Verdict {
  readonly kind: "caught" | "survived" | "mistake";
  /** The test that failed, or what is wrong with the line. */
  readonly why: string;
}

const timedOut = /^\w*Error: (Test|Hook) timed out/;

/**
 * Judges a break by what vitest said. Only a failed test catches a break. A file that could not be loaded catches nothing: a
 * break that no longer parses would fail every test.
 * @param report nothing if the run ended without a report
 */
export function judge({ mayTimeOut }: Break, report: Report | undefined): Verdict {
  if (!report) {
    return mayTimeOut
      ? { kind: "caught", why: "the run did not end in time" }
      : { kind: "mistake", why: "vitest ended without a report, or did not end in time" };
  }
  const tests = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((each) => ({ ...each, file: basename(name) })),
  );
  const failed = tests.filter(({ status }) => status === "failed");
  const inTime = failed.find(({ failureMessages }) => !timedOut.test(failureMessages?.[0] ?? ""));
  const caught = inTime ?? (mayTimeOut ? failed[0] : undefined);
  if (caught) return { kind: "caught", why: `${caught.file}: ${caught.fullName}` };
  if (failed[0]) return { kind: "mistake", why: `a test ran into its time limit: ${failed[0].fullName}` };
  const unloaded = report.testResults.find(({ status }) => status === "failed");
  if (unloaded) return { kind: "mistake", why: `a test file could not run: ${unloaded.message?.split("\n")[0]}` };
  if (!tests.some(({ status }) => status === "passed")) return { kind: "mistake", why: "no test was found" };
  return { kind: "survived", why: "all tests passed" };
}
