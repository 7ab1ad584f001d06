/** Dot-atom local part and a domain of at least two labels, in ASCII: what mail can be sent to. */
export const emailShape =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;
/** How long an address is at the most. */
export const emailCharactersMax = 254;

/**
 * The form in which e-mail addresses are stored and compared: trimmed, NFKC, lower case. Look-alikes either become the
 * same address by that, or hold characters that no address here has.
 * @returns `undefined` for what is no address
 */
export function normaliseEmail(value: unknown): string | undefined {
  // Before anything is normalised, so that the work is bounded; NFKC makes one character up to eighteen.
  if (typeof value !== "string" || value.length > emailCharactersMax * 2) return undefined;
  const email = value.trim().normalize("NFKC").toLowerCase();
  const local = email.slice(0, email.indexOf("@"));
  return email.length <= emailCharactersMax && local.length <= 64 && emailShape.test(email) ? email : undefined;
}
