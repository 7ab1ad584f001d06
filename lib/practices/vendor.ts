import { timingSafeEqual } from "node:crypto";
import { digestOf, randomText } from "../crypto/random.ts";
import { vendorIndexKey, vendorKey } from "../table/keys.ts";
import { create, type Part, replace, type Versioned } from "../table/transact.ts";

/** An integrating application, which owns practices. */
export interface Vendor extends Versioned {
  readonly applicationId: string;
  readonly name: string;
  /** SHA-256 of the live secrets in hex, the newest first; two while they are being rotated. */
  readonly secretDigests: readonly string[];
  readonly disabled: boolean;
  /** Public keys that name the application on portal calls. */
  readonly clientKeys: readonly string[];
  readonly createdAt: string;
}

const liveSecretsMax = 2;

/** A new secret of 256 bits and more: 44 characters of 5.95 bits. */
export const newVendorSecret = (): string => randomText(44);

export const newVendor = (applicationId: string, name: string, secret: string, now: Date): Vendor => ({
  applicationId,
  name,
  secretDigests: [digestOf(secret)],
  disabled: false,
  clientKeys: [],
  createdAt: now.toISOString(),
  version: 1,
});

/** The vendor with a further secret; the one before stays live, older ones do not. */
export const withSecret = (vendor: Vendor, secret: string): Vendor => ({
  ...vendor,
  secretDigests: [digestOf(secret), ...vendor.secretDigests].slice(0, liveSecretsMax),
});

const noDigest = "0".repeat(64);

/** Whether the vendor may call with this secret. Costs the same for no vendor, a disabled one and a wrong secret. */
export function admitsVendor(vendor: Vendor | undefined, secret: string): vendor is Vendor {
  const offered = Buffer.from(digestOf(secret), "hex");
  const live = Array.from({ length: liveSecretsMax }, (_, place) => vendor?.secretDigests[place] ?? noDigest);
  const matches = live.filter((digest) => timingSafeEqual(Buffer.from(digest, "hex"), offered));
  return matches.length > 0 && vendor?.disabled === false;
}

/** The write of a new vendor (`before` undefined) or of a changed one. */
export function vendorPart(before: Vendor | undefined, after: Vendor): Part {
  const key = vendorKey(after.applicationId);
  const item = { ...after, ...vendorIndexKey(after.applicationId), type: "vendor" };
  return before ? replace(key, before, { ...item, version: before.version + 1 }) : create(key, item, "changed");
}
