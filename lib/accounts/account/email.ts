import { domainToASCII } from "node:url";
import { emailAddress, withoutInvisible } from "../../text.ts";

/** Longest address. */
export const emailCharactersMax = 254;

/** What a domain that is not ASCII may hold: nothing by which it would be taken for more than a domain. */
const domainCharacters = /^[\p{L}\p{M}\p{N}.\u3002-]+$/u;

/**
 * The form in which e-mail addresses are stored and compared: without blanks around it and characters that nobody sees,
 * NFKC, lower case, an internationalised domain as A-label. Look-alikes either become the same address by that, or hold
 * characters that no address here has, or have another domain.
 * @returns `undefined` for what is no address
 */
export function normaliseEmail(value: unknown): string | undefined {
  // Before anything is normalised, so that the work is bounded; NFKC makes one character up to eighteen.
  if (typeof value !== "string" || value.length > emailCharactersMax * 2) return undefined;
  const written = withoutInvisible(value).trim().normalize("NFKC").toLowerCase();
  if (written.length > emailCharactersMax) return undefined;
  const at = written.indexOf("@");
  const [local, domain] = [written.slice(0, at), written.slice(at + 1)];
  const email = `${local}@${asciiDomain(domain)}`;
  return email.length <= emailCharactersMax && local.length <= 64 && emailAddress.test(email) ? email : undefined;
}

/** A domain as mail servers know it. An A-label is never shorter than what it stands for. */
const asciiDomain = (domain: string): string =>
  /^[\0-\x7f]*$/.test(domain) ? domain : domainCharacters.test(domain) ? domainToASCII(domain) : "";
