import { expect } from "vitest";
import { whenTableIsEmptied } from "../kit/engine.ts";
import { misfit } from "./document.ts";

/** Compares the documented rules of a value with the real handler. */

type Json = Record<string, unknown>;

/** Values of one field or property. */
export interface Values {
  /** Accepted by both. Values similar to the first two are tried as well, once for each schema. */
  readonly good: readonly unknown[];
  /** Refused by both. */
  readonly bad: readonly unknown[];
  /** Refused only by the handler: JSON Schema cannot express the rule, or only in a complicated way. */
  readonly beyond?: readonly unknown[];
}

/** Texts similar to a text, at the limits of rules. */
const closeTo = (text: string): string[] => [
  text.slice(1),
  text.slice(0, -1),
  text.toUpperCase(),
  text.toLowerCase(),
  ...["-", "@", ".", "é", "１", "\u0000"].flatMap((character) => [character + text, text + character]),
  `${text} ${text}`,
  `${text}\n${text}`,
];

/** Whether a value is valid according to the document. */
export function fits(schema: Json, value: unknown): boolean {
  // A format alone asserts nothing, and zod's rule for e-mail addresses is stricter than the pattern.
  const { format, ...asserted } = schema;
  return misfit(format === "email" ? asserted : schema, value) === undefined;
}

/** Schemas and texts whose similar values were tried in this test file. */
const triedClosely = new Set<string>();
whenTableIsEmptied(() => triedClosely.clear());

/** Whether a text is tried for the first time with a schema of these rules. */
function isNew(schema: Json, text: string): boolean {
  const { description, examples, example, ...rules } = schema;
  const key = JSON.stringify([rules, text]);
  return !triedClosely.has(key) && Boolean(triedClosely.add(key));
}

/**
 * Asserts that document and handler agree on values and on similar ones.
 * @param takes whether the handler accepts a value
 * @param isPlain whether a value is in the form that the document describes
 */
export async function expectAgreement(
  schema: Json,
  { good, bad, beyond = [] }: Values,
  takes: (value: unknown) => Promise<boolean>,
  isPlain: (text: string) => boolean = () => true,
): Promise<void> {
  const disagreed: unknown[] = [];
  const judge = async (value: unknown, byDocument: boolean, byHandler: boolean) => {
    const [document, handler] = [fits(schema, value), await takes(value)];
    if (document !== byDocument || handler !== byHandler) disagreed.push({ value, document, handler });
  };
  for (const value of good) await judge(value, true, true);
  for (const value of bad) await judge(value, false, false);
  for (const value of beyond) await judge(value, true, false);
  // Fields with the same documented rules use the same code. Limits are tried for each field, similar values for one.
  const texts = good.slice(0, 2).filter((value) => typeof value === "string" && isNew(schema, value)) as string[];
  for (const value of new Set(texts.flatMap(closeTo).filter(isPlain))) {
    const document = fits(schema, value);
    const handler = await takes(value);
    const agrees = beyond.length > 0 ? document || !handler : document === handler;
    if (!agrees) disagreed.push({ value, document, handler });
  }
  expect(disagreed).toEqual([]);
}
