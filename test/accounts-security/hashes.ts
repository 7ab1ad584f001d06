import type * as nodeCrypto from "node:crypto";

/**
 * Counts the password hashes that are asked for, and lets them be cheap: what is tested is whether there is one, not how
 * long it takes. Use as
 * `vi.mock("node:crypto", async (original) => (await import("./hashes.ts")).countHashes(await original()));`
 */
export const hashes: {
  /** Hashes asked for since it was last set to 0. */
  made: number;
  /** What the last one would have cost. */
  lastCost: string;
} = { made: 0, lastCost: "" };

const cheap = { memory: 64, passes: 1 };

export function countHashes(crypto: typeof nodeCrypto): typeof nodeCrypto & { default: typeof nodeCrypto } {
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
    return crypto.argon2(algorithm, { ...parameters, ...cheap }, callback);
  };
  return { ...crypto, argon2, default: crypto };
}
