import { isObject } from "../../json.ts";

/**
 * Returns the value at a path of names, following only own properties of objects; `undefined` when there is no value.
 */
export const valueAt = (root: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), root);

/**
 * The form of a property path. A longer name, or one with other characters, may be a value that was sent in the wrong
 * place.
 */
const pathShape = /^[A-Za-z_$][A-Za-z0-9_$-]{0,63}(\.[A-Za-z0-9_$-]{1,64})*$/;
const quotedCharactersMax = 200;

/**
 * Returns names for the end of a message: `: a, b`. Only names that look like a property path are repeated, because
 * messages must not contain values of the request. Returns `""` when no name does.
 */
export function quoted(names: readonly string[]): string {
  const told = names.filter((name) => name.length <= quotedCharactersMax && pathShape.test(name)).slice(0, 20);
  return told.length > 0 ? `: ${told.join(", ")}` : "";
}
