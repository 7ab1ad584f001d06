import type { Account } from "../account/account.ts";
import type { Document } from "../account/document.ts";

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
  const { first, middle, last } = (document.name ?? {}) as Readonly<Record<string, unknown>>;
  const texts = (...names: unknown[]) =>
    names.flatMap((name) => (typeof name === "string" ? name.normalize("NFKC").trim() : []));
  const [short, whole] = [texts(first, last), texts(first, middle, last)];
  const together = [short, whole].flatMap((names) => [names.join(" "), names.join("")]);
  return [email, email.split("@")[0] ?? "", ...whole, ...together];
}

/** Whether a value was left out. */
export const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === "";
