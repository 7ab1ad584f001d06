import type * as nodeCrypto from "node:crypto";

/** The password hashes that the code under test has made. Cheap hashes only: real ones are not counted. */
export const hashes: {
  /** How many hashes were made since the test file began, or since a test last set this to 0. */
  made: number;
  /** The requested parameters of the last hash, as JSON; empty before the first hash. */
  lastCost: string;
} = { made: 0, lastCost: "" };

/**
 * Replaces argon2 of `node:crypto` by one that counts its calls and uses the least memory and time. Stored hashes keep
 * their format and name the full cost, because `lib/crypto/password-hash.ts` writes the cost that it requested.
 * `setup.ts` uses this for every test file.
 */
export function withCheapHashes(crypto: typeof nodeCrypto): typeof nodeCrypto & { default: typeof nodeCrypto } {
  const argon2: typeof crypto.argon2 = (algorithm, parameters, callback) => {
    const { memory, passes, parallelism, tagLength, nonce } = parameters;
    hashes.made += 1;
    hashes.lastCost = JSON.stringify({
      algorithm,
      memory,
      passes,
      parallelism,
      tagLength,
      nonce: Buffer.byteLength(nonce),
    });
    // Argon2 needs at least 8 KiB for each lane.
    crypto.argon2(algorithm, { ...parameters, memory: 8 * parallelism, passes: 1 }, callback);
  };
  return { ...crypto, argon2, default: crypto };
}
