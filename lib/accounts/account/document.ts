import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { ErrorCode, FieldError } from "../../errors.ts";
import { characters, hasVisible, isPlain, plainPattern, withoutInvisible } from "../../text.ts";
import { quoted } from "./property-path.ts";
import { timeZoneFrom } from "./time-zone.ts";

/**
 * The document of an account: all properties that callers may write. `Document` checks a whole document, as it would be
 * stored.
 */

/** An error with its code. */
const fault = (code: ErrorCode, error: string) => ({ error, params: { code } });

/** A part of a name: 1 to `max` characters, at least one of them visible. */
const text = (max: number) =>
  z
    .string()
    .refine((value) => hasVisible(value) && isPlain(value) && characters(value) <= max, {
      ...fault("kInvalidString", `must be text of 1 to ${max} characters, not all of them invisible`),
    })
    .meta({ minLength: 1, maxLength: max, pattern: plainPattern });
/** A text of at most `max` characters, which may be empty. */
const anyText = (max: number) =>
  z
    .string()
    .refine((value) => isPlain(value) && characters(value) <= max, {
      ...fault("kInvalidString", `must be text of at most ${max} characters`),
    })
    .meta({ maxLength: max, pattern: plainPattern });

/** An optional part of a name. A blank one is not stored. */
const maybeText = (max: number) =>
  anyText(max).refine((value) => value === "" || hasVisible(value), {
    ...fault("kInvalidString", "must not be invisible"),
  });

const objectId = z.string().regex(/^[0-9a-f]{24}$/, { error: "must be 24 hex digits" });

/** Genders of the contract: female, male, neither, other, trans, unspecified. */
const genders = ["f", "m", "n", "o", "t", "u"] as const;
const states = ["unverified", "verified"] as const;

const enumeration = <const Values extends readonly string[]>(values: Values) =>
  z
    .string()
    .refine((value) => values.includes(value), fault("kEnumValue", `must be one of ${values.join(" ")}`))
    .meta({ enum: [...values] });

/** The form of all names of time zones. */
const timeZoneShape = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;
/** A date from 1850 on. */
const birthShape = /^(18[5-9]|19\d|[2-9]\d\d)\d-\d\d-\d\d$/;
/** Whether a text is such a date and a day that exists. */
const isBirthDay = (value: string) =>
  birthShape.test(value) && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString().startsWith(value);

/** Maximum length in UTF-16 units before anything is removed, so that the work is bounded. */
const mobileUnitsMax = 80;
const e164 = /^\+(1[2-9]\d{9}|[2-9]\d{6,14})$/;
/** Separators that people write into phone numbers. */
const separators = /[\s().-]/g;
/** The 0 after the country code, which is dialled only within the country. */
const trunkPrefix = /^(\s*\+[\s.-]*\d{1,3}[\s.-]*)\(\s*0\s*\)/;
/**
 * Returns a phone number in E.164. Accepts E.164, or ten US digits with or without the 1 before them. Separators,
 * invisible characters and `(0)` after the country code are removed. The rule is structural: it accepts numbers such as
 * 555, which checks against numbering plans refuse.
 * @returns `undefined` for a value that is not a phone number
 */
export function normaliseMobile(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > mobileUnitsMax) return undefined;
  const seen = withoutInvisible(value);
  if (seen.length > 40) return undefined;
  const digits = seen.replace(trunkPrefix, "$1").replace(separators, "");
  if (e164.test(digits)) return digits;
  if (/^1?[2-9]\d{9}$/.test(digits)) return digits.length === 10 ? `+1${digits}` : `+${digits}`;
  return undefined;
}

/** Returns a name, or a part of a name, in the form in which it is stored and compared. */
export const nameText = (text: string): string => text.trim().normalize("NFC");

const Endpoint = z.strictObject({
  _id: objectId.optional(),
  enabled: z.boolean().optional(),
  label: anyText(255).optional(),
  name: anyText(255).optional(),
});
const Notification = z.strictObject({
  _id: objectId.optional(),
  label: anyText(255).optional(),
  name: anyText(255).optional(),
  endpoints: z.array(Endpoint).max(20).optional(),
});

/** The properties whose rules do not depend on the current day. */
const makeTimeless = () => ({
  name: z.strictObject({
    prefix: maybeText(100).optional(),
    first: text(100),
    middle: maybeText(100).optional(),
    last: text(100),
    suffix: maybeText(100).optional(),
    additional: z.array(text(100)).max(20).optional(),
  }),
  mobile: z
    .string()
    .refine((value) => e164.test(value), fault("kInvalidPhoneNumberFormat", "must be a phone number in E.164"))
    .meta({ pattern: e164.source }),
  gender: enumeration(genders).optional(),
  tz: z
    .string()
    .refine((value) => timeZoneFrom(value) === value, fault("kInvalidFormat", "must be an IANA time zone"))
    .meta({ pattern: timeZoneShape.source })
    .optional(),
  locale: z
    .string()
    .regex(/^[a-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3}$/, { error: "must be a locale such as en_US" })
    .optional(),
  state: enumeration(states),
  locked: z.boolean(),
  activationRequired: z.boolean(),
  roles: z.array(objectId).max(50),
  preferences: z.strictObject({ notifications: z.array(Notification).max(100).optional() }).optional(),
  profile: z
    .strictObject({
      provider: z
        .strictObject({
          affiliation: anyText(255).optional(),
          license: z.strictObject({ number: anyText(64).optional(), state: anyText(64).optional() }).optional(),
          npi: anyText(32).optional(),
          specialty: anyText(255).optional(),
          state: anyText(64).optional(),
          visibility: z.strictObject({ provider: z.boolean().optional(), public: z.boolean().optional() }).optional(),
        })
        .optional(),
    })
    .optional(),
});

let timeless: ReturnType<typeof makeTimeless> | undefined;

/**
 * Returns the schema of an account's document. @param today the last allowed day of birth, `YYYY-MM-DD`; see
 * `latestDay`
 */
export const Document = (today: string) => {
  // Created on first use: some functions import this file for phone numbers only.
  timeless ??= makeTimeless();
  const { name, mobile, ...others } = timeless;
  const dob = z
    .string()
    .refine((value) => isBirthDay(value) && value <= today, {
      ...fault("kInvalidDateOfBirth", "must be a day from 1850 to today, YYYY-MM-DD"),
    })
    .meta({ format: "date", pattern: birthShape.source })
    .optional();
  return z.looseObject({ name, mobile, dob, ...others });
};
export type Document = z.output<ReturnType<typeof Document>>;

/**
 * Returns what is wrong with a document, each error with its path from `account`.
 * @param before the document before the change. A value that stays the same is never an error, even if it breaks a
 * newer rule.
 */
export function documentErrors(document: unknown, today: string, before?: unknown): FieldError[] {
  // When the whole name is missing, report first and last name as missing.
  const parsed = Document(today).safeParse({ name: {}, ...(document as object) });
  const issues = (parsed.error?.issues ?? []).filter(({ path }) => {
    const was = partAt(before, path);
    return was === undefined || !isDeepStrictEqual(was, partAt(document, path));
  });
  return issues.map((issue) => {
    const field = ["account", ...issue.path].join(".");
    const own = issue.code === "custom" ? (issue.params?.code as ErrorCode | undefined) : undefined;
    const missing = issue.code === "invalid_type" && partAt(document, issue.path) === undefined;
    const wanted = issue.code === "invalid_type" && issue.expected === "string" ? "kInvalidString" : "kInvalidFormat";
    const message = issue.code === "unrecognized_keys" ? `Unknown property${quoted(issue.keys)}` : issue.message;
    return { field, message: missing ? "is required" : message, code: own ?? (missing ? "kRequired" : wanted) };
  });
}

/** The value at the path of an error, inside arrays too. */
const partAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, name) => (at as Record<PropertyKey, unknown> | undefined)?.[name], root);
