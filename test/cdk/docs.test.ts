import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { optionNames } from "../../cdk/deploy-options.ts";
import { accessInWords } from "../../lambda-test/table.ts";
import { workerAccess } from "../../lib/access.ts";
import { operations } from "../../lib/operations.ts";
import { resourcesOf, synthesize } from "./synthesis.ts";

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

const { api, accounts, messages, images, cleanUp, watch, pages, templates } = synthesize();
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

test("docs/run.md explains every alarm", () => {
  for (const alarm of Object.keys(resourcesOf(watch, "AWS::CloudWatch::Alarm"))) {
    expect(run).toMatch(new RegExp(`^\\| .*${alarm}.* \\|`, "m"));
  }
});
