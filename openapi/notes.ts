import { reservedLabels } from "../lib/practices/io-fields.ts";
import type { PortalSettingsFields } from "../lib/practices/portal-settings-fields.ts";
import type { PracticeFields } from "../lib/practices/practice-fields.ts";
import type { UserFields } from "../lib/practices/user-fields.ts";
import type { OrganizationFields } from "../lib/therapists/organization.ts";
import type { PracticeProfile } from "../lib/therapists/practice-profile.ts";

/**
 * A sentence about each field: what its schema cannot express. The same note describes a field in requests and in answers.
 * The types make sure that every field has one.
 */
type Notes<Name extends string> = Readonly<Record<Name, string>>;

const address = {
  address1: "First line of the street address.",
  address2: "Second line of the street address.",
  city: "City.",
  state: "USPS code of a state, DC or a territory. Any letter case is accepted; answers have upper case.",
  postal: "ZIP code: exactly 5 or 9 digits, without a hyphen.",
  timeZone: "Time zone. When left out: `Zulu` (UTC).",
  metadata: "Any text of at most 4096 bytes. It is stored and returned unchanged.",
};

const releasedName =
  "When a practice gives one up, your other practices can take it at once, and practices of other vendors after 90 days.";

/** Fields of a practice. */
export const practiceNotes: Notes<keyof PracticeFields | "vetted"> = {
  ...address,
  accountId: "Your own key for the practice: 1 to 128 characters, unique among your practices, compared exactly.",
  name: "Name of the practice.",
  phone: "Phone number: exactly 10 digits.",
  fax: "Fax number: exactly 10 digits.",
  active:
    "Whether the practice may be used. While `false`, its users cannot call and its portal is closed. When left out: " +
    "`true` for a new practice, unchanged for an existing one.",
  websiteAddress:
    "Label of the practice's portal, the `{org}` of its paths. Unique over all practices of all vendors: 1 to 63 of " +
    "`a-z 0-9 - _`, beginning and ending with a letter or digit. Any letter case is accepted; answers have lower case. Reserved are " +
    `${[...reservedLabels].join(" ")}, and all that begin with \`xn--\`. ${releasedName}`,
  directDomain:
    "Domain of the practice for Direct messages, the secure mail of healthcare: the label alone or the full domain. Unique " +
    `over all practices of all vendors. Answers have the full domain. ${releasedName}`,
  directAddress:
    "Address for Direct messages: the part before the @, or the whole address under the practice's Direct domain. Answers " +
    "have the whole address, or `null` if there is none.",
  practiceNpi: "National Provider Identifier: 10 digits with a valid check digit.",
  practiceSpecialtyCode: "Health care provider taxonomy code: 10 letters or digits.",
  vetted: "Always `false`. Callers cannot set it.",
};

/** Fields of a user. */
export const userNotes: Notes<keyof UserFields | "vetted" | "accountId"> = {
  ...address,
  userId:
    "Your own key for the user: 1 to 128 characters, not beginning with @, unique in the practice, compared exactly.",
  accountId: "Key of the user's practice.",
  firstName: "First name.",
  middleName: "Middle name.",
  lastName: "Last name.",
  active: "Whether the user may sign in. When left out: `true` for a new user, unchanged for an existing one.",
  directAddress: "Direct address, as for a practice. The practice must have a Direct domain.",
  loginId:
    "Name that the user signs in with. Unique over all users of all vendors; letter case makes no difference. When left " +
    "out, it is cleared.",
  loginPassword:
    "Password: 8 to 30 characters with an upper case letter, a lower case letter, and a digit or special character. Never " +
    "returned. When left out while `loginId` is passed, the stored password stays.",
  loginPasswordHash:
    "In place of `loginPassword`: the hash that another system has made of it, so that users can be moved with their " +
    "passwords. PHC strings of argon2id, argon2i, scrypt, PBKDF2-SHA256 and PBKDF2-SHA512, or bcrypt (`$2a$`, `$2b$`, " +
    "`$2y$`), of a usual cost. Never returned. The first sign-in replaces it.",
  provider: "Whether the user is a provider.",
  admin: "Whether the user administers the practice. Such a user can sign in and then call for the practice.",
  searchOptOut: "Whether searches should leave the user out.",
  npi: "National Provider Identifier: 10 digits with a valid check digit.",
  providerTaxonomyCode: "Health care provider taxonomy code: 10 letters or digits.",
  vetted: "Always `false`. Callers cannot set it.",
};

/** Settings of a portal. */
export const portalSettingsNotes: Notes<keyof PortalSettingsFields> = {
  registration: "Whether people may register themselves. With `invitation`, only those who were invited.",
  twoFactor: "Whether a login from an unknown device needs a code, which is sent by text message.",
  unverifiedDays: "After how many days an account is deleted whose e-mail address was not verified.",
  minPasswordScore: "Lowest zxcvbn score that a new password may have.",
  lockAttempts:
    "How many wrong passwords in a row lock an account. Besides, 20 in an hour lock it for the rest of that hour, or as many " +
    "as this if it is more.",
  lockMinutes: "How many minutes an account stays locked.",
  sessionIdleMinutes: "After how many minutes without a request a session ends.",
  sessionHours: "After how many hours a session ends, even if it is used.",
  smsPerDay:
    "How many text messages the portal sends in a day (UTC). Further ones are not sent; callers do not see that.",
  allowedOrigins: "Origins whose pages may call the portal from a browser: `https://host` or `https://host:port`.",
};

/** Fields of an organization. */
export const organizationNotes: Notes<keyof OrganizationFields> = {
  id: "Number of the organization. The server counts up within the practice and never uses a number twice.",
  name: "Name of the organization.",
  therapist_user_id: "Your own key for the therapist, stored as given.",
  is_active: "Whether lists contain the organization. `null` leaves it as it is.",
};

/** Fields of a practice profile, and of its addresses. */
export const profileNotes: Notes<keyof PracticeProfile | keyof PracticeProfile["address"][number]> = {
  userId: "Your own key for the therapist: 1 to 128 characters, or a whole number. Answers have it as text.",
  userloginname: "Name that the therapist signs in with.",
  loginid: "Login id.",
  role: "Role.",
  timezone: "Time zone.",
  firstName: "First name.",
  lastName: "Last name.",
  gender: "Gender.",
  emailid: "E-mail address.",
  phoneNumber: "Phone number.",
  dob: "Date of birth.",
  image:
    "Picture: a URL or a data URL of at most 200 KiB. `javascript:` and `vbscript:` are refused; `data:` must be an image.",
  address: "Addresses, at most 50.",
  addressLine1: "First line of the address.",
  addressLine2: "Second line of the address.",
  city: "City.",
  state: "State.",
  country: "Country.",
  zipcode: "ZIP code.",
  orgid: "Id of an organization.",
  npi: "National Provider Identifier.",
  is_org_admin: "Whether the therapist administers the organization.",
};

/** The credentials that a body may contain (contract practices §2). */
export const authNotes = {
  applicationId: "The application's id.",
  applicationPassword: "The application's password: one of its current secrets.",
  accountId: "The practice that the call is for.",
  userId: "The user that the call is for.",
  loginId: "A user's login id. Send it and `loginPassword` instead of the other four.",
  loginPassword: "That user's password.",
} as const;

/** Properties of a portal account. */
export const accountNotes = {
  _id: "Id: 24 hex digits. Ids are ordered by time.",
  object: "Always `account`.",
  access:
    "How much of the account you may see: 6 is everything, 4 is everything but only to read, 2 is names and little more.",
  shared: "Whether there is a connection to the account that is active or can still be accepted.",
  image:
    'The picture of the holder, in two sizes. To upload one, write `{"content":"me.jpg"}`, and send the file as `uploads` ' +
    "says. `null` removes it.",
  favorite: "Whether you have marked the account. Each caller has their own mark.",
  name: "Names. `first` and `last` are always present. Stored trimmed and in the Unicode form NFC.",
  email: "E-mail address in lower case, unique in the portal.",
  mobile: "Phone number. Separators are accepted (`1-650-555-5555`); answers have the form E.164 (`+16505555555`).",
  dob: "Date of birth, `YYYY-MM-DD`: from 1850 to today's date in UTC+14, where a day begins first.",
  age: "Age in years, by today's date in the time zone `tz` (without one, in UTC).",
  gender: "`f` female, `m` male, `n` neither, `o` other, `t` trans, `u` unspecified.",
  tz: "IANA time zone, or a link such as `US/Pacific`. Any letter case is accepted; answers have the database's spelling.",
  locale: "Language and region, such as `en_US`.",
  state: "`unverified`, or `verified` after the e-mail address was verified.",
  locked: "Whether an administrator has locked the account. The lock after wrong passwords does not show here.",
  activationRequired: "Whether an administrator must activate the account before its holder may sign in.",
  roles: "Ids of roles: `…004` Administrator, `…005` Provider.",
  inherited_roles: "Ids of the roles that come with those in `roles`.",
  preferences: "What the holder wants to be notified of, and how.",
  profile: "Details about the holder as a provider.",
  created: "When the account was registered.",
  updated: "When the account was last changed. Absent before the first change.",
  updater: "Who made the last change. With `expand[]=updater`, that person's whole account.",
  key: "Key for client-side encryption. Only the holder gets it. Each new password brings a new key.",
  connections:
    "The connections to the account that are active or can still be accepted. Present only with " +
    "`include[]=connections`, and only for the holder.",
} as const;

/** Properties of a connection. */
export const connectionNotes = {
  _id: "Id: 24 hex digits. Ids are ordered by time.",
  object: "Always `connection`.",
  access:
    "How much access the connection gives: 2 to names and little more, 4 to read the account, 6 to write it as well.",
  context: "The account that it gives access to. Absent for an invitation to register.",
  created: "When it was offered for the first time.",
  creator: "Who made it.",
  expiresAt: "Until when it can be accepted. Absent once it was accepted.",
  state: "0 until somebody accepts it, then 1.",
  target: "Who gets access.",
  token: "The token in the mail. Only application credentials get it, and only when it was just made.",
} as const;
