import { isObject } from "../../json.ts";

/** The value at a path of names, through objects only and their own properties; `undefined` when there is none. */
export const valueAt = (root: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), root);

/** What a property path looks like. A longer name, or one with other characters, may be a value that went astray. */
const pathShape = /^[A-Za-z_$][A-Za-z0-9_$-]{0,63}(\.[A-Za-z0-9_$-]{1,64})*$/;
const quotedCharactersMax = 200;

/**
 * Names for the end of a message: `: a, b`. Only what looks like a property path is repeated, since values of a request
 * must not be: `""` when nothing does.
 */
export function quoted(names: readonly string[]): string {
  const told = names.filter((name) => name.length <= quotedCharactersMax && pathShape.test(name)).slice(0, 20);
  return told.length > 0 ? `: ${told.join(", ")}` : "";
}
