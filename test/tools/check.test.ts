import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";

/** Runs `npm run check` in a project with these scripts. */
function check(scripts: Readonly<Record<string, string>>) {
  const cwd = mkdtempSync(join(tmpdir(), "frontdesk-check-"));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  writeFileSync(join(cwd, "package.json"), JSON.stringify({ scripts }));
  return spawnSync(process.execPath, [resolve("tools/check.ts")], { cwd, encoding: "utf8" });
}

it("runs every check, shows what each failed one says, and fails", () => {
  const { status, stdout } = check({
    "check:one": "echo first problem && exit 1",
    "check:two": "echo all is well",
    "check:three": "echo third problem >&2 && exit 2",
    other: "echo not a check && exit 1",
  });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^check:one: FAILED\nfirst problem *$/m);
  expect(stdout).toMatch(/^check:three: FAILED\nthird problem *$/m);
  expect(stdout).toMatch(/^check:two: passed in [0-9.]+ s$/m);
  expect(stdout).not.toMatch(/not a check|all is well/);
});

it("passes when all of them pass", () => {
  const { status, stdout } = check({ "check:one": "exit 0", "check:two": "exit 0" });
  expect([status, stdout.trim().split("\n").sort()]).toEqual([
    0,
    [expect.stringMatching("^check:one: passed"), expect.stringMatching("^check:two: passed")],
  ]);
});
