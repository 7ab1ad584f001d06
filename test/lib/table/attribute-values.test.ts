import fc from "fast-check";
import { expect, it } from "vitest";
import { nativeItem, wireItem } from "../../../lib/table/attribute-values.ts";

const values: readonly (readonly [object, object])[] = [
  [
    { text: "", other: "ü\u0000" },
    { text: { S: "" }, other: { S: "ü\u0000" } },
  ],
  [
    { zero: 0, less: -1.5 },
    { zero: { N: "0" }, less: { N: "-1.5" } },
  ],
  [
    { yes: true, no: false, nothing: null },
    { yes: { BOOL: true }, no: { BOOL: false }, nothing: { NULL: true } },
  ],
  [
    { list: ["a", [1]], none: [] },
    { list: { L: [{ S: "a" }, { L: [{ N: "1" }] }] }, none: { L: [] } },
  ],
  [{ map: { S: "a", M: {} } }, { map: { M: { S: { S: "a" }, M: { M: {} } } } }],
  [{ set: new Set(["a", "b"]) }, { set: { SS: ["a", "b"] } }],
  [{ bytes: Buffer.from([0, 255]) }, { bytes: { B: "AP8=" } }],
];

it.each(values)("%o is stored as DynamoDB's JSON, and read as it was", (native, wire) => {
  expect(wireItem(native)).toEqual(wire);
  expect(nativeItem(structuredClone(wire) as never)).toEqual(native);
});

const names = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("__proto__", "S", "M", "0"));
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: "binary" }),
    fc
      .double({ noNaN: true, min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })
      .filter((n) => !Object.is(n, -0)),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.uniqueArray(fc.string(), { minLength: 1 }).map((texts) => new Set(texts)),
    fc.array(tie("value")),
    fc.dictionary(names, tie("value"), { noNullPrototype: true }),
  ),
}));

it("reads every item as it was written, with any names of attributes", () => {
  fc.assert(
    fc.property(fc.dictionary(names, anyValue, { noNullPrototype: true }), (item) => {
      const read = nativeItem(JSON.parse(JSON.stringify(wireItem(item))));
      expect(read).toEqual(item);
      expect(Object.keys(read).sort()).toEqual(Object.keys(item).sort());
    }),
  );
});

it("writes an attribute with the name of an object's prototype as any other", () => {
  const item = JSON.parse('{"__proto__":{"a":"b"}}');
  expect(JSON.stringify(wireItem(item))).toBe('{"__proto__":{"M":{"a":{"S":"b"}}}}');
});

it("leaves out what is undefined", () => {
  expect(wireItem({ a: undefined, b: [undefined, 1], c: { d: undefined } })).toEqual({
    b: { L: [{ N: "1" }] },
    c: { M: {} },
  });
});

it("reads an attribute with the name of an object's prototype as any other", () => {
  const item = nativeItem(JSON.parse('{"map":{"M":{"__proto__":{"S":"a"}}}}'));
  expect(JSON.stringify(item)).toBe('{"map":{"__proto__":"a"}}');
});

it.each([
  [Number.NaN],
  [Number.POSITIVE_INFINITY],
  [2 ** 53],
  [new Date(0)],
  [new Set()],
  [new Set([1])],
  [() => 1],
  [1n],
])("refuses %s, which no item has", (value) => {
  expect(() => wireItem({ value })).toThrow(Error);
});

it("refuses an answer with a value of a kind that is never written", () => {
  expect(() => nativeItem({ value: { NS: ["1"] } as never })).toThrow(Error);
});
