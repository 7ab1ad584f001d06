import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { type Accepted, acceptedByCfnLint, acceptedByCheckov, sameAsNag } from "./accepted.ts";
import { type Assembly, type Resource, reasonOfNag } from "./synthesis.ts";

/** Something that a linter says about a template. */
export interface Finding {
  readonly stack: string;
  readonly rule: string;
  /** The logical id of the resource, or `Output` and its name. */
  readonly on: string;
  readonly message: string;
}

/** A linter of templates. */
export interface Linter {
  readonly name: "cfn-lint" | "checkov";
  /** All findings in the templates of an assembly. */
  readonly findings: (bin: string, assembly: Assembly) => Promise<readonly Finding[]>;
  /** Whether a finding is accepted, for a reason that is true of the resource. */
  readonly accepts: (assembly: Assembly, finding: Finding) => boolean;
  /** The rules with accepted findings. */
  readonly acceptedRules: readonly string[];
}

/** The linters, which have a file each in `requirements/`. */
export const linters: readonly Linter[] = [
  {
    name: "cfn-lint",
    findings: cfnLint,
    accepts: (assembly, finding) =>
      !finding.rule.startsWith("E") && isAccepted(assembly, finding, acceptedByCfnLint[finding.rule]),
    acceptedRules: Object.keys(acceptedByCfnLint),
  },
  {
    name: "checkov",
    findings: checkov,
    accepts: (assembly, finding) =>
      isAcceptedByNag(assembly, finding) || isAccepted(assembly, finding, acceptedByCheckov[finding.rule]),
    acceptedRules: [...Object.keys(sameAsNag), ...Object.keys(acceptedByCheckov)],
  },
];

const templatesOf = ({ folder }: Assembly) =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".template.json"))
    .map((file) => join(folder, file));

/**
 * Runs a program that says by its exit code whether it has findings.
 * @throws Error with what it printed if that is no JSON
 */
async function runForJson(command: string, args: readonly string[], cwd: string): Promise<unknown> {
  const options = { cwd, maxBuffer: 256 * 1024 * 1024 };
  const { stdout, stderr } = await promisify(execFile)(command, args, options).catch((error) => error);
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${basename(command)} printed no findings:\n${stdout}\n${stderr}`);
  }
}

interface CfnLintMatch {
  readonly Filename: string;
  readonly Location: { readonly Path: readonly (string | number)[] };
  readonly Message: string;
  readonly Rule: { readonly Id: string };
}

async function cfnLint(bin: string, assembly: Assembly): Promise<readonly Finding[]> {
  const args = ["--format", "json", "--include-checks", "I", "--", ...templatesOf(assembly)];
  const matches = await runForJson(join(bin, "cfn-lint"), args, assembly.folder);
  return (matches as readonly CfnLintMatch[]).map(({ Filename, Location: { Path }, Message, Rule }) => ({
    stack: basename(Filename, ".template.json"),
    rule: Rule.Id,
    on: Path[0] === "Outputs" ? `Output ${Path[1]}` : String(Path[1] ?? "the template"),
    message: Message,
  }));
}

interface CheckovReport {
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly check_name: string;
      readonly file_path: string;
      readonly resource: string;
    }[];
  };
}

async function checkov(bin: string, assembly: Assembly): Promise<readonly Finding[]> {
  // Without --skip-download it asks its maker's server for links to explanations.
  const how = ["--framework", "cloudformation", "--quiet", "--compact", "--skip-download", "--output", "json"];
  const files = templatesOf(assembly).flatMap((file) => ["--file", file]);
  const report = (await runForJson(join(bin, "checkov"), [...how, ...files], assembly.folder)) as CheckovReport;
  const { passed, parsing_errors } = report.summary;
  if (parsing_errors > 0 || passed === 0) throw new Error(`checkov could not read the templates: ${parsing_errors}`);
  return report.results.failed_checks.map(({ check_id, check_name, file_path, resource }) => ({
    stack: basename(file_path, ".template.json"),
    rule: check_id,
    on: resource.split(".").at(-1) ?? "",
    message: check_name,
  }));
}

const resourceOf = ({ resources }: Assembly, { stack, on }: Finding): Resource | undefined =>
  resources.get(stack)?.[on];

function isAccepted(assembly: Assembly, finding: Finding, accepted: Accepted | undefined): boolean {
  const resource = resourceOf(assembly, finding);
  if (!accepted?.on.includes(resource?.Type ?? finding.on)) return false;
  return resource === undefined || (accepted.holds?.(resource) ?? true);
}

function isAcceptedByNag(assembly: Assembly, finding: Finding): boolean {
  const [resource, rule] = [resourceOf(assembly, finding), sameAsNag[finding.rule]];
  return resource !== undefined && rule !== undefined && reasonOfNag(assembly, resource, rule) !== undefined;
}

/** What cfn-lint says about a template that CDK does not write, one problem a line. */
export async function cfnLintProblems(bin: string, template: string): Promise<readonly string[]> {
  const matches = await runForJson(join(bin, "cfn-lint"), ["--format", "json", "--", template], tmpdir());
  return (matches as readonly CfnLintMatch[]).map(
    ({ Location, Message, Rule }) => `${Rule.Id} ${Location.Path.join("/")}: ${Message}`,
  );
}

/** What checkov says about files that CDK does not write, one problem a line. @param framework what the files are */
export async function checkovProblems(
  bin: string,
  framework: "cloudformation" | "github_actions",
  where: readonly string[],
): Promise<readonly string[]> {
  const how = ["--framework", framework, "--quiet", "--compact", "--skip-download", "--output", "json"];
  const report = (await runForJson(join(bin, "checkov"), [...how, ...where], tmpdir())) as CheckovReport;
  if (report.summary === undefined || report.summary.passed === 0) return ["checkov found nothing to check"];
  return report.results.failed_checks.map(
    ({ check_id, resource, check_name }) => `${check_id} ${resource}: ${check_name}`,
  );
}
