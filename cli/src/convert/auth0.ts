import { accepted, type MovedPassword } from "./hashes.ts";
import type { MovedPerson } from "./people.ts";
import { type Fields, fieldsOf, flagOf, listOf, momentOf, textOf } from "./values.ts";

/** The identity provider that people belong to who sign in with a password. */
const ownProvider = "auth0";

/**
 * The user id that a record of the file of password hashes belongs to. Auth0 support sends this file on request; a user has
 * `alt_id` where the id was not made by Auth0.
 * @see https://support.auth0.com/center/s/article/How-to-Use-the-Password-Hashes-Export-from-Auth0
 */
export function auth0HashOwner(record: Fields): string | undefined {
  const id = textOf(record.alt_id) ?? textOf(fieldsOf(record._id).$oid) ?? textOf(record._id);
  return id === undefined ? undefined : `${ownProvider}|${id}`;
}

/** The password of a record of the file of password hashes: bcrypt, `$2b$10$…`. */
export function auth0Password(record: Fields): MovedPassword {
  const hash = textOf(record.passwordHash);
  return hash === undefined ? { missing: true } : accepted(hash, "a hash of Auth0");
}

/**
 * A user of Auth0's bulk export in JSON. It has no passwords: those are in the file of password hashes. A record of that
 * file is read too; it has an address, but no name.
 * @param password what the file of password hashes has for this user
 * @see https://auth0.com/docs/manage-users/user-migration/bulk-user-exports
 */
export function fromAuth0(record: Fields, password?: MovedPassword): MovedPerson | undefined {
  const isHashRecord = record._id !== undefined && record.user_id === undefined;
  const id = isHashRecord ? auth0HashOwner(record) : textOf(record.user_id);
  if (id === undefined) return undefined;
  const metadata = fieldsOf(record.user_metadata);
  const byEmail = listOf(record.identifiers)
    .map(fieldsOf)
    .find(({ type }) => type === "email");
  const providers = listOf(record.identities).flatMap((each) => textOf(fieldsOf(each).provider) ?? []);
  const social = providers.filter((provider) => provider !== ownProvider);
  // An id begins with the provider that the user came by: `google-oauth2|1234`.
  const [prefix = ""] = id.split("|");
  if (providers.length === 0 && prefix !== ownProvider) social.push(prefix);
  return {
    system: "auth0",
    id,
    email: textOf(record.email) ?? textOf(byEmail?.value),
    firstName: textOf(record.given_name) ?? textOf(metadata.given_name),
    lastName: textOf(record.family_name) ?? textOf(metadata.family_name),
    fullName: textOf(record.name),
    mobile: textOf(record.phone_number) ?? textOf(metadata.phone_number),
    login: textOf(record.username),
    emailVerified: flagOf(record.email_verified ?? byEmail?.verified),
    disabled: flagOf(record.blocked),
    created: momentOf(record.created_at),
    password: password ?? auth0Password(record),
    leftBehind: [
      ...social.map((provider) => `sign-in with ${provider}`),
      ...(listOf(record.multifactor).length > 0 ? ["second factor"] : []),
    ],
  };
}
