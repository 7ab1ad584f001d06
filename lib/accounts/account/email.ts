import { domainToASCII } from "node:url";
import { emailAddress, withoutInvisible } from "../../text.ts";

/** Maximum length of an address, in characters. */
export const emailCharactersMax = 254;

/** The characters of a non-ASCII domain. Characters such as `/` and `:` could make it more than a domain. */
const domainCharacters = /^[\p{L}\p{M}\p{N}.\u3002-]+$/u;

/**
 * Returns the form in which e-mail addresses are stored and compared: without blanks around it, without invisible
 * characters, NFKC, lower case, an internationalised domain as A-label. Therefore look-alikes of an address become the
 * same address, or contain characters that are refused here, or have another domain.
 * @returns `undefined` for a value that is not an address
 */
export function normaliseEmail(value: unknown): string | undefined {
  // Check the length before normalising, so that the work is bounded: NFKC makes up to eighteen characters of one.
  if (typeof value !== "string" || value.length > emailCharactersMax * 2) return undefined;
  const written = withoutInvisible(value).trim().normalize("NFKC").toLowerCase();
  if (written.length > emailCharactersMax) return undefined;
  const at = written.indexOf("@");
  const [local, domain] = [written.slice(0, at), written.slice(at + 1)];
  const email = `${local}@${asciiDomain(domain)}`;
  return email.length <= emailCharactersMax && local.length <= 64 && emailAddress.test(email) ? email : undefined;
}

/** Returns a domain in the form that mail servers use. An A-label is never shorter than the label that it encodes. */
const asciiDomain = (domain: string): string =>
  /^[\0-\x7f]*$/.test(domain) ? domain : domainCharacters.test(domain) ? domainToASCII(domain) : "";
