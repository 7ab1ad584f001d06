/** How values of other systems' exports are read. Their types are not certain: exports differ by version and by plugin. */

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A JSON object; any other value counts as an empty one. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** The elements of an array; any other value counts as an empty one. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A trimmed text, or a number as text. Blank and other values are absent. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text.trim() !== "" ? text.trim() : undefined;
}

/** A boolean: `true`, `1`, and the same as text, which databases and Cognito write. */
export const flagOf = (value: unknown): boolean => ["true", "t", "1"].includes(String(value).toLowerCase());

/** A moment as ISO 8601, from text or from epoch milliseconds. */
export function momentOf(value: unknown): string | undefined {
  const date = typeof value === "number" || typeof value === "string" ? new Date(value) : undefined;
  return date && !Number.isNaN(date.getTime()) ? date.toISOString() : undefined;
}

/** A JSON text as an object; anything else counts as an empty one. */
export function parsedFields(value: unknown): Fields {
  if (typeof value !== "string") return fieldsOf(value);
  try {
    return fieldsOf(JSON.parse(value));
  } catch {
    return {};
  }
}
