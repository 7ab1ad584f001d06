import type { Argon2Cost } from "./argon2.ts";
import { unpadded } from "./unpadded.ts";

/** A stored password hash, as read from its text. Bytes are in the order of the text: salt, then tag. */
export type StoredHash =
  | (Bytes & Argon2Cost & { readonly kind: "argon2id" | "argon2i" })
  | (Bytes & {
      readonly kind: "scrypt";
      /** N: how many blocks the memory holds. */
      readonly blocks: number;
      /** r: the size of a block, in units of 128 bytes. */
      readonly blockSize: number;
      readonly lanes: number;
    })
  | (Bytes & { readonly kind: "sha256" | "sha512"; readonly iterations: number })
  | { readonly kind: "bcrypt"; readonly text: string };

interface Bytes {
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/**
 * The costs that are accepted. The lowest ones refuse hashes that protect nothing. The highest ones let a sign-in end
 * within a second on one core: on the machine of docs/decisions/argon2id-native-module.md each takes at most half a second.
 */
const bounds = {
  saltBytesMin: 8,
  tagBytesMin: 16,
  argon2MemoryKibMin: 512,
  argon2MemoryKibMax: 256 * 1024,
  /** Memory times passes. */
  argon2WorkMax: 768 * 1024,
  scryptBlocksMin: 2 ** 10,
  /** N · r · p. One lane of this work needs 128 MiB. */
  scryptWorkMax: 2 ** 20,
  pbkdf2IterationsMin: 1000,
  pbkdf2IterationsMax: 1_000_000,
  bcryptCostMin: 8,
  bcryptCostMax: 13,
};

const number = String.raw`([1-9]\d{0,6})`;
// Both are 8 to 64 bytes. passlib writes `.` in place of `+`.
const saltAndTag = String.raw`\$([A-Za-z0-9+/.]{11,86})\$([A-Za-z0-9+/.]{11,86})$`;
const argon2 = new RegExp(String.raw`^\$argon2(id|i)\$v=19\$m=${number},t=${number},p=${number}${saltAndTag}`);
const scrypt = new RegExp(String.raw`^\$scrypt\$ln=([1-9]\d?),r=${number},p=${number}${saltAndTag}`);
const pbkdf2 = new RegExp(String.raw`^\$pbkdf2-sha(256|512)\$(?:i=)?${number}(?:,l=(\d\d))?${saltAndTag}`);
const bcrypt = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/**
 * Reads a password hash: the PHC form of argon2id, argon2i, scrypt and PBKDF2, passlib's form of PBKDF2, and bcrypt.
 * @returns `undefined` for any other text, and when the cost or the length of salt or tag is not accepted
 * @see https://github.com/P-H-C/phc-string-format
 */
export function readHash(text: string): StoredHash | undefined {
  return readArgon2(text) ?? readScrypt(text) ?? readPbkdf2(text) ?? readBcrypt(text);
}

/**
 * Whether a text is a password hash of another system that `verifyPassword` can check: argon2id, argon2i, scrypt, PBKDF2
 * or bcrypt, with a cost that keeps a sign-in under a second.
 */
export const isAcceptedHash = (text: unknown): text is string =>
  typeof text === "string" && readHash(text) !== undefined;

/** The most characters that an accepted hash has. */
export const acceptedHashLengthMax = 256;

function readArgon2(text: string): StoredHash | undefined {
  const [, variant, memoryText, passesText, lanesText, salt, tag] = argon2.exec(text) ?? [];
  const bytes = readBytes(salt, tag);
  const [memory, passes, lanes] = [Number(memoryText), Number(passesText), Number(lanesText)];
  const isAccepted =
    memory >= Math.max(bounds.argon2MemoryKibMin, 8 * lanes) &&
    memory <= bounds.argon2MemoryKibMax &&
    memory * passes <= bounds.argon2WorkMax;
  return bytes && isAccepted
    ? { kind: variant === "i" ? "argon2i" : "argon2id", memory, passes, lanes, ...bytes }
    : undefined;
}

function readScrypt(text: string): StoredHash | undefined {
  const [, logarithm, blockSizeText, lanesText, salt, tag] = scrypt.exec(text) ?? [];
  const bytes = readBytes(salt, tag);
  const [blocks, blockSize, lanes] = [2 ** Number(logarithm), Number(blockSizeText), Number(lanesText)];
  const isAccepted =
    blocks >= bounds.scryptBlocksMin &&
    blocks * blockSize * lanes <= bounds.scryptWorkMax &&
    // Scrypt is not defined for more blocks (RFC 7914 §2), and OpenSSL refuses them.
    blocks < 2 ** (16 * blockSize);
  return bytes && isAccepted ? { kind: "scrypt", blocks, blockSize, lanes, ...bytes } : undefined;
}

function readPbkdf2(text: string): StoredHash | undefined {
  const [, bits, iterationsText, length, salt, tag] = pbkdf2.exec(text) ?? [];
  const bytes = readBytes(salt?.replaceAll(".", "+"), tag?.replaceAll(".", "+"));
  if (!bytes || (length !== undefined && Number(length) !== bytes.tag.length)) return undefined;
  // A tag that is longer than the digest would multiply the work.
  if (bytes.tag.length > Number(bits) / 8) return undefined;
  const iterations = Number(iterationsText);
  const isAccepted = iterations >= bounds.pbkdf2IterationsMin && iterations <= bounds.pbkdf2IterationsMax;
  return isAccepted ? { kind: bits === "256" ? "sha256" : "sha512", iterations, ...bytes } : undefined;
}

function readBcrypt(text: string): StoredHash | undefined {
  const cost = Number(bcrypt.exec(text)?.[1]);
  return cost >= bounds.bcryptCostMin && cost <= bounds.bcryptCostMax ? { kind: "bcrypt", text } : undefined;
}

/** Returns the bytes of a salt and a tag in base64 without padding; `undefined` when they are no such text, or too short. */
function readBytes(saltText: string | undefined, tagText: string | undefined): Bytes | undefined {
  const [salt, tag] = [Buffer.from(saltText ?? "", "base64"), Buffer.from(tagText ?? "", "base64")];
  const isExact = unpadded(salt) === saltText && unpadded(tag) === tagText;
  return isExact && salt.length >= bounds.saltBytesMin && tag.length >= bounds.tagBytesMin ? { salt, tag } : undefined;
}
