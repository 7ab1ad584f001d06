import "./tools/node-version.js";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import LongestFirst from "./test/kit/longest-first.ts";

// Keeps what Node compiles of packages and sources, so that the many test processes compile it once.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "frontdesk-test-compile-cache");

/**
 * Test files that change the environment, read the table's stream, need real password hashes, or load the code under test
 * more than once.
 */
const ownProcess = [
  "test/accounts-security/real-hashes.test.ts",
  "test/bench/function-calls.test.ts",
  "test/cdk/bundle.test.ts",
  "test/functions/accounts/plain-http.test.ts",
  "test/functions/edge/admit-cloudfront.test.ts",
  "test/functions/workers/clean-up.test.ts",
  "test/functions/workers/process-image.test.ts",
  "test/functions/workers/send-messages.test.ts",
  "test/lib/crypto/password-hash.test.ts",
  "test/lib/crypto/seal.test.ts",
  "test/lib/messages/outbox.test.ts",
  "test/lib/messages/send.test.ts",
  "test/registry/entrance-limits.test.ts",
  "test/registry/unfinished-work.test.ts",
  "test/reliability/enumeration.test.ts",
  "test/local/bucket.test.ts",
  "test/local/gateway.test.ts",
  "test/local/inbox-outside.test.ts",
  "test/local/inbox.test.ts",
  "test/local/stream-pump.test.ts",
  "test/reliability/model.test.ts",
];
/** The suites of `npm run test:browser`, which need Chromium. */
const inBrowser = "test/**/*.browser.test.ts";
/** The suites of `npm run test:web`, which need Chromium: the pages of portals, end to end. */
const onPages = "test/**/*.web.test.ts";
/** The suites of `npm run test:cli`: the command line against a server, which takes as long as a quarter of all others. */
const onCommandLine = "test/cli/**/*.test.ts";
/** The suites of `npm run test:cdk`: CDK's own command line, which takes some seconds for each command. */
const onCdk = "test/cdk/**/*.cdk.test.ts";
const setupFiles = ["test/kit/setup.ts"];

export default defineConfig({
  test: {
    // Two more than there are cores: some test files mostly wait.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: LongestFirst },
    // These only end what hangs: on a busy machine a test that takes ten seconds may take minutes.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // CDK's own check of templates takes a second. Only the suite about `cdk synth` runs it.
    env: { CDK_VALIDATION: "false" },
    reporters: ["default", "./test/kit/count-reporter.ts"],
    // Each process has one engine. Most test files share a process with others, because Node takes longer to load the code
    // under test than to run many of them.
    projects: [
      {
        extends: true,
        test: {
          name: "shared",
          include: ["test/**/*.test.ts"],
          exclude: [...ownProcess, inBrowser, onPages, onCommandLine, onCdk],
          isolate: false,
          setupFiles: [...setupFiles, "test/kit/shared-process.ts"],
        },
      },
      { extends: true, test: { name: "own process", include: ownProcess, setupFiles } },
      { extends: true, test: { name: "cli", include: [onCommandLine], setupFiles } },
      { extends: true, test: { name: "cdk", include: [onCdk], setupFiles } },
      { extends: true, test: { name: "browser", include: [inBrowser], setupFiles } },
      {
        extends: true,
        // What a page shows, and what is mailed, comes later on a busy machine than one second.
        test: { name: "web", include: [onPages], setupFiles, expect: { poll: { timeout: 30_000 } } },
      },
    ],
  },
});
