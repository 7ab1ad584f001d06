import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { optionNames } from "../../cdk/config.ts";
import { memoryMiB } from "../../cdk/operation-function.ts";
import { accessInWords } from "../../lambda-test/table.ts";
import { type Operation, operations } from "../../lib/operations.ts";
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

test.each([...(operations as readonly Operation[]), { id: "SendMessages", memory: "small" } as const])(
  "the table says of $id what is deployed (npm run test:lambda -- --write)",
  ({ id, memory }) => {
    const [, , memoryTold, , , access] = rowOf(id) ?? [];
    expect([memoryTold, access]).toEqual([String(memoryMiB[memory]), accessInWords(id)]);
  },
);

test("every alarm is explained", () => {
  for (const alarm of Object.keys(resourcesOf(synthesize().watch, "AWS::CloudWatch::Alarm"))) {
    expect(text).toMatch(new RegExp(`^\\| .*${alarm}.* \\|`, "m"));
  }
});
