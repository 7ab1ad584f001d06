/**
 * The header that tells which fields of a request were ignored, so that callers notice a field that they misspelt (contract
 * practices §1). It has names only, and nothing of it is logged.
 */

const namesMax = 20;
/** Longest name in the header, with its escapes. API Gateway takes 10 KB of headers in all. */
const nameLengthMax = 64;

/** The fields of a request that are not known. @param known the names that may be sent */
export const ignoredNames = (input: Readonly<Record<string, unknown>>, known: ReadonlySet<string>): readonly string[] =>
  Object.keys(input).filter((name) => name !== "" && !known.has(name));

/** The header, if any fields were ignored. */
export const ignoredHeader = (names: readonly string[]): Readonly<Record<string, string>> =>
  names.length === 0 ? {} : { "frontdesk-ignored": names.slice(0, namesMax).map(shownName).join(", ") };

/** A name with escapes. One that is too long is cut, never within a character, and ends with three dots. */
function shownName(name: string): string {
  let shown = "";
  for (const character of name.toWellFormed()) {
    const longer = shown + escaped(character);
    if (longer.length > nameLengthMax) return `${shown}...`;
    shown = longer;
  }
  return shown;
}

/** A character, percent-encoded unless it is a letter or digit of ASCII, `_`, `-` or `.`. */
const escaped = (character: string) =>
  /^[\w.-]$/.test(character)
    ? character
    : [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
