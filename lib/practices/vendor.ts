import { timingSafeEqual } from "node:crypto";
import { noteNotable } from "../audit/access-note.ts";
import { type Actor, auditEvent, changedFields, type RequestContext } from "../audit/audit-event.ts";
import { digestOf } from "../crypto/digest.ts";
import { randomText } from "../crypto/random.ts";
import { clientKeyKey, vendorEventKey, vendorIndexKey, vendorKey } from "../table/keys.ts";
import type { Vendor } from "../table/records.ts";
import { create, replace, type TransactionPart } from "../table/transact.ts";

const liveSecretsMax = 2;

/** Whether a text can be a vendor's id. Its characters have no special meaning in a header, a URL or a shell. */
export const isVendorId = (text: string): boolean => /^[A-Za-z0-9._-]{1,64}$/.test(text);

/** Returns a new secret of more than 256 random bits: 44 characters of 5.95 bits. */
export const newVendorSecret = (): string => randomText(44);

/** Returns a new vendor with one live secret and no client key, not disabled. */
export const newVendor = (applicationId: string, name: string, secret: string, now: Date): Vendor => ({
  applicationId,
  name,
  secretDigests: [digestOf(secret)],
  disabled: false,
  clientKeys: [],
  createdAt: now.toISOString(),
  version: 1,
});

/** Returns the vendor with a new secret. The previous secret stays live, older ones do not. */
export const withSecret = (vendor: Vendor, secret: string): Vendor => ({
  ...vendor,
  secretDigests: [digestOf(secret), ...vendor.secretDigests].slice(0, liveSecretsMax),
});

/** Returns the vendor disabled. All sessions of its portals end, and stay ended when it is enabled again. */
export const withoutAccess = (vendor: Vendor): Vendor =>
  vendor.disabled ? vendor : { ...vendor, disabled: true, sessionEpoch: (vendor.sessionEpoch ?? 0) + 1 };

/** Returns a new client key: 22 letters and digits, 130 random bits. */
export const newClientKey = (): string => randomText(22);

const clientKeyShape = /^[A-Za-z0-9]{22}$/;
/** Whether a text can be a client key. Other texts name no vendor. */
export const isClientKey = (text: string): boolean => clientKeyShape.test(text);

/** Returns the vendor with an additional client key. */
export const withClientKey = (vendor: Vendor, clientKey: string): Vendor => ({
  ...vendor,
  clientKeys: [...vendor.clientKeys, clientKey],
});

const noDigest = "0".repeat(64);

/**
 * Whether the vendor may call with this secret. Does the same work for no vendor, a disabled vendor and a wrong secret. The
 * access log counts wrong secrets.
 */
export function admitsVendor(vendor: Vendor | undefined, secret: string): vendor is Vendor {
  const offered = Buffer.from(digestOf(secret), "hex");
  const live = Array.from({ length: liveSecretsMax }, (_, place) => vendor?.secretDigests[place] ?? noDigest);
  const matches = live.filter((digest) => timingSafeEqual(Buffer.from(digest, "hex"), offered));
  if (matches.length === 0 && secret !== "" && vendor?.disabled === false) noteNotable("wrongSecret");
  return matches.length > 0 && vendor?.disabled === false;
}

/** Returns the part that stores a new vendor (`before` is undefined) or a changed one. */
function vendorPart(before: Vendor | undefined, after: Vendor): TransactionPart {
  const key = vendorKey(after.applicationId);
  const item = { ...after, ...vendorIndexKey(after.applicationId), type: "vendor" };
  return before ? replace(key, before, { ...item, version: before.version + 1 }) : create(key, item, "changed");
}

const auditedFields = ["name", "secretDigests", "disabled", "clientKeys"] as const;

/**
 * Returns the transaction that stores a vendor, claims its new client keys and stores the audit event.
 * @param before the stored vendor, or `undefined` for a new one
 * @param what happened, such as `vendor.created`
 */
export function writeVendor(
  before: Vendor | undefined,
  after: Vendor,
  what: string,
  { actor, context }: { readonly actor: Actor; readonly context: RequestContext },
) {
  const { applicationId } = after;
  const auditEntry = { what, record: { applicationId }, changed: changedFields(auditedFields, before, after) };
  const claims = after.clientKeys
    .filter((clientKey) => !before?.clientKeys.includes(clientKey))
    .map((clientKey) => create(clientKeyKey(clientKey), { type: "clientKey", applicationId }, "changed"));
  return {
    parts: [
      vendorPart(before, after),
      ...claims,
      auditEvent((eventId) => vendorEventKey(applicationId, eventId), auditEntry, actor, context),
    ],
    answer: after,
  };
}
