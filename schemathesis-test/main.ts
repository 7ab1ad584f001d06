import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { amount, isLong, report as reportCounts, seed } from "../test/kit/proof.ts";
import { orComplain } from "../tools/complaint.ts";
import { pythonTools } from "../tools/python-tools.ts";
import { Tally } from "../tools/tally.ts";
import { checks, leftOut } from "./checks.ts";
import { type Report, runSchemathesis, secrets, tokensFile } from "./run.ts";
import { type System, startSystem } from "./system.ts";

/**
 * `npm run test:schemathesis`: sends what Schemathesis makes of docs/openapi.json to `npm start`, with working credentials, and
 * searches the log for what was secret. Each of its checks counts as one. Without Python it leaves out all, and says why.
 */

const say = (line: string) => process.stdout.write(`${line}\n`);

await orComplain(async () => {
  const tally = new Tally(say);
  const tools = pythonTools(new URL("requirements.txt", import.meta.url));
  if ("missing" in tools) {
    say(`Nothing is tested, because Schemathesis needs Python: ${tools.missing}.\n${tally.summary}`);
    return;
  }
  for (const { check, paths, because } of leftOut) say(`left out: ${check}${paths ? ` at ${paths}` : ""}. ${because}`);
  await using open = new AsyncDisposableStack();
  const system = await startSystem();
  open.defer(() => system.stop());
  const extent = { seed, examples: amount(3, 40), isWhole: isLong };
  const printed: string[] = [];
  const report = await runSchemathesis(tools.bin, system, extent, (text) => printed.push(text));
  await judge(tally, report, system);
  if (tally.counts.failed > 0) say(printed.join(""));
  reportCounts({
    operations: report.operations.tested,
    cases: report.test_cases.generated,
    checks: Object.keys(checks).length,
    "log lines searched": system.log().split("\n").length,
    violations: report.failures.reduce((sum, { count }) => sum + count, 0) + tally.counts.failed,
  });
  say(`${report.test_cases.generated} requests to ${report.operations.tested} operations, seed ${seed}`);
  say(`\n${tally.summary}`);
  process.exitCode = tally.counts.failed === 0 ? 0 : 1;
});

async function judge({ check }: Tally, report: Report, system: System): Promise<void> {
  await check("Schemathesis tested every operation, and could finish", () => {
    deepEqual(report.errors, []);
    ok(report.complete && report.operations.errored === 0);
    equal(report.operations.tested, report.operations.selected);
    ok(report.operations.selected > 60);
  });
  const known = Object.values(checks);
  for (const [name, type] of Object.entries(checks)) {
    await check(name, () => noFailures(report, (each) => each === type));
  }
  await check("no failure of another kind", () => noFailures(report, (each) => !known.includes(each)));
  const log = system.log();
  await check("the log has a line for each request", () => ok(log.split("\n").length >= report.test_cases.generated));
  await check("the log contains no secret", () => {
    const told = Object.entries(secrets).filter(([, value]) => log.includes(value));
    deepEqual(
      told.map(([what]) => what),
      [],
    );
    const tokens = readFileSync(tokensFile(system), "utf8").split("\n").filter(Boolean);
    ok(tokens.length > 0, "no session was begun");
    equal(tokens.filter((token) => log.includes(token)).length, 0, "tokens or cookies");
  });
  await check("no function crashed", () =>
    deepEqual(
      log.split("\n").filter((line) => / crashed:|"unexpected"/.test(line)),
      [],
    ),
  );
}

/** @throws Error with the operations that failed in this way */
function noFailures({ failures }: Report, isMeant: (type: string) => boolean): void {
  const found = failures.filter(({ type }) => isMeant(type));
  const texts = found.map(({ title, count, operations }) => `${title}, ${count} times: ${operations.join(", ")}`);
  if (texts.length > 0) throw new Error(texts.join("\n"));
}
