import type { AccountItem, ConnectionAccess } from "../../table/records.ts";

/**
 * The properties of an account, and who may read and write them (contract accounts §3). Read, list, property path,
 * `where`, PUT, PATCH and register all use these rules.
 */

/**
 * A caller's access to one account. 6 is everything, 4 is everything but only to read, 2 is what providers see, and with
 * 0 the account does not exist for them.
 */
export type AccessLevel = 0 | 2 | 4 | 6;

/** Who the caller is, and which roles they have. */
export interface CallerRights {
  /** The id of the caller's own account; `undefined` for application credentials. */
  readonly id: string | undefined;
  readonly administrator: boolean;
  readonly provider: boolean;
  /**
   * What connections give them, by the ids of the accounts that they are connected to. It has at least the accounts that
   * the request is about. Each counts only while that account lists the connection: see `accessTo`.
   */
  readonly connected: ReadonlyMap<string, Pick<ConnectionAccess, "access" | "connectionId">>;
}

/** The `connected` of a caller to whom connections make no difference. */
export const notConnected: CallerRights["connected"] = new Map();

/** What decides about others' access to an account. */
export type Judged = Pick<AccountItem, "id" | "connections">;

/** Whether an account lists a connection. One that it does not list has ended, even if it is still stored. */
export const lists = (account: Pick<Judged, "connections"> | undefined, connectionId: string): boolean =>
  Object.hasOwn(account?.connections ?? {}, connectionId);

/** Returns the caller's access to an account: the highest of what each of their rights gives. */
export function accessTo(account: Judged, caller: CallerRights): AccessLevel {
  if (caller.administrator || caller.id === account.id) return 6;
  const given = caller.connected.get(account.id);
  const byConnection = given && lists(account, given.connectionId) ? given.access : 0;
  return byConnection === 0 && caller.provider ? 2 : byConnection;
}

/** Who may write a property. `selfOrAdministrator` includes those whose connection to the account is at 6. */
export type Writer = "server" | "anyone" | "selfOrAdministrator" | "administrator";

interface Rule {
  /** The lowest access level that may read it; `"holder"` when only the account's own holder may. */
  readonly read: number | "holder";
  readonly write: Writer;
}

const server = { write: "server" } as const;

/**
 * Who may read and write each property. A property below another one has the same rule, unless it has a rule of its
 * own.
 */
export const rules: Readonly<Record<string, Rule>> = {
  _id: { read: 1, ...server },
  object: { read: 1, ...server },
  access: { read: 1, ...server },
  shared: { read: 1, ...server },
  name: { read: 1, write: "selfOrAdministrator" },
  image: { read: 1, write: "selfOrAdministrator" },
  favorite: { read: 1, write: "anyone" },
  updated: { read: 2, ...server },
  updater: { read: 2, ...server },
  created: { read: 4, ...server },
  email: { read: 4, ...server },
  age: { read: 4, ...server },
  inherited_roles: { read: 4, ...server },
  mobile: { read: 4, write: "selfOrAdministrator" },
  dob: { read: 4, write: "selfOrAdministrator" },
  gender: { read: 4, write: "selfOrAdministrator" },
  tz: { read: 4, write: "selfOrAdministrator" },
  locale: { read: 4, write: "selfOrAdministrator" },
  preferences: { read: 4, write: "selfOrAdministrator" },
  profile: { read: 4, write: "selfOrAdministrator" },
  "profile.provider.state": { read: 4, write: "administrator" },
  state: { read: 4, write: "administrator" },
  locked: { read: 4, write: "administrator" },
  activationRequired: { read: 4, write: "administrator" },
  roles: { read: 4, write: "administrator" },
  key: { read: "holder", ...server },
  connections: { read: "holder", ...server },
};

/**
 * Names of custom properties, which hold any JSON value. They have at most 64 characters, like the names below them.
 */
export const customName = /^c_[A-Za-z0-9_]{1,62}$/;
const customRule: Rule = { read: 4, write: "selfOrAdministrator" };

/** The document properties, with the properties below them. All other properties are single values. */
interface Tree {
  readonly [name: string]: Tree | true;
}
const documents: Tree = {
  name: { prefix: true, first: true, middle: true, last: true, suffix: true, additional: true },
  preferences: { notifications: true },
  profile: {
    provider: {
      affiliation: true,
      license: { number: true, state: true },
      npi: true,
      specialty: true,
      state: true,
      visibility: { provider: true, public: true },
    },
  },
};

/** Whether a name is the name of a custom property. */
export const isCustom = (name: string): boolean => customName.test(name);

/** A name below a custom property. Names with a special meaning in JavaScript objects are refused. */
const segment = /^(?!__proto__$|constructor$|prototype$)[A-Za-z0-9_-]{1,64}$/;

/**
 * Returns what a path leads to: a single value, a document with properties of its own, or a custom property;
 * `undefined` for an unknown path.
 */
export function kindOf(path: readonly string[]): "value" | "document" | "custom" | undefined {
  const [first = "", ...below] = path;
  if (isCustom(first)) return below.every((name) => segment.test(name)) ? "custom" : undefined;
  // Some rules are for whole paths, such as `profile.provider.state`. These are not names of properties.
  if (!Object.hasOwn(rules, first) || first.includes(".")) return undefined;
  // Paths below a property that only the server writes are known too: a write to them is refused like a write to the
  // property.
  if (rules[first]?.write === "server") return below.every((name) => segment.test(name)) ? "value" : undefined;
  let at: Tree | true | undefined = Object.hasOwn(documents, first) ? documents[first] : true;
  for (const name of below) at = at !== true && at !== undefined && Object.hasOwn(at, name) ? at[name] : undefined;
  return at === undefined ? undefined : at === true ? "value" : "document";
}

const ruleOf = (path: readonly string[]): Rule | undefined => {
  const [first = ""] = path;
  if (isCustom(first)) return customRule;
  const whole = path.join(".");
  return Object.hasOwn(rules, whole) ? rules[whole] : Object.hasOwn(rules, first) ? rules[first] : undefined;
};

/** Whether a caller may read a property. @param holder whether the account is the caller's own */
export function mayRead(name: string, access: AccessLevel, holder: boolean): boolean {
  const read = ruleOf([name])?.read;
  return read === "holder" ? holder : read !== undefined && access >= read;
}

/** Whether a caller may write the value at a path. */
export function mayWrite(path: readonly string[], account: Judged, caller: CallerRights): boolean {
  const write = ruleOf(path)?.write;
  switch (write) {
    case "anyone":
      return caller.id !== undefined && accessTo(account, caller) > 0;
    case "selfOrAdministrator":
      return accessTo(account, caller) === 6;
    case "administrator":
      return caller.administrator;
    default:
      return false;
  }
}

/** The roles that have a meaning in Frontdesk (contract accounts §3). */
const administratorRole = "000000000000000000000004";
const providerRole = "000000000000000000000005";
const inherited: Readonly<Record<string, readonly string[]>> = {
  [administratorRole]: ["000000000000000000000007", "000000000000000000000006"],
};

/** Whether somebody with these roles is an administrator. */
export const isAdministrator = (roles: readonly string[]): boolean => roles.includes(administratorRole);
/** Whether somebody with these roles is a provider. */
export const isProvider = (roles: readonly string[]): boolean => roles.includes(providerRole);
/** Returns the roles that these roles inherit. */
export const inheritedRoles = (roles: readonly string[]): string[] => [
  ...new Set(roles.flatMap((role) => inherited[role] ?? [])),
];
