import * as z from "zod";
import { characters, emailAddress, isRecordId, plainPattern, recordIdCharactersMax } from "../text.ts";

/**
 * How fields of `/therapist` are read (contract therapists): each must have exactly its JSON type and is stored
 * unchanged, neither trimmed nor converted. Lengths count Unicode characters.
 */

/** Returns the message for a value that is missing or has the wrong type. */
export const kind = (wanted: string) => (issue: { input?: unknown }) =>
  issue.input === undefined ? "is required" : `must be ${wanted}`;

/** Control characters, except tabs and line breaks, which pasted addresses and data URLs may contain. */
const controlCharacter = /[^\P{Cc}\t\n\r]/u;

const wholeText = z
  .string({ error: kind("text") })
  .refine((value) => value.isWellFormed() && !controlCharacter.test(value), {
    error: "must not contain control characters",
    abort: true,
  });

/** Text without them, as a pattern for the API's description. */
const pattern = "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F]*$";

const limitedText = (max: number) =>
  wholeText
    .refine((value) => characters(value) <= max, { error: `must be at most ${max} characters`, abort: true })
    .meta({ maxLength: max, pattern });

/** A text of at most `max` characters, or null. */
export const text = (max: number) => limitedText(max).nullable();

/** A text of at most `max` bytes of UTF-8. */
const requiredBytes = (max: number) =>
  wholeText
    .refine((value) => Buffer.byteLength(value) <= max, { error: `must be at most ${max} bytes`, abort: true })
    .meta({ maxLength: max, pattern });

/** Blanks, line ends and invisible characters. Browsers skip some of them in an address. */
const invisible = /[\s\p{C}]/gu;
/**
 * Addresses that run as a script when opened, and data URLs that are not images. The empty `data:,` is allowed, because
 * the field is required and some callers have no image.
 */
const forbiddenAddress = /^(javascript:|vbscript:|data:(?!,$|image\/[a-z0-9.+-]+(;[^,]*)?,))/i;

/**
 * The address of an image, or the image itself as a data URL, of at most `max` bytes of UTF-8. SVG is allowed: scripts
 * in it do not run when it is shown by `<img>`.
 * @see https://url.spec.whatwg.org/#concept-basic-url-parser for what browsers skip
 */
export const image = (max: number) =>
  requiredBytes(max).refine((value) => !forbiddenAddress.test(value.replace(invisible, "")), {
    error: "must not be a javascript: or vbscript: address, nor a data: URL of what is no image",
  });

/** A whole number that JSON carries exactly, or null. */
export const integer = z.int({ error: kind("a whole number") }).nullable();

/** `true` or `false`, or null. */
export const boolean = z.boolean({ error: kind("true or false") }).nullable();

/** An e-mail address of at most 255 characters, or null. */
export const email = limitedText(255)
  .refine((value) => emailAddress.test(value), { error: "must be an e-mail address" })
  .meta({ format: "email", pattern: emailAddress.source.replaceAll("a-z", "A-Za-z") })
  .nullable();

/** A calendar day, `YYYY-MM-DD`, or null. */
export const date = z.iso.date({ error: kind("a date, YYYY-MM-DD") }).nullable();

/** The caller's own key of a therapist: 1 to 128 characters, or an integer, which counts as its decimal digits. */
export const UserId = z
  .union([z.string(), z.int()], { error: kind("text or a whole number") })
  .transform(String)
  .refine(isRecordId, `must be 1 to ${recordIdCharactersMax} characters, without control characters`)
  .meta({ minLength: 1, maxLength: recordIdCharactersMax, pattern: plainPattern });
