/**
 * The registry: one row for each operation. Plain data, no imports. CDK, the local gateway, the tests, the page
 * docs/operations.md, the API's description and the client all read these rows, so that each route is stated once. The code of a
 * row is `functions/{family}/{id in kebab-case}.ts`.
 */

/** The contract that an operation belongs to. It decides the dialect: how success and failure look on the wire. */
export type Family = "practices" | "therapists" | "accounts" | "edge";

/**
 * What a caller must prove: that they are an application (`vendor`); that they act for a practice, as its application
 * or its administrator (`account`); or that they act for a user of the practice (`user`).
 */
export type ApplicationTier = "vendor" | "account" | "user";

/**
 * What the caller of a portal must prove: that they come through the portal's vendor (`portal`); the same, and who they are if
 * they have a session (`visitor`); or that they have a session (`session`).
 */
export type PortalTier = "portal" | "visitor" | "session";

/** What the caller of an operation must prove. With `none` they need to prove nothing. */
export type Tier = "none" | ApplicationTier | PortalTier;

/** A row of the registry. */
export interface Operation {
  readonly id: string;
  readonly family: Family;
  readonly method: "POST" | "GET" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "ANY";
  /**
   * API Gateway route paths, all leading to the same function; `$default` matches all other requests. A path that ends
   * with a slash matches nothing below it.
   */
  readonly paths: readonly string[];
  readonly tier: Tier;
  /** Whether the operation reads or writes the table; `lib/access.ts` has the details. */
  readonly table: "none" | "read" | "write";
  /** Memory class: `small` for work that waits on the table, `hash` for work that waits on argon2id. */
  readonly memory: "small" | "hash";
  /** Seals the cursor of a list or a message, and therefore may read the sealing secret. */
  readonly seals?: true;
  /**
   * Signs addresses of the bucket with the pictures: of pictures to `read` (`images/`), or of uploads to `write`
   * (`uploads/`). Its role allows the same.
   */
  readonly files?: "read" | "write";
  /**
   * Anybody may call it to try passwords, to register or to have mail sent. So its throttle is lower, and the calls of an
   * address and an application are limited (`lib/table/entrance-limit.ts`).
   */
  readonly entrance?: true;
  readonly summary: string;
}

/** The four addresses of an `/api/io` method: both prefixes, each with the PascalCase and the camelCase name. */
const io = (id: string) => {
  const camelCase = id.charAt(0).toLowerCase() + id.slice(1);
  return [`/api/io/${id}`, `/api/io/${camelCase}`, `/io/${id}`, `/io/${camelCase}`];
};

/** The two addresses below `/therapist`: with a slash at the end, and without. */
const therapist = (path: string) => [`/therapist/${path}/`, `/therapist/${path}`];

/** The addresses of a portal, with and without the version. `{org}` is the practice's web address. */
const versions = (...paths: string[]) => paths.flatMap((path) => [`/{org}/v2/${path}`, `/{org}/${path}`]);

/** The same, and each with a slash at the end, unless it ends with a greedy variable, which also matches the slash. */
const portal = (...paths: string[]) => [
  ...versions(...paths),
  ...versions(...paths.filter((path) => !path.endsWith("+}")).map((path) => `${path}/`)),
];

const practices = { family: "practices", method: "POST" } as const;
const therapists = { family: "therapists", tier: "account", memory: "hash" } as const;

const accounts = { family: "accounts" } as const;

/** All rows, family by family. */
// biome-ignore format: one row, one line
export const operations = [
  { ...practices, id: "Ping",                    paths: io("Ping"),                    tier: "none",    table: "none",  memory: "small", summary: "Answers; asks for nothing" },
  { ...practices, id: "PingWithApplicationAuth", paths: io("PingWithApplicationAuth"), tier: "vendor",  table: "read",  memory: "small", summary: "Checks an application's credentials" },
  { ...practices, id: "PingWithAccountAuth",     paths: io("PingWithAccountAuth"),     tier: "account", table: "read",  memory: "hash",  summary: "Checks that a practice may be used" },
  { ...practices, id: "PingWithAuth",            paths: io("PingWithAuth"),            tier: "user",    table: "read",  memory: "hash",  summary: "Checks that a user may be used, or signs one in", entrance: true },
  { ...practices, id: "PracticeCreate",          paths: io("PracticeCreate"),          tier: "vendor",  table: "write", memory: "small", summary: "Creates a practice under the caller's own key" },
  { ...practices, id: "PracticeUpdate",          paths: io("PracticeUpdate"),          tier: "vendor",  table: "write", memory: "small", summary: "Replaces every field of a practice" },
  { ...practices, id: "PracticeSave",            paths: io("PracticeSave"),            tier: "vendor",  table: "write", memory: "small", summary: "Creates the practice or replaces its fields" },
  { ...practices, id: "PracticeDelete",          paths: io("PracticeDelete"),          tier: "vendor",  table: "write", memory: "small", summary: "Deletes an inactive practice with everything in it" },
  { ...practices, id: "PracticeGet",             paths: io("PracticeGet"),             tier: "vendor",  table: "read",  memory: "small", summary: "Reads one practice" },
  { ...practices, id: "PracticeList",            paths: io("PracticeList"),            tier: "vendor",  table: "read",  memory: "small", summary: "Lists the application's practices, page by page", seals: true },
  { ...practices, id: "UserCreate",              paths: io("UserCreate"),              tier: "account", table: "write", memory: "hash",  summary: "Creates a user in a practice under the caller's own key" },
  { ...practices, id: "UserUpdate",              paths: io("UserUpdate"),              tier: "account", table: "write", memory: "hash",  summary: "Replaces every field of a user" },
  { ...practices, id: "UserSave",                paths: io("UserSave"),                tier: "account", table: "write", memory: "hash",  summary: "Creates the user or replaces their fields" },
  { ...practices, id: "UserDelete",              paths: io("UserDelete"),              tier: "account", table: "write", memory: "hash",  summary: "Deletes a user" },
  { ...practices, id: "UserGet",                 paths: io("UserGet"),                 tier: "account", table: "read",  memory: "hash",  summary: "Reads one user" },
  { ...practices, id: "UserList",                paths: io("UserList"),                tier: "vendor",  table: "read",  memory: "small", summary: "Lists the users of one practice, or of all", seals: true },
  { ...practices, id: "EventList",               paths: io("EventList"),               tier: "vendor",  table: "read",  memory: "small", summary: "Lists the audit events of a practice, or the application's own", seals: true },
  { ...practices, id: "PortalSettingsGet",       paths: io("PortalSettingsGet"),       tier: "account", table: "read",  memory: "hash",  summary: "Reads the settings of a practice's portal" },
  { ...practices, id: "PortalSettingsSave",      paths: io("PortalSettingsSave"),      tier: "account", table: "write", memory: "hash",  summary: "Changes settings of a practice's portal" },
  { ...therapists, id: "OrganizationSave",            method: "POST", paths: therapist("organizations"),                   table: "write", summary: "Creates an organization, or changes fields of one" },
  { ...therapists, id: "OrganizationList",            method: "GET",  paths: therapist("organizations"),                   table: "read",  summary: "Lists the practice's organizations, page by page", seals: true },
  { ...therapists, id: "OrganizationListByTherapist", method: "GET",  paths: therapist("organizations/{therapistUserId}"), table: "read",  summary: "Lists a therapist's active organizations, page by page", seals: true },
  { ...therapists, id: "PracticeProfileSave",         method: "POST", paths: therapist("practice-profile"),                table: "write", summary: "Replaces all sections of a therapist's profile" },
  { ...therapists, id: "PracticeProfileList",         method: "GET",  paths: therapist("practice-profile"),                table: "read",  summary: "Lists the practice's whole profiles, page by page", seals: true },
  { ...therapists, id: "PracticeProfileGet",          method: "GET",  paths: therapist("practice-profile/{userId}"),       table: "read",  summary: "Reads a therapist's whole profile" },
  { ...accounts, id: "PortalGet",                   method: "GET",     paths: ["/{org}/v2/", "/{org}/v2"],                     tier: "none",    table: "read",  memory: "small", summary: "Says what a portal is, before anybody signs in" },
  // Only below `/v2`, because `/{org}/settings` is a page.
  { ...accounts, id: "SettingsGet",                 method: "GET",     paths: ["/{org}/v2/settings", "/{org}/v2/settings/"],   tier: "session", table: "read",  memory: "small", summary: "Reads the settings of the portal" },
  { ...accounts, id: "SettingsPut",                 method: "PUT",     paths: ["/{org}/v2/settings", "/{org}/v2/settings/"],   tier: "session", table: "write", memory: "small", summary: "Changes settings of the portal" },
  { ...accounts, id: "AccountRegister",             method: "POST",    paths: portal("accounts/register"),                     tier: "portal",  table: "write", memory: "hash",  summary: "Registers an account and signs its holder in", seals: true, entrance: true },
  { ...accounts, id: "AccountLogin",                method: "POST",    paths: portal("accounts/login"),                        tier: "portal",  table: "write", memory: "hash",  summary: "Signs in by e-mail and password, and by a code on new devices", seals: true, entrance: true },
  { ...accounts, id: "AccountStatus",               method: "GET",     paths: portal("accounts/status"),                       tier: "visitor", table: "read",  memory: "small", summary: "Says whether there is a session, and whose" },
  { ...accounts, id: "AccountLogout",               method: "POST",    paths: portal("accounts/me/logout", "accounts/logout"), tier: "session", table: "write", memory: "small", summary: "Ends the session" },
  { ...accounts, id: "AccountRequestPasswordReset", method: "POST",    paths: portal("accounts/request-password-reset"),       tier: "portal",  table: "write", memory: "small", summary: "Mails a link by which a new password can be set", seals: true, entrance: true },
  { ...accounts, id: "AccountResetPassword",        method: "POST",    paths: portal("accounts/reset-password"),               tier: "portal",  table: "write", memory: "hash",  summary: "Sets a new password by a mailed token", seals: true, entrance: true },
  { ...accounts, id: "AccountUpdatePassword",       method: "POST",    paths: portal("accounts/me/update-password"),           tier: "session", table: "write", memory: "hash",  summary: "Changes the caller's own password", seals: true, entrance: true },
  { ...accounts, id: "AccountVerify",               method: "POST",    paths: portal("accounts/{token}", "token/{token}", "token"), tier: "visitor", table: "write", memory: "small", summary: "Verifies an e-mail address by a mailed token", entrance: true },
  { ...accounts, id: "AccountReject",               method: "POST",    paths: portal("accounts/{token}/reject"),               tier: "visitor", table: "write", memory: "small", summary: "Deletes an unverified account by a mailed token", entrance: true },
  { ...accounts, id: "AccountResendVerification",   method: "POST",    paths: portal("accounts/{id}/resend-verification"),     tier: "session", table: "write", memory: "small", summary: "Mails the verification again", seals: true, entrance: true },
  { ...accounts, id: "AccountList",                 method: "GET",     paths: portal("accounts"),                              tier: "session", table: "read",  memory: "small", summary: "Lists the accounts that the caller may see" },
  { ...accounts, id: "AccountGet",                  method: "GET",     paths: versions("accounts/{id}"),        tier: "session", table: "read",  memory: "small", summary: "Reads an account, as far as the caller may" },
  // With nothing after the slash it answers like AccountGet, because API Gateway cannot distinguish the two routes.
  { ...accounts, id: "AccountGetProperty",          method: "GET",     paths: portal("accounts/{id}/{property+}"), tier: "session", table: "read", memory: "small", summary: "Reads one property of an account" },
  // Names other than those of pictures are answered like AccountGetProperty: API Gateway prefers this route.
  { ...accounts, id: "AccountGetImage",             method: "GET",     paths: portal("accounts/{id}/image/{name}"), tier: "session", table: "read", memory: "small", summary: "Leads to a picture of an account", files: "read" },
  { ...accounts, id: "AccountPutImage",             method: "PUT",     paths: portal("accounts/{id}/image"), tier: "session", table: "write", memory: "small", summary: "Begins the upload of an account's image, or removes the image", files: "write" },
  { ...accounts, id: "AccountPut",                  method: "PUT",     paths: portal("accounts/{id}"),          tier: "session", table: "write", memory: "small", summary: "Merges properties into an account", seals: true, files: "write" },
  { ...accounts, id: "AccountPatch",                method: "PATCH",   paths: portal("accounts/{id}"),          tier: "session", table: "write", memory: "small", summary: "Applies operations to an account's properties", seals: true, files: "write" },
  { ...accounts, id: "TotpCreate",                  method: "POST",    paths: portal("accounts/{id}/totp"),                    tier: "session", table: "write", memory: "small", summary: "Begins to set up an authenticator app as a second factor", seals: true },
  { ...accounts, id: "TotpConfirm",                 method: "POST",    paths: portal("accounts/{id}/totp/confirm"),            tier: "session", table: "write", memory: "small", summary: "Turns the second factor on, by a code of the app", seals: true },
  { ...accounts, id: "TotpDelete",                  method: "DELETE",  paths: portal("accounts/{id}/totp"),                    tier: "session", table: "write", memory: "hash",  summary: "Turns the second factor off", seals: true },
  { ...accounts, id: "AccountDelete",               method: "DELETE",  paths: portal("accounts/{id}"),                         tier: "session", table: "write", memory: "hash",  summary: "Deletes an account with everything that belongs to it", seals: true, entrance: true },
  { ...accounts, id: "DeviceList",                  method: "GET",     paths: portal("accounts/{id}/devices"),                 tier: "session", table: "read",  memory: "small", summary: "Lists the devices of an account" },
  { ...accounts, id: "DeviceDelete",                method: "DELETE",  paths: portal("accounts/{id}/devices/{device}"),        tier: "session", table: "write", memory: "small", summary: "Forgets a device of an account", seals: true },
  { ...accounts, id: "DeviceDeleteAll",             method: "DELETE",  paths: portal("accounts/{id}/devices"),                 tier: "session", table: "write", memory: "small", summary: "Forgets all devices of an account", seals: true },
  { ...accounts, id: "AccountEventList",            method: "GET",     paths: portal("accounts/{id}/events"),                  tier: "session", table: "read",  memory: "small", summary: "Lists what happened to an account, and what its holder did" },
  { ...accounts, id: "SessionList",                 method: "GET",     paths: portal("accounts/{id}/sessions"),                tier: "session", table: "read",  memory: "small", summary: "Lists the caller's own sessions" },
  { ...accounts, id: "SessionDelete",               method: "DELETE",  paths: portal("accounts/{id}/sessions/{session}"),      tier: "session", table: "write", memory: "small", summary: "Ends one of the caller's own sessions" },
  { ...accounts, id: "SessionDeleteOthers",         method: "DELETE",  paths: portal("accounts/{id}/sessions"),                tier: "session", table: "write", memory: "small", summary: "Ends all other sessions of the caller" },
  { ...accounts, id: "ConnectionCreate",            method: "POST",    paths: portal("accounts/{id}/connections"), tier: "session", table: "write", memory: "small", summary: "Offers others access to an account", seals: true, entrance: true },
  { ...accounts, id: "ConnectionAccept",            method: "POST",    paths: portal("connections/{connection}"),              tier: "session", table: "write", memory: "small", summary: "Accepts a connection or an invitation by a mailed token", entrance: true },
  { ...accounts, id: "ConnectionList",              method: "GET",     paths: portal("connections"),                           tier: "session", table: "read",  memory: "small", summary: "Lists the caller's connections" },
  { ...accounts, id: "ConnectionGet",               method: "GET",     paths: portal("connections/{connection}"),              tier: "session", table: "read",  memory: "small", summary: "Reads a connection" },
  { ...accounts, id: "ConnectionPatch",             method: "PATCH",   paths: portal("connections/{connection}"),              tier: "session", table: "write", memory: "small", summary: "Changes how much access a connection gives" },
  { ...accounts, id: "ConnectionDelete",            method: "DELETE",  paths: portal("connections/{connection}"),              tier: "session", table: "write", memory: "small", summary: "Ends a connection, or takes a pending one back" },
  { ...accounts, id: "InvitationCreate",            method: "POST",    paths: portal("accounts/invitations"),                  tier: "session", table: "write", memory: "small", summary: "Invites people to register, with roles", seals: true, entrance: true },
  // One route for all paths, because API Gateway allows 300: `isPortalPath` tells which are a portal's.
  { ...accounts, id: "AccountPreflight",            method: "OPTIONS", paths: ["/{org}/{path+}"], tier: "none", table: "read", memory: "small", summary: "Answers browsers that ask before they call from another origin" },
  { id: "PortalPage", family: "edge", method: "GET", paths: ["/", "/{org}", "/{org}/{page+}"], tier: "none", table: "none", memory: "small", summary: "Serves the pages of portals" },
  { id: "Unmatched", family: "edge", method: "ANY", paths: ["$default"],              tier: "none",    table: "none",  memory: "small", summary: "Answers unknown paths and verbs" },
] as const satisfies readonly Operation[];

/** The name of an operation. */
export type OperationId = (typeof operations)[number]["id"];

/** The row of one operation, with its values as types. */
export type Row<Id extends OperationId> = Extract<(typeof operations)[number], { id: Id }>;

/** The names of the operations of some tiers. */
export type OperationIdOf<T extends Tier> = Extract<(typeof operations)[number], { tier: T }>["id"];

/** Returns the row of an operation. */
export const rowOf = (id: OperationId): Operation => operations.find((row) => row.id === id) as Operation;

/** Whether an operation takes an `Idempotency-Key`: every write but the sign-in, because each begins a session of its own. */
export const takesKeys = ({ id, table }: Pick<Operation, "id" | "table">): boolean =>
  table === "write" && id !== "AccountLogin";

/**
 * Whether an operation limits the calls of an address and an application: entrances, and operations where individuals state
 * their password.
 */
export const limitsCalls = ({ entrance, tier }: Pick<Operation, "entrance" | "tier">): boolean =>
  entrance === true || tier === "account" || tier === "user";

/** How many seconds a function may run, in AWS and under `npm start`. */
export const functionSecondsMax = 15;
