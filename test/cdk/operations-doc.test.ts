import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { optionNames } from "../../cdk/deploy-options.ts";
import { accessInWords } from "../../lambda-test/table.ts";
import { operations } from "../../lib/operations.ts";
import { resourcesOf, synthesize } from "./synthesis.ts";

const text = readFileSync("docs/operations.md", "utf8");
/** Cells of the row of a function, in the table that is written. */
const rowOf = (id: string) =>
  text
    .slice(text.indexOf("<!-- functions:"))
    .split("\n")
    .find((line) => line.startsWith(`| ${id} | `))
    ?.split("|")
    .map((cell) => cell.trim());

test.each(optionNames)("the option %s is told of", (name) => {
  expect(text).toMatch(new RegExp(`^\\| .*\`${name}\`.* \\|`, "m"));
});

const { api, messages, watch } = synthesize();
const deployed = Object.assign({}, ...[api, messages].map((each) => resourcesOf(each, "AWS::Lambda::Function")));
const ids = [...operations.map(({ id }) => id), "SendMessages"];

test.each(ids)("the table says of %s what is deployed (npm run test:lambda -- --write)", (id) => {
  const [, , memory, , , access] = rowOf(id) ?? [];
  const { MemorySize } = deployed[`${id}Function`].Properties;
  expect([memory, access]).toEqual([String(MemorySize), accessInWords(id)]);
});

test("every alarm is explained", () => {
  for (const alarm of Object.keys(resourcesOf(watch, "AWS::CloudWatch::Alarm"))) {
    expect(text).toMatch(new RegExp(`^\\| .*${alarm}.* \\|`, "m"));
  }
});
