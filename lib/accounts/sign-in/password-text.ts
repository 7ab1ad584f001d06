// The pages of portals use this file, so it imports nothing that a browser does not have.

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

/** Properties of an account that its holder's password must not be. The document may not have been checked yet. */
interface Holder {
  readonly email: string;
  readonly document: { readonly name?: unknown; readonly mobile?: unknown };
}

/** Returns names, e-mail address and mobile number of an account holder, which must not be their password. */
export function personalOf({ email, document }: Holder): string[] {
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
