import type * as argon2 from "@node-rs/argon2";
import { scryptCost } from "../../lib/crypto/request-secret.ts";

/** What functions spend on the secret of a request that contains a password. */
export const realScryptCost = { ...scryptCost };
// In tests it takes a hundredth: calls with an `Idempotency-Key` derive one each.
scryptCost.N = 2 ** 8;

/** The argon2 hashes that the code under test has made. Cheap hashes only: real ones are not counted. */
export const hashes: {
  /** How many hashes were made since the test file began, or since a test last set this to 0. */
  made: number;
  /** How many of them are being made at the moment. */
  running: number;
  /** The requested parameters of the last hash, as JSON; empty before the first hash. */
  lastCost: string;
} = { made: 0, running: 0, lastCost: "" };

/**
 * Replaces `hashRaw` of `@node-rs/argon2` by one that counts its calls and uses the least memory and time. Stored hashes
 * keep their format and name the full cost, because `lib/crypto/password-hash.ts` writes the cost that it requested.
 * `setup.ts` uses this for every test file.
 */
export function withCheapHashes(real: typeof argon2): Pick<typeof argon2, "hashRaw"> {
  return {
    hashRaw(password, options, signal) {
      const { algorithm, memoryCost, timeCost, parallelism = 1, outputLen, salt } = options ?? {};
      hashes.made += 1;
      hashes.lastCost = JSON.stringify({
        algorithm,
        memoryCost,
        timeCost,
        parallelism,
        outputLen,
        salt: salt?.byteLength,
      });
      // Argon2 needs at least 8 KiB for each lane.
      const hash = real.hashRaw(password, { ...options, memoryCost: 8 * parallelism, timeCost: 1 }, signal);
      const end = () => {
        hashes.running -= 1;
      };
      hashes.running += 1;
      hash.then(end, end);
      return hash;
    },
  };
}
