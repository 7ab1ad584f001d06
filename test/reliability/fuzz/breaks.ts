import fc from "fast-check";
import { mark, type Schema, valuesOf } from "./values.ts";

/** Breaks one rule of a valid body, or comes close to it. Whether the document forbids the result is asked of the document. */

type Json = Readonly<Record<string, unknown>>;

/** How to change a value at a place of a body: what becomes of it. `undefined` removes it. */
type Break = (value: unknown, schema: Schema) => unknown;

/** A value as a text: texts as they are, everything else as JSON, because an object may have a `toString` of its own. */
const textOf = (value: unknown) => (typeof value === "string" ? value : String(JSON.stringify(value)));

const lengthOf = (value: unknown) => [...textOf(value)].length;
const longMax = 300_000;

/** One character, step or place more or less than a rule allows, by the type that has such rules. */
const aroundBounds: Readonly<Record<"text" | "number" | "list", readonly Break[]>> = {
  text: [
    (_, { maxLength = 300 }) => "x".repeat(Math.min(maxLength + 1, longMax)),
    (_, { maxLength = 300 }) => "🙂".repeat(Math.min(maxLength + 1, longMax / 4)),
    (_, { maxLength = 300 }) => "é".repeat(Math.min(maxLength, longMax / 2)),
    (_, { minLength = 1 }) => "x".repeat(Math.max(minLength - 1, 0)),
  ],
  number: [
    (_, { maximum = Number.MAX_SAFE_INTEGER }) => maximum + 1,
    (_, { minimum = Number.MIN_SAFE_INTEGER }) => minimum - 1,
    (_, { minimum = 0 }) => minimum + 0.5,
  ],
  list: [
    (value, { maxItems = 1000 }) => {
      const item = Array.isArray(value) ? value[0] : value;
      return Array(Math.min(maxItems + 1, 2000)).fill(item);
    },
    () => [],
  ],
};

/** The kind of bounds that a value of a schema has. */
function boundsOf({ type }: Schema): keyof typeof aroundBounds {
  const types = [type ?? []].flat();
  if (types.includes("array")) return "list";
  return types.includes("integer") || types.includes("number") ? "number" : "text";
}

/** Comes close to a bound of the place that it is used for. */
const nearBound = fc.nat({ max: 999 }).map(
  (number): Break =>
    (value, schema) => {
      const some = aroundBounds[boundsOf(schema)];
      return some[number % some.length]?.(value, schema);
    },
);

const otherTypes: readonly Break[] = [
  () => undefined,
  () => null,
  () => ({}),
  () => [],
  () => true,
  () => 0,
  () => -0,
  () => 1e308,
  () => Number.MAX_SAFE_INTEGER + 1,
  () => "",
  () => "maybe",
  (value) => [value],
  (value) => ({ value }),
  (value) => textOf(value),
];

const otherTexts: readonly Break[] = [
  (value) => `${textOf(value)}\u0000`,
  (value) => `\ud800${textOf(value)}`,
  (value) => `${textOf(value)}\udc00`,
  (value) => `a${textOf(value)}\n`,
  (value) => ` ${textOf(value)} `,
  (value) => `@${textOf(value)}`,
  (value) => `${textOf(value)}\u007f`,
  (value) => textOf(value).toUpperCase(),
  (value) => "１".repeat(Math.min(lengthOf(value), 300)),
  () => `{"${mark}":`,
];

/** The places of a body where there is a value, or where its schema allows one: names from the top down. */
function placesOf(schema: Schema, value: unknown, above: readonly string[] = []): (readonly string[])[] {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const names = isObject ? Object.keys({ ...schema.properties, ...value }) : [];
  return [
    ...(above.length > 0 ? [above] : []),
    ...names.flatMap((name) => placesOf(schema.properties?.[name] ?? {}, (value as Json)[name], [...above, name])),
  ];
}

/** A body with the value of one place changed. */
function changedAt(body: unknown, schema: Schema, [name = "", ...below]: readonly string[], change: Break): unknown {
  const { [name]: before, ...others } = (body ?? {}) as Json;
  const inner = schema.properties?.[name] ?? {};
  const after = below.length === 0 ? change(before, inner) : changedAt(before, inner, below, change);
  return after === undefined ? others : { ...others, [name]: after };
}

const unknownField: fc.Arbitrary<Json> = fc
  .tuple(fc.constantFrom("stray", "Name", "id ", "c_", "auth2", "length", "toString", "ｎame"), valuesOf({}))
  .map(([name, value]) => ({ [name]: value }));

/** Bodies that differ from a valid one in one place. */
export function brokenOf(schema: Schema, valid: unknown): fc.Arbitrary<unknown> {
  if (typeof valid !== "object" || valid === null || Array.isArray(valid)) return valuesOf({});
  const places = placesOf(schema, valid).filter(([first]) => first !== "auth");
  const withStray = unknownField.map((stray) => ({ ...valid, ...stray }));
  if (places.length === 0) return withStray;
  const change = fc.oneof(
    { weight: 2, arbitrary: nearBound },
    { weight: 1, arbitrary: fc.constantFrom(...otherTypes) },
    { weight: 1, arbitrary: fc.constantFrom(...otherTexts) },
  );
  const broken = fc
    .tuple(fc.constantFrom(...places), change)
    .map(([place, how]) => changedAt(valid, schema, place, how));
  return fc.oneof({ weight: 8, arbitrary: broken }, { weight: 1, arbitrary: withStray });
}
