import * as z from "zod";

/** The key of a therapist in requests: text or a whole number. Functions convert a number to text. */
export const TherapistKey = z.unknown().meta({
  override: {
    anyOf: [
      { type: "string", minLength: 1, maxLength: 128, pattern: "^[^\\u0000-\\u001F\\u007F-\\u009F]*$" },
      { type: "integer" },
    ],
  },
});
