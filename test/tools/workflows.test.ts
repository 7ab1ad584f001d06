import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

/** What actionlint, which `npm run test:templates` runs over the workflows, does not know. */

const read = (path: string) => readFileSync(path, "utf8");
const workflows = readdirSync(".github/workflows").map((file) => join(".github/workflows", file));
const actions = readdirSync(".github/actions").map((name) => join(".github/actions", name, "action.yml"));
const { scripts } = JSON.parse(read("package.json")) as { scripts: Readonly<Record<string, string>> };
const suites = Object.keys(scripts).filter((name) => /^test(:|$)/.test(name));

it("every suite runs for each pull request, and in .ci/run", () => {
  const inWorkflow = [...read(".github/workflows/check.yml").matchAll(/^ +- ([\w:]+)$/gm)].map(([, name]) => name);
  const inRun = [...read(".ci/run").matchAll(/^run npm (?:run )?([\w:]+)$/gm)].map(([, name]) => name);
  expect(suites.length).toBeGreaterThan(6);
  expect([...inWorkflow].sort()).toEqual(["check", ...suites].sort());
  expect([...inRun].sort()).toEqual(["check", ...suites].sort());
});

it.each([...workflows, ...actions])("%s names actions of others by a commit, with the version", (path) => {
  for (const [, used = ""] of read(path).matchAll(/uses: (.*)/g)) {
    expect(used).toMatch(/^(\.\/|[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$)/);
  }
});

it("all workflows use one version of each action", () => {
  const used = [...workflows, ...actions].flatMap((path) => read(path).match(/[\w.-]+\/[\w.-]+@[0-9a-f]{40}/g) ?? []);
  const versions = new Map(used.map((each) => [each.split("@")[0], each]));
  expect(new Set(used)).toEqual(new Set(versions.values()));
});

it.each(workflows)("%s states its permissions, and how long each job may take", (path) => {
  const text = read(path);
  expect(text).toMatch(/^permissions:/m);
  const jobs =
    text
      .split(/^jobs:$/m)[1]
      ?.split(/^ {2}(?=[\w-]+:$)/m)
      .slice(1) ?? [];
  expect(jobs.length).toBeGreaterThan(0);
  for (const job of jobs) expect(job).toMatch(/^ {4}(timeout-minutes: \d+|uses: \.\/)/m);
});

it("no workflow runs code of a pull request with the rights of the repository", () => {
  for (const path of workflows) expect(read(path)).not.toMatch(/pull_request_target|workflow_run/);
  for (const path of [...workflows, ...actions]) {
    // What strangers write, such as the title of a pull request, must not become part of a command.
    expect(read(path)).not.toMatch(/\$\{\{[^}]*(\.title|\.body|head_ref|head\.ref|\.message|\.label)/);
  }
});

it("what Dependabot proposes gets no role, whoever starts the run", () => {
  const diff = read(".github/workflows/diff.yml");
  expect(diff).toContain("github.event.pull_request.user.login != 'dependabot[bot]'");
  // The actor is whoever has pushed last, such as a maintainer who brings the branch up to date.
  for (const path of workflows) expect(read(path)).not.toContain("github.actor");
});
