import type { Reporter, TestModule } from "vitest/node";

/** Closes a run with the line that CI reads: `N passed, N failed`. A test file that cannot run counts as a failed test. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const in_ = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const failed = in_("failed") + broken + unhandledErrors.length;
    const skipped = in_("skipped") + in_("pending");
    // After the summary of the default reporter, which prints when this hook has run.
    process.on("exit", () => {
      console.log(`${in_("passed")} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
    });
  }
}
