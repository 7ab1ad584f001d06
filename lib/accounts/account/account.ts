import { randomUUID } from "node:crypto";
import { randomText } from "../../crypto/random.ts";
import { emailKey, portalAccountKey, unverifiedIndexKey } from "../../table/keys.ts";
import type { AccountItem, AccountKey, Favorites, IndexKey, PracticeId } from "../../table/records.ts";
import { create, remove, replace, type TransactionPart } from "../../table/transact.ts";
import { imageFile } from "../image/file.ts";
import type { Document } from "./document.ts";
import { type AccessLevel, type CallerRights, inheritedRoles, isCustom, mayRead, notConnected } from "./properties.ts";
import { dayIn } from "./time-zone.ts";

/** A portal account. */
export interface Account extends Omit<AccountItem, "document" | "custom"> {
  /** All properties that callers may write, custom ones included. */
  readonly document: Document;
}

/** Returns the item that stores an account. While it is unverified, it is on the list of those. */
function accountItem({ document, unverifiedSince, ...account }: Account): AccountItem & { readonly type: string } {
  const since = document.state === "unverified" ? (unverifiedSince ?? account.createdAt) : undefined;
  const unverified = since && { unverifiedSince: since, ...unverifiedIndexKey(account.id, since) };
  const plain = Object.fromEntries(Object.entries(document).filter(([name]) => !isCustom(name)));
  const custom = Object.fromEntries(Object.entries(document).filter(([name]) => isCustom(name)));
  return { ...account, ...unverified, type: "portalAccount", document: plain, custom: JSON.stringify(custom) };
}

/** Returns the account in an item that was read. */
export function accountFrom(item: AccountItem): Account;
export function accountFrom(item: AccountItem | undefined): Account | undefined;
export function accountFrom(item: (AccountItem & Partial<IndexKey>) | undefined): Account | undefined {
  if (item === undefined) return undefined;
  // The account's state decides whether it is on an index, each time that it is written.
  const { custom, document, gsi1pk: _, gsi1sk: __, ...account } = item;
  return { ...account, document: { ...document, ...JSON.parse(custom) } };
}

/** An id that no account has: read and written where nobody has an e-mail, so that all is of one size. */
export const unknownAccountId = "0".repeat(24);

/** Returns a new key. */
export const newKey = (): AccountKey => ({ fingerprint: randomUUID(), secret: randomText(32) });

/** Returns a new account for somebody who registers. */
export const newAccount = (
  { applicationId, accountId }: PracticeId,
  person: { id: string; email: string; passwordHash: string; document: Document },
  now: Date,
): Account => ({
  applicationId,
  accountId,
  ...person,
  key: newKey(),
  sessionEpoch: 1,
  createdAt: now.toISOString(),
  version: 1,
});

/** Returns the account after all its sessions have ended. */
export const withoutSessions = (account: Account): Account => ({ ...account, sessionEpoch: account.sessionEpoch + 1 });

/** Returns the account with another password and a new key. All its sessions end. */
export const withPassword = (account: Account, passwordHash: string): Account => ({
  ...account,
  passwordHash,
  key: newKey(),
  sessionEpoch: account.sessionEpoch + 1,
});

/**
 * Returns the account after its password was reset by a mailed link. The link proves the e-mail address. If it was not proven
 * before, somebody else may have registered it, so that the mobile number gets no codes for now, and all connections to the
 * account have ended.
 */
export function withResetPassword(account: Account, passwordHash: string): Account {
  const wasVerified = account.document.state === "verified";
  return {
    ...withPassword(account, passwordHash),
    document: { ...account.document, state: "verified" },
    verificationDigest: undefined,
    replacedVerifications: undefined,
    registeredFrom: undefined,
    resentAt: undefined,
    mobileUnconfirmed: wasVerified ? account.mobileUnconfirmed : true,
    connections: wasVerified ? account.connections : undefined,
  };
}

/** Returns the parts that store a new account and claim its e-mail address, which is unique in the portal. */
export const accountCreation = (account: Account): TransactionPart[] => [
  create(emailKey(account, account.email), { type: "claim", id: account.id }, "kExists"),
  create(portalAccountKey(account), accountItem(account), "kExists"),
];

/** Returns the parts that delete an account, unless it has changed since it was read, and free its e-mail address. */
export const accountRemoval = (account: Account): TransactionPart[] => [
  remove(portalAccountKey(account), account),
  remove(emailKey(account, account.email)),
];

/** Returns the part that stores a changed account. */
export const accountChange = (before: Account, after: Account): TransactionPart =>
  replace(portalAccountKey(before), before, accountItem({ ...after, version: before.version + 1 }));

/** The updater and creator of what is made with application credentials. */
export const systemId = "000000000000000000000002";

/** The id by which a caller is the author of a change. */
export const authorId = ({ id }: CallerRights): string => id ?? systemId;

/**
 * Returns the account after a caller has changed its document. When an administrator locks the account or requires
 * activation, all its sessions end.
 */
export const withDocument = (account: Account, document: Document, caller: CallerRights, now: Date): Account => ({
  ...account,
  document,
  updatedAt: now.toISOString(),
  updaterId: authorId(caller),
  unverifiedSince: account.document.state === "unverified" ? account.unverifiedSince : now.toISOString(),
  sessionEpoch: account.sessionEpoch + (endsSessions(account.document, document) ? 1 : 0),
  mobileChanges: account.document.mobile === document.mobile ? account.mobileChanges : (account.mobileChanges ?? 0) + 1,
});

const endsSessions = (before: Document, after: Document) =>
  (after.locked && !before.locked) || (after.activationRequired && !before.activationRequired);

/** Returns the years since a day of birth; 0 when that day has not begun yet. @param dob, today `YYYY-MM-DD` */
const ageAt = (today: string, dob: string): number =>
  Math.max(0, Number(today.slice(0, 4)) - Number(dob.slice(0, 4)) - (today.slice(5) < dob.slice(5) ? 1 : 0));

/** Returns a reference to an account. */
export const accountReference = (id: string): object => ({ _id: id, object: "account", path: `/accounts/${id}` });
/** Returns a reference to a connection. */
export const connectionReference = (id: string): object => ({
  _id: id,
  object: "connection",
  path: `/connections/${id}`,
});

/** Returns the ids of the connections to an account that are active or can still be accepted, newest first. */
export const liveConnections = ({ connections = {} }: Pick<Account, "connections">, now: Date): string[] =>
  Object.entries(connections)
    .filter(([, { endsAt }]) => endsAt === 0 || endsAt > now.getTime())
    .map(([id]) => id)
    .sort()
    .reverse();

/** Who sees an account, and how. */
export interface ViewOptions {
  readonly access: AccessLevel;
  readonly caller: CallerRights;
  /** Ids of the accounts that the caller has marked. */
  readonly favorites: ReadonlySet<string>;
  readonly now: Date;
  /** Lists show `key` to nobody, not even to the account's holder. */
  readonly inList?: boolean;
  /** Properties that are shown only on request. */
  readonly include?: readonly string[];
}

/** Returns an account as a caller sees it: the properties that they may read and that are set. */
export function accountView(account: Account, viewOptions: ViewOptions): Record<string, unknown> {
  const { access, caller, now } = viewOptions;
  const { dob, tz = "UTC", roles } = account.document;
  const connectionIds = liveConnections(account, now);
  const whole: Record<string, unknown> = {
    _id: account.id,
    object: "account",
    access,
    ...account.document,
    created: account.createdAt,
    email: account.email,
    age: dob === undefined ? undefined : ageAt(dayIn(tz, now), dob),
    favorite: viewOptions.favorites.has(account.id),
    image: account.image && imageFile(account.image, account.id),
    inherited_roles: inheritedRoles(roles),
    shared: connectionIds.length > 0,
    updated: account.updatedAt,
    updater: account.updaterId && accountReference(account.updaterId),
    key: viewOptions.inList ? undefined : account.key,
    connections: viewOptions.include?.includes("connections") ? connectionIds.map(connectionReference) : undefined,
  };
  const holder = caller.id === account.id;
  return Object.fromEntries(
    Object.entries(whole).filter(([name, value]) => value !== undefined && mayRead(name, access, holder)),
  );
}

/** Returns an account as its holder sees it after registering or signing in. */
export const ownView = (account: Account, favorites: ReadonlySet<string>, now: Date): Record<string, unknown> =>
  accountView(account, {
    access: 6,
    caller: { id: account.id, administrator: false, provider: false, connected: notConnected },
    favorites,
    now,
  });

/** Returns the ids of the accounts that somebody has marked. */
export const favoritesFrom = (item: Favorites | undefined): ReadonlySet<string> => item?.ids ?? new Set();
