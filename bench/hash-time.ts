import { createRequire } from "node:module";
import type * as argon2 from "@node-rs/argon2";

/**
 * How long the process has waited for password hashes, in milliseconds. Counts only while `countHashTime` was called before
 * the first hash.
 */
export const hashTime = { ms: 0 };

/** Has the time of password hashes counted. Call it before the first hash: then the code that hashes loads the package. */
export function countHashTime(): void {
  const module: { -readonly [Name in keyof typeof argon2]: (typeof argon2)[Name] } = createRequire(import.meta.url)(
    "@node-rs/argon2",
  );
  const { hashRaw } = module;
  module.hashRaw = async (...values) => {
    const begun = performance.now();
    try {
      return await hashRaw(...values);
    } finally {
      hashTime.ms += performance.now() - begun;
    }
  };
}
