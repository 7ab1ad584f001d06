/** The form of codes that are sent, and of those that an authenticator app shows. */
const codeShape = /^[0-9]{6}$/;
const digitsOfCode = 6;
/** Longer than any code with blanks and dashes. Longer texts are not normalised, so that the work is bounded. */
const unitsMax = 100;

/**
 * Reads a code as a person may enter it: with blanks and dashes, in capitals, in full-width characters. A program may have
 * made a number of it and so lost the zeros at its beginning.
 * @returns the code in lower case; `undefined` for a value that cannot be a code
 */
export function readCode(value: unknown): string | undefined {
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && value >= 0 ? String(value).padStart(digitsOfCode, "0") : undefined;
  }
  if (typeof value !== "string" || value.length > unitsMax) return undefined;
  return value
    .normalize("NFKC")
    .replace(/[\p{White_Space}\p{Dash}\p{Default_Ignorable_Code_Point}]/gu, "")
    .toLowerCase();
}

/** Whether a code that was read has six digits. */
export const isCode = (code: string | undefined): code is string => code !== undefined && codeShape.test(code);
