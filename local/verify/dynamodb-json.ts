/** A value as DynamoDB writes it: its type, and what it holds. */
export type AttributeJson = Readonly<Record<string, unknown>>;

const readers: Readonly<Record<string, (value: never) => unknown>> = {
  S: (value: string) => value,
  N: (value: string) => Number(value),
  BOOL: (value: boolean) => value,
  NULL: () => null,
  B: (value: string) => Buffer.from(value, "base64"),
  L: (value: readonly AttributeJson[]) => value.map(readAttribute),
  M: (value: Readonly<Record<string, AttributeJson>>) => readAttributes(value),
  SS: (value: readonly string[]) => new Set(value),
  NS: (value: readonly string[]) => new Set(value.map(Number)),
  BS: (value: readonly string[]) => new Set(value.map((each) => Buffer.from(each, "base64"))),
};

function readAttribute(attribute: AttributeJson): unknown {
  const [[type = "", value] = []] = Object.entries(attribute);
  const read = readers[type];
  if (!read) throw new TypeError(`DynamoDB has no type ${type}`);
  return read(value as never);
}

/** Reads the attributes of an item in DynamoDB's JSON. @throws TypeError for a type that DynamoDB does not have */
export const readAttributes = (item: Readonly<Record<string, AttributeJson>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, readAttribute(value)]));
