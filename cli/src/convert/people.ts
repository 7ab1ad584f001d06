import { type MovedPassword, unknownPassword } from "./hashes.ts";

/** A person as another system's export has them. Texts that it does not have are absent. */
export interface MovedPerson {
  /** The other system, as the accounts' property `c_movedFrom` names it. */
  readonly system: string;
  /** The person's id there. */
  readonly id: string;
  readonly email?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  /** The whole name, where first and last name are not apart. */
  readonly fullName?: string | undefined;
  readonly mobile?: string | undefined;
  /** What the person signs in with, if it is not the e-mail address. */
  readonly login?: string | undefined;
  readonly emailVerified: boolean;
  readonly disabled: boolean;
  /** ISO 8601. */
  readonly created?: string | undefined;
  readonly password: MovedPassword;
  /** What this person has there and Frontdesk cannot take: `second factor`, `sign-in with google-oauth2`. */
  readonly leftBehind: readonly string[];
}

/** One line of the output, what is missing in it, and what is worth counting about it. */
export interface ConvertedLine {
  readonly line: Readonly<Record<string, unknown>>;
  /** Required fields for which the export has nothing. */
  readonly missing: readonly string[];
  readonly notes: readonly string[];
}

interface Names {
  readonly first: string | undefined;
  readonly last: string | undefined;
  readonly isSplit: boolean;
}

/** First and last name. A whole name is split at its last blank, which the report counts: it is not right for everybody. */
function namesOf({ firstName, lastName, fullName, email }: MovedPerson): Names {
  // Some systems put the address where there is no name.
  const whole = fullName === email ? undefined : fullName;
  if (firstName !== undefined || lastName !== undefined || whole === undefined) {
    return { first: firstName, last: lastName, isSplit: false };
  }
  const at = whole.lastIndexOf(" ");
  return at < 0
    ? { first: whole, last: undefined, isSplit: false }
    : { first: whole.slice(0, at).trim(), last: whole.slice(at + 1), isSplit: true };
}

const missingOf = (fields: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(fields).filter((name) => fields[name] === undefined);

/** What the report counts about a person. */
const notesOf = (person: MovedPerson, { isSplit }: Names, withoutPassword: string): string[] => [
  ...("refused" in person.password ? [`password cannot be moved: ${person.password.refused}`] : []),
  ...("hash" in person.password ? [] : [withoutPassword]),
  ...(isSplit ? ["name was split at its last blank"] : []),
  ...(person.disabled ? ["disabled there, so locked or inactive here"] : []),
  ...person.leftBehind.map((what) => `not moved: ${what}`),
];

/**
 * A person as a portal account, for `import accounts`.
 * @param accountId the practice whose portal it is
 * @param mobile a number from elsewhere, for a person who has none in the export
 */
export function accountLine(person: MovedPerson, accountId: string, mobile = person.mobile): ConvertedLine {
  const names = namesOf(person);
  const { email, password, system, id, created } = person;
  const missing = missingOf({ email, "name.first": names.first, "name.last": names.last, mobile });
  const line = {
    accountId,
    email,
    name: { first: names.first, last: names.last },
    mobile,
    state: person.emailVerified ? "verified" : "unverified",
    ...(person.disabled && { locked: true }),
    passwordHash: "hash" in password ? password.hash : unknownPassword(),
    c_movedFrom: { system, id, created },
  };
  return { line, missing, notes: notesOf(person, names, "no password: has to choose one by the portal's mail") };
}

/** A person as a user of a practice, for `import users`. A user without a hash gets no login. */
export function userLine(person: MovedPerson, accountId: string): ConvertedLine {
  const names = namesOf(person);
  const { password, id, login = person.email } = person;
  const hash = "hash" in password ? password.hash : undefined;
  const line = {
    accountId,
    userId: id,
    firstName: names.first,
    lastName: names.last,
    ...(hash !== undefined && login !== undefined && { loginId: login, loginPasswordHash: hash }),
    ...(person.disabled && { active: false }),
  };
  const missing = missingOf({ firstName: names.first, lastName: names.last });
  return { line, missing, notes: notesOf(person, names, "no password: the user has no login yet") };
}
