import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pythonTools } from "../tools/python-tools.ts";
import { Tally } from "../tools/tally.ts";
import { installActionlint, lintWorkflow } from "./actionlint.ts";
import { cfnLintProblems, checkovProblems, type Finding, type Linter, linters } from "./findings.ts";
import { routesOfRegistry, routesOfSam, validate } from "./sam.ts";
import { type Assembly, everyOption, synthesize } from "./synthesis.ts";

/**
 * `npm run test:templates`: other people's linters over everything that is deployed. cfn-lint and checkov read the templates of
 * a deployment without options and of one with all of them, SAM reads the template of `npm run sam:template`, and actionlint
 * reads the workflows. A tool that cannot be installed is left out, and the reason is printed.
 */

const root = fileURLToPath(new URL("..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "frontdesk-templates-"));
const tally = new Tally(console.log);

try {
  const bins = new Map(["cfn-lint", "checkov", "sam"].map((tool) => [tool, pythonBin(tool)]));
  if ([...bins.values()].some((bin) => bin !== undefined)) await checkTemplates(bins);
  await checkWorkflows(bins);
} finally {
  rmSync(scratch, { recursive: true });
}
console.log(tally.summary);
process.exitCode = tally.counts.failed === 0 ? 0 : 1;

/** Runs a check. It fails when it returns problems, one a line, or throws. */
async function check(title: string, work: () => readonly string[] | Promise<readonly string[]>): Promise<void> {
  await tally.check(title, async () => {
    const problems = await work();
    if (problems.length > 0) throw new Error(problems.join("\n"));
  });
}

/** The folder of a tool's commands. Says why if there is none. */
function pythonBin(tool: string): string | undefined {
  const found = pythonTools(new URL(`requirements/${tool}.txt`, import.meta.url));
  if ("bin" in found) return found.bin;
  console.log(`skipped ${tool}: ${found.missing}`);
  return undefined;
}

async function checkTemplates(bins: ReadonlyMap<string, string | undefined>): Promise<void> {
  const assemblies: Assembly[] = [];
  for (const [name, options] of Object.entries({ "without options": {}, "with all options": everyOption })) {
    // One after the other, because they build the same pages.
    await check(`cdk synth, and the rules of cdk-nag: ${name}`, async () => {
      assemblies.push(await synthesize(name, join(scratch, name.replaceAll(" ", "-")), options));
      return [];
    });
  }
  if (assemblies.length < 2) return;
  for (const linter of linters) {
    const bin = bins.get(linter.name);
    if (bin) await lint(linter, bin, assemblies);
  }
  const sam = bins.get("sam");
  if (sam) await checkSam(sam, assemblies[0]);
}

async function lint(linter: Linter, bin: string, assemblies: readonly Assembly[]): Promise<void> {
  const seen = new Set<string>();
  for (const assembly of assemblies) {
    let findings: readonly Finding[] | undefined;
    await check(`${linter.name} reads the templates ${assembly.name}`, async () => {
      findings = await linter.findings(bin, assembly);
      return findings
        .filter(({ stack }) => !assembly.resources.has(stack))
        .map(({ stack, message }) => `there is no stack ${stack}: ${message}`);
    });
    if (!findings) continue;
    for (const { rule } of findings) seen.add(rule);
    for (const stack of assembly.resources.keys()) {
      const refused = findings.filter((each) => each.stack === stack && !linter.accepts(assembly, each));
      await check(`${linter.name}: ${stack}, ${assembly.name}`, () =>
        refused.map(({ rule, on, message }) => `${rule} ${on}: ${message}`),
      );
    }
  }
  await check(`${linter.name}: every accepted finding still exists`, () =>
    linter.acceptedRules.filter((rule) => !seen.has(rule)).map((rule) => `nothing has ${rule}`),
  );
}

async function checkSam(bin: string, assembly: Assembly | undefined): Promise<void> {
  const template = join(root, "cdk.out/sam.template.json");
  await check("npm run sam:template writes a template", async () => {
    await promisify(execFile)("npm", ["run", "--silent", "sam:template"], { cwd: root });
    return [];
  });
  await check("sam validate, without credentials", async () => {
    await validate(bin, template, scratch);
    return [];
  });
  const [ofRegistry, ofSam] = [routesOfRegistry(), new Set<string>()];
  await check("SAM reads the template's routes", async () => {
    if (!assembly) throw new Error("without a synthesis nobody knows the operation of a function");
    for (const route of await routesOfSam(bin, template, scratch, assembly)) ofSam.add(route);
    return [];
  });
  await check(`SAM finds the function of each of the registry's ${ofRegistry.length} routes`, () =>
    ofRegistry.filter((route) => !ofSam.has(route)),
  );
  await check("SAM finds no other route", () => [...ofSam].filter((route) => !ofRegistry.includes(route)));
}

async function checkWorkflows(bins: ReadonlyMap<string, string | undefined>): Promise<void> {
  const roles = join(root, ".github/aws-roles.yaml");
  const [cfnLint, checkov] = [bins.get("cfn-lint"), bins.get("checkov")];
  if (cfnLint) await check("cfn-lint: the roles for GitHub", () => cfnLintProblems(cfnLint, roles));
  if (checkov) {
    await check("checkov: the roles for GitHub", () => checkovProblems(checkov, "cloudformation", ["--file", roles]));
    await check("checkov: the workflows", () =>
      checkovProblems(checkov, "github_actions", ["--directory", join(root, ".github")]),
    );
  }
  const actionlint = await installActionlint();
  if ("missing" in actionlint) return console.log(`skipped actionlint: ${actionlint.missing}`);
  const folder = join(root, ".github/workflows");
  for (const file of readdirSync(folder)) {
    await check(`actionlint: ${file}`, () => lintWorkflow(actionlint.path, join(folder, file)));
  }
}
