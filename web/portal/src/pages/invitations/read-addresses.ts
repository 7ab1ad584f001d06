/** One of the addresses that were entered. */
export interface Address {
  /** As it was entered, without blanks around it. */
  readonly entered: string;
  /** The address alone. */
  readonly email: string;
  readonly kind: "good" | "duplicate" | "bad";
}

/**
 * Reads addresses as people paste them: one in each line, or with commas or semicolons between them; also with names, such as
 * `Ada Mills <ada@example.com>` or `"Mills, Ada" <ada@example.com>`.
 */
export function readAddresses(text: string): readonly Address[] {
  const seen = new Set<string>();
  return entriesOf(text).map((entered) => {
    const email = (/<([^<>]*)>\s*$/.exec(entered)?.[1] ?? entered)
      .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
      .replace(/^mailto:/i, "")
      .trim();
    const same = email.normalize("NFKC").toLowerCase();
    const isGood = isAddress(email);
    const kind = seen.has(same) ? "duplicate" : isGood ? "good" : "bad";
    seen.add(same);
    return { entered, email, kind };
  });
}

/** Splits a text at line breaks, commas and semicolons, but not inside of quotes. */
const entriesOf = (text: string): string[] =>
  (text.match(/(?:"[^"\n]*"|[^,;\n\r])+/g) ?? []).map((entry) => entry.trim()).filter(Boolean);

/** The browser's own rule for addresses, and a domain with a dot. The server has the last word. */
function isAddress(email: string): boolean {
  const input = document.createElement("input");
  input.type = "email";
  input.value = email;
  return email !== "" && input.validity.valid && /@[^@\s]+\.[^@\s.]+$/.test(email);
}
