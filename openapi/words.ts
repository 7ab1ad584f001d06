import type { Family, OperationId, Tier } from "../lib/operations.ts";

/** What the documents say in sentences. */

/** What the gateway before the functions answers in its own words, `{"message":"…"}`. */
export const gatewayMessages = {
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;

const gatewaySays = (status: keyof typeof gatewayMessages) =>
  `${status} \`${JSON.stringify({ message: gatewayMessages[status] })}\``;

/** Of what `docs/openapi.core.json` leaves out. */
export const otherAddressesNote = `
The same operations have **other addresses**, which older clients use; they are listed at the end, each naming the
operation that it leads to in \`x-alias-of\`. \`/openapi.core.json\` is this document without them.
`.trim();

/** Of the whole. */
export const introduction = `
The directory of a healthcare product: practices and the users who work in them, therapist organizations and profiles,
and the portal accounts that patients and staff sign in with. Three families of calls, each with its own manner.

**Practices and users** (\`/api/io\`). Always \`POST\` with a JSON object; \`Content-Type\` is not looked at. Credentials
go into the body's \`auth\`, or into headers. Every answer that the operation decides travels with HTTP 200, failure
included: look at \`successful\` and \`responseCode\`. On failure no result is present. \`null\` and \`""\` mean absent, text
is trimmed, a number is taken for its digits where text is wanted, and \`"true"\`, \`"false"\` and digits for what they
say; the schemas describe the plain form.

**Therapists** (\`/therapist\`). Plain HTTP: the status says what became of the request, failures are problem documents
(RFC 9457). Bodies are \`application/json\`, or of a media type that ends in \`+json\`. Credentials go into headers, or into
a body's \`auth\`.

**Portal accounts** (\`/{org}/v2/accounts\`, \`{org}\` being the practice's \`websiteAddress\`). The vendor's public client
key goes with every call; register and login set the cookie \`md.sid\` and answer a \`Medable-Csrf-Token\`, which every
call that writes must send back. A failure is an object with \`"object":"fault"\` and a \`code\`. A server may call with
application credentials instead, and then acts as an administrator of that practice's portal. Bodies are
\`application/json\`, or \`application/x-www-form-urlencoded\` with bracketed names: \`name[first]=…\`, arrays as \`roles[]=…\`,
objects in them as \`preferences[notifications][0][label]=…\`, booleans as \`true\` and \`false\`; there is no \`null\`.

Bodies have at most 256 KiB. \`HEAD\` is answered wherever \`GET\` is, without the body. An unknown path is answered 404 and
an unknown verb 405 with \`Allow\`, in the manner of the family: code 4000, a problem, \`kNotFound\` or
\`kUnsupportedOperation\`. A slash at the end of a path makes no difference, but on \`/api/io\`, where there is none. HTTP 503 with \`Retry-After\` means that nothing was written and the same request may be sent
again.

The gateway before all of this answers in its own words: ${gatewaySays(429)} to too many requests, of which nothing was
done (the contract's \`kThrottled\`, which no fault says); ${gatewaySays(413)} over what it takes at all; ${gatewaySays(500)}
and ${gatewaySays(503)} when a function broke off or could not be reached, which leaves open whether anything was done.

Beside the headers that are described, every answer of ours carries \`Frontdesk-Request-Id\`, the id under which the call
is logged, \`Strict-Transport-Security\`, \`X-Content-Type-Options: nosniff\`, \`Cache-Control: no-store\` and, where it has a
body, its
\`Content-Type\`. A portal's answers, but for those to a body that cannot be read, carry \`Vary: Origin\`, and to pages of its
\`allowedOrigins\` also
\`Access-Control-Allow-Origin\`, \`Access-Control-Allow-Credentials: true\` and
\`Access-Control-Expose-Headers: Medable-Csrf-Token, Frontdesk-Request-Id\`.

\`x-repeatable\` says of each operation whether the same request may be sent again when its answer was lost; \`with id\`
means only if its body states an \`id\`.

${otherAddressesNote}

Examples use the vendor \`demo\`, which \`npm start\` makes: they can be tried as they stand.
`.trim();

/** The tag of a family, and what it is about. */
export const tags: Readonly<Record<Exclude<Family, "edge">, { name: string; description: string }>> = {
  practices: {
    name: "Practices and users",
    description: "Vendors keep their practices, the people who work there, and the settings of the practices' portals.",
  },
  therapists: {
    name: "Therapists",
    description: "Organizations of therapists, and their profiles, within one practice.",
  },
  accounts: {
    name: "Portal accounts",
    description: "People register and sign in at the portal of a practice, and keep their accounts there.",
  },
};

/** The tag of addresses that lead to an operation described elsewhere. */
export const otherAddresses = {
  name: "Other addresses",
  description: "Each leads to an operation that is described under its first address.",
};

/** What callers prove, by tier. */
export const tierWords: Readonly<Record<Tier, string>> = {
  none: "Asks for no credentials.",
  vendor: "Tier *vendor*: the application's id and password.",
  account:
    "Tier *account*: the application's id and password, and an active practice of its own; or the login of a user who " +
    "administers the practice.",
  user: "Tier *user*: the application's id and password, an active practice and an active user of it; or that user's login.",
  portal: "Tier *portal*: the vendor's client key; or application credentials.",
  visitor: "Tier *visitor*: the vendor's client key, and a session if there is one; or application credentials.",
  session: "Tier *session*: the vendor's client key and a session; or application credentials.",
};

const target = (name: string) =>
  `The record is the one that \`${name}\` names in the body, else the one that it names in the credentials.`;
const replaces =
  "Every field gets the value that is passed, and one that is not passed is cleared; `active` alone stays as it is.";
const creates = "Of many simultaneous creates of one key exactly one succeeds.";
const saves = "Creates when there is no such record, otherwise replaces its fields. Simultaneous saves all succeed.";
const asUser = "A login needs `loginId` and `loginPassword`; later changes may leave the password out.";
const own = "Only the holder can: application credentials have no session.";

/** What each operation does, for someone who has never seen it. */
export const descriptions: Readonly<Record<Exclude<OperationId, "Unmatched">, string>> = {
  Ping: "Says that the service answers.",
  PingWithApplicationAuth: "Says whether an application's credentials are good. What else they name is not looked at.",
  PingWithAccountAuth: "Says whether the credentials are good for a practice: that it exists and is active.",
  PingWithAuth: "Says whether a user exists and is active; with `loginId` and `loginPassword` it signs a user in.",
  PracticeCreate: `Creates a practice under a key of your own. ${target("accountId")} ${creates}`,
  PracticeUpdate: `Changes a practice, active or not. ${target("accountId")} ${replaces}`,
  PracticeSave: `${saves} ${target("accountId")} ${replaces}`,
  PracticeGet: `Reads a practice, active or not. ${target("accountId")} What it gives can be sent back as an update.`,
  PracticeList: "Lists your practices by key. Pass `cursor` on until there is none.",
  UserCreate: `Creates a user in the practice of the credentials. ${target("userId")} ${creates} ${asUser}`,
  UserUpdate: `Changes a user, active or not. ${target("userId")} ${replaces} ${asUser}`,
  UserSave: `${saves} ${target("userId")} ${replaces} ${asUser}`,
  UserGet: `Reads a user of the practice of the credentials, active or not. ${target("userId")}`,
  UserList: "Lists the users of one practice by key, or those of all your practices in the order of their creation.",
  PortalSettingsGet: "Reads how the practice's portal behaves: what was saved, and defaults for the rest.",
  PortalSettingsSave: "Changes the settings that are passed; the others stay.",
  OrganizationSave:
    "Without `id` creates an organization. With `id` changes what is passed of one, `null` clearing it; " +
    "`is_active: false` takes it out of the lists.",
  OrganizationList: "Lists the active organizations of the practice, by id.",
  OrganizationListByTherapist: "Lists the active organizations of one therapist, by id.",
  PracticeProfileSave:
    "Stores a whole profile: what is not passed becomes `null`. All of it is stored, or nothing. `userId`, `image` and " +
    "`address` are required.",
  PracticeProfileGet: "Reads a therapist's whole profile.",
  AccountRegister:
    "Registers an account, mails its verification, and signs its holder in. By a server with application credentials: " +
    "the same without a session.",
  AccountLogin:
    "Signs in. Wrong passwords in a row lock the account for a while, whether there is such an account or not. With the " +
    "portal's `twoFactor`, an unknown device is first answered `kNewLocation`, with HTTP 200, and the holder is sent a " +
    "code: repeat the login with it in `location.verificationToken`, with the cookie that was set.",
  AccountStatus: "Says whether there is a session, and whose.",
  AccountLogout: `Ends the session; the device stays known. ${own}`,
  AccountRequestPasswordReset:
    "Mails a link by which a new password can be set, at most one a minute and five an hour. The answer is the same " +
    "whether there is such an account or not.",
  AccountResetPassword:
    "Sets a new password by the token of a mailed link: good for an hour, once. Ends every session, lifts the lock after " +
    "wrong passwords, and mails a notice.",
  AccountUpdatePassword: `Changes the holder's own password, ends their other sessions and mails a notice. ${own}`,
  AccountVerify: "Verifies an e-mail address by the token of a mailed link: good for seven days, once.",
  AccountResendVerification: `Mails the verification again, which voids the one before; at most five times an hour. ${own}`,
  AccountList:
    "Lists accounts: administrators see all of the portal, providers all at access 2, others themselves. A page may end " +
    "early with `hasMore`.",
  AccountGet:
    "Reads an account: one's own (`me`), or another as far as one may. One that is not to be seen is not found.",
  AccountGetProperty: "Reads one property of an account.",
  AccountPut:
    "Changes the properties and sub-properties that are present; the others stay, `null` clears. All is done or nothing.",
  AccountPatch:
    "Applies operations: `set`, `unset`, `push` onto an array, `remove` a value from one. All are done or none.",
  AccountPreflight:
    "What browsers ask before a page of another origin may call. Only origins that the portal allows are told anything.",
};
