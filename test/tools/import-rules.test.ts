import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";

/** `.dependency-cruiser.mjs`: each of its rules names a project that breaks it. */

/** A rule, a file that breaks it, and what that file imports: files of the project, or a package. */
const broken = [
  ["resolvable", "cdk/lost.ts", "cdk/nowhere.ts"],
  ["no-circles", "local/one.ts", "local/two.ts"],
  ["layers-ground", "lib/errors.ts", "lib/crypto/seal.ts"],
  ["layers-crypto", "lib/crypto/secret.ts", "lib/table/keys.ts"],
  ["layers-table", "lib/table/read.ts", "lib/audit/event.ts"],
  ["layers-audit", "lib/audit/write.ts", "lib/messages/outbox.ts"],
  ["layers-messages", "lib/messages/send.ts", "lib/practices/user.ts"],
  ["layers-families", "lib/accounts/session/token.ts", "lib/practices/user.ts"],
  ["layers-families", "lib/therapists/list.ts", "lib/api/call.ts"],
  ["layers-functions", "lib/practices/practice.ts", "functions/practices/ping.ts"],
  ["layers-functions", "functions/practices/user-get.ts", "functions/practices/ping.ts"],
  ["registry-is-plain-data", "lib/operations.ts", "lib/text.ts"],
  ["deployed-imports-only-deployed", "functions/practices/user-list.ts", "tools/complaint.ts"],
  ["deployed-imports-only-dependencies", "lib/practices/vendor.ts", "fast-check"],
  ["examples-are-never-bundled", "functions/practices/user-save.ts", "functions/practices/user-save.examples.ts"],
  ["examples-are-never-bundled", "local/start.ts", "functions/practices/user-save.examples.ts"],
  ["only-table-knows-dynamodb", "lib/practices/direct.ts", "@aws-sdk/client-dynamodb"],
  ["only-api-knows-middy", "functions/practices/user-create.ts", "@middy/core"],
  ["no-import-of-local", "cdk/app.ts", "local/two.ts"],
  ["no-import-of-local", "openapi/write.ts", "local/two.ts"],
  ["pages-import-only-what-browsers-need", "web/portal/src/main.tsx", "lib/operations.ts"],
  ["pages-import-only-what-browsers-need", "web/portal/src/people.tsx", "lib/accounts/portal.ts"],
  ["no-import-of-pages", "local/page.ts", "web/portal/src/main.tsx"],
  ["no-re-exports", "bench/all.ts", "bench/one.ts"],
  ["clear-file-names", "lib/practices/id-helpers.ts", "lib/text.ts"],
  ["clear-file-names", "test/kit/one.ts", "test/kit/types.ts"],
] as const;

/** Imports that every rule allows. */
const allowed = [
  ["functions/practices/user-update.ts", "lib/api/call.ts"],
  ["functions/practices/user-save.examples.ts", "openapi/describe.ts"],
  ["openapi/document.ts", "functions/practices/user-save.examples.ts"],
  ["test/bundle.ts", "functions/practices/user-save.examples.ts"],
  ["lib/api/call.ts", "lib/accounts/portal.ts"],
  ["lib/api/stack.ts", "@middy/core"],
  ["lib/accounts/list/order.ts", "lib/accounts/portal.ts"],
  ["lib/messages/outbox.ts", "lib/audit/event.ts"],
  ["lib/table/page.ts", "lib/crypto/seal.ts"],
  ["lib/table/client.ts", "@aws-sdk/client-dynamodb"],
  ["local/two.ts", "local/one.ts"],
  ["local/start.ts", "lib/practices/user.ts"],
  ["web/portal/src/main.tsx", "web/portal/src/people.tsx"],
  ["web/portal/src/people.tsx", "client/src/client.ts"],
  ["web/portal/src/people.tsx", "lib/text.ts"],
  ["web/portal/src/people.tsx", "lib/accounts/sign-in/password-rules.ts"],
  ["cdk/app.ts", "web/portal/build.ts"],
] as const;

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}

const root = mkdtempSync(join(tmpdir(), "frontdesk-imports-"));
afterAll(() => rmSync(root, { recursive: true }));
let violations: readonly Violation[] = [];

beforeAll(async () => {
  for (const file of [".dependency-cruiser.mjs", "package.json", "tsconfig.json"]) copyFileSync(file, join(root, file));
  symlinkSync(resolve("node_modules"), join(root, "node_modules"));
  const lines = new Map<string, string[]>();
  const write = (file: string, line: string) => lines.set(file, [...(lines.get(file) ?? []), line]);
  for (const [file, to] of [...broken.map(([, ...pair]) => pair), ...allowed]) {
    const isFile = /\.tsx?$/.test(to);
    const path = relative(dirname(file), to);
    const from = isFile ? (path.startsWith(".") ? path : `./${path}`) : to;
    // Imports of types count, except for packages: their types leave no code.
    const keyword = file === "bench/all.ts" ? "export" : isFile ? "import type" : "import";
    write(file, `${keyword} { a } from "${from}";`);
    if (isFile && to !== "cdk/nowhere.ts") write(to, "export type a = 1;");
  }
  for (const [file, text] of lines) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text.join("\n"));
  }
  const program = resolve("node_modules/.bin/depcruise");
  const child = spawn(process.execPath, [program, "--output-type", "json", "."], { cwd: root });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(errors).toBe("");
  violations = (JSON.parse(output) as { summary: { violations: Violation[] } }).summary.violations;
});

it.each(broken)("%s: not %s → %s", (rule, from, to) => {
  const named = violations.filter((each) => each.from === from).map((each) => [each.rule.name, each.to]);
  const shown = /\.tsx?$/.test(to) ? basename(to) : `node_modules/${to}/`;
  expect(named).toContainEqual([rule, expect.stringContaining(shown)]);
});

it("allow the rest", () => {
  const others = violations.filter(
    ({ rule, from }) => !broken.some(([name, file]) => name === rule.name && file === from),
  );
  expect(others).toEqual([]);
});
