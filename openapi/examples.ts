import type { OperationId } from "../lib/operations.ts";

/**
 * Examples: what is sent and what is then answered. The tests send each one and compare, but for what differs each time
 * (ids, dates, keys, cursors).
 */
export interface Example {
  /** What it shows; unique in its operation. */
  readonly name: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** 200 unless stated. */
  readonly status?: number;
  /** Nothing where the answer has no body. */
  readonly answer?: unknown;
}

/** The vendor that `npm start` makes. */
const vendor = { applicationId: "demo", applicationPassword: "demo-application-password" };
const practice = { ...vendor, accountId: "practice-1" };
const user = { ...practice, userId: "user-1" };
const login = { loginId: "ada", loginPassword: "Stethoscope1" };

const ok = { successful: true, responseMessage: "OK", responseCode: 2000 };
const practiceWritten = (action: string) => ({ ...ok, accountId: "practice-1", action });
const userWritten = (action: string) => ({ ...ok, accountId: "practice-1", userId: "user-1", action });

const leastPractice = { auth: vendor, accountId: "practice-1", name: "Riverside Clinic" };
const fullPractice = {
  ...leastPractice,
  address1: "1 Main Street",
  address2: "Suite 200",
  city: "Columbus",
  state: "oh",
  postal: "43004",
  phone: "6145550100",
  fax: "6145550101",
  timeZone: "America/New_York",
  websiteAddress: "riverside",
  directDomain: "riverside",
  directAddress: "office",
  practiceNpi: "1234567893",
  practiceSpecialtyCode: "207Q00000X",
  metadata: '{"plan":"gold"}',
};
const shownPractice = {
  accountId: "practice-1",
  name: "Riverside Clinic",
  address1: "1 Main Street",
  address2: "Suite 200",
  city: "Columbus",
  state: "OH",
  postal: "43004",
  phone: "6145550100",
  fax: "6145550101",
  directAddress: "office@riverside.direct.example.com",
  directDomain: "riverside.direct.example.com",
  websiteAddress: "riverside",
  timeZone: "America/New_York",
  practiceNpi: "1234567893",
  practiceSpecialtyCode: "207Q00000X",
  metadata: '{"plan":"gold"}',
  vetted: false,
  active: true,
};

const leastUser = { auth: practice, userId: "user-1", firstName: "Ada", lastName: "Mills" };
const fullUser = {
  ...leastUser,
  middleName: "B",
  ...login,
  address1: "2 Elm Street",
  address2: "Floor 3",
  city: "Columbus",
  state: "OH",
  postal: "43004",
  timeZone: "America/New_York",
  directAddress: "ada",
  provider: true,
  admin: true,
  searchOptOut: false,
  npi: "1234567893",
  providerTaxonomyCode: "207Q00000X",
  metadata: "none",
  active: true,
};
const shownUser = {
  userId: "user-1",
  accountId: "practice-1",
  loginId: "ada",
  firstName: "Ada",
  middleName: "B",
  lastName: "Mills",
  address1: "2 Elm Street",
  address2: "Floor 3",
  city: "Columbus",
  state: "OH",
  postal: "43004",
  timeZone: "America/New_York",
  metadata: "none",
  vetted: false,
  active: true,
  searchOptOut: false,
  npi: "1234567893",
  providerTaxonomyCode: "207Q00000X",
  directAddress: "ada@riverside.direct.example.com",
  provider: true,
  admin: true,
};

const portalSettings = {
  registration: true,
  twoFactor: false,
  minPasswordScore: 2,
  lockAttempts: 5,
  lockMinutes: 15,
  sessionIdleMinutes: 15,
  sessionHours: 12,
  allowedOrigins: [] as string[],
};
const cursor = "b3BhcXVlIGFuZCBzZWFsZWQsIHNvIHRoYXQgbm9ib2R5IGVsc2UgY2FuIHVzZSBpdA";

const organization = { id: 1, name: "Riverside Therapists", therapist_user_id: 42, is_active: true };
const profile = {
  userId: "therapist-1",
  userloginname: "grace",
  loginid: "grace@example.org",
  role: "therapist",
  timezone: "America/Chicago",
  firstName: "Grace",
  lastName: "Hill",
  gender: "female",
  emailid: "grace@example.org",
  phoneNumber: "6145550123",
  dob: "1985-04-12",
  image: "https://images.example.org/grace.png",
  address: [
    {
      addressLine1: "1 Main Street",
      addressLine2: null,
      city: "Columbus",
      state: "OH",
      country: "US",
      zipcode: "43004",
    },
  ],
  orgid: 1,
  npi: "1234567893",
  is_org_admin: false,
};

/** The portal's name in paths. */
const path = { org: "riverside" };
const id = "65f1c0de8c3a4b0012ab34cd";
const password = "mauve otter juggles 41 kettles";
const person = {
  name: { first: "Charles", last: "Best" },
  email: "charles@example.org",
  mobile: "1-650-555-5555",
  dob: "1980-02-27",
  gender: "m",
  tz: "US/Pacific",
};
const account = {
  _id: id,
  object: "account",
  access: 6,
  name: { first: "Charles", last: "Best" },
  shared: false,
  favorite: false,
  email: "charles@example.org",
  mobile: "+16505555555",
  dob: "1980-02-27",
  age: 46,
  gender: "m",
  tz: "US/Pacific",
  locale: "en_US",
  state: "unverified",
  locked: false,
  activationRequired: false,
  roles: [],
  inherited_roles: [],
  created: "2026-03-02T09:30:00.000Z",
  key: { fingerprint: "5f0e3c0e-9f0c-4a6e-8f8b-0b9a6d1c2e3f", secret: "Qm7cVbX2nL9sTzR4kJ8hGfD1pWyE6aUo" },
};
const { key, ...inList } = account;
const changed = {
  updated: "2026-03-02T09:35:00.000Z",
  updater: { _id: id, object: "account", path: `/accounts/${id}` },
};
const done = { object: "result", data: true };
const token = "Zk3vQ9xT1bN7mC5wR2yL8pD6sF4gH0jA";

/** The examples of each operation. */
export const examples: Readonly<Record<Exclude<OperationId, "Unmatched">, readonly Example[]>> = {
  Ping: [{ name: "ping", body: {}, answer: ok }],
  PingWithApplicationAuth: [{ name: "application", body: { auth: vendor }, answer: ok }],
  PingWithAccountAuth: [
    { name: "application", body: { auth: practice }, answer: ok },
    { name: "administrator", body: { auth: login }, answer: ok },
  ],
  PingWithAuth: [
    { name: "application", body: { auth: user }, answer: ok },
    { name: "signIn", body: { auth: login }, answer: ok },
  ],
  PracticeCreate: [
    { name: "least", body: leastPractice, answer: practiceWritten("create") },
    { name: "full", body: fullPractice, answer: practiceWritten("create") },
  ],
  PracticeUpdate: [{ name: "full", body: { ...fullPractice, active: true }, answer: practiceWritten("update") }],
  PracticeSave: [
    { name: "create", body: fullPractice, answer: practiceWritten("create") },
    { name: "update", body: leastPractice, answer: practiceWritten("update") },
  ],
  PracticeGet: [
    { name: "get", body: { auth: vendor, accountId: "practice-1" }, answer: { ...ok, practice: shownPractice } },
  ],
  PracticeList: [
    { name: "lastPage", body: { auth: vendor }, answer: { ...ok, practiceList: [shownPractice] } },
    {
      name: "firstPage",
      body: { auth: vendor, limit: 1 },
      answer: { ...ok, practiceList: [shownPractice], cursor },
    },
  ],
  UserCreate: [
    { name: "least", body: leastUser, answer: userWritten("create") },
    { name: "full", body: fullUser, answer: userWritten("create") },
  ],
  UserUpdate: [{ name: "full", body: fullUser, answer: userWritten("update") }],
  UserSave: [
    { name: "create", body: fullUser, answer: userWritten("create") },
    { name: "update", body: leastUser, answer: userWritten("update") },
  ],
  UserGet: [{ name: "get", body: { auth: practice, userId: "user-1" }, answer: { ...ok, user: shownUser } }],
  UserList: [
    {
      name: "ofPractice",
      body: { auth: vendor, accountId: "practice-1", limit: 100 },
      answer: { ...ok, userList: [shownUser] },
    },
    { name: "firstPage", body: { auth: vendor, limit: 1 }, answer: { ...ok, userList: [shownUser], cursor } },
  ],
  PortalSettingsGet: [{ name: "defaults", body: { auth: practice }, answer: { ...ok, portalSettings } }],
  PortalSettingsSave: [
    {
      name: "change",
      body: { auth: practice, twoFactor: true, allowedOrigins: ["https://app.example.org"] },
      answer: {
        ...ok,
        portalSettings: { ...portalSettings, twoFactor: true, allowedOrigins: ["https://app.example.org"] },
      },
    },
  ],
  OrganizationSave: [
    {
      name: "create",
      body: { name: "Riverside Therapists", therapist_user_id: 42 },
      status: 201,
      answer: organization,
    },
    {
      name: "change",
      body: { id: 1, name: "Riverside Therapy" },
      answer: { ...organization, name: "Riverside Therapy" },
    },
  ],
  OrganizationList: [
    { name: "some", query: { limit: "100" }, answer: [organization] },
    { name: "firstPage", query: { limit: "1" }, answer: [organization] },
    { name: "none", status: 204 },
  ],
  OrganizationListByTherapist: [
    { name: "some", path: { therapistUserId: "42" }, query: { limit: "100" }, answer: [organization] },
    { name: "firstPage", path: { therapistUserId: "42" }, query: { limit: "1" }, answer: [organization] },
    { name: "none", path: { therapistUserId: "42" }, status: 204 },
  ],
  PracticeProfileSave: [
    {
      name: "least",
      body: { userId: "therapist-1", image: "https://images.example.org/grace.png", address: [] },
      answer: { success: true },
    },
    { name: "full", body: profile, answer: { success: true } },
  ],
  PracticeProfileGet: [{ name: "get", path: { userId: "therapist-1" }, answer: profile }],
  AccountRegister: [{ name: "register", path, body: { ...person, password }, answer: account }],
  AccountLogin: [
    { name: "login", path, body: { email: "charles@example.org", password }, answer: account },
    {
      name: "loginWithCode",
      path,
      body: {
        email: "charles@example.org",
        password,
        location: { verificationToken: "402917", locationName: "Charles's laptop" },
      },
      answer: account,
    },
  ],
  AccountStatus: [
    { name: "signedIn", path, answer: { loggedin: true, account: { _id: id, object: "account" } } },
    { name: "whole", path, query: { expand: "true" }, answer: { loggedin: true, account } },
    { name: "visitor", path, answer: { loggedin: false } },
  ],
  AccountLogout: [{ name: "logout", path, answer: done }],
  AccountRequestPasswordReset: [{ name: "request", path, body: { email: "charles@example.org" }, answer: done }],
  AccountResetPassword: [
    { name: "reset", path, body: { token, password: "seven violet tugboats hum 19" }, answer: done },
  ],
  AccountUpdatePassword: [
    {
      name: "update",
      path,
      body: { current: password, password: "seven violet tugboats hum 19" },
      answer: { object: "result", data: key },
    },
  ],
  AccountVerify: [{ name: "verify", path: { ...path, token }, answer: done }],
  AccountResendVerification: [
    { name: "resend", path, answer: done },
    {
      name: "alreadyVerified",
      path,
      status: 409,
      answer: {
        object: "result",
        data: { object: "fault", name: "error", code: "kExists", status: 409, reason: "Account already verified" },
      },
    },
  ],
  AccountList: [
    {
      name: "byProvider",
      path,
      query: { limit: "1", sort: '{"_id":-1}', "paths[]": "name" },
      answer: {
        object: "list",
        data: [{ _id: id, object: "account", name: { first: "Charles", last: "Best" } }],
        hasMore: true,
      },
    },
    {
      name: "byAdministrator",
      path,
      query: { where: '{"email":"charles@example.org"}' },
      answer: { object: "list", data: [inList], hasMore: false },
    },
  ],
  AccountGet: [{ name: "own", path: { ...path, id: "me" }, answer: account }],
  AccountGetProperty: [
    {
      name: "value",
      path: { ...path, id: "me", property: "name/first" },
      answer: { object: "result", data: "Charles" },
    },
    {
      name: "array",
      path: { ...path, id: "me", property: "roles" },
      answer: { object: "list", data: [], hasMore: false },
    },
  ],
  AccountPut: [
    {
      name: "put",
      path: { ...path, id: "me" },
      body: { name: { middle: "H" }, gender: null },
      answer: (({ gender, ...rest }) => ({
        ...rest,
        name: { first: "Charles", last: "Best", middle: "H" },
        ...changed,
      }))(account),
    },
    {
      name: "timeZone",
      path: { ...path, id: "me" },
      body: { tz: "US/Eastern" },
      answer: { ...account, tz: "US/Eastern", ...changed },
    },
  ],
  AccountPatch: [
    {
      name: "one",
      path: { ...path, id: "me" },
      body: { op: "set", path: "/locale", value: "fr_CA" },
      answer: { ...account, locale: "fr_CA", ...changed },
    },
    {
      name: "several",
      path: { ...path, id: "me" },
      body: [
        { op: "set", path: "/c_shoe_size", value: 43 },
        { op: "unset", path: "/tz" },
      ],
      answer: (({ tz, ...rest }) => ({ ...rest, c_shoe_size: 43, ...changed }))(account),
    },
  ],
  AccountPreflight: [{ name: "preflight", path, status: 204 }],
};
