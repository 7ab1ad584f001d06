import * as z from "zod";
import { characters, emailAddress, isRecordId, plainPattern, recordIdCharactersMax } from "../text.ts";

/**
 * How fields of `/therapist` arrive (contract therapists): in exactly their JSON type, and stored as they come, neither
 * trimmed nor converted. Lengths count Unicode characters.
 */

/** Messages for a value of the wrong kind. */
export const kind = (wanted: string) => (issue: { input?: unknown }) =>
  issue.input === undefined ? "is required" : `must be ${wanted}`;

/** Control characters, but for the tabs and line breaks that addresses and data URLs are pasted with. */
const controlCharacter = /[^\P{Cc}\t\n\r]/u;

const wholeText = z
  .string({ error: kind("text") })
  .refine((value) => value.isWellFormed() && !controlCharacter.test(value), {
    error: "must not contain control characters",
    abort: true,
  });

/** Text without them, as the documents can say it. */
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

/** What browsers skip in an address, and more that looks like nothing: blanks, line ends and invisible characters. */
const invisible = /[\s\p{C}]/gu;
/** What runs when somebody opens it, and data that are no image. `data:,` is nothing: some have to state an image and have none. */
const forbiddenAddress = /^(javascript:|vbscript:|data:(?!,$|image\/[a-z0-9.+-]+(;[^,]*)?,))/i;

/**
 * The address of a picture, or the picture itself as a data URL, of at most `max` bytes of UTF-8. An SVG counts as an image:
 * scripts in it do not run where it is shown as one (`<img>`).
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

/** A day of the calendar, `YYYY-MM-DD`, or null. */
export const date = z.iso.date({ error: kind("a date, YYYY-MM-DD") }).nullable();

/** The caller's own key of a therapist: 1 to 128 characters, or an integer, which counts as its decimal digits. */
export const UserId = z
  .union([z.string(), z.int()], { error: kind("text or a whole number") })
  .transform(String)
  .refine(isRecordId, `must be 1 to ${recordIdCharactersMax} characters, without control characters`)
  .meta({ minLength: 1, maxLength: recordIdCharactersMax, pattern: plainPattern });
