import { randomBytes } from "node:crypto";
import { isAcceptedHash } from "../../../lib/crypto/stored-hash.ts";
import { unpadded } from "../../../lib/crypto/unpadded.ts";

/** The password of a person of another system: a hash that Frontdesk accepts, or why there is none. */
export type MovedPassword =
  | { readonly hash: string }
  /** The person had no password there, or the system does not hand it out. */
  | { readonly missing: true }
  /** There is a hash, but Frontdesk does not accept it. */
  | { readonly refused: string };

/** Returns a hash as a moved password, if Frontdesk accepts it (contract practices §5). @param kind what it is called in the report */
export const accepted = (hash: string, kind: string): MovedPassword =>
  isAcceptedHash(hash) ? { hash } : { refused: `${kind}, of a kind, size or cost that Frontdesk does not accept` };

/**
 * A hash in Frontdesk's own form that no password matches. It is for a person who must choose a new password: by the
 * portal's mail, which is how a forgotten password is replaced.
 */
export const unknownPassword = (): string =>
  `$argon2id$v=19$m=19456,t=2,p=1$${unpadded(randomBytes(16))}$${unpadded(randomBytes(32))}`;

/** Writes scrypt as a PHC string. @param logarithm the base-2 logarithm of N */
export const scryptText = (logarithm: number, blockSize: number, lanes: number, salt: Buffer, tag: Buffer): string =>
  `$scrypt$ln=${logarithm},r=${blockSize},p=${lanes}$${unpadded(salt)}$${unpadded(tag)}`;

/**
 * Writes PBKDF2 as a PHC string. A tag that is longer than the digest is cut: PBKDF2 makes the tag in blocks of the digest's
 * size, and the first block does not depend on the others (RFC 8018 §5.2).
 */
export function pbkdf2Text(bits: 256 | 512, iterations: number, salt: Buffer, tag: Buffer): string {
  return `$pbkdf2-sha${bits}$i=${iterations}$${unpadded(salt)}$${unpadded(tag.subarray(0, bits / 8))}`;
}
