import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** argon2id with the cost that OWASP recommends: 19 MiB, two passes, one lane. */
const cost = { memory: 19 * 1024, passes: 2, parallelism: 1, tagLength: 32 };

const derive = promisify<"argon2id", Argon2Parameters, Buffer>(argon2);
const base64 = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");

/**
 * Hashes a password for storage, in the PHC string format (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`).
 * @see https://github.com/P-H-C/phc-string-format
 */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await derive("argon2id", { message: password, nonce, ...cost });
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(nonce)}$${base64(tag)}`;
}

/**
 * A hash of the same cost that no password matches. It is checked when there is no hash, so that the work is the same.
 */
const nobody = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(Buffer.alloc(16))}$${base64(Buffer.alloc(32))}`;

/**
 * Whether `hash` was made from `password`. Does the same work without a `hash`, so that the time does not reveal
 * whether a user exists.
 * @param hash from `hashPassword`, perhaps with the cost of an earlier release
 */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  // A lone surrogate would be hashed as U+FFFD, and would match a password that contains U+FFFD.
  const known = password.isWellFormed() ? hash : undefined;
  const [, , , costs = "", nonce = "", tag = ""] = (known ?? nobody).split("$");
  const [, memory, passes, parallelism] = /^m=(\d+),t=(\d+),p=(\d+)$/.exec(costs) ?? [];
  const expected = Buffer.from(tag, "base64");
  const actual = await derive("argon2id", {
    message: password,
    nonce: Buffer.from(nonce, "base64"),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: expected.length,
  });
  return timingSafeEqual(actual, expected) && known !== undefined;
}
