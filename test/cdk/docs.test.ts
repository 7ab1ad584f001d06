import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { optionNames } from "../../cdk/deploy-options.ts";
import { accessInWords } from "../../lambda-test/table.ts";
import { workerAccess } from "../../lib/access.ts";
import { operations } from "../../lib/operations.ts";
import { resourcesOf, synthesize, type Template } from "./synthesis.ts";

const pageOf = (name: string) => readFileSync(`docs/${name}.md`, "utf8");
const [deploy, run, cost] = [pageOf("deploy"), pageOf("run"), pageOf("cost")];
/** Cells of a function's row in the written table. */
const rowOf = (id: string) =>
  cost
    .slice(cost.indexOf("<!-- functions:"))
    .split("\n")
    .find((line) => line.startsWith(`| ${id} | `))
    ?.split("|")
    .map((cell) => cell.trim());

test.each(optionNames)("docs/deploy.md explains the option %s", (name) => {
  expect(deploy).toMatch(new RegExp(`^\\| .*\`${name}\`.* \\|`, "m"));
});

const { api, accounts, messages, images, cleanUp, pages, templates } = synthesize();
const deployed = Object.assign(
  {},
  ...[api, accounts, messages, images, cleanUp, pages].map((each) => resourcesOf(each, "AWS::Lambda::Function")),
);
const ids = [...operations.map(({ id }) => id), ...Object.keys(workerAccess)];

test.each(ids)("docs/cost.md has the memory and access of %s as deployed (npm run test:lambda -- --write)", (id) => {
  const [, , memory, , , access] = rowOf(id) ?? [];
  const { MemorySize } = deployed[`${id}Function`].Properties;
  expect([memory, access]).toEqual([String(MemorySize), accessInWords(id)]);
});

test.each(Object.keys(templates))("docs/deploy.md says what the stack %s holds", (name) => {
  expect(deploy).toMatch(new RegExp(`^\\| \`${name}\` \\|`, "m"));
});

/** Whatever tells the topic of alarms: alarms, and rules that send events of AWS. With every option that adds some. */
const noticesIn = (template: Template) =>
  Object.entries({
    ...resourcesOf(template, "AWS::CloudWatch::Alarm"),
    ...resourcesOf(template, "AWS::Events::Rule"),
  }).map(([id, { Properties }]) => [id, Properties.AlarmDescription ?? Properties.Description] as const);
const withOptions = synthesize({
  backupVaultArn: "arn:aws:backup:eu-west-1:210987654321:backup-vault:frontdesk",
  rollout: "canary",
});
/** The schedule of a worker tells nobody. */
const tellsNobody = ["EveryHour", "Uploads"];
const notices = [
  ...new Map(
    Object.values(withOptions.templates)
      .flatMap(noticesIn)
      .filter(([id]) => !tellsNobody.includes(id)),
  ),
];
const runbook = pageOf("runbook");
const sections = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf("\n")), section]),
);

test.each(notices)("docs/runbook.md has a section for %s, to which its description leads", (id, description) => {
  expect(description).toMatch(new RegExp(`\\. Runbook: ${id}\\.$`));
  expect(runbook).toMatch(new RegExp(`^\\| \\[${id}\\]\\(#${id.toLowerCase()}\\) \\| .+ \\| .+ \\|$`, "m"));
  const parts = ["Means", "Callers notice", "First look", "Do", "Over"];
  const section = sections.get(id) ?? "";
  expect([...section.matchAll(/^\*\*(.+?):\*\*/gm)].map(([, part]) => part)).toEqual(parts);
  // The first query, to be copied.
  expect(section).toMatch(/```sh\n(ask|aws|queue=|mapping=)/);
});

test("docs/runbook.md has no section for an alarm that does not exist", () => {
  const known = ["Before you begin", ...notices.map(([id]) => id)];
  expect([...sections.keys()].sort()).toEqual(known.sort());
});

test("the resources and outputs that commands of docs/runbook.md name exist", () => {
  const named = [...runbook.matchAll(/\$\((resource|output) (\w+) (\w+)\)/g)];
  expect(named.length).toBeGreaterThan(15);
  for (const [, kind, stack = "", name = ""] of named) {
    const { Resources, Outputs } = templates[stack] as Template;
    const ids = Object.keys(kind === "output" ? Outputs : Resources);
    // `resource` finds the first one whose logical id begins with the name.
    expect([stack, name, ids.filter((id) => id.startsWith(name)).length]).toEqual([stack, name, 1]);
  }
});

test("no page says twice what alarms mean: only the runbook explains them", () => {
  for (const id of ["WrongSignIns", "PictureDeadLetters", "LateCleanUp"]) expect(run).not.toContain(id);
});
