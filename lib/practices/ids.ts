import { characters, isPlain } from "../text.ts";

/**
 * Reads ids, both in the credentials of requests and in fields. Does not use zod, so that functions that need only this
 * do not bundle it.
 */

/**
 * Reads a text without trimming it. `null` and `""` are absent (`undefined`), and an exact number becomes its decimal
 * string.
 */
export const asText = (raw: unknown): unknown => {
  if (raw === null || raw === "") return undefined;
  return typeof raw === "number" && Math.abs(raw) <= Number.MAX_SAFE_INTEGER ? String(raw) : raw;
};

/** Reads a text as `asText` does, and trims it. */
export const trimmed = (raw: unknown): unknown => {
  const text = asText(raw);
  return typeof text === "string" ? asText(text.trim()) : text;
};

/** Returns the first candidate that is not blank, read as `RecordId` reads it; `undefined` when all are blank. */
export const recordIdFrom = (...candidates: readonly unknown[]): unknown =>
  candidates.map(trimmed).find((candidate) => candidate !== undefined);

/** The form of a web address or of a Direct domain's label, in lower case. */
export const labelShape = /^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/;

/** Maximum length of a login id, in characters. */
export const loginCharactersMax = 254;
/**
 * Returns the form in which login ids are compared. It is converted to lower case twice, because one upper case letter
 * can have two lower case letters: Σ, ẞ.
 */
export const normaliseLogin = (loginId: string): string =>
  loginId.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase();

/** Whether a text can be a login id. Other texts name no user. */
export const isLoginId = (value: string): boolean =>
  value !== "" &&
  isPlain(value) &&
  !/\s/u.test(value + normaliseLogin(value)) &&
  characters(value) <= loginCharactersMax &&
  characters(normaliseLogin(value)) <= loginCharactersMax;
