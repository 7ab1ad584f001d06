/** How many password hashes were made since the test file began. */
export const hashes = { made: 0 };

/**
 * `node:crypto` with an argon2 that counts, and that is as cheap as it gets: for suites that are about something else
 * than what a hash costs. Everything hashed in the same test file is hashed alike.
 *
 *     vi.mock("node:crypto", async (original) => (await import("…/cheap-hashes.ts")).withCheapHashes(await original()));
 */
export function withCheapHashes(crypto: typeof import("node:crypto")): object {
  const argon2: typeof crypto.argon2 = (algorithm, parameters, callback) => {
    hashes.made += 1;
    crypto.argon2(algorithm, { ...parameters, memory: 8, passes: 1 }, callback);
  };
  return { ...crypto, argon2, default: crypto };
}
