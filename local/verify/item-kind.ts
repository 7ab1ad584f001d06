import type { Key } from "../../lib/table/records.ts";

/**
 * Every kind of item, by the beginning of its key: of the partition key, and of the sort key where a partition holds several
 * kinds. With the `type` that such an item has; an item that only counts may have none.
 */
const kinds = {
  "VENDOR VENDOR": ["vendor", "vendor"],
  "VENDOR PRACTICE": ["practice", "practice"],
  "VENDOR DELETED": ["deleted practice", "deletedPractice"],
  "VENDOR EVENT": ["event", "event", "void"],
  "PRACTICE USER": ["user", "user"],
  "PRACTICE PORTALSETTINGS": ["portal settings", "portalSettings"],
  "PRACTICE DIRECT": ["claim of a Direct address", "claim"],
  "PRACTICE EVENT": ["event", "event", "void"],
  "PRACTICE ACCOUNT": ["account", "portalAccount"],
  "PRACTICE EMAIL": ["claim of an e-mail address", "claim"],
  "PRACTICE FAVORITES": ["favorites", "favorites", ""],
  "PRACTICE DEVICE": ["device", "device"],
  "PRACTICE HELDDEVICE": ["entry of a device", "deviceEntry"],
  "PRACTICE DEVICECODE": ["code of a device", "deviceCode"],
  "PRACTICE TOTP": ["authenticator app", "totp"],
  "PRACTICE PASSWORDRESET": ["password reset", "passwordReset"],
  "PRACTICE CONNECTION": ["connection", "connection", "void"],
  "PRACTICE ACCESS": ["access by a connection", "connectionAccess"],
  "PRACTICE INVITATION": ["claim of an invitation", "claim"],
  "PRACTICE ACCEPTED": ["accepted invitation", "acceptedInvitation"],
  "PRACTICE HELDSESSION": ["entry of a session", "sessionEntry"],
  "PRACTICE ORG": ["organization", "organization"],
  "PRACTICE ACTIVEORG": ["entry of an organization", "organizationEntry"],
  "PRACTICE THERAPIST": ["entry of an organization", "organizationEntry"],
  "PRACTICE COUNTER": ["counter of organizations", "counter"],
  "PRACTICE PROFILE": ["section of a profile", "profileSection"],
  WEBADDRESS: ["claim of a web address", "claim", "freedName"],
  DIRECTDOMAIN: ["claim of a Direct domain", "claim", "freedName"],
  LOGIN: ["claim of a login", "claim"],
  CLIENTKEY: ["claim of a client key", "clientKey"],
  SESSION: ["session", "session"],
  "TOKEN verification": ["verification token", "token"],
  "TOKEN passwordReset": ["password reset token", "token"],
  "TOKEN connection": ["connection token", "token", "void"],
  MESSAGE: ["message", "message", "messages"],
  UPLOAD: ["upload", "upload"],
  FILES: ["files to delete", "filesToDelete"],
  SENT: ["count of sent messages", "sent", ""],
  "ERASURE ERASURE": ["erasure of an account", "erasure"],
  "ERASURE CONNECTIONS": ["erasure of connections", "erasure"],
  "ERASURE PRACTICE": ["erasure of a practice", "erasure"],
  LIMIT: ["count of calls", ""],
  TRIES: ["count of guesses", "tries", ""],
  IDEMPOTENCY: ["answer to repeat", "idempotency"],
} as const satisfies Readonly<Record<string, readonly [kind: string, ...types: string[]]>>;

/** A kind of item, in words. */
export type ItemKind = (typeof kinds)[keyof typeof kinds][0];

const isKnown = (place: string): place is keyof typeof kinds => Object.hasOwn(kinds, place);

/**
 * Returns the kind of an item, by its key; `undefined` for a key that this release builds nowhere.
 * @param type the item's own
 */
export function kindOf({ pk, sk }: Key, type: unknown): { kind: ItemKind; isOfType: boolean } | undefined {
  const [partition = "", purpose = ""] = pk.split("#");
  const [sort = ""] = sk.split("#");
  const place = [`${partition} ${sort}`, `${partition} ${purpose}`, partition].find(isKnown);
  if (place === undefined) return undefined;
  const [kind, ...types]: readonly [ItemKind, ...string[]] = kinds[place];
  return { kind, isOfType: types.includes(typeof type === "string" ? type : "") };
}
