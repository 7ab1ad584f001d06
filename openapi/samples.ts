/**
 * The records in the examples. They belong to the vendor `demo`, which `npm start` creates, so readers can try the examples
 * unchanged.
 */

/** Credentials of the vendor that `npm start` creates. */
export const vendor = { applicationId: "demo", applicationPassword: "demo-application-password" };
/** Credentials that name the sample practice. */
export const practice = { ...vendor, accountId: "practice-1" };
/** Credentials that name the sample user as well. */
export const user = { ...practice, userId: "user-1" };
/** The sample user's own credentials. */
export const login = { loginId: "ada", loginPassword: "Stethoscope1" };

/** A practice with only the required fields. */
export const leastPractice = { auth: vendor, accountId: "practice-1", name: "Riverside Clinic" };
/** A practice with all fields. */
export const fullPractice = {
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
/** The practice with all fields, in an answer. */
export const shownPractice = {
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

/** A user with only the required fields. */
export const leastUser = { auth: practice, userId: "user-1", firstName: "Ada", lastName: "Mills" };
/** A user with all fields. */
export const fullUser = {
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
/** The user with all fields, in an answer. */
export const shownUser = {
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

/** The vendor's client key. */
export const clientKey = "DemoClientKey000000001";

/** The settings of a portal when none have been saved. */
export const portalSettings = {
  registration: true,
  twoFactor: false,
  unverifiedDays: 30,
  minPasswordScore: 2,
  lockAttempts: 5,
  lockMinutes: 15,
  sessionIdleMinutes: 15,
  sessionHours: 12,
  smsPerDay: 500,
  allowedOrigins: [] as string[],
};
/** The same, as the portal itself answers them. */
export const settings = { object: "settings", ...portalSettings };
/** A cursor. Real ones differ each time. */
export const cursor = "b3BhcXVlIGFuZCBzZWFsZWQsIHNvIHRoYXQgbm9ib2R5IGVsc2UgY2FuIHVzZSBpdA";

/** The sample organization, in an answer. */
export const organization = { id: 1, name: "Riverside Therapists", therapist_user_id: 42, is_active: true };
/** The sample therapist's profile with all fields. */
export const profile = {
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

/** Id of the sample account. */
export const id = "65f1c0de8c3a4b0012ab34cd";
/** Password of the sample account. */
export const password = "mauve otter juggles 41 kettles";
/** The properties with which the sample account is registered. */
export const person = {
  name: { first: "Charles", last: "Best" },
  email: "charles@example.org",
  mobile: "1-650-555-5555",
  dob: "1980-02-27",
  gender: "m",
  tz: "US/Pacific",
};
/** The text of a custom property: any text is allowed there. */
export const note = "tulips";
/** All other properties of an account that its holder may write. */
export const moreOfPerson = {
  locale: "de",
  preferences: {
    notifications: [
      {
        label: "Custom Notifier",
        name: "c_notifier",
        _id: "56cbfddcba9ef5257bf48513",
        endpoints: [
          { _id: "456e64706f696e7420536d73", enabled: false, label: "SMS", name: "sms" },
          { _id: "456e64706f696e7420456d6c", enabled: true, label: "Email", name: "email" },
        ],
      },
    ],
  },
  profile: {
    provider: {
      affiliation: "None",
      license: { number: "777", state: "Alabama" },
      npi: "798798798",
      specialty: "Allergy and Immunology",
      visibility: { provider: false, public: false },
    },
  },
  c_note: note,
  c_plan: { days: ["monday"], at: { noon: "x" } },
};

/** The sample account, in an answer to its holder. */
export const account = {
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
const facet = (name: "content" | "thumbnail") => ({
  creator: id,
  location: 4,
  mime: "image/jpeg",
  name,
  path: `/accounts/${id}/image/${name}`,
});
/** A picture in its two sizes, as the table has them. */
export const pictures = {
  content: { etag: "594b69d035ac27c2e69ef053082eb6a3", height: 500, size: 52586, width: 622 },
  thumbnail: { etag: "047fb43a1389f6a00d06fdbbe8780a0c", height: 160, size: 7823, width: 160 },
};
const shown = ({ etag, ...size }: (typeof pictures)["content"]) => ({ ETag: etag, ...size, state: 2 });
/** The content of the sample account's image, in an answer. */
export const imageContent = { ...facet("content"), ...shown(pictures.content) };
/** The image of the sample account, in an answer. */
export const image = { ...imageContent, facets: [{ ...facet("thumbnail"), ...shown(pictures.thumbnail) }] };
/** The signed address of a picture. */
export const pictureUrl =
  `https://frontdesk-files.s3.us-east-1.amazonaws.com/images/${id}/content.jpg?response-content-type=image%2Fjpeg&` +
  "response-content-disposition=inline%3B%20filename%3D%22content.jpg%22&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD&" +
  "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260302%2Fus-east-1%2Fs3%2Faws4_request&" +
  "X-Amz-Date=20260302T093500Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host&" +
  "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
/** The image of the sample account when its upload has begun, in the answer to the call that began it. */
export const begunImage = {
  ...facet("content"),
  state: 0,
  facets: [{ ...facet("thumbnail"), state: 0 }],
  uploads: [
    {
      uploadUrl: "https://frontdesk-files.s3.us-east-1.amazonaws.com/",
      uploadMethod: "POST",
      fields: [
        { key: "key", value: `uploads/${id}` },
        { key: "success_action_status", value: "201" },
        { key: "x-amz-algorithm", value: "AWS4-HMAC-SHA256" },
        { key: "x-amz-credential", value: "AKIAIOSFODNN7EXAMPLE/20260302/us-east-1/s3/aws4_request" },
        { key: "x-amz-date", value: "20260302T093500Z" },
        { key: "Content-Type", value: "image/*" },
        { key: "policy", value: "eyJleHBpcmF0aW9uIjoiMjAyNi0wMy0wMlQwOTo1MDowMC4wMDBaIiwiY29uZGl0aW9ucyI6W119" },
        { key: "x-amz-signature", value: "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e" },
      ],
      maxFileSize: 10_485_760,
      name: "content",
      filename: "me.jpg",
      expiresAt: "2026-03-02T09:50:00.000Z",
    },
  ],
};
const { key: _, ...inList } = account;
/** The sample account in a list. Lists have no keys, not even for the holder. */
export const accountInList = inList;
/** The properties that an account has in addition after its holder changed it. */
export const changed = {
  updated: "2026-03-02T09:35:00.000Z",
  updater: { _id: id, object: "account", path: `/accounts/${id}` },
};
/** Address of somebody who is invited. */
export const invitee = "frederick@example.org";
/** Id of the account of the person who accepts the sample connection. */
const otherId = "65f1c0df8c3a4b0012ab34ce";
/** Id of the sample connection. */
export const connectionId = "65f1c0e08c3a4b0012ab34d0";
const referenceTo = (id: string) => ({ _id: id, object: "account", path: `/accounts/${id}` });
/** The sample connection while it is pending, in an answer to its context's holder. */
export const pendingConnection = {
  _id: connectionId,
  object: "connection",
  access: 4,
  context: referenceTo(id),
  created: "2026-03-02T09:40:00.000Z",
  creator: referenceTo(id),
  expiresAt: "2026-03-09T09:40:00.000Z",
  state: 0,
  target: { email: invitee },
};
const { expiresAt: __, ...withoutEnd } = pendingConnection;
/** The sample connection after it was accepted. */
export const connection = { ...withoutEnd, state: 1, target: { account: referenceTo(otherId), email: invitee } };
const { context: ___, ...withoutContext } = pendingConnection;
/** An invitation to register that an administrator has made, in an answer to them. */
export const invitation = { ...withoutContext, access: 2, creator: referenceTo(otherId) };

/** When the session of the sample account's holder ends. */
export const sessionEndsAt = "2026-03-02T09:45:00.000Z";
/** Id of the sample device. */
export const deviceId = "65f1c0e18c3a4b0012ab34e0";
/** The device on which the sample account was registered, as its holder sees it there. */
export const device = {
  _id: deviceId,
  object: "device",
  created: "2026-03-02T09:30:00.000Z",
  lastSeen: "2026-03-02T09:30:00.000Z",
  current: true,
};
/** The event of the sample account's registration. */
export const event = {
  _id: "65f1c0de8c3a4b0012ab34ce",
  object: "event",
  what: "account.registered",
  created: "2026-03-02T09:30:00.000Z",
  changed: [] as string[],
  who: { kind: "visitor" },
  account: { _id: id, object: "account", path: `/accounts/${id}` },
  requestId: "JKJaXmPLvHcESHA=",
  sourceIp: "203.0.113.7",
};
/** The event of the vendor's creation, as `EventList` answers it. */
export const vendorEvent = {
  eventId: "69a55a883e8b4b0012ab34d0",
  what: "vendor.created",
  at: "2026-03-02T09:30:00.000Z",
  accountId: "",
  record: { applicationId: "demo" },
  who: { kind: "operator" },
  changed: ["name", "secretDigests", "disabled", "clientKeys"],
  requestId: "JKJaXmPLvHcESHA=",
  sourceIp: "",
};
/** The event of the sample practice's creation, as `EventList` answers it. */
export const practiceEvent = {
  eventId: "69a55a883e8b4b0012ab34cf",
  what: "practice.created",
  at: "2026-03-02T09:30:00.000Z",
  accountId: "practice-1",
  record: { accountId: "practice-1" },
  who: { kind: "application", applicationId: "demo" },
  changed: [
    ...["accountId", "name", "address1", "address2", "city", "state", "postal", "phone", "fax", "active", "timeZone"],
    ...["websiteAddress", "directDomain", "directAddress", "practiceNpi", "practiceSpecialtyCode", "metadata"],
  ],
  requestId: "JKJaXmPLvHcESHA=",
  sourceIp: "203.0.113.7",
};
/** Id of the sample session. */
export const sessionId = "65f1c0e28c3a4b0012ab34f0";
/** The session of the sample account's holder, as they see it under this session. */
export const session = {
  _id: sessionId,
  object: "session",
  created: "2026-03-02T09:30:00.000Z",
  lastSeen: "2026-03-02T09:30:00.000Z",
  expiresAt: sessionEndsAt,
  current: true,
};

/** The answer to a successful action of portals. */
export const done = { object: "result", data: true };
/** A token from a mail. */
export const token = "Zk3vQ9xT1bN7mC5wR2yL8pD6sF4gH0jA";

/** Another password that portals accept. */
export const otherPassword = "seven violet tugboats hum 19";
/** A code for a new device. */
export const code = "402917";
/** The secret of an authenticator app, in base32. */
export const totpSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
/** The address that an authenticator app reads. */
export const totpUri = `otpauth://totp/Riverside%20Clinic:charles%40example.org?issuer=Riverside%20Clinic&secret=${totpSecret}&algorithm=SHA1&digits=6&period=30`;
/** Recovery codes, for a lost authenticator app. */
export const recoveryCodes = [
  "k7m2xq9wrem9e",
  "b4t8hzn3vypxb",
  "p6c5jd7fusc5u",
  "g9e2wmx4kadnv",
  "t3r7nvy8qhb8t",
  "z5u4bkc6pdgbc",
  "h8s9fje2mwqqc",
  "x2a6gtr7nzhcu",
  "q4y3pvh9cbqb5",
  "d7w5ksu8xevd9",
];
/** An id that no account has. */
export const nobodysId = "000000000000000000000009";
/** Id of the role Provider (contract accounts §3). */
export const providerRole = "000000000000000000000005";
