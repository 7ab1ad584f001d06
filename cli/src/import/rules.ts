import type * as z from "zod";
import type { Fields } from "./fields.ts";
import type { Fault, UniqueValue } from "./kind.ts";
import { isShortenedNumber, likelyCause } from "./normalise.ts";

/** What a schema of the server finds wrong with a row. */
export function faultsOf(schema: z.ZodType, fields: Fields): Fault[] {
  const issues = schema.safeParse(fields).error?.issues ?? [];
  return issues.map(({ path, message }) => {
    const field = String(path[0] ?? "");
    return { field, message: withCause(message, field, fields[field]) };
  });
}

/** A message about a wrong value, and what probably happened to the value. */
export function withCause(message: string, field: string, value: unknown): string {
  const cause = likelyCause(field, value);
  return cause === undefined ? message : `${message} (${cause})`;
}

/** What is wrong with an id: as a shortened number it would pass, and name the wrong record. */
export const idFaults = (fields: Fields, ...names: readonly string[]): Fault[] =>
  names
    .filter((field) => isShortenedNumber(fields[field]))
    .map((field) => ({ field, message: "a spreadsheet has shortened this number: format the column as text" }));

/** A value that must be unique among the rows, if the row has it. */
export const unique = (field: string, value: unknown, within = ""): UniqueValue[] =>
  value === undefined ? [] : [{ field, value: JSON.stringify([within, String(value)]) }];
