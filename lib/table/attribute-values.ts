/** A value of an attribute in DynamoDB's JSON. It has one of these members. */
export interface WireValue {
  readonly S?: string;
  readonly N?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  /** In Base64. */
  readonly B?: string;
  readonly SS?: readonly string[];
  readonly L?: readonly WireValue[];
  readonly M?: WireItem;
}
/** An item in DynamoDB's JSON, or a part of one. */
export type WireItem = Record<string, WireValue>;

/** An item in DynamoDB's JSON. Attributes that are `undefined` are left out. @throws Error for a value that no item can have */
export function wireItem(item: object): WireItem {
  const wire: WireItem = {};
  for (const [name, value] of Object.entries(item)) {
    if (value === undefined) continue;
    // An assignment to this name would set the object's prototype. Objects without a prototype take longer.
    if (name === "__proto__") Object.defineProperty(wire, name, { value: wireValue(value), enumerable: true });
    else wire[name] = wireValue(value);
  }
  return wire;
}

function wireValue(value: unknown): WireValue {
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: numberText(value) };
  if (typeof value === "boolean") return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.filter((each) => each !== undefined).map(wireValue) };
  if (isSetOfTexts(value)) return { SS: [...value] };
  if (value instanceof Uint8Array) return { B: Buffer.from(value).toString("base64") };
  if (isPlainObject(value)) return { M: wireItem(value) };
  throw new Error(`no item has a value of the kind ${Object.prototype.toString.call(value)}`);
}

function numberText(value: number): string {
  if (Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value);
  throw new Error("a number is too large to be stored");
}

/** DynamoDB has no empty sets. */
const isSetOfTexts = (value: unknown): value is ReadonlySet<string> =>
  value instanceof Set && value.size > 0 && [...value].every((text) => typeof text === "string");

function isPlainObject(value: unknown): value is object {
  const prototype = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  return prototype === Object.prototype || prototype === null;
}

/**
 * Replaces the attributes of an item by their values. The item stays the same object: the engine returns the attributes of each
 * item in another order, and to build a new object in another order takes longer than all the rest.
 */
export function nativeItem(item: WireItem): Record<string, unknown> {
  const native: Record<string, unknown> = item;
  for (const name in item) native[name] = nativeValue(item[name] ?? {});
  return native;
}

function nativeValue(value: WireValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.M) return nativeItem(value.M);
  if (value.L) return value.L.map(nativeValue);
  if (value.SS) return new Set(value.SS);
  if (value.B !== undefined) return Buffer.from(value.B, "base64");
  if (value.NULL) return null;
  throw new Error("an item has a value of a kind that we never write");
}
