import type { Key } from "../../table/keys.ts";
import { create, replace, type TransactionPart, type Versioned } from "../../table/transact.ts";

/** State of password resets for one e-mail, whether somebody has it or not. */
export interface PasswordReset extends Versioned {
  /** Digest of the one token that works. */
  readonly tokenDigest?: string | undefined;
  /** When mails were sent, the newest last; epoch milliseconds. */
  readonly sentAt: readonly number[];
}

const keptMs = 86_400_000;

/** The write of the state, new or changed. */
export function passwordResetPart(
  key: Key,
  before: PasswordReset | undefined,
  after: Omit<PasswordReset, "version">,
  now: Date,
): TransactionPart {
  const expiresAt = Math.ceil((now.getTime() + keptMs) / 1000);
  const item = { type: "passwordReset", ...after, version: (before?.version ?? 0) + 1, expiresAt };
  return before ? replace(key, before, item) : create(key, item, "changed");
}
