import type { MovedPerson } from "./people.ts";
import { type Fields, fieldsOf, flagOf, listOf, momentOf, parsedFields, textOf } from "./values.ts";

/**
 * A user of Cognito, as `aws cognito-idp list-users` prints them. Cognito hands out neither passwords nor second factors.
 * @see https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/list-users.html
 */
export function fromCognito(record: Fields): MovedPerson | undefined {
  const attributes = new Map(
    listOf(record.Attributes ?? record.UserAttributes)
      .map(fieldsOf)
      .map(({ Name, Value }) => [textOf(Name), Value] as const),
  );
  const text = (name: string) => textOf(attributes.get(name));
  const id = text("sub") ?? textOf(record.Username);
  if (id === undefined) return undefined;
  const [identities = []] = [parsedIdentities(attributes.get("identities"))];
  return {
    system: "cognito",
    id,
    email: text("email"),
    firstName: text("given_name"),
    lastName: text("family_name"),
    fullName: text("name"),
    mobile: text("phone_number"),
    emailVerified: flagOf(text("email_verified")),
    disabled: record.Enabled !== undefined && !flagOf(record.Enabled),
    created: createdOf(record.UserCreateDate),
    password: { missing: true },
    leftBehind: [
      ...(listOf(record.MFAOptions).length > 0 ? ["second factor"] : []),
      ...identities.map((provider) => `sign-in with ${provider}`),
    ],
  };
}

/** The other providers that a user signs in with: the attribute `identities` is a JSON array as text. */
function parsedIdentities(value: unknown): string[] {
  const { list } = parsedFields(typeof value === "string" ? `{"list":${value}}` : undefined);
  return listOf(list).flatMap((each) => textOf(fieldsOf(each).providerName) ?? []);
}

/** When the user was created. Version 1 of the AWS command line prints epoch seconds, version 2 prints ISO 8601. */
const createdOf = (value: unknown): string | undefined => momentOf(typeof value === "number" ? value * 1000 : value);
