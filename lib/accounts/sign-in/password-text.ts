import type { Account } from "../account/account.ts";
import type { Document } from "../account/document.ts";

/** Far longer than any allowed password. Longer texts are not normalised, so that the work is bounded. */
const unitsMax = 2048;

/**
 * Returns a password in the form in which it is checked and hashed: NFKC.
 * @returns `undefined` for a value that cannot be a password
 */
export function normalisePassword(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || value.length > unitsMax || !value.isWellFormed()) return undefined;
  return value.normalize("NFKC");
}

/** Returns names, e-mail address and mobile number of an account holder, which must not be their password. */
export function personalOf({ email, document }: Pick<Account, "email"> & { document: Partial<Document> }): string[] {
  // The document has not been checked yet, so a name may be of any type.
  const { first, middle, last } = (document.name ?? {}) as Readonly<Record<string, unknown>>;
  const texts = (...names: unknown[]) =>
    names.flatMap((name) => (typeof name === "string" ? name.normalize("NFKC").trim() : []));
  const [short, whole] = [texts(first, last), texts(first, middle, last)];
  const together = [short, whole].flatMap((names) => [names.join(" "), names.join("")]);
  // Numbers of the United States are also written without the 1.
  const numbers = texts(document.mobile).flatMap((mobile) => [mobile, mobile.replace(/^\+1/, "")]);
  return [email, email.split("@")[0] ?? "", ...whole, ...together, ...numbers];
}

/** Whether a value was left out. */
export const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === "";
