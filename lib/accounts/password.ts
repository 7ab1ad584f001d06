import type { Account } from "./account.ts";
import type { Document } from "./document.ts";

/** Far beyond any password that is allowed: longer ones are not even normalised. */
const unitsMax = 2048;

/**
 * A password in the form in which it is judged and hashed: NFKC.
 * @returns `undefined` for what can be no password
 */
export function normalisePassword(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || value.length > unitsMax || !value.isWellFormed()) return undefined;
  return value.normalize("NFKC");
}

/** What an account holder is known by, and so no password of theirs. */
export function personalOf({ email, document }: Pick<Account, "email"> & { document: Partial<Document> }): string[] {
  // Asked before the document is judged: a name may still be anything.
  const { first, last } = (document.name ?? {}) as Partial<Record<"first" | "last", unknown>>;
  const names = [first, last].filter((name): name is string => typeof name === "string");
  return [email, email.split("@")[0] ?? "", ...names, names.join(" "), names.join("")];
}

/** Whether a value was left out. */
export const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === "";
