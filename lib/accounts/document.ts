import * as z from "zod";
import type { ErrorCode, Fault } from "../errors.ts";

/**
 * The document of an account: all that somebody other than the server may write. `Document` judges a whole one, as it
 * would be stored.
 */

/** A fault with its code. */
const fault = (code: ErrorCode, error: string) => ({ error, params: { code } });

/** What the documents can say of text. */
const pattern = "^[^\\u0000-\\u001F\\u007F-\\u009F]*$";
const characters = (text: string) => [...text].length;
const isText = (value: string) => value.isWellFormed() && !/\p{Cc}/u.test(value);

/** A text of 1 to `max` characters. */
const text = (max: number) =>
  z
    .string()
    .refine((value) => value !== "" && isText(value) && characters(value) <= max, {
      ...fault("kInvalidString", `must be text of 1 to ${max} characters`),
    })
    .meta({ minLength: 1, maxLength: max, pattern });
/** A text that may be empty. */
const anyText = (max: number) =>
  z
    .string()
    .refine((value) => isText(value) && characters(value) <= max, {
      ...fault("kInvalidString", `must be text of at most ${max} characters`),
    })
    .meta({ maxLength: max, pattern });

const objectId = z.string().regex(/^[0-9a-f]{24}$/, { error: "must be 24 hex digits" });

/** Genders of the contract: female, male, neither, other, trans, unspecified. */
const genders = ["f", "m", "n", "o", "t", "u"] as const;
const states = ["unverified", "verified"] as const;

const enumeration = <const Values extends readonly string[]>(values: Values) =>
  z
    .string()
    .refine((value) => values.includes(value), fault("kEnumValue", `must be one of ${values.join(" ")}`))
    .meta({ enum: [...values] });

const timeZoneShape = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;
/** IANA zone names, links such as `US/Pacific` included. */
function isTimeZone(value: string): boolean {
  if (!timeZoneShape.test(value)) return false;
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: value }));
  } catch {
    return false;
  }
}

/** From 1850 on. */
const birthShape = /^(18[5-9]|19\d|[2-9]\d\d)\d-\d\d-\d\d$/;
/** A real calendar day of those. */
const isBirthDay = (value: string) =>
  birthShape.test(value) && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString().startsWith(value);

const e164 = /^\+(1[2-9]\d{9}|[2-9]\d{6,14})$/;
/** Separators that people write into phone numbers. */
const separators = /[\s().-]/g;
/**
 * A phone number in E.164: as it comes with `+`, or ten US digits with or without the 1 before them. A structural rule:
 * numbers such as 555 pass, which checks against numbering plans refuse.
 * @returns `undefined` for what is no phone number
 */
export function normaliseMobile(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > 40) return undefined;
  const digits = value.trim().replace(separators, "");
  if (e164.test(digits)) return digits;
  if (/^1?[2-9]\d{9}$/.test(digits)) return digits.length === 10 ? `+1${digits}` : `+${digits}`;
  return undefined;
}

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

/** The properties whose rules no day changes. */
const makeTimeless = () => ({
  name: z.strictObject({
    prefix: anyText(100).optional(),
    first: text(100),
    middle: anyText(100).optional(),
    last: text(100),
    suffix: anyText(100).optional(),
    additional: z.array(text(100)).max(20).optional(),
  }),
  mobile: z
    .string()
    .refine((value) => e164.test(value), fault("kInvalidPhoneNumberFormat", "must be a phone number in E.164"))
    .meta({ pattern: e164.source }),
  gender: enumeration(genders).optional(),
  tz: z
    .string()
    .refine(isTimeZone, fault("kInvalidFormat", "must be an IANA time zone"))
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

/** An account's document. @param today the present day, `YYYY-MM-DD` in UTC */
export const Document = (today: string) => {
  // Made when first wanted: not every function that knows phone numbers judges documents.
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

/** What is wrong with a document, each fault at its path from `account`. */
export function documentFaults(document: unknown, today: string): Fault[] {
  // Without any name it is first and last name that are missing.
  const parsed = Document(today).safeParse({ name: {}, ...(document as object) });
  return (parsed.error?.issues ?? []).map((issue) => {
    const field = ["account", ...issue.path].join(".");
    const own = issue.code === "custom" ? (issue.params?.code as ErrorCode | undefined) : undefined;
    const missing = issue.code === "invalid_type" && partAt(document, issue.path) === undefined;
    const wanted = issue.code === "invalid_type" && issue.expected === "string" ? "kInvalidString" : "kInvalidFormat";
    return { field, message: missing ? "is required" : issue.message, code: own ?? (missing ? "kRequired" : wanted) };
  });
}

/** What stands where a fault was found, in arrays too. */
const partAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, name) => (at as Record<PropertyKey, unknown> | undefined)?.[name], root);
