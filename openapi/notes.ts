import { reservedLabels } from "../lib/practices/io-fields.ts";
import type { PortalSettingsFields } from "../lib/practices/portal-settings-fields.ts";
import type { PracticeFields } from "../lib/practices/practice.ts";
import type { UserFields } from "../lib/practices/user.ts";
import type { OrganizationFields } from "../lib/therapists/organization.ts";
import type { PracticeProfile } from "../lib/therapists/practice-profile.ts";

/**
 * What a schema cannot say of a field, for those who read the documents: said here once, for what goes in and what comes
 * out. A field without a note does not compile.
 */
type Notes<Name extends string> = Readonly<Record<Name, string>>;

const address = {
  address1: "First line of the street address.",
  address2: "Second line of it.",
  city: "City.",
  state: "USPS code of a state, DC or a territory. Any case goes in, upper case comes out.",
  postal: "ZIP code: exactly 5 or 9 digits, without a hyphen.",
  timeZone: "Time zone; `Zulu` (UTC) unless stated.",
  metadata: "Any text of at most 4096 bytes, kept as it comes.",
};

/** Fields of a practice. */
export const practiceNotes: Notes<keyof PracticeFields | "vetted"> = {
  ...address,
  accountId: "Your own key of the practice, unique among your practices: 1 to 128 characters, compared exactly.",
  name: "Name of the practice.",
  phone: "Phone number: exactly 10 digits.",
  fax: "Fax number: exactly 10 digits.",
  active: "Whether its people may be let in. Left out: `true` for a new practice, unchanged for one that exists.",
  websiteAddress:
    "Label of the practice's portal, unique over all practices of all vendors: 1 to 63 of `a-z 0-9 - _`, beginning and " +
    `ending with a letter or digit, but none of ${[...reservedLabels].join(" ")}, and not beginning with \`xn--\`. Any case goes in, lower case comes out. One that is ` +
    "given up is free for your other practices at once, for those of other vendors after 90 days.",
  directDomain:
    "Label of the practice's Direct domain, or the full domain; unique over all practices. Answers give the full domain. " +
    "One that is given up is free for your other practices at once, for those of other vendors after 90 days.",
  directAddress:
    "Direct address: the part before the @, or the whole address under the practice's Direct domain. Answers give the " +
    "whole address, `null` when there is none.",
  practiceNpi: "National Provider Identifier: 10 digits with a valid check digit.",
  practiceSpecialtyCode: "Health care provider taxonomy code: 10 letters or digits.",
  vetted: "Read-only.",
};

/** Fields of a user. */
export const userNotes: Notes<keyof UserFields | "vetted" | "accountId"> = {
  ...address,
  userId:
    "Your own key of the user, unique in the practice: 1 to 128 characters, compared exactly, not beginning with @.",
  accountId: "Key of the user's practice.",
  firstName: "First name.",
  middleName: "Middle name.",
  lastName: "Last name.",
  active: "Whether the user may sign in. Left out: `true` for a new user, unchanged for one that exists.",
  directAddress: "Direct address, as for a practice; the practice must have a Direct domain.",
  loginId:
    "What the user signs in with: unique over everything, compared without regard to case. Left out, it is cleared.",
  loginPassword:
    "8 to 30 characters with upper and lower case and a digit or special character. Never answered. Left out while " +
    "`loginId` is passed: the stored one stays.",
  provider: "Whether the user is a provider.",
  admin: "Whether the user administers the practice, and so may call in its name by signing in.",
  searchOptOut: "Whether the user is to be left out of searches.",
  npi: "National Provider Identifier: 10 digits with a valid check digit.",
  providerTaxonomyCode: "Health care provider taxonomy code: 10 letters or digits.",
  vetted: "Read-only.",
};

/** Settings of a portal. */
export const portalSettingsNotes: Notes<keyof PortalSettingsFields> = {
  registration: "Whether people may register themselves.",
  twoFactor: "Whether a login from an unknown device needs a code sent by text message.",
  minPasswordScore: "Least zxcvbn score of a password.",
  lockAttempts: "Wrong passwords in a row that lock an account.",
  lockMinutes: "How long it stays locked.",
  sessionIdleMinutes: "Minutes without a request after which a session ends.",
  sessionHours: "Hours after which a session ends in any case.",
  allowedOrigins: "Origins whose pages may call the portal from a browser: `https://host` or `https://host:port`.",
};

/** Fields of an organization. */
export const organizationNotes: Notes<keyof OrganizationFields> = {
  id: "Given by the server, counted up within the practice, never given twice.",
  name: "Name of the organization.",
  therapist_user_id: "Your own key of the therapist, stored as given.",
  is_active: "Whether lists show it. `null` leaves it as it is.",
};

/** Fields of a practice profile, and of its addresses. */
export const profileNotes: Notes<keyof PracticeProfile | keyof PracticeProfile["address"][number]> = {
  userId: "Your own key of the therapist: 1 to 128 characters, or a whole number. Answered as text.",
  userloginname: "Name that the therapist signs in with.",
  loginid: "Login id.",
  role: "Role.",
  timezone: "Time zone.",
  firstName: "First name.",
  lastName: "Last name.",
  gender: "Gender.",
  emailid: "E-mail address.",
  phoneNumber: "Phone number.",
  dob: "Day of birth.",
  image:
    "Picture: a URL or a data URL of at most 200 KiB. Not `javascript:` or `vbscript:`, and `data:` only of an image.",
  address: "Addresses, at most 50.",
  addressLine1: "First line.",
  addressLine2: "Second line.",
  city: "City.",
  state: "State.",
  country: "Country.",
  zipcode: "ZIP code.",
  orgid: "Id of an organization.",
  npi: "National Provider Identifier.",
  is_org_admin: "Whether the therapist administers the organization.",
};

/** The credentials that a body may carry (contract practices §2). */
export const authNotes = {
  applicationId: "The application's id.",
  applicationPassword: "One of its live secrets.",
  accountId: "The practice that the call is for.",
  userId: "The user that the call is for.",
  loginId: "A user's login id, instead of all others.",
  loginPassword: "That user's password.",
} as const;

/** Properties of a portal account. */
export const accountNotes = {
  _id: "Id: 24 hex digits, ordered by time.",
  object: "Always `account`.",
  access: "What you may do with it: 6 everything, 2 what providers see.",
  shared: "Always `false`.",
  favorite: "Your own mark on the account.",
  name: "Names; `first` and `last` are always there. Stored trimmed and in NFC.",
  email: "E-mail address, unique in the portal; in lower case.",
  mobile: "Phone number. `1-650-555-5555` goes in, E.164 comes out.",
  dob: "Day of birth, `YYYY-MM-DD`, from 1850 to today anywhere on earth.",
  age: "Years since `dob`, by the day that it is in `tz`.",
  gender: "`f` female, `m` male, `n` neither, `o` other, `t` trans, `u` unspecified.",
  tz: "IANA time zone, links included. Any letter case goes in, the database's own spelling comes out.",
  locale: "Such as `en_US`.",
  state: "`unverified`, or `verified` when the e-mail address was.",
  locked: "The administrator's lock; not the one after wrong passwords.",
  activationRequired: "Whether an administrator must let the holder in first.",
  roles: "Ids of roles: `…004` Administrator, `…005` Provider.",
  inherited_roles: "Ids of the roles that come with those.",
  preferences: "What the holder wants to be told, and how.",
  profile: "What the holder is beside being an account holder.",
  created: "When it was registered.",
  updated: "When it was last changed; absent until then.",
  updater: "Who changed it; the whole account with `expand[]=updater`.",
  key: "For client-side encryption, the holder's alone; new with each password.",
  connections: "Only with `include[]=connections`.",
} as const;
