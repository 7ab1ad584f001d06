import type { Operation } from "../../../lib/operations.ts";
import { documented } from "../../openapi/document.ts";
import type { Attacker } from "./attackers.ts";
import type { Estate } from "./estates.ts";
import { type Request, withValueAt } from "./requests.ts";

/**
 * Every place of a request in which a name can stand: variables of the path, arguments of the query, fields of the body, headers
 * and cookies. They come from the API's description, so that a new field is a place by itself.
 */
export interface Place {
  /** Such as `body targets[].email`. */
  readonly name: string;
  /** A copy of a request with a name at this place. @param own the attacker who sends it */
  put(request: Request, name: Name, own: Attacker): Request;
  /** The names of the victim's that fit here. */
  names(victim: Estate, operation: string): readonly Name[];
}

/** A name: an id, a token, an address, a secret. Organizations and therapists have numbers. */
export type Name = string | number;

/** What stands at a place. */
interface Kind {
  readonly names: (victim: Estate, operation: string) => readonly Name[];
  /** The value that is sent for a name. Default: the name itself. */
  readonly sent?: (name: Name, own: Attacker) => unknown;
}

const pair = (name: Name, word = "") => Buffer.from(`${name}:${word}`).toString("base64");

const account: Kind = { names: ({ person, administratorId }) => [person.accountId, administratorId] };
const email: Kind = { names: ({ person }) => [person.email] };
const practiceKey: Kind = { names: ({ practice }) => [practice.accountId] };
const userKey: Kind = { names: ({ userId }) => [userId] };
const therapist: Kind = { names: ({ therapistId }) => [therapistId] };
const organization: Kind = { names: ({ organizationId }) => [organizationId] };
const therapistNumber: Kind = { names: ({ therapistNumber }) => [therapistNumber] };
const login: Kind = { names: ({ login: { loginId } }) => [loginId] };
const loginPassword: Kind = { names: ({ login }) => [login.loginPassword] };
const password: Kind = { names: ({ person }) => [person.holder.password] };
const code: Kind = { names: ({ person }) => [person.code] };
const clientKey: Kind = { names: ({ portal }) => [portal.clientKey] };
const webAddress: Kind = { names: ({ portal }) => [portal.org] };
const cursor: Kind = { names: ({ cursors }, operation) => [String(cursors[operation])] };
const token: Kind = {
  names: ({ person, invitation }) => [person.verification, person.reset, person.pending.token, invitation.token],
};
const connection: Kind = {
  names: ({ person, invitation }) => [
    person.pending.id,
    person.active,
    invitation.id,
    person.pending.token,
    invitation.token,
  ],
};
const propertyName: Kind = { names: account.names, sent: (name) => `c_${name}` };

/** Conditions of a list that name the victim's account. */
const where: Kind = {
  names: ({ person }) => [person.accountId, person.email, person.mobile],
  sent: (name) => {
    const property = String(name).includes("@") ? "email" : String(name).startsWith("+") ? "mobile" : "_id";
    return JSON.stringify({ $or: [{ [property]: name }, { [property]: { $in: [name] } }] });
  },
};

/** What stands in places of the body, the query and the path, by their names in the description. */
const kinds: Readonly<Record<string, Kind>> = {
  "path org": webAddress,
  "path id": account,
  "path token": token,
  "path connection": connection,
  "path device": { names: ({ person }) => [person.deviceId] },
  "path session": { names: ({ person }) => [person.sessionId] },
  "path therapistUserId": therapistNumber,
  "path userId": therapist,
  "path path": { names: ({ portal }) => [portal.org], sent: (name) => `v2/accounts/${name}` },
  "query cursor": cursor,
  "query before": { names: ({ eventId }) => [eventId] },
  "query where": where,
  "query paths[]": propertyName,
  "query include[]": propertyName,
  "query expand[]": propertyName,
  "query client_key": clientKey,
  "body auth.applicationId": { names: ({ practice }) => [practice.applicationId] },
  "body auth.applicationPassword": { names: ({ practice }) => [practice.applicationPassword] },
  "body auth.accountId": practiceKey,
  "body auth.userId": userKey,
  "body auth.loginId": login,
  "body auth.loginPassword": loginPassword,
  "body accountId": practiceKey,
  "body userId": { names: ({ userId, therapistId }) => [userId, therapistId] },
  "body loginId": login,
  "body loginPassword": loginPassword,
  "body websiteAddress": webAddress,
  "body directDomain": { names: ({ directDomain }) => [directDomain] },
  "body directAddress": { names: ({ directAddress }) => [directAddress] },
  "body cursor": cursor,
  "body id": organization,
  "body orgid": organization,
  "body therapist_user_id": therapistNumber,
  "body loginid": login,
  "body userloginname": login,
  "body emailid": email,
  "body email": email,
  "body mobile": { names: ({ person }) => [person.mobile] },
  "body password": password,
  "body current": password,
  "body code": code,
  "body location.verificationToken": code,
  "body token": token,
  "body roles[]": account,
  "body image.path": { names: account.names, sent: (name) => `/accounts/${name}/image/content` },
  "body preferences.notifications[]._id": account,
  "body preferences.notifications[].endpoints[]._id": account,
  "body targets[].email": email,
  "body targets[].roles[]": account,
  "body [].path": { names: account.names, sent: (name) => `/c_${name}` },
  "body [].value": account,
  "body path": { names: account.names, sent: (name) => `/c_${name}` },
  "body value": account,
  "body operations[].path": { names: account.names, sent: (name) => `/c_${name}` },
  "body operations[].value": account,
};

/** Places that hold what somebody writes about themselves, a choice or a number. Nothing is looked up by them. */
const plain = new Set(
  [
    "path property, path name",
    "query limit, query skip, query sort, query include, query expand",
    "body limit, body since, body until, body object, body op, body [].op, body operations[].op",
    "body name, body firstName, body middleName, body lastName, body address1, body address2, body city, body state, body postal",
    "body phone, body fax, body phoneNumber, body timeZone, body timezone, body metadata, body active, body admin, body provider",
    "body searchOptOut, body npi, body practiceNpi, body practiceSpecialtyCode, body providerTaxonomyCode, body loginPasswordHash",
    "body role, body gender, body dob, body image, body is_active, body is_org_admin",
    "body address[].addressLine1, body address[].addressLine2, body address[].city, body address[].state",
    "body address[].country, body address[].zipcode",
    "body registration, body twoFactor, body unverifiedDays, body minPasswordScore, body lockAttempts, body lockMinutes",
    "body sessionIdleMinutes, body sessionHours, body smsPerDay, body allowedOrigins[]",
    "body name.first, body name.middle, body name.last, body name.prefix, body name.suffix, body name.additional[]",
    "body tz, body locale, body favorite, body locked, body activationRequired, body notify, body passwordHash, body access",
    "body content, body image.content, body preferences, body profile, body location.locationName, body location.singleUse",
    "body profile.provider.affiliation, body profile.provider.license.number, body profile.provider.license.state",
    "body profile.provider.npi, body profile.provider.specialty, body profile.provider.state",
    "body profile.provider.visibility.provider, body profile.provider.visibility.public",
    "body preferences.notifications[].label, body preferences.notifications[].name",
    "body preferences.notifications[].endpoints[].enabled, body preferences.notifications[].endpoints[].label",
    "body preferences.notifications[].endpoints[].name, body targets[].access, body targets[].message",
  ].flatMap((line) => line.split(", ")),
);

type Schema = Readonly<Record<string, unknown>>;

/** The fields of a schema that have no fields below them, such as `targets[].email`. */
function leaves(schema: Schema, at = ""): string[] {
  const { anyOf = [], oneOf = [], allOf = [], properties = {}, items } = schema as Readonly<Record<string, never>>;
  const below = [
    ...[...(anyOf as Schema[]), ...(oneOf as Schema[]), ...(allOf as Schema[])].flatMap((part) => leaves(part, at)),
    ...Object.entries(properties as Readonly<Record<string, Schema>>).flatMap(([name, part]) =>
      leaves(part, at === "" ? name : `${at}.${name}`),
    ),
    ...(items ? leaves(items as Schema, `${at}[]`) : []),
  ];
  return below.length > 0 || at === "" ? below : [at];
}

/** The names of all fields of an operation: in the path, the query and the body. Headers and cookies are not among them. */
function fieldsOf(id: string): readonly string[] {
  const { parameters = [], requestBody } = documented(id).operation;
  const inAddress = parameters
    .filter((each) => (each.in as string) !== "header")
    .map((each) => `${each.in} ${each.name}`);
  const inBody = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => leaves(schema));
  return [...new Set([...inAddress, ...inBody.map((field) => `body ${field}`)])];
}

/** The fields of an operation that are neither known to hold a name nor known to hold none. */
export const unknownFields = (id: string): readonly string[] =>
  fieldsOf(id).filter((field) => !Object.hasOwn(kinds, field) && !plain.has(field));

/** The kinds and plain fields that no operation has any more. */
export function staleFields(ids: readonly string[]): readonly string[] {
  const known = new Set(ids.flatMap(fieldsOf));
  return [...Object.keys(kinds), ...plain].filter((field) => !known.has(field));
}

function fieldPlace(field: string): readonly Place[] {
  const kind = kinds[field];
  if (!kind) return [];
  const [where, name] = [field.slice(0, field.indexOf(" ")), field.slice(field.indexOf(" ") + 1)];
  const put = (request: Request, value: unknown): Request => {
    if (where === "path") return { ...request, path: { ...request.path, [name]: String(value) } };
    if (where === "query") return { ...request, query: { ...request.query, [name]: String(value) } };
    const steps = name
      .replaceAll("[]", ".[]")
      .split(".")
      .filter((step) => step !== "");
    return { ...request, body: withValueAt(request.body, steps, value) };
  };
  return [
    {
      name: field,
      names: kind.names,
      put: (request, named, own) => put(request, kind.sent ? kind.sent(named, own) : named),
    },
  ];
}

const header = (name: string, { names, sent }: Kind): Place => ({
  name: `header ${name}`,
  names,
  put: (request, named, own) => ({
    ...request,
    headers: { ...request.headers, [name]: String(sent ? sent(named, own) : named) },
  }),
});

const cookie = (name: string, names: Kind["names"]): Place => ({
  name: `cookie ${name}`,
  names,
  put: (request, named) => ({ ...request, cookies: { ...request.cookies, [name]: String(named) } }),
});

const credentials: readonly Place[] = [
  header("authorization", {
    names: ({ practice }) => [practice.applicationId],
    sent: (name, { auth }) => `Basic ${pair(name, auth?.applicationPassword ?? "x")}`,
  }),
  header("x-account-id", practiceKey),
  header("x-user-id", userKey),
];

const individuals = {
  ...header("authorization", { ...login, sent: (name) => `Individual ${pair(name, "Stethoscope2")}` }),
  name: "header authorization, of an individual",
};

const ofPortals: readonly Place[] = [
  header("medable-client-key", clientKey),
  header("medable-csrf-token", { names: ({ person }) => [String(person.holder.csrf)] }),
  cookie("md.sid", ({ person }) => [String(person.holder.cookies.get("md.sid"))]),
  cookie("md.fingerprint", ({ person }) => [String(person.holder.cookies.get("md.fingerprint"))]),
];

/** The place of the key of a write. The victim has sent the same write with the same key just before. */
export const keyPlace = "header idempotency-key";
const keyOfWrite = header("idempotency-key", { names: ({ person }) => [`${person.accountId}-key-of-a-write-0001`] });

/** Several places together, where an address has several ids: all of them are the victim's. */
function whole(places: readonly Place[]): readonly Place[] {
  const inPath = places.filter(({ name }) => name.startsWith("path ") && name !== "path org");
  const [first, second] = inPath;
  if (!first || !second) return [];
  return [
    {
      name: inPath.map(({ name }) => name).join(" and "),
      names: (victim, operation) => [`${first.names(victim, operation)[0]} ${second.names(victim, operation)[0]}`],
      put: (request, named, own) => {
        const [one = "", other = ""] = String(named).split(" ");
        return second.put(first.put(request, one, own), other, own);
      },
    },
  ];
}

/** All places of an operation. */
export function placesOf({ id, family, tier, table }: Operation): readonly Place[] {
  const fields = fieldsOf(id).flatMap(fieldPlace);
  return [
    ...fields,
    ...whole(fields),
    ...(family === "accounts" ? [...credentials, ...ofPortals] : [...credentials, individuals]),
    ...(table === "write" && tier !== "none" ? [keyOfWrite] : []),
  ];
}

/** A name of the same shape that never was: digits become other digits, letters other letters of the same kind. */
export function neverWas(name: Name): Name {
  if (typeof name === "number") return name + 5;
  if (name.includes(" ")) return name.split(" ").map(neverWas).join(" ");
  const turn = (letter: string, from: string, count: number) =>
    String.fromCharCode(from.charCodeAt(0) + ((letter.charCodeAt(0) - from.charCodeAt(0) + 3) % count));
  const last = name.replace(/@.*$/, "").length;
  const from = Math.max(0, last - 6);
  const turned = name.slice(from, last).replace(/[0-9a-zA-Z]/g, (letter) => {
    if (/[0-9]/.test(letter)) return turn(letter, "0", 10);
    if (/[a-f]/.test(letter)) return turn(letter, "a", 6);
    if (/[A-F]/.test(letter)) return turn(letter, "A", 6);
    return /[a-z]/.test(letter) ? turn(letter, "g", 20) : turn(letter, "G", 20);
  });
  return name.slice(0, from) + turned + name.slice(last);
}
