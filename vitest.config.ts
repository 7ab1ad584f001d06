import "./tools/node-version.js";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// What Node makes of packages and sources, so that not each of the many processes has to do it again.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "frontdesk-test-compile-cache");

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // One process and one engine for each test file.
    pool: "forks",
    maxWorkers: "100%",
    setupFiles: ["test/kit/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", "./test/kit/count-reporter.ts"],
  },
});
