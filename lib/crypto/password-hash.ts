import { randomBytes, timingSafeEqual } from "node:crypto";
import { deriveArgon2 } from "./argon2.ts";
import { unpadded } from "./unpadded.ts";

/** argon2id with the cost that OWASP recommends: 19 MiB, two passes, one lane. */
const cost = { memory: 19 * 1024, passes: 2, lanes: 1 };
const tagBytes = 32;
const saltBytes = 16;

const prefix = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.lanes}$`;
const phcString = (salt: Buffer, tag: Buffer) => `${prefix}${unpadded(salt)}$${unpadded(tag)}`;

const derive = (password: string, salt: Buffer) => deriveArgon2("argon2id", password, salt, cost, tagBytes);

/**
 * Hashes a password for storage, in the PHC string format (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`).
 * @see https://github.com/P-H-C/phc-string-format
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  return phcString(salt, await derive(password, salt));
}

/**
 * A hash of the same cost that no password matches. It is checked when there is no hash, so that the work is the same.
 */
const nobody = { salt: Buffer.alloc(saltBytes), tag: Buffer.alloc(tagBytes) };

/**
 * Whether `hash` was made from `password`. Does the work of an own hash when there is no `hash`, so that the time does not
 * reveal whether a user exists.
 * @param hash from `hashPassword`, or one that `isAcceptedHash` accepted
 */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  // A lone surrogate would be hashed as U+FFFD, and would match a password that contains U+FFFD.
  const text = password.isWellFormed() ? hash : undefined;
  const own = text === undefined ? undefined : readOwn(text);
  if (text !== undefined && !own) {
    const { verifyImported } = await import("./imported-hash.ts");
    const matches = await verifyImported(password, text);
    if (matches !== undefined) return matches;
  }
  const { salt, tag } = own ?? nobody;
  return timingSafeEqual(await derive(password, salt), tag) && own !== undefined;
}

/** Reads a hash of `hashPassword`; `undefined` for every other text. */
function readOwn(text: string): { readonly salt: Buffer; readonly tag: Buffer } | undefined {
  const [saltText = "", tagText = ""] = text.slice(prefix.length).split("$");
  const [salt, tag] = [Buffer.from(saltText, "base64"), Buffer.from(tagText, "base64")];
  const isOwn = salt.length === saltBytes && tag.length === tagBytes && phcString(salt, tag) === text;
  return isOwn ? { salt, tag } : undefined;
}

const ownLength = phcString(nobody.salt, nobody.tag).length;

/** Whether a hash is to be replaced by one of `hashPassword` as soon as the password is known. */
export const needsRehash = (hash: string): boolean => !hash.startsWith(prefix) || hash.length !== ownLength;
