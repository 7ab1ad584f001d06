import { invalidArgument } from "../account/invalid-argument.ts";

/** Which part of a list is wanted. */
export interface PageQuery {
  readonly limit: number;
  readonly skip: number;
}

/** How many entries a caller may ask for at once. */
export const limitMax = 1000;
const usualLimits = { default: 100, max: limitMax };
const skipMax = 10_000;

/**
 * Arguments of the source's lists that are not supported here. They are refused, because ignoring them would return
 * another list than the caller wants.
 */
export const unsupported = ["startingAfter", "endingBefore", "pipeline", "group", "favorites", "accessLevel"];

/**
 * Reads `limit` and `skip`.
 * @param refused names of arguments that the list does not have
 * @param limits bounds of `limit`
 * @throws Failure kInvalidArgument
 */
export function readPageQuery(
  query: Readonly<Record<string, unknown>>,
  refused: readonly string[],
  limits = usualLimits,
): PageQuery {
  const stated = refused.filter((name) => Object.hasOwn(query, name) && query[name] !== "");
  if (stated.length > 0) throw invalidArgument(`Not supported: ${stated.join(", ")}`);
  return {
    limit: wholeNumber(query.limit, "limit", 1, limits.max) ?? limits.default,
    skip: wholeNumber(query.skip, "skip", 0, skipMax) ?? 0,
  };
}

function wholeNumber(text: unknown, name: string, min: number, max: number): number | undefined {
  if (text === undefined || text === "") return undefined;
  const value = typeof text === "string" && /^[0-9]{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw invalidArgument(`${name} is a whole number from ${min} to ${max}`);
}
