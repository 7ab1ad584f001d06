import { describe, expect, it } from "vitest";
import type { OperationId } from "../../../lib/operations.ts";
import { functionFile } from "../../../tools/function-file.ts";
import { leavesNoTrace, type Response } from "../../kit/system.ts";
import { oneOfEach, type Rules } from "./field-rules.ts";
import { type Code, expectFaults, expectRefusal, messages } from "./practices-contract.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A code with its message, for test names. */
export const named = (code: Code): string => `${code} ${messages[code]}`;

/**
 * The rules that a write is tested with: all for a Create. An Update or a Save uses the schema of the Create, which is
 * tested here, so it is tested with one value of each kind.
 */
export function rulesFor(id: OperationId, rules: Rules): Rules {
  if (id.endsWith("Create")) return rules;
  const create = id.replace(/Update$|Save$/, "Create");
  it(`checks fields as ${create} does`, async () => {
    const schemaOf = async (each: string) =>
      (await import(functionFile({ family: "practices", id: each }).href)).handler.fields;
    expect(await schemaOf(id)).toBeDefined();
    expect(await schemaOf(id)).toBe(await schemaOf(create));
  });
  return oneOfEach(rules);
}

/** The values of a list that a write is tested with: all for a Create, the first for an Update or a Save. */
export const valuesFor = <Value>(id: OperationId, values: readonly Value[]): readonly Value[] =>
  id.endsWith("Create") ? values : values.slice(0, 1);

/** Tests that each valid value is stored and answered. @param store writes the fields and reads the record */
export function describeAccepted(rules: Rules, store: (fields: Fields) => Promise<Fields>): void {
  it.each(rules.accepted)("accepts $title", async ({ field, given, answered }) => {
    const record = await store({ [field]: given });
    expect(record[field]).toBe(answered);
  });
}

/** Tests that each invalid value is refused with its code, and that nothing is written. */
export function describeRefused(rules: Rules, write: (fields: Fields) => Promise<Response>): void {
  for (const [code, rows] of Map.groupBy(rules.refused, (row) => row.code)) {
    describe(code === undefined ? "4060 names the field with the error" : named(code), () => {
      it.each(rows)("refuses $title", async ({ field, given, either }) => {
        const response = await leavesNoTrace(() => write({ [field]: given }));
        if (code === undefined || (either && response.json.responseCode === 4060)) expectFaults(response, [field]);
        else expectRefusal(response, code, field);
      });
    });
  }
}
