/**
 * Rules of text that several contracts share. Text is UTF-8 wherever a request contains it (contract practices §1): in a
 * body, in escapes, in a header. Other bytes are refused and never replaced, because with replaced bytes two different texts
 * would become one.
 */

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes bytes. A byte order mark is kept.
 * @returns `undefined` when the bytes are not UTF-8
 */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The character that gateways write in place of bytes that are not UTF-8. */
export const replacement = "\ufffd";

/** A `%` that does not begin an escape. */
const strayPercent = /%(?![0-9a-f]{2})/gi;

/**
 * A text without percent-escapes. A `%` that does not begin an escape stays.
 * @returns `undefined` when the escapes are not UTF-8
 */
export function unescaped(text: string): string | undefined {
  // Most texts, such as the segments of paths.
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text.replace(strayPercent, "%25"));
  } catch {
    return undefined;
  }
}

/** A segment of a path without its escapes; U+FFFD when an escape is malformed or the text is not UTF-8. */
export const segmentText = (segment: string): string =>
  (segment.search(strayPercent) < 0 ? unescaped(segment) : undefined) ?? replacement;

/** Whether a variable of a path, as a gateway passes it on, is not UTF-8. It names no record. */
export const isBroken = (variable: string): boolean =>
  variable.includes(replacement) || unescaped(variable) === undefined;

/** RFC 8187 §3.2.1: charset, language, and a text in which most characters are escaped. */
const extended = /^utf-8'[a-z0-9-]*'((?:%[0-9a-f]{2}|[a-z0-9!#$&+.^_`|~-])*)$/i;
/** The beginning of a value in that form, also with the second charset of earlier versions. */
const extendedStart = /^(utf-8|iso-8859-1)'/i;

/**
 * The text of a header: ASCII, UTF-8 as it is, or `UTF-8''%E6%9D%8E-1`.
 * @returns `undefined` when it is malformed, not UTF-8, or may have been something else than UTF-8
 * @see https://www.rfc-editor.org/rfc/rfc8187
 */
export function headerText(value: string): string | undefined {
  if (extendedStart.test(value)) {
    const [, escaped] = extended.exec(value) ?? [];
    return escaped === undefined ? undefined : unescaped(escaped);
  }
  if (value.includes(replacement) || !value.isWellFormed()) return undefined;
  // A gateway that does not read headers as UTF-8 passes on one character for each byte.
  return /^[\0-\xff]*$/.test(value) ? utf8(Buffer.from(value, "latin1")) : value;
}

/** How many Unicode characters a text has. */
export const characters = (text: string): number => [...text].length;

/** Returns the beginning of a text. Cuts between code points, so that a surrogate pair is never split. */
export const shortened = (text: string, charactersMax: number): string =>
  [...text].slice(0, charactersMax).join("").trimEnd();

/** Control characters, as a character class for patterns of the API's description. */
export const controlCharacters = "\\u0000-\\u001F\\u007F-\\u009F";
/** A text without control characters, as a pattern for the API's description. */
export const plainPattern = `^[^${controlCharacters}]*$`;

/** Whether a text is valid Unicode without control characters. */
export const isPlain = (text: string): boolean => text.isWellFormed() && !/\p{Cc}/u.test(text);

/** Maximum length of a caller's own key of a record, in characters. */
export const recordIdCharactersMax = 128;

/**
 * Whether a text can be a caller's own key of a record. Other texts name no record, and no key of the table is built
 * from them.
 */
export const isRecordId = (text: string): boolean =>
  text !== "" && isPlain(text) && characters(text) <= recordIdCharactersMax;

/** Characters that are always invisible: joiners, marks of direction, fillers, soft hyphens. */
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
/** Visible characters. Blanks, controls and an empty Braille cell are invisible too, but they separate words. */
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800]/u;

/** Returns a text without its invisible characters. Blanks stay. */
export const withoutInvisible = (text: string): string => text.replace(invisible, "");

/** Whether a text has a visible character. */
export const hasVisible = (text: string): boolean => visible.test(text);

/** An e-mail address in ASCII: a dot-atom (RFC 5322 §3.2.3), then `@` and a DNS name of at least two labels. */
export const emailAddress =
  /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/i;
