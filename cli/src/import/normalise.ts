import type { Fields } from "./fields.ts";
import { stateCode, zipPrefixes } from "./states.ts";
import { timeZoneNames } from "./time-zone-names.ts";

/** A value in the form of the contract, and which kind of change that was, for the summary. */
export interface Normalised {
  readonly value: unknown;
  readonly what: string;
}

/**
 * Returns a value in the form of the contract; `undefined` when it has this form already, or when it could mean more than one
 * thing. The check then finds its fault.
 */
export type Normalise = (text: string, fields: Fields) => Normalised | undefined;

/** What people write in a cell that has no value. None of these is a value of a field with a form of its own. */
const placeholder = /^(n\/?a|none|null|nil|-+|\?+|\.)$/i;

/** Adds to a rule that a placeholder is a blank cell. Only for optional fields with a form of their own. */
export const orBlank =
  (rule: Normalise): Normalise =>
  (text, fields) =>
    placeholder.test(text) ? { value: undefined, what: "placeholders such as N/A, read as blank" } : rule(text, fields);

/** The rule of a function that returns the form of the contract; `undefined` for a value without one. */
export const form =
  (what: string, read: (text: string, fields: Fields) => unknown): Normalise =>
  (text, fields) => {
    const value = read(text, fields);
    return value === undefined || value === text ? undefined : { value, what };
  };

/** Ten digits, with separators and the country code that people write. An extension is no part of a phone number. */
const writtenPhone = /^(?:\+?1[\s.-]*)?(?:\((\d{3})\)|(\d{3}))[\s./-]*(\d{3})[\s.-]*(\d{4})$/;

/** A phone number of the United States. */
export const phone = orBlank(
  form("phone numbers", (text) => {
    const [, inParentheses = "", area = "", exchange = "", line = ""] = writtenPhone.exec(text) ?? [];
    return exchange === "" ? undefined : `${inParentheses}${area}${exchange}${line}`;
  }),
);

/** A ZIP code, with or without its four digits more. Restores leading zeros only where the row's state proves them. */
export const postal = orBlank((text, fields) => {
  const [, zip, plus] = /^(\d{5})[\s-]+(\d{4})$/.exec(text) ?? [];
  if (zip !== undefined) return { value: `${zip}${plus}`, what: "ZIP+4 codes" };
  const [, short = "", four = ""] = /^(\d{3,4})(?:-?(\d{4}))?$/.exec(text) ?? [];
  const whole = short.padStart(5, "0");
  const prefixes = zipPrefixes[stateCode(fields.state) ?? ""] ?? [];
  if (short === "" || !prefixes.some((prefix) => whole.startsWith(prefix))) return undefined;
  return { value: `${whole}${four}`, what: "ZIP codes without their leading zero, restored by the state" };
});

/** The code of a state, from its name or from a code with dots. */
export const state = orBlank(form("states", stateCode));

const words = new Map<string, boolean>([
  ...["yes", "y", "1", "t", "on"].map((word) => [word, true] as const),
  ...["no", "n", "0", "f", "off"].map((word) => [word, false] as const),
]);
/**
 * A boolean, from the words that spreadsheets have. A placeholder is a fault: a new user with a blank `active` can sign in, and a
 * blank `searchOptOut` shows somebody who may not want it.
 */
export const boolean = form("yes and no", (text) => words.get(text.toLowerCase()));

/** A boolean that gives a right. A placeholder is blank, and so it gives none. */
export const right = orBlank(boolean);

/** Whether a record is active, also as the word. */
export const active: Normalise = (text, fields) =>
  /^(in)?active$/i.test(text) ? { value: /^a/i.test(text), what: "yes and no" } : boolean(text, fields);

/** A time zone of the contract. In Arizona, `Mountain` can be Denver or Phoenix. */
export const timeZone = orBlank(
  form("time zones", (text, { state: written }) => {
    const zone = timeZoneNames.get(text.toLowerCase().replaceAll("_", " "));
    const isUnclear = zone === "America/Denver" && stateCode(written) === "AZ" && !/denver|navajo|shiprock/i.test(text);
    return isUnclear ? undefined : zone;
  }),
);

/** Text in lower case. Only ASCII letters: look-alikes must not become the letters that they look like. */
export const lowerCase = form("letter case", (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));

/** The code of a specialty, in upper case. */
export const taxonomy = orBlank(
  form("letter case", (text) => (/^[a-z0-9]{10}$/i.test(text) ? text.toUpperCase() : undefined)),
);

/** An NPI without separators. */
export const npi = orBlank(
  form("NPIs with separators", (text) => (/^[\d\s-]+$/.test(text) ? text.replace(/[\s-]/g, "") : undefined)),
);

/** How a spreadsheet shows a number that is too long for its cell. The other digits are lost. */
const shortenedNumber = /^\d([.,]\d+)?e\+\d+$/i;
const digitsOnly = new Set(["phone", "fax", "postal", "npi", "practiceNpi", "accountId", "userId", "mobile"]);

/** Returns what probably happened to a wrong value, to add to the fault; `undefined` when nothing is known. */
export function likelyCause(field: string, value: unknown): string | undefined {
  if (typeof value !== "string" || !digitsOnly.has(field)) return undefined;
  if (shortenedNumber.test(value)) return "a spreadsheet has shortened this number: format the column as text";
  if (/^(phone|fax|mobile)$/.test(field) && /\d\D*(x|ext)\D*\d+$/i.test(value))
    return "there is no place for an extension";
  if (/^\d+\.0+$/.test(value)) return "a program has written this as a number with decimals: format the column as text";
  if (field === "postal" && /^\d{3,4}$/.test(value)) return "has it lost a leading zero? The state does not prove it";
  return undefined;
}

/** Whether an id is a number that a spreadsheet has shortened. As an id it would pass, and name the wrong record. */
export const isShortenedNumber = (value: unknown): boolean => typeof value === "string" && shortenedNumber.test(value);
