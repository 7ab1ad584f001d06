import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { findPostgres } from "../../bench/postgres.ts";

/** Folders with the programs of PostgreSQL. */
function folders(...names: string[]): string {
  const root = mkdtempSync(join(tmpdir(), "frontdesk-test-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const name of names) {
    mkdirSync(join(root, name), { recursive: true });
    for (const program of ["initdb", "postgres", "psql"]) writeFileSync(join(root, name, program), "");
  }
  return root;
}

it("finds the newest PostgreSQL that Debian has installed", () => {
  const root = folders("9/bin", "15/bin", "elsewhere");
  expect(findPostgres(join(root, "*/bin"), join(root, "elsewhere"))).toBe(join(root, "15/bin"));
});

it("finds the PostgreSQL of the path, and none", () => {
  const root = folders("elsewhere");
  const path = ["/nowhere", join(root, "elsewhere")].join(delimiter);
  expect(findPostgres(join(root, "*/bin"), path)).toBe(join(root, "elsewhere"));
  expect(findPostgres(join(root, "*/bin"), "/nowhere")).toBeUndefined();
});
