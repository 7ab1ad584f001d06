import "./tools/node-version.js";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import LongestFirst from "./test/kit/longest-first.ts";

// Keeps what Node compiles of packages and sources, so that the many test processes compile it once.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "frontdesk-test-compile-cache");

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // One process and one engine for each test file.
    pool: "forks",
    // One more than there are cores: some test files mostly wait.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    setupFiles: ["test/kit/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", "./test/kit/count-reporter.ts"],
  },
});
