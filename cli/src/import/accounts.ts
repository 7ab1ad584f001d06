import type { AccountRegisterInput } from "../../../client/src/client.ts";
import { documentErrors, nameText, normaliseMobile } from "../../../lib/accounts/account/document.ts";
import { normaliseEmail } from "../../../lib/accounts/account/email.ts";
import { latestDay, timeZoneFrom } from "../../../lib/accounts/account/time-zone.ts";
import { isAcceptedHash } from "../../../lib/crypto/stored-hash.ts";
import { roleIds } from "../roles.ts";
import type { Fields } from "./fields.ts";
import type { Fault, Kind } from "./kind.ts";
import * as normalise from "./normalise.ts";
import { portalsOf } from "./portals.ts";
import { idFaults, unique, withCause } from "./rules.ts";

/** The parts of a name, and their columns. */
const nameParts = {
  prefix: "prefix",
  first: "firstName",
  middle: "middleName",
  last: "lastName",
  suffix: "suffix",
} as const;
/** Fields that say where an account is registered, and with which secret. The others are its properties. */
const notProperties = new Set([
  "org",
  "accountId",
  "email",
  "password",
  "passwordHash",
  "name",
  ...Object.values(nameParts),
]);

const roles: Readonly<Record<string, string>> = {
  administrator: roleIds.administrator,
  admin: roleIds.administrator,
  provider: roleIds.provider,
};
const genders: Readonly<Record<string, string>> = { female: "f", male: "m" };

/** What a file of portal accounts holds. */
export const accounts: Kind = {
  name: "accounts",
  fields: [
    ...["org", "accountId", "email", "passwordHash", "password", "name", ...Object.values(nameParts), "mobile", "dob"],
    ...["gender", "tz", "locale", "state", "roles", "locked", "activationRequired", "preferences", "profile"],
  ],
  required: [["org", "accountId"], ["email"], ["firstName", "name"], ["lastName", "name"], ["mobile"]],
  synonyms: {
    org: "Portal, Web Address, Website Address, Subdomain",
    accountId: "Practice ID, Practice Key, Practice, Clinic ID, Office ID",
    email: "E-mail Address, Mail, Login, Username",
    passwordHash: "Hash, Password Digest",
    firstName: "First, Given Name, Forename",
    middleName: "Middle, Middle Initial",
    lastName: "Last, Surname, Family Name",
    prefix: "Name Prefix",
    suffix: "Name Suffix",
    mobile: "Mobile Number, Mobile Phone, Cell, Cell Phone, Cell Number",
    dob: "Date of Birth, Birth Date, Birthday",
    gender: "Sex",
    tz: "Time Zone",
    locale: "Language",
    state: "Account State, Verification",
    roles: "Role",
    activationRequired: "Needs Activation",
  },
  readOnly: [
    ...["_id", "object", "created", "updated", "updater", "access", "favorite", "key", "image", "hasImage"],
    ...["age", "inherited_roles", "shared", "connections"],
  ],
  untrimmed: ["password", "passwordHash"],
  hasOwnProperties: true,
  normalise: {
    org: normalise.lowerCase,
    email: normalise.form("letter case", normaliseEmail),
    mobile: normalise.form("phone numbers", normaliseMobile),
    dob: normalise.orBlank(() => undefined),
    gender: normalise.orBlank(
      normalise.form(
        "genders",
        (text) => genders[text.toLowerCase()] ?? (/^[FMNOTU]$/.test(text) ? text.toLowerCase() : undefined),
      ),
    ),
    tz: normalise.orBlank(normalise.form("time zones", timeZoneFrom)),
    state: normalise.orBlank(normalise.lowerCase),
    roles: normalise.form("roles", (text) => text.split(/[\s,;|]+/).map((role) => roles[role.toLowerCase()] ?? role)),
    locked: normalise.boolean,
    activationRequired: normalise.boolean,
  },
  check: (fields) => [...placeFaults(fields), ...secretFaults(fields), ...documentFaults(fields)],
  uniqueValues: ({ org, accountId, email }) => unique("email", email, JSON.stringify([org, accountId])),
  keyOf: ({ org, accountId, email }) => ({ practice: String(accountId ?? org ?? ""), id: String(email ?? "") }),
  isRefusedTwice: true,
  sender(connection, { notify }) {
    const portalOf = portalsOf(connection);
    return async (fields, options) => {
      const portal = await portalOf(fields, options);
      await portal.accountRegister(registration(fields, notify), options);
      return "created";
    };
  },
};

const placeFaults = (fields: Fields): Fault[] => [
  ...(fields.org === undefined && fields.accountId === undefined
    ? [{ field: "org", message: "is required, or accountId" }]
    : []),
  ...idFaults(fields, "accountId"),
];

function secretFaults({ password, passwordHash }: Fields): Fault[] {
  if (passwordHash === undefined)
    return password === undefined ? [{ field: "passwordHash", message: "is required" }] : [];
  if (password !== undefined) return [{ field: "passwordHash", message: "must not come with a password" }];
  return isAcceptedHash(passwordHash)
    ? []
    : [{ field: "passwordHash", message: "must be a hash of argon2, scrypt, PBKDF2 or bcrypt, of a usual cost" }];
}

/** What the rules of the server find wrong with the properties of an account. */
function documentFaults(fields: Fields): Fault[] {
  const blank = { state: "unverified", locked: false, activationRequired: false, roles: [] };
  const errors = documentErrors({ ...blank, ...propertiesOf(fields) }, latestDay(new Date()));
  const faults = errors.map(({ field: path, message }) => {
    const field = columnOf(path.replace(/^account\./, ""));
    return { field, message: withCause(message, field, fields[field]) };
  });
  const emailFault = {
    field: "email",
    message: fields.email === undefined ? "is required" : "must be an e-mail address",
  };
  return [...faults, ...(normaliseEmail(fields.email) === undefined ? [emailFault] : [])];
}

const columnOf = (path: string): string =>
  Object.entries(nameParts).find(([part]) => path === `name.${part}`)?.[1] ?? path;

/** The properties of an account, as the contract nests them. */
function propertiesOf(fields: Fields): Readonly<Record<string, unknown>> {
  const parts = Object.entries(nameParts).flatMap(([part, column]) => {
    const value = fields[column];
    return value === undefined ? [] : [[part, typeof value === "string" ? nameText(value) : value]];
  });
  // In JSON lines, the name may be an object as in the contract.
  const whole = typeof fields.name === "object" ? fields.name : {};
  const others = Object.entries(fields).filter(([field]) => !notProperties.has(field));
  return {
    ...Object.fromEntries(others.map(([field, value]) => [field, flagOf(field, value)])),
    name: { ...whole, ...Object.fromEntries(parts) },
  };
}

/** A flag as a boolean. The words `true` and `false` are flags too, as in files of practices. */
function flagOf(field: string, value: unknown): unknown {
  if (!/^(locked|activationRequired)$/.test(field) || typeof value !== "string") return value;
  const word = value.toLowerCase();
  return word === "true" ? true : word === "false" ? false : value;
}

/** The rules of the server have found nothing wrong with the fields. */
const registration = (fields: Fields, notify: boolean) => {
  const { email, password, passwordHash } = fields;
  const secret = passwordHash === undefined ? { password } : { passwordHash };
  return { ...propertiesOf(fields), email, ...secret, notify } as unknown as AccountRegisterInput;
};
