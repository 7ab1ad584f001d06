import { Failure } from "../errors.ts";
import { settings } from "../settings.ts";

/** Returns the full Direct domain. @param label as a practice stores it */
export const fullDirectDomain = (label: string): string => `${label}.${settings().DIRECT_DOMAIN}`;

/** Returns the full Direct address; `null` when there is no local part, or the practice has no Direct domain. */
export const fullDirectAddress = (local: string | undefined, label: string | undefined): string | null =>
  local !== undefined && label !== undefined ? `${local}@${fullDirectDomain(label)}` : null;

/**
 * Returns the local part to store for the address that a caller sent.
 * @param label the practice's Direct domain after this write
 * @throws Failure 4630 when the practice has no Direct domain, 4620 when the address is in another domain
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
