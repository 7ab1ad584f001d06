import { accepted, type MovedPassword, scryptText } from "./hashes.ts";
import type { MovedPerson } from "./people.ts";
import { type Fields, flagOf, momentOf, textOf } from "./values.ts";

/** What better-auth's own hashes cost: N is 2^14, r is 16, p is 1, and the tag has 64 bytes. */
const cost = { logarithm: 14, blockSize: 16, lanes: 1 };
const ownForm = /^([0-9a-f]{32}):([0-9a-f]{128})$/;

/**
 * A password of better-auth's table `account`: `salt:tag` in hex, by scrypt. The salt is the hex text itself, not the bytes
 * that it stands for. Applications may have a hash function of their own; bcrypt and PHC strings are taken as they are.
 * @see https://better-auth.com/docs/authentication/email-password#configuration
 * @see https://github.com/better-auth/better-auth/blob/main/packages/better-auth/src/crypto/password.ts
 */
function betterAuthPassword(stored: unknown): MovedPassword {
  const text = textOf(stored);
  if (text === undefined) return { missing: true };
  const [, salt, tag] = ownForm.exec(text) ?? [];
  if (salt === undefined || tag === undefined) return accepted(text, "a hash of the application's own");
  const { logarithm, blockSize, lanes } = cost;
  const bytes = [Buffer.from(salt, "utf8"), Buffer.from(tag, "hex")] as const;
  return accepted(scryptText(logarithm, blockSize, lanes, ...bytes), "a hash of better-auth");
}

/**
 * A row of better-auth's table `user`, with the column `password` of the row in `account` whose `providerId` is
 * `credential`. Columns may be in camelCase or in snake_case. docs/migrate.md has the query.
 * @see https://better-auth.com/docs/concepts/database#core-schema
 */
export function fromBetterAuth(record: Fields): MovedPerson | undefined {
  const id = textOf(record.id);
  if (id === undefined) return undefined;
  const hasSecondFactor = flagOf(record.twoFactorEnabled ?? record.two_factor_enabled);
  const providers =
    textOf(record.providers)
      ?.split(",")
      .map((each) => each.trim()) ?? [];
  return {
    system: "better-auth",
    id,
    email: textOf(record.email),
    fullName: textOf(record.name),
    mobile: textOf(record.phoneNumber ?? record.phone_number),
    login: textOf(record.username),
    emailVerified: flagOf(record.emailVerified ?? record.email_verified),
    disabled: flagOf(record.banned),
    created: momentOf(record.createdAt ?? record.created_at),
    password: betterAuthPassword(record.password),
    leftBehind: [
      ...(hasSecondFactor ? ["second factor"] : []),
      ...providers.filter((each) => each !== "" && each !== "credential").map((each) => `sign-in with ${each}`),
    ],
  };
}
