import * as z from "zod";
import { acceptedHashLengthMax, isAcceptedHash } from "../crypto/stored-hash.ts";
import type { ErrorCode } from "../errors.ts";
import { characters, controlCharacters, isPlain, plainPattern, recordIdCharactersMax } from "../text.ts";
import { asText, isLoginId, labelShape, loginCharactersMax, trimmed } from "./ids.ts";

/**
 * How fields of the `/api/io` methods are read (contract practices §1): `null` and `""` are absent, text is trimmed, a
 * number in a text field becomes its decimal string, booleans may be words. Lengths count Unicode characters.
 */

/** An error that has its own code. The answer has this code when it is the only error. */
const coded = (code: ErrorCode, error: string | (() => string)) => ({ error, params: { code } });

/** Returns the message for a value that is missing or has the wrong type. */
const kind = (wanted: string) => (issue: { input?: unknown }) =>
  issue.input === undefined ? "is required" : `must be ${wanted}`;

const plainText = z.string({ error: kind("text") }).refine(isPlain, {
  error: "must not contain control characters",
  abort: true,
});

const limited = (max: number) =>
  plainText
    .refine((text) => characters(text) <= max, { error: `must be at most ${max} characters`, abort: true })
    .meta({ maxLength: max, pattern: plainPattern });

/** A trimmed text of at most `max` characters. */
export const text = (max: number) => z.preprocess(trimmed, limited(max).optional());

/** A required text of at most `max` characters, trimmed. */
export const requiredText = (max: number) => z.preprocess(trimmed, limited(max).meta({ minLength: 1 }));

/** The caller's own key of a record: 1 to 128 characters, compared exactly. */
export const RecordId = requiredText(recordIdCharactersMax);

/** A text that matches `shape`, stored in the form that `store` returns. */
const shaped = (shape: RegExp, error: string, code?: ErrorCode, store = (value: string) => value) =>
  z.preprocess(
    trimmed,
    plainText
      .refine((value) => shape.test(value), code ? coded(code, error) : { error })
      .meta({ pattern: shape.source })
      .transform(store)
      .optional(),
  );

const upper = (value: string) => value.toUpperCase();

const tenDigits = /^[0-9]{10}$/;
/** Exactly ten digits. */
export const phone = shaped(tenDigits, "must be exactly 10 digits");
/** Five or nine digits. */
export const postal = shaped(/^([0-9]{5}|[0-9]{9})$/, "must be exactly 5 or 9 digits");
/** Health care provider taxonomy code. @see https://taxonomy.nucc.org */
export const taxonomyCode = shaped(/^[A-Za-z0-9]{10}$/, "must be 10 letters or digits", 4252, upper);

/** USPS codes: states and DC, territories, freely associated states, armed forces. */
const states =
  "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR " +
  "PA RI SC SD TN TX UT VT VA WA WV WI WY DC AS GU MP PR VI FM MH PW AA AE AP";
/** A code in any letter case. The expression needs no flag, because patterns of the API's description have none. */
const stateShape = new RegExp(
  `^(${states.replace(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`).replaceAll(" ", "|")})$`,
);
/** The USPS code of a state, stored in upper case. */
export const state = shaped(stateShape, "must be the USPS code of a state or territory", undefined, upper);

/** The time zones of the contract; `Zulu` is UTC. */
export const timeZones = [
  "America/Anchorage",
  "America/Chicago",
  "America/Denver",
  "America/New_York",
  "America/Los_Angeles",
  "America/Phoenix",
  "America/Puerto_Rico",
  "Pacific/Honolulu",
  "Zulu",
] as const;
/** A time zone of the contract. */
export const timeZone = z.preprocess(
  trimmed,
  z.enum(timeZones, { error: `must be one of ${timeZones.join(", ")}` }).optional(),
);

/** `true` or `false`, or these words in any letter case. */
export const boolean = z.preprocess((raw) => {
  const value = trimmed(raw);
  if (typeof value !== "string") return typeof raw === "number" ? raw : value;
  const word = value.toLowerCase();
  return word === "true" ? true : word === "false" ? false : value;
}, z.boolean({ error: kind("true or false") }).optional());

/** A whole number within bounds, or its decimal string. */
export const integer = (min: number, max: number) =>
  z.preprocess(
    (raw) => {
      const value = trimmed(raw);
      return typeof value === "string" && /^-?[0-9]{1,15}$/.test(value) ? Number(value) : value;
    },
    z
      .number({ error: kind(`a whole number from ${min} to ${max}`) })
      .refine((value) => Number.isInteger(value) && value >= min && value <= max, {
        error: `must be a whole number from ${min} to ${max}`,
      })
      .meta({ type: "integer", minimum: min, maximum: max })
      .optional(),
  );

/**
 * An instant in ISO 8601 with an offset or `Z`, in epoch milliseconds. A part of a millisecond counts as a whole one: a time
 * that is known in milliseconds is at or after both, or before both.
 */
export const instant = z.preprocess(
  trimmed,
  z.iso
    .datetime({ offset: true, error: kind("an instant in ISO 8601, with an offset or Z") })
    .transform((value) => Date.parse(value) + (/\.\d{3}\d*[1-9]/.test(value) ? 1 : 0))
    .optional(),
);

const metadataBytesMax = 4096;
/** Any text of at most 4 KiB, stored unchanged. */
export const metadata = z.preprocess(
  asText,
  z
    .string({ error: kind("text") })
    .refine((value) => value.isWellFormed(), { error: "must be valid Unicode", abort: true })
    .refine((value) => Buffer.byteLength(value) <= metadataBytesMax, {
      error: `must be at most ${metadataBytesMax} bytes`,
    })
    .meta({ maxLength: metadataBytesMax })
    .optional(),
);

/** National Provider Identifier: ten digits, the last a Luhn check over `80840` and the first nine. */
export const npi = z.preprocess(
  trimmed,
  plainText.refine(isNpi, coded(4251, "must be a valid NPI")).meta({ pattern: tenDigits.source }).optional(),
);

/** @see https://www.cms.gov/Regulations-and-Guidance/Administrative-Simplification/NationalProvIdentStand/Downloads/NPIcheckdigit.pdf */
function isNpi(value: string): boolean {
  if (!tenDigits.test(value)) return false;
  const sum = [...`80840${value}`].reverse().reduce((total, digit, position) => {
    const weighted = Number(digit) * (position % 2 === 0 ? 1 : 2);
    return total + (weighted > 9 ? weighted - 9 : weighted);
  }, 0);
  return sum % 10 === 0;
}

/** Converts only ASCII letters. Look-alikes such as the Kelvin sign must not become the letters that they look like. */
const lower = (value: string) => value.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The pattern for the API's description when input may have any letter case; without `^` and `$`. */
const anyCase = (shape: RegExp) => shape.source.slice(1, -1).replaceAll("a-z", "A-Za-z");

/**
 * Labels that no portal can have, because they have another meaning in a host name or at the place of `{org}` in a
 * path.
 */
export const reservedLabels: ReadonlySet<string> = new Set(
  (
    "api io www admin app assets static docs openapi therapist accounts portal mail localhost _local " +
    "login support wpad autodiscover autoconfig v2 token sso events connections"
  ).split(" "),
);
/** Prefix of labels that encode non-ASCII letters. Browsers would show such a web address as another text. */
const encodedLetters = "xn--";
const isReserved = (label: string) => reservedLabels.has(label) || label.startsWith(encodedLetters);

const webAddressMessage =
  "must be 1 to 63 of a-z, 0-9, - and _, begin and end with a letter or digit, and not be reserved";
/** A practice's web address, which is the label of its portal, in lower case. */
export const webAddress = z.preprocess(
  trimmed,
  plainText
    .meta({ pattern: `^${anyCase(labelShape)}$` })
    .transform(lower)
    .refine((value) => labelShape.test(value) && !isReserved(value), coded(4161, webAddressMessage))
    .optional(),
);

/**
 * The label of a practice's Direct domain, in lower case. Accepts the label or the full domain.
 * @param rootOf returns the domain under which all Direct domains are
 */
export const directDomain = (rootOf: () => string) =>
  z.preprocess(
    trimmed,
    plainText
      .meta({ pattern: `^${anyCase(labelShape)}(\\..+)?$` })
      .transform((value) => withoutSuffix(lower(value), `.${rootOf()}`))
      .refine(
        (value) => labelShape.test(value),
        coded(4160, () => `must be a label of 1 to 63 characters, alone or under .${rootOf()}`),
      )
      .optional(),
  );

const withoutSuffix = (value: string, suffix: string) =>
  value.endsWith(suffix) ? value.slice(0, -suffix.length) : value;

/** Dot-atom of RFC 5322 §3.2.3. */
const dotAtom = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const domainName = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

/** A Direct address in lower case: its local part, and its domain when the full address was sent. */
export const directAddress = z.preprocess(
  trimmed,
  plainText
    .meta({ pattern: `^${anyCase(dotAtom)}(@${anyCase(domainName)})?$` })
    .transform((value, context) => {
      const [local = "", domain, ...rest] = lower(value).split("@");
      const fits = local.length <= 64 && dotAtom.test(local) && rest.length === 0;
      if (fits && (domain === undefined || (domain.length <= 255 && domainName.test(domain)))) return { local, domain };
      context.issues.push({
        code: "custom",
        input: value,
        message: "must be a local part, or an address under the practice's Direct domain",
        params: { code: 4640 },
      });
      return z.NEVER;
    })
    .optional(),
);

/** A user's key: as `RecordId`, but it must not begin with `@`. */
export const UserKey = z.preprocess(
  trimmed,
  limited(recordIdCharactersMax)
    .refine((value) => !value.startsWith("@"), coded(4241, "must not begin with @"))
    .meta({ minLength: 1, pattern: `^[^@${controlCharacters}][^${controlCharacters}]*$` }),
);

/** A user's login id. It keeps its letter case. */
export const loginId = z.preprocess(
  trimmed,
  plainText
    .refine(isLoginId, { error: `must be at most ${loginCharactersMax} characters, without spaces` })
    .meta({ maxLength: loginCharactersMax, pattern: `^[^\\s${controlCharacters}]+$` })
    .optional(),
);

/** A hash of a user's password, from another system. It is not trimmed. */
export const loginPasswordHash = z.preprocess(
  asText,
  z
    .string({ error: kind("text") })
    .refine(isAcceptedHash, coded(4233, "must be a hash of argon2, scrypt, PBKDF2 or bcrypt, of a usual cost"))
    .meta({ maxLength: acceptedHashLengthMax })
    .optional(),
);

/** A user's password. It is not trimmed. */
export const loginPassword = z.preprocess(
  asText,
  z
    .string({ error: kind("text") })
    .refine(
      (value) =>
        value.isWellFormed() &&
        characters(value) >= 8 &&
        characters(value) <= 30 &&
        /\p{Lu}/u.test(value) &&
        /\p{Ll}/u.test(value) &&
        /\P{L}/u.test(value),
      coded(4233, "must be 8 to 30 characters with upper and lower case and a digit or special character"),
    )
    .meta({ minLength: 8, maxLength: 30 })
    .optional(),
);
