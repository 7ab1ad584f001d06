import type { Family } from "../../../lib/operations.ts";
import type { Schema } from "./values.ts";

/** Values that are accepted in place of those that the schemas describe. The introduction of the document says which. */

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const typesOf = (schema: Schema): readonly string[] =>
  [schema, ...(schema.anyOf ?? [])].flatMap(({ type = [] }) => type);

/** The schemas of an object's properties, also of one that may be `null`. */
const propertiesOf = (schema: Schema): Readonly<Record<string, Schema>> =>
  Object.assign({}, ...[schema, ...(schema.anyOf ?? [])].map(({ properties }) => properties));

/** The text of a number or boolean as its value: urlencoded bodies have only texts. */
function fromText(types: readonly string[], stated: string): unknown {
  const text = stated.trim();
  if (types.includes("boolean") && /^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  if (types.some((type) => ["integer", "number"].includes(type)) && /^-?\d+$/.test(text)) return Number(text);
  return stated;
}

/** In `/api/io`, numbers count as text, text is trimmed, and `null` and `""` mean absent. */
function fromEnvelope(schema: Schema, value: unknown): unknown {
  const types = typesOf(schema);
  if (value === null || value === "") return undefined;
  if (typeof value === "number" && types.includes("string") && !types.includes("integer")) return String(value);
  if (typeof value !== "string") return value;
  const trimmed = value.trim();
  return trimmed === "" ? undefined : fromText(types, trimmed);
}

/** A value in the form that the schemas describe. Values without another form stay as they are. */
export function plainForm(family: Family, schema: Schema, value: unknown): unknown {
  if (isObject(value)) {
    const properties = propertiesOf(schema);
    const parts = Object.entries(value).map(([name, part]) => [name, plainForm(family, properties[name] ?? {}, part)]);
    return Object.fromEntries(parts.filter(([, part]) => part !== undefined));
  }
  if (Array.isArray(value)) return value.map((part) => plainForm(family, schema.items ?? {}, part));
  if (family === "practices") return fromEnvelope(schema, value);
  return family === "accounts" && typeof value === "string" ? fromText(typesOf(schema), value) : value;
}
