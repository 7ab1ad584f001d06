import { digestOf } from "../crypto/digest.ts";
import type {
  AccountItem,
  ClientKeyClaim,
  Connection,
  ConnectionAccess,
  ConnectionToken,
  Device,
  DeviceCode,
  DirectAddressClaim,
  EmailClaim,
  Favorites,
  FilesToDelete,
  IndexKey,
  IndexPartition,
  InvitationClaim,
  Key,
  NameClaim,
  Organization,
  OrganizationEntry,
  PasswordReset,
  PortalAccountId,
  Practice,
  PracticeId,
  Prefix,
  ProfileSection,
  QueuedItem,
  QueuedItems,
  Session,
  StoredPortalSettings,
  Token,
  TriesCount,
  Upload,
  User,
  UserId,
  Vendor,
  Versioned,
} from "./records.ts";

/**
 * Every key in the table; nothing else builds one. A free-form value is encoded before it enters a key, so that a `#` in
 * it cannot reach into another record's key. A key's type says which kind of item it leads to.
 */

const encode = (value: string) => value.replace(/[%#]/g, encodeURIComponent);
/** As many digits as the greatest safe integer has. */
const padded = (id: number) => String(id).padStart(16, "0");

/** Partition of a vendor and the records of its practices. */
const vendorPartition = (applicationId: string) => `VENDOR#${encode(applicationId)}`;
/** Partition of everything inside one practice. */
const practicePartition = (id: PracticeId) => `PRACTICE#${encode(id.applicationId)}#${encode(id.accountId)}`;

/** A vendor. */
export const vendorKey = (applicationId: string): Key<Vendor> => ({ pk: vendorPartition(applicationId), sk: "VENDOR" });
/** The claim of a client key, which names its vendor. */
export const clientKeyKey = (clientKey: string): Key<ClientKeyClaim> => ({
  pk: `CLIENTKEY#${encode(clientKey)}`,
  sk: "CLIENTKEY",
});

/** A practice, in its vendor's partition. */
export const practiceKey = (id: PracticeId): Key<Practice> => ({
  pk: vendorPartition(id.applicationId),
  sk: `PRACTICE#${encode(id.accountId)}`,
});
/** All practices of a vendor. */
export const practicePrefix = (applicationId: string): Prefix<Practice> => ({
  pk: vendorPartition(applicationId),
  sk: "PRACTICE#",
});

/** A user. */
export const userKey = (id: UserId): Key<User> => ({ pk: practicePartition(id), sk: `USER#${encode(id.userId)}` });
/** All users of a practice. */
export const userPrefix = (id: PracticeId): Prefix<User> => ({ pk: practicePartition(id), sk: "USER#" });

/** The settings of a practice's portal, if any were saved. */
export const portalSettingsKey = (id: PracticeId): Key<StoredPortalSettings> => ({
  pk: practicePartition(id),
  sk: "PORTALSETTINGS",
});

/** The claim of a web address. @param label the normalised web address, unique over all vendors */
export const webAddressKey = (label: string): Key<NameClaim> => ({ pk: `WEBADDRESS#${encode(label)}`, sk: "CLAIM" });
/** The claim of a Direct domain. @param label its first label, normalised, unique over all vendors */
export const directDomainKey = (label: string): Key<NameClaim> => ({
  pk: `DIRECTDOMAIN#${encode(label)}`,
  sk: "CLAIM",
});
/** The claim of a login. @param login the login id as `normaliseLogin` returns it, unique over all vendors */
export const loginKey = (login: string): Key<UserId> => ({ pk: `LOGIN#${encode(login)}`, sk: "CLAIM" });
/** The claim of a Direct address. @param local its local part, unique within the practice */
export const directAddressKey = (id: PracticeId, local: string): Key<DirectAddressClaim> => ({
  pk: practicePartition(id),
  sk: `DIRECT#${encode(local)}`,
});

/** An audit event of a practice. @param eventId a time-ordered id */
export const practiceEventKey = (id: PracticeId, eventId: string): Key => ({
  pk: practicePartition(id),
  sk: `EVENT#${eventId}`,
});
/** An audit event of a vendor. @param eventId a time-ordered id */
export const vendorEventKey = (applicationId: string, eventId: string): Key => ({
  pk: vendorPartition(applicationId),
  sk: `EVENT#${eventId}`,
});

/** A portal account. */
export const portalAccountKey = (account: PortalAccountId): Key<AccountItem> => ({
  pk: practicePartition(account),
  sk: `ACCOUNT#${encode(account.id)}`,
});
/** All accounts of a portal. */
export const portalAccountPrefix = (practice: PracticeId): Prefix<AccountItem> => ({
  pk: practicePartition(practice),
  sk: "ACCOUNT#",
});
/** The claim of an account's e-mail address. @param email as `normaliseEmail` returns it, unique within the practice */
export const emailKey = (practice: PracticeId, email: string): Key<EmailClaim> => ({
  pk: practicePartition(practice),
  sk: `EMAIL#${encode(email)}`,
});
/** Accounts that an account holder has marked for themselves. */
export const favoritesKey = (holder: PortalAccountId): Key<Favorites> => ({
  pk: practicePartition(holder),
  sk: `FAVORITES#${encode(holder.id)}`,
});
/** A device that an account holder has proven to be theirs. @param fingerprint the device's cookie; kept as a digest */
export const deviceKey = (account: PortalAccountId, fingerprint: string): Key<Device> => ({
  pk: practicePartition(account),
  sk: `DEVICE#${encode(account.id)}#${digestOf(fingerprint)}`,
});
/** The code that a new device waits for. */
export const deviceCodeKey = (account: PortalAccountId, fingerprint: string): Key<DeviceCode> => ({
  pk: practicePartition(account),
  sk: `DEVICECODE#${encode(account.id)}#${digestOf(fingerprint)}`,
});
/** State of password resets for an e-mail address, known or not. @param email normalised; kept as a digest */
export const passwordResetKey = (practice: PracticeId, email: string): Key<PasswordReset> => ({
  pk: practicePartition(practice),
  sk: `PASSWORDRESET#${digestOf(email)}`,
});

/** A connection or an invitation. @param id 24 hex digits, time-ordered */
export const connectionKey = (practice: PracticeId, id: string): Key<Connection> => ({
  pk: practicePartition(practice),
  sk: `CONNECTION#${encode(id)}`,
});
/** All connections and invitations of a portal. */
export const connectionPrefix = (practice: PracticeId): Prefix<Connection> => ({
  pk: practicePartition(practice),
  sk: "CONNECTION#",
});
/** What a connection gives an account. @param contextId the account that it gives access to */
export const connectionAccessKey = (target: PortalAccountId, contextId: string): Key<ConnectionAccess> => ({
  pk: practicePartition(target),
  sk: `ACCESS#${encode(target.id)}#${encode(contextId)}`,
});
/** All that connections give an account. */
export const connectionAccessPrefix = (target: PortalAccountId): Prefix<ConnectionAccess> => ({
  pk: practicePartition(target),
  sk: `ACCESS#${encode(target.id)}#`,
});
/** The claim of an address that is invited to register. @param email normalised; kept as a digest */
export const invitationKey = (practice: PracticeId, email: string): Key<InvitationClaim> => ({
  pk: practicePartition(practice),
  sk: `INVITATION#${digestOf(email)}`,
});
/** The token of a connection. @param token kept as a digest */
export const connectionTokenKey = (token: string): Key<ConnectionToken> => ({
  pk: `TOKEN#connection#${digestOf(token)}`,
  sk: "TOKEN",
});

/** A session. @param sessionId the cookie's value; kept as a digest */
export const sessionKey = (sessionId: string): Key<Session> => ({
  pk: `SESSION#${digestOf(sessionId)}`,
  sk: "SESSION",
});
/** A mailed one-time token. @param token kept as a digest */
export const tokenKey = (purpose: "verification" | "passwordReset", token: string): Key<Token> => ({
  pk: `TOKEN#${purpose}#${digestOf(token)}`,
  sk: "TOKEN",
});

/** An organization, active or not. @param id padded, so that keys sort as ids do */
export const organizationKey = (practice: PracticeId, id: number): Key<Organization> => ({
  pk: practicePartition(practice),
  sk: `ORG#${padded(id)}`,
});
/** An active organization's entry in the list of all. */
export const activeOrganizationKey = (practice: PracticeId, id: number): Key<OrganizationEntry> => ({
  pk: practicePartition(practice),
  sk: `ACTIVEORG#${padded(id)}`,
});
/** All active organizations of a practice. */
export const activeOrganizationPrefix = (practice: PracticeId): Prefix<OrganizationEntry> => ({
  pk: practicePartition(practice),
  sk: "ACTIVEORG#",
});
/** An active organization's entry in its therapist's list. */
export const therapistOrganizationKey = (
  practice: PracticeId,
  therapistUserId: number,
  id: number,
): Key<OrganizationEntry> => ({
  pk: practicePartition(practice),
  sk: `THERAPIST#${therapistUserId}#ORG#${padded(id)}`,
});
/** All active organizations of a therapist. */
export const therapistOrganizationPrefix = (
  practice: PracticeId,
  therapistUserId: number,
): Prefix<OrganizationEntry> => ({
  pk: practicePartition(practice),
  sk: `THERAPIST#${therapistUserId}#ORG#`,
});
/** Counts the ids that organizations of a practice were given. */
export const organizationCounterKey = (practice: PracticeId): Key<Versioned> => ({
  pk: practicePartition(practice),
  sk: "COUNTER#ORG",
});

/** One section of a therapist's practice profile. @param userId the caller's own key of the therapist */
export const profileSectionKey = (practice: PracticeId, userId: string, section: string): Key<ProfileSection> => ({
  pk: practicePartition(practice),
  sk: `PROFILE#${encode(userId)}#${section}`,
});
/** All sections of a therapist's practice profile. */
export const profilePrefix = (practice: PracticeId, userId: string): Prefix<ProfileSection> => ({
  pk: practicePartition(practice),
  sk: `PROFILE#${encode(userId)}#`,
});

/** A message in the outbox. @param messageId a time-ordered id */
export const messageKey = (messageId: string): Key<QueuedItem> => ({ pk: `MESSAGE#${messageId}`, sk: "MESSAGE" });
/** Several messages in the outbox that were queued as one item. @param id a time-ordered id */
export const messagesKey = (id: string): Key<QueuedItems> => ({ pk: `MESSAGE#${id}`, sk: "MESSAGES" });

/** The account that an upload is for. @param uploadId a time-ordered id */
export const uploadKey = (uploadId: string): Key<Upload> => ({ pk: `UPLOAD#${uploadId}`, sk: "UPLOAD" });
/** Objects of the bucket that are to be deleted. @param id a time-ordered id */
export const filesToDeleteKey = (id: string): Key<FilesToDelete> => ({ pk: `FILES#${id}`, sk: "FILES" });

/** Counter of guesses at one secret. @param subject whose secret; kept as a digest only */
export const triesKey = (purpose: string, subject: string): Key<TriesCount> => ({
  pk: `TRIES#${purpose}#${digestOf(subject)}`,
  sk: "TRIES",
});

/** A vendor's place in the list of all, by id. */
export const vendorIndexKey = (applicationId: string): IndexKey => ({
  ...vendorIndexPartition,
  gsi1sk: encode(applicationId),
});
/** All vendors, in the index. */
export const vendorIndexPartition: IndexPartition<Vendor> = { gsi1pk: "VENDORS" };
/**
 * A user's place in the list of all users of a vendor, in the order of creation. Two keys of 128 characters each, which
 * the caller chose, might not fit into the 1,024 bytes of a sort key.
 * @param createdId a time-ordered id
 */
export const userIndexKey = (applicationId: string, createdId: string): IndexKey => ({
  ...userIndexPartition(applicationId),
  gsi1sk: createdId,
});
/** All users of a vendor, in the index. */
export const userIndexPartition = (applicationId: string): IndexPartition<User> => ({
  gsi1pk: `${vendorPartition(applicationId)}#USERS`,
});

/** The key of the practice whose partition contains a record. */
export function practiceKeyAround({ pk }: Key): Key<Practice> {
  const [, applicationId, accountId] = pk.split("#");
  return { pk: `VENDOR#${applicationId}`, sk: `PRACTICE#${accountId}` };
}
