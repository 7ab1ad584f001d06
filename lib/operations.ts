/**
 * The registry: one row for each operation. Plain data, no imports. CDK, the local gateway, the tests and the README's
 * table all read these rows, so nothing about a route is said twice. A row's code is
 * `functions/{family}/{id in kebab-case}.ts`.
 */

/** Which contract an operation belongs to; decides its dialect (how success and failure look on the wire). */
export type Family = "practices" | "edge";

/** What a caller must prove: nothing, the application, a practice of it, or a user of that practice. */
export type Tier = "none" | "vendor" | "account" | "user";

export interface Operation {
  readonly id: string;
  readonly family: Family;
  readonly method: "POST" | "GET" | "PUT" | "PATCH" | "DELETE" | "ANY";
  /** API Gateway route paths, all leading to the same function; `$default` is what no other route matches. */
  readonly paths: readonly string[];
  readonly tier: Tier;
  /** What the function may do with the table. */
  readonly table: "none" | "read" | "write";
  /** Memory class: `small` for work that waits on the table, `hash` where argon2id sets the pace. */
  readonly memory: "small" | "hash";
  readonly summary: string;
}

/** The four addresses of an `/api/io` method: both prefixes, each with the PascalCase and the camelCase name. */
const io = (id: string) => {
  const camelCase = id.charAt(0).toLowerCase() + id.slice(1);
  return [`/api/io/${id}`, `/api/io/${camelCase}`, `/io/${id}`, `/io/${camelCase}`];
};

const practices = { family: "practices", method: "POST" } as const;

// biome-ignore format: one row, one line
export const operations = [
  { ...practices, id: "Ping",                    paths: io("Ping"),                    tier: "none",    table: "none",  memory: "small", summary: "Answers; asks for nothing" },
  { ...practices, id: "PingWithApplicationAuth", paths: io("PingWithApplicationAuth"), tier: "vendor",  table: "read",  memory: "small", summary: "Checks an application's credentials" },
  { ...practices, id: "PingWithAccountAuth",     paths: io("PingWithAccountAuth"),     tier: "account", table: "read",  memory: "hash",  summary: "Checks that a practice may be used" },
  { ...practices, id: "PingWithAuth",            paths: io("PingWithAuth"),            tier: "user",    table: "read",  memory: "hash",  summary: "Checks that a user may be used, or signs one in" },
  { ...practices, id: "PracticeCreate",          paths: io("PracticeCreate"),          tier: "vendor",  table: "write", memory: "small", summary: "Creates a practice under the caller's own key" },
  { ...practices, id: "PracticeUpdate",          paths: io("PracticeUpdate"),          tier: "vendor",  table: "write", memory: "small", summary: "Replaces every field of a practice" },
  { ...practices, id: "PracticeSave",            paths: io("PracticeSave"),            tier: "vendor",  table: "write", memory: "small", summary: "Creates the practice or replaces its fields" },
  { ...practices, id: "PracticeGet",             paths: io("PracticeGet"),             tier: "vendor",  table: "read",  memory: "small", summary: "Reads one practice" },
  { ...practices, id: "PracticeList",            paths: io("PracticeList"),            tier: "vendor",  table: "read",  memory: "small", summary: "Lists the application's practices, page by page" },
  { ...practices, id: "UserCreate",              paths: io("UserCreate"),              tier: "account", table: "write", memory: "hash",  summary: "Creates a user in a practice under the caller's own key" },
  { ...practices, id: "UserUpdate",              paths: io("UserUpdate"),              tier: "account", table: "write", memory: "hash",  summary: "Replaces every field of a user" },
  { ...practices, id: "UserSave",                paths: io("UserSave"),                tier: "account", table: "write", memory: "hash",  summary: "Creates the user or replaces their fields" },
  { ...practices, id: "UserGet",                 paths: io("UserGet"),                 tier: "account", table: "read",  memory: "hash",  summary: "Reads one user" },
  { ...practices, id: "UserList",                paths: io("UserList"),                tier: "vendor",  table: "read",  memory: "small", summary: "Lists the users of one practice, or of all" },
  { ...practices, id: "PortalSettingsGet",       paths: io("PortalSettingsGet"),       tier: "account", table: "read",  memory: "hash",  summary: "Reads the settings of a practice's portal" },
  { ...practices, id: "PortalSettingsSave",      paths: io("PortalSettingsSave"),      tier: "account", table: "write", memory: "hash",  summary: "Changes settings of a practice's portal" },
  { id: "Unmatched", family: "edge", method: "ANY", paths: ["$default"],              tier: "none",    table: "none",  memory: "small", summary: "Answers unknown paths and verbs" },
] as const satisfies readonly Operation[];

export type OperationId = (typeof operations)[number]["id"];
