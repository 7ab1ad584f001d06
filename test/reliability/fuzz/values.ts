import fc from "fast-check";

/** Makes values that a schema of docs/openapi.json allows. */

/** The parts of JSON Schema that the document uses, references resolved. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly additionalProperties?: boolean | Schema;
}

/** Texts contain this mark where their schema allows it. Nothing else does, so a log that repeats one is found. */
export const mark = "Mk7q";

const marked = fc.integer({ min: 0, max: 0xffffff }).map((number) => `${mark}${number.toString(16).padStart(6, "0")}`);
const strange = fc.constantFrom("Ærø & Söhne", "李🙂", "e\u0301", "\u202eabc", '"<b>\\', "İı", "ﬀ", "\u2028", "a'; --");
const freeText = fc.oneof(
  { weight: 4, arbitrary: marked },
  { weight: 2, arbitrary: fc.tuple(marked, strange).map((parts) => parts.join(" ")) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
);

const twoDigits = (min: number, max: number) => fc.integer({ min, max }).map((each) => String(each).padStart(2, "0"));
const year = fc.integer({ min: 1900, max: 2025 });
const date = fc.tuple(year, twoDigits(1, 12), twoDigits(1, 28)).map((parts) => parts.join("-"));
const instant = fc
  .tuple(date, twoDigits(0, 23), twoDigits(0, 59), fc.constantFrom("Z", ".5Z", "+02:00"))
  .map(([day, hours, minutes, zone]) => `${day}T${hours}:${minutes}:00${zone}`);
const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  date,
  "date-time": instant,
  email: marked.map((name) => `${name}@example.org`),
  uri: marked.map((name) => `https://${name.toLowerCase()}.example.org/a?b=c`),
  uuid: fc.uuid(),
};

/** Whether a pattern allows any text without control characters. */
const isFree = (pattern: RegExp) => pattern.test(`${mark} Ærø & "Söhne" 🙂/@`) && pattern.test("a");

/** The longest text that is made only to have the greatest length. */
const longMax = 5000;

/** Texts that have exactly the least or the greatest length, in characters of one and of four bytes. */
function atBounds({ minLength = 0, maxLength = longMax }: Schema): fc.Arbitrary<string> {
  const lengths = [minLength, maxLength].filter((length) => length <= longMax);
  return fc
    .tuple(fc.constantFrom("x", "🙂"), fc.constantFrom(...lengths))
    .map(([character, length]) => character.repeat(length));
}

function text(schema: Schema): fc.Arbitrary<string> {
  const { format, pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  const rule = new RegExp(pattern ?? "", "u");
  const fits = (value: string) => [...value].length >= minLength && [...value].length <= maxLength && rule.test(value);
  const known = format === undefined ? undefined : formats[format];
  if (known) return known.filter(fits);
  if (!isFree(rule)) return fc.stringMatching(rule).filter(fits);
  const cut = (value: string) => [...value.padEnd(minLength, "x")].slice(0, Math.min(maxLength, longMax)).join("");
  return fc.oneof({ weight: 6, arbitrary: freeText.map(cut) }, { weight: 1, arbitrary: atBounds(schema) }).filter(fits);
}

function whole({ minimum = -1e9, maximum = 1e9 }: Schema): fc.Arbitrary<number> {
  return fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.constantFrom(minimum, maximum));
}

/** Values of every type: for properties about which the document says nothing. */
const anything = fc.oneof(
  freeText,
  fc.constantFrom(null, true, false, 0, -1, 0.5, 1e300),
  fc.dictionary(fc.constantFrom("a", "b", "length", "name"), freeText, { maxKeys: 2 }),
  fc.array(freeText, { maxLength: 2 }),
);

function list({ items = {}, minItems = 0, maxItems = 1000 }: Schema): fc.Arbitrary<unknown[]> {
  const many = fc.array(valuesOf(items), { minLength: minItems, maxLength: Math.min(maxItems, minItems + 3) });
  const full = fc.array(valuesOf(items), { minLength: Math.min(maxItems, 20), maxLength: Math.min(maxItems, 20) });
  return fc.oneof({ weight: 6, arbitrary: many }, { weight: 1, arbitrary: full });
}

function object({ properties = {}, required = [], patternProperties = {}, ...rest }: Schema): fc.Arbitrary<object> {
  const shape = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valuesOf(schema)]));
  const own = fc.record(shape, { requiredKeys: required.filter((name) => name in shape) });
  const { additionalProperties: others, propertyNames = {} } = rest;
  const named = Object.entries(patternProperties).map(([pattern, schema]) =>
    fc.dictionary(fc.stringMatching(new RegExp(pattern, "u"), { size: "xsmall" }), valuesOf(schema), { maxKeys: 2 }),
  );
  const open = typeof others === "object" ? [fc.dictionary(text(propertyNames), valuesOf(others), { maxKeys: 2 })] : [];
  return fc.tuple(own, ...named, ...open).map((parts) => Object.assign({}, ...parts.reverse()));
}

const byType: Readonly<Record<string, (schema: Schema) => fc.Arbitrary<unknown>>> = {
  string: text,
  integer: whole,
  number: whole,
  boolean: () => fc.boolean(),
  null: () => fc.constant(null),
  array: list,
  object,
};

const made = new WeakMap<Schema, fc.Arbitrary<unknown>>();

/** Values that a schema allows; with what it cannot say, such as check digits, they may be refused nevertheless. */
export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  const known = made.get(schema) ?? newValuesOf(schema);
  made.set(schema, known);
  return known;
}

function newValuesOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const either = schema.anyOf ?? schema.oneOf;
  if (either && !schema.properties) return fc.oneof(...either.map(valuesOf));
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return anything;
  return fc.oneof(...types.map((type) => (byType[type] ?? (() => anything))(schema)));
}
