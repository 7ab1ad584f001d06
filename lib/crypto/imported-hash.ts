import { pbkdf2, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { compare } from "bcryptjs";
import { deriveArgon2 } from "./argon2.ts";
import { readHash, type StoredHash } from "./stored-hash.ts";

const deriveScrypt = promisify<string, Buffer, number, object, Buffer>(scrypt);
const derivePbkdf2 = promisify(pbkdf2);

/** scrypt needs 128 · N · r bytes and a little more. Node refuses 32 MiB and more unless it is told otherwise. */
const scryptBytesMax = 160 * 1024 * 1024;

/**
 * Whether another system's hash was made from `password`; `undefined` when the text is no hash that can be checked. Import
 * this file only when such a hash must be checked, because functions seldom need it.
 */
export async function verifyImported(password: string, text: string): Promise<boolean | undefined> {
  const hash = readHash(text);
  // bcrypt only uses the first 72 bytes of a password.
  if (hash?.kind === "bcrypt") return compare(password, hash.text);
  return hash && timingSafeEqual(await derive(password, hash), hash.tag);
}

function derive(password: string, hash: Exclude<StoredHash, { readonly kind: "bcrypt" }>): Promise<Buffer> {
  const { salt, tag } = hash;
  if (hash.kind === "scrypt") {
    const { blocks: N, blockSize: r, lanes: p } = hash;
    return deriveScrypt(password, salt, tag.length, { N, r, p, maxmem: scryptBytesMax });
  }
  if ("iterations" in hash) return derivePbkdf2(password, salt, hash.iterations, tag.length, hash.kind);
  return deriveArgon2(hash.kind, password, salt, hash, tag.length);
}
