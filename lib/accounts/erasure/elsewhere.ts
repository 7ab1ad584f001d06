import { connectionTokenDigestKey, tokenDigestKey, uploadKey } from "../../table/keys.ts";
import type { PracticeItem } from "../../table/records.ts";
import { remove, type TransactionPart } from "../../table/transact.ts";
import { deletionOf } from "../image/deletion.ts";

/**
 * Returns the parts that delete what an item of a deleted practice leads to outside the practice: sessions, mailed tokens, and
 * pictures. Other items in the practice are not among them.
 */
export function removedElsewhere(item: PracticeItem, now: Date): TransactionPart[] {
  const { itemKey, verificationDigest, replacedVerifications = [], tokenDigest, usedTokenDigest } = item;
  const image = typeof item.image === "object" ? item.image : undefined;
  const keys = [
    ...[...replacedVerifications, verificationDigest].map((digest) => digest && tokenDigestKey("verification", digest)),
    // Of a password reset or of a connection.
    tokenDigest && tokenDigestKey("passwordReset", tokenDigest),
    ...[tokenDigest, usedTokenDigest].map((digest) => digest && connectionTokenDigestKey(digest)),
    image && uploadKey(image.uploadId),
    itemKey && itemKey.pk !== item.pk && itemKey,
  ];
  return [...keys.flatMap((key) => (key ? [remove(key)] : [])), ...(image ? [deletionOf(image.uploadId, now)] : [])];
}
