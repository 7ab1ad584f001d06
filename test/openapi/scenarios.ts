import type { examples } from "../../openapi/examples.ts";
import {
  colleague,
  deviceWithCode,
  type Given,
  guessedAt,
  holder,
  leastUser,
  locked,
  nothing,
  organization,
  organizations,
  otherPractice,
  plantedDirectAddress,
  portal,
  practice,
  profile,
  resetMailed,
  server,
  stranger,
  user,
  userMore,
  verificationMailed,
  verified,
} from "./givens.ts";

/** How each documented answer is brought about. */

export type Id = keyof typeof examples;

/** How a request differs from the first example of its operation. */
export interface Change {
  /** Properties of the body; `undefined` leaves one out. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly auth?: Readonly<Record<string, unknown>>;
  /** Sent in the place of the body. */
  readonly raw?: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent in the place of the query. */
  readonly rawQuery?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly minutesLater?: number;
  readonly given?: () => Promise<Given>;
}

const closedPortal = () => portal({ registration: false });
const twoFactor = () => stranger({ twoFactor: true });

/** What there must be for an operation's examples to be answered as they show; by name where one wants more. */
export const givens: Readonly<
  Record<Id, () => Promise<Given>> & Partial<Record<`${Id} ${string}`, () => Promise<Given>>>
> = {
  Ping: nothing,
  PingWithApplicationAuth: nothing,
  PingWithAccountAuth: () => user(),
  PingWithAuth: () => user(),
  PracticeCreate: nothing,
  PracticeUpdate: () => practice(),
  PracticeSave: nothing,
  "PracticeSave update": () => practice(),
  PracticeGet: () => practice(),
  PracticeList: () => practice(),
  "PracticeList firstPage": () => practice().then(() => otherPractice({})),
  UserCreate: () => practice(),
  UserUpdate: () => user(),
  UserSave: () => practice(),
  "UserSave update": () => user(),
  UserGet: () => user(),
  UserList: () => user(),
  "UserList firstPage": () => user().then(() => userMore({})),
  PortalSettingsGet: () => practice(),
  PortalSettingsSave: () => practice(),
  OrganizationSave: () => practice(),
  "OrganizationSave change": organization,
  OrganizationList: organization,
  "OrganizationList firstPage": organizations,
  "OrganizationList none": () => practice(),
  OrganizationListByTherapist: organization,
  "OrganizationListByTherapist firstPage": organizations,
  "OrganizationListByTherapist none": () => practice(),
  PracticeProfileSave: () => practice(),
  PracticeProfileGet: profile,
  AccountRegister: () => portal(),
  AccountLogin: () => stranger(),
  "AccountLogin loginWithCode": deviceWithCode,
  AccountStatus: () => holder(),
  "AccountStatus visitor": () => portal(),
  AccountLogout: () => holder(),
  AccountRequestPasswordReset: () => stranger(),
  AccountResetPassword: () => resetMailed(),
  AccountUpdatePassword: () => holder(),
  AccountVerify: () => verificationMailed(),
  AccountResendVerification: () => holder(),
  "AccountResendVerification alreadyVerified": verified,
  AccountList: () => colleague("provider"),
  "AccountList byAdministrator": () => colleague("administrator"),
  AccountGet: () => holder(),
  AccountGetProperty: () => holder(),
  AccountPut: () => holder(),
  AccountPatch: () => holder(),
  AccountPreflight: () => portal(),
};

/** Circumstances in which the first example of an operation is answered with other headers. */
export const otherwise: Readonly<Partial<Record<Id, Readonly<Record<string, Change>>>>> = {
  AccountRegister: {
    "to a server": { given: () => portal().then(({ portal: { administrator: client } }) => ({ client })) },
  },
  AccountVerify: { "without a session": { given: () => verificationMailed(0, false) } },
  AccountList: { "to a server": { given: server } },
  AccountGet: { "to a server": { given: server } },
  AccountGetProperty: { "to a server": { given: server } },
  AccountPut: { "to a server": { given: server, body: { gender: undefined } } },
  AccountPatch: { "to a server": { given: server, body: { path: "/locked", value: true } } },
  AccountPreflight: {
    "to a page of an allowed origin": { given: () => portal({ allowedOrigins: ["https://app.example.org"] }) },
  },
};

const tooLarge = { raw: JSON.stringify({ padding: "x".repeat(257 * 1024) }) };
const malformed = { raw: '{"name":' };

/** How a failure comes about in any operation that can give it. */
const anywhere: Readonly<Record<string, Change>> = {
  4000: malformed,
  4010: { auth: { applicationPassword: "wrong" } },
  4011: { auth: { accountId: "unknown" } },
  4012: { auth: { userId: "unknown" } },
  4020: tooLarge,
  4110: { body: { accountId: undefined } },
  4160: { body: { directDomain: "-" } },
  4161: { body: { websiteAddress: "api" } },
  4210: { body: { userId: undefined } },
  4233: { body: { loginId: "ada", loginPassword: "short" } },
  4241: { body: { userId: "@user" } },
  4251: { body: { npi: "1234567890", practiceNpi: "1234567890" } },
  4252: { body: { providerTaxonomyCode: "?", practiceSpecialtyCode: "?" } },
  4640: { body: { directAddress: "@" } },
  4620: { body: { directDomain: "riverside", directAddress: "office@elsewhere.example.com" } },
  unauthorized: { headers: { authorization: `Basic ${Buffer.from("demo:wrong").toString("base64")}` } },
  tooLarge,
  notJson: { headers: { "content-type": "text/plain" } },
  kAccessDenied: { headers: { "medable-client-key": "NobodysKey000000000000" } },
  kNotLoggedIn: { headers: { cookie: undefined } },
  kSessionExpired: { minutesLater: 20 },
  kCSRFTokenMismatch: { headers: { "medable-csrf-token": "0".repeat(64) } },
  kInvalidArgument: malformed,
  kRequestTooLarge: tooLarge,
  kIllegalExpansion: { query: { "expand[]": "name" } },
  // The table is broken meanwhile.
  unforeseen: {},
  busy: {},
};

const practiceFailures: Readonly<Record<string, Change>> = {
  4060: { body: { name: "x".repeat(256) } },
  4140: { body: { websiteAddress: "riverside" }, given: () => otherPractice({ websiteAddress: "riverside" }) },
  4150: { body: { directDomain: "riverside" }, given: () => otherPractice({ directDomain: "riverside" }) },
  4630: { body: { directDomain: undefined, directAddress: "office" } },
};
/** The same for a practice that is there. */
const besides = (given: () => Promise<Given>) => () =>
  practice({ websiteAddress: "", directDomain: "", directAddress: "" }).then(given);
const presentPractice: Readonly<Record<string, Change>> = {
  ...practiceFailures,
  4140: { ...practiceFailures[4140], given: besides(() => otherPractice({ websiteAddress: "riverside" })) },
  4150: { ...practiceFailures[4150], given: besides(() => otherPractice({ directDomain: "riverside" })) },
};
const officeIsTaken = () => practice({ directAddress: "" }).then(() => userMore({ directAddress: "office" }));

const userFailures: Readonly<Record<string, Change>> = {
  4060: { body: { firstName: undefined } },
  4232: { body: { loginId: "ada", loginPassword: undefined } },
  4234: {
    body: { loginId: "ada", loginPassword: "Stethoscope1" },
    given: () => practice().then(() => userMore({ loginId: "ada", loginPassword: "Stethoscope1" })),
  },
  4610: { body: { directAddress: "ada" }, given: () => practice().then(() => userMore({ directAddress: "ada" })) },
  4630: { body: { directAddress: "ada" }, given: () => practice({ directDomain: "", directAddress: "" }) },
};
/** The same for a user who is there. */
const alsoThere = (given: () => Promise<Given>) => () => given().then(leastUser);
const presentUser = Object.fromEntries(
  Object.entries(userFailures).map(([code, { given = () => practice(), ...change }]) => [
    code,
    { ...change, given: alsoThere(given) },
  ]),
);

const nobody = { path: { id: "0".repeat(23).concat("9") } };

/** How the failures of single operations come about. */
const failures: Readonly<Partial<Record<Id, Readonly<Record<string, Change>>>>> = {
  PracticeCreate: {
    ...practiceFailures,
    4130: { given: () => practice() },
    4610: { body: { directDomain: "riverside", directAddress: "office" }, given: plantedDirectAddress },
  },
  PracticeUpdate: {
    ...presentPractice,
    4131: { given: nothing },
    4610: { body: { directDomain: "riverside", directAddress: "office" }, given: officeIsTaken },
  },
  PracticeSave: {
    ...practiceFailures,
    4610: { body: { directDomain: "riverside", directAddress: "office" }, given: officeIsTaken },
  },
  PracticeGet: { 4060: { body: { accountId: "x".repeat(129) } }, 4131: { given: nothing } },
  PracticeList: { 4060: { body: { limit: 0 } } },
  UserCreate: { ...userFailures, 4230: { given: () => user() } },
  UserUpdate: { ...presentUser, 4231: { given: () => practice() } },
  UserSave: userFailures,
  UserGet: { 4060: { body: { userId: "x".repeat(129) } }, 4231: { given: () => practice() } },
  UserList: { 4060: { body: { limit: 0 } }, 4131: { given: nothing } },
  PortalSettingsSave: { 4060: { body: { lockAttempts: 1 } } },
  OrganizationSave: { invalid: { body: { name: 7 } }, notFound: { body: { id: 999 } } },
  OrganizationList: { invalid: { query: { limit: "0" } } },
  OrganizationListByTherapist: { invalid: { path: { therapistUserId: "x" } } },
  PracticeProfileSave: { invalid: { body: { image: undefined } } },
  PracticeProfileGet: { invalid: { path: { userId: "x".repeat(129) } }, notFound: { path: { userId: "unknown" } } },
  AccountRegister: {
    kSelfRegistrationDisabled: { given: closedPortal },
    kValidationError: { body: { password: undefined, gender: "?", email: "nobody" } },
    kNotFound: { body: { token: "an invitation" } },
    kExists: { given: () => stranger() },
  },
  AccountLogin: {
    kNoCredentialsSupplied: { body: { password: undefined } },
    kInvalidCredentials: { body: { password: "wrong" } },
    kAccountLocked: { given: locked },
    kNewLocation: { given: twoFactor },
    kUnverifiedLocation: { given: deviceWithCode },
    kCallbackFormat: { given: twoFactor, body: { location: { verificationToken: "abc" } } },
    kCallbackNotFound: { given: twoFactor, body: { location: { verificationToken: "000000" } } },
  },
  AccountRequestPasswordReset: { kValidationError: { body: { email: undefined } } },
  AccountResetPassword: {
    kNotFound: { given: () => stranger() },
    kTokenExpired: { given: () => resetMailed(61) },
    kValidationError: { body: { password: "password" } },
  },
  AccountUpdatePassword: {
    kInvalidCredentials: { body: { current: "wrong" } },
    kAccountLocked: { given: guessedAt },
    kValidationError: { body: { password: "password" } },
  },
  AccountVerify: {
    kNotFound: { given: () => holder() },
    kTokenExpired: { given: () => verificationMailed(8 * 24 * 60) },
  },
  AccountStatus: { kInvalidArgument: { rawQuery: "expand=%F1" } },
  AccountList: { kInvalidArgument: { query: { where: "no JSON" } } },
  AccountGet: { kInvalidArgument: { query: { "paths[a]": "name" } }, kNotFound: nobody },
  AccountGetProperty: { kInvalidArgument: { rawQuery: "x=%F1" }, kNotFound: { path: { property: "profile" } } },
  AccountPut: { kNotFound: nobody, kValidationError: { body: { tz: "Mars/Base" } } },
  AccountPatch: { kNotFound: nobody, kValidationError: { body: { path: "/tz", value: "Mars/Base" } } },
};

/** Refused before it matters what there is: neither records nor accounts need to be made. */
const early = new Set(
  "4000 4010 4011 4020 unauthorized tooLarge notJson unforeseen busy kAccessDenied kNotLoggedIn kRequestTooLarge".split(
    " ",
  ),
);

/** How a documented failure comes about. @param code one of `failureNames` */
export function failureOf(id: Id, code: string): Change | undefined {
  const change = failures[id]?.[code] ?? anywhere[code];
  const isEarly = early.has(code) || change === malformed;
  return change && isEarly ? { given: id.startsWith("Account") ? () => portal() : nothing, ...change } : change;
}
