import type { Key, PasswordReset } from "../../table/records.ts";
import { create, replace, type TransactionPart } from "../../table/transact.ts";

const keptMs = 86_400_000;

/** Returns the part that stores the state of an account's password resets, new or changed. */
export function passwordResetPart(
  key: Key<PasswordReset>,
  before: PasswordReset | undefined,
  after: Omit<PasswordReset, "version">,
  now: Date,
): TransactionPart {
  const expiresAt = Math.ceil((now.getTime() + keptMs) / 1000);
  const item = { type: "passwordReset", ...after, version: (before?.version ?? 0) + 1, expiresAt };
  return before ? replace(key, before, item) : create(key, item, "changed");
}
