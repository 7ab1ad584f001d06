import { characters, isPlain } from "../text.ts";

/**
 * How ids are read: those that the credentials of every request state as well as those in fields. Without zod, which not
 * every function needs for more than this.
 */

/** A text as it comes: `null` and `""` absent, an exact number its decimal string. */
export const asText = (raw: unknown): unknown => {
  if (raw === null || raw === "") return undefined;
  return typeof raw === "number" && Math.abs(raw) <= Number.MAX_SAFE_INTEGER ? String(raw) : raw;
};

/** The same without space around it. */
export const trimmed = (raw: unknown): unknown => {
  const text = asText(raw);
  return typeof text === "string" ? asText(text.trim()) : text;
};

/** The key that a body or the credentials name, read as `RecordId` reads it; `undefined` when it is blank. */
export const recordIdFrom = (...candidates: readonly unknown[]): unknown =>
  candidates.map(trimmed).find((candidate) => candidate !== undefined);

/** A label of a practice's own, in lower case: web address or Direct domain. */
export const labelShape = /^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/;

/** How many characters a login id has at the most. */
export const loginCharactersMax = 254;
/** The form in which login ids are compared. Twice lower case, for one upper case may have two lower ones: Σ, ẞ. */
export const normaliseLogin = (loginId: string): string =>
  loginId.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase();

/** Whether a text can be a login id; what cannot be one names nobody. */
export const isLoginId = (value: string): boolean =>
  value !== "" &&
  isPlain(value) &&
  !/\s/u.test(value + normaliseLogin(value)) &&
  characters(value) <= loginCharactersMax &&
  characters(normaliseLogin(value)) <= loginCharactersMax;
