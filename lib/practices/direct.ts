import { Failure } from "../errors.ts";
import { settings } from "../settings.ts";

/** A Direct domain in full. @param label as a practice stores it */
export const fullDirectDomain = (label: string): string => `${label}.${settings().DIRECT_DOMAIN}`;

/** The Direct address that a stored local part now means; `null` when there is none, or no domain for it. */
export const fullDirectAddress = (local: string | undefined, label: string | undefined): string | null =>
  local !== undefined && label !== undefined ? `${local}@${fullDirectDomain(label)}` : null;

/**
 * The local part to store for an address that a caller gave.
 * @param label the practice's Direct domain as it will be
 * @throws Failure 4630 when the practice has no Direct domain, 4620 when the address is under another one
 */
export function localPart(
  address: { local: string; domain: string | undefined } | undefined,
  label: string | undefined,
): string | undefined {
  if (address === undefined) return undefined;
  if (label === undefined) throw new Failure(4630);
  if (address.domain !== undefined && address.domain !== fullDirectDomain(label)) throw new Failure(4620);
  return address.local;
}
