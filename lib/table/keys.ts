import { digestOf } from "../crypto/digest.ts";
import { callersKey } from "./generation.ts";
import type {
  AcceptedInvitation,
  AccountItem,
  AuditEvent,
  CallCount,
  ClientKeyClaim,
  Connection,
  ConnectionAccess,
  ConnectionToken,
  DeletedPractice,
  Device,
  DeviceCode,
  DirectAddressClaim,
  EmailClaim,
  Erasure,
  Favorites,
  FilesToDelete,
  HeldEntry,
  IdempotencyItem,
  IndexKey,
  IndexPartition,
  InvitationClaim,
  Key,
  NameClaim,
  Organization,
  OrganizationEntry,
  PasswordReset,
  Placeholder,
  PortalAccountId,
  Practice,
  PracticeErasure,
  PracticeId,
  PracticeItem,
  Prefix,
  ProfileSection,
  QueuedItem,
  QueuedItems,
  SentCount,
  Session,
  StoredPortalSettings,
  TextsOfDay,
  Token,
  Totp,
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
const decode = (part: string) => part.replaceAll("%23", "#").replaceAll("%25", "%");
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

/**
 * The practice under the caller's key, in its vendor's partition. It may be of a later generation than `id` names: compare
 * its `accountId`.
 */
export const practiceKey = (id: PracticeId): Key<Practice> => ({
  pk: vendorPartition(id.applicationId),
  sk: `PRACTICE#${encode(callersKey(id.accountId))}`,
});
/** What is left of the practices that were deleted under the caller's key. */
export const deletedPracticeKey = (id: PracticeId): Key<DeletedPractice> => ({
  pk: vendorPartition(id.applicationId),
  sk: `DELETED#${encode(callersKey(id.accountId))}`,
});
/** All practices of a vendor. */
export const practicePrefix = (applicationId: string): Prefix<Practice> => ({
  pk: vendorPartition(applicationId),
  sk: "PRACTICE#",
});

/** Everything inside a practice. */
export const practiceItemPrefix = (id: PracticeId): Prefix<PracticeItem> => ({ pk: practicePartition(id), sk: "" });

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
/** All audit events of a practice, which are in order of time. */
export const practiceEventPrefix = (id: PracticeId): Prefix<(AuditEvent | Placeholder) & Key> => ({
  pk: practicePartition(id),
  sk: "EVENT#",
});
/** An audit event of a vendor. @param eventId a time-ordered id */
export const vendorEventKey = (applicationId: string, eventId: string): Key => ({
  pk: vendorPartition(applicationId),
  sk: `EVENT#${eventId}`,
});

/** All audit events of a vendor, which are in order of time. */
export const vendorEventPrefix = (applicationId: string): Prefix<(AuditEvent | Placeholder) & Key> => ({
  pk: vendorPartition(applicationId),
  sk: "EVENT#",
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
/**
 * A device on which the holder of an account has signed in. It is found by the e-mail address, so that a sign-in reads it
 * before the account is known.
 * @param email the account's, as `normaliseEmail` returns it; kept as a digest
 * @param name the device's name from its cookie; kept as a digest
 */
export const deviceKey = (practice: PracticeId, email: string, name: string): Key<Device> => ({
  pk: practicePartition(practice),
  sk: `DEVICE#${digestOf(email)}#${digestOf(name)}`,
});
/** The devices of an account, as earlier versions stored them. */
export const earlierDevicePrefix = (account: PortalAccountId): Prefix => ({
  pk: practicePartition(account),
  sk: `DEVICE#${encode(account.id)}#`,
});
/** A device's entry in its holder's list. @param deviceId 24 hex digits, time-ordered */
export const deviceEntryKey = (holder: PortalAccountId, deviceId: string): Key<HeldEntry<Device>> => ({
  pk: practicePartition(holder),
  sk: `HELDDEVICE#${encode(holder.id)}#${encode(deviceId)}`,
});
/** The devices of an account holder. */
export const deviceEntryPrefix = (holder: PortalAccountId): Prefix<HeldEntry<Device>> => ({
  pk: practicePartition(holder),
  sk: `HELDDEVICE#${encode(holder.id)}#`,
});
/** The code that a new device waits for. @param name the device's name from its cookie; kept as a digest */
export const deviceCodeKey = (account: PortalAccountId, name: string): Key<DeviceCode> => ({
  pk: practicePartition(account),
  sk: `DEVICECODE#${encode(account.id)}#${digestOf(name)}`,
});
/** The second factor that an account holder has set up. */
export const totpKey = (account: PortalAccountId): Key<Totp> => ({
  pk: practicePartition(account),
  sk: `TOTP#${encode(account.id)}`,
});
/** The codes that new devices of an account wait for. */
export const deviceCodePrefix = (account: PortalAccountId): Prefix<DeviceCode> => ({
  pk: practicePartition(account),
  sk: `DEVICECODE#${encode(account.id)}#`,
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
/** An invitation that an account has accepted. */
export const acceptedInvitationKey = (target: PortalAccountId, id: string): Key<AcceptedInvitation> => ({
  pk: practicePartition(target),
  sk: `ACCEPTED#${encode(target.id)}#${encode(id)}`,
});
/** All invitations that an account has accepted. */
export const acceptedInvitationPrefix = (target: PortalAccountId): Prefix<AcceptedInvitation> => ({
  pk: practicePartition(target),
  sk: `ACCEPTED#${encode(target.id)}#`,
});
/** The token of a connection. @param digest of the token */
export const connectionTokenDigestKey = (digest: string): Key<ConnectionToken> => ({
  pk: `TOKEN#connection#${digest}`,
  sk: "TOKEN",
});
/** The token of a connection. @param token kept as a digest */
export const connectionTokenKey = (token: string): Key<ConnectionToken> => connectionTokenDigestKey(digestOf(token));

/** A session. @param sessionId the cookie's value; kept as a digest */
export const sessionKey = (sessionId: string): Key<Session> => ({
  pk: `SESSION#${digestOf(sessionId)}`,
  sk: "SESSION",
});
/** A session's entry in its holder's list. @param id the session's `id`, not the cookie's value */
export const sessionEntryKey = (holder: PortalAccountId, id: string): Key<HeldEntry<Session>> => ({
  pk: practicePartition(holder),
  sk: `HELDSESSION#${encode(holder.id)}#${encode(id)}`,
});
/** The sessions of an account holder. */
export const sessionEntryPrefix = (holder: PortalAccountId): Prefix<HeldEntry<Session>> => ({
  pk: practicePartition(holder),
  sk: `HELDSESSION#${encode(holder.id)}#`,
});
/** A mailed one-time token. @param digest of the token */
export const tokenDigestKey = (purpose: "verification" | "passwordReset", digest: string): Key<Token> => ({
  pk: `TOKEN#${purpose}#${digest}`,
  sk: "TOKEN",
});
/** A mailed one-time token. @param token kept as a digest */
export const tokenKey = (purpose: "verification" | "passwordReset", token: string): Key<Token> =>
  tokenDigestKey(purpose, digestOf(token));

/** An organization, active or not. @param id padded, so that keys sort as ids do */
export const organizationKey = (practice: PracticeId, id: number): Key<Organization> => ({
  pk: practicePartition(practice),
  sk: `ORG#${padded(id)}`,
});
/** All organizations of a practice, active or not. */
export const organizationPrefix = (practice: PracticeId): Prefix<Organization> => ({
  pk: practicePartition(practice),
  sk: "ORG#",
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

/** All sections of all profiles of a practice. */
export const profilesPrefix = (practice: PracticeId): Prefix<ProfileSection & Key> => ({
  pk: practicePartition(practice),
  sk: "PROFILE#",
});
/** The caller's own key of the therapist to whose profile a section belongs. */
export const therapistOfSection = (key: Key): string => idsInSortKey(key)[0] ?? "";

/** A message in the outbox. @param messageId a time-ordered id */
export const messageKey = (messageId: string): Key<QueuedItem> => ({ pk: `MESSAGE#${messageId}`, sk: "MESSAGE" });
/** Several messages in the outbox that were queued as one item. @param id a time-ordered id */
export const messagesKey = (id: string): Key<QueuedItems> => ({ pk: `MESSAGE#${id}`, sk: "MESSAGES" });

/** The account that an upload is for. @param uploadId a time-ordered id */
export const uploadKey = (uploadId: string): Key<Upload> => ({ pk: `UPLOAD#${uploadId}`, sk: "UPLOAD" });
/** Objects of the bucket that are to be deleted. @param id a time-ordered id */
export const filesToDeleteKey = (id: string): Key<FilesToDelete> => ({ pk: `FILES#${id}`, sk: "FILES" });

/** What was sent to one recipient of late. @param recipient kept as a digest only */
export const sentKey = (kind: "mail" | "lockMail" | "text", recipient: string): Key<SentCount> => ({
  pk: `SENT#${kind}#${digestOf(recipient)}`,
  sk: "SENT",
});
/** How many text messages a portal sent in a day. @param portal its digest @param day `YYYY-MM-DD` */
export const textsOfDayKey = (portal: string, day: string): Key<TextsOfDay> => ({
  pk: `SENT#day#${encode(portal)}#${day}`,
  sk: "SENT",
});
/** An erased account of which the rest is to be deleted. @param id the account's */
export const erasureKey = (id: string): Key<Erasure> => ({ pk: `ERASURE#${encode(id)}`, sk: "ERASURE" });
/** Ended connections to an account that stays. @param id the account's @param requestId of the request that ended them */
export const connectionsErasureKey = (id: string, requestId: string): Key<Erasure> => ({
  pk: `ERASURE#${encode(id)}`,
  sk: `CONNECTIONS#${encode(requestId)}`,
});
/** A deleted practice of which workers erase what lies inside. */
export const practiceErasureKey = (id: PracticeId): Key<PracticeErasure> => ({
  pk: `ERASURE#${encode(id.applicationId)}#${encode(id.accountId)}`,
  sk: "PRACTICE",
});
/** Whether the key of an erasure leads to that of a practice. */
export const isPracticeErasure = (key: Key<Erasure> | Key<PracticeErasure>): key is Key<PracticeErasure> =>
  key.sk === "PRACTICE";

/** Counter of guesses at one secret. @param subject whose secret; kept as a digest only */
export const triesKey = (purpose: string, subject: string): Key<TriesCount> => ({
  pk: `TRIES#${purpose}#${digestOf(subject)}`,
  sk: "TRIES",
});

/** The calls that are counted in a minute. @param text of whose calls, of what and when; kept as a digest only */
export const callCountKey = (text: string): Key<CallCount> => ({ pk: `LIMIT#${digestOf(text)}`, sk: "LIMIT" });

/** What is kept of a write with an idempotency key. @param text of caller, operation and key; kept as a digest only */
export const idempotencyKey = (text: string): Key<IdempotencyItem> => ({
  pk: `IDEMPOTENCY#${digestOf(text)}`,
  sk: "IDEMPOTENCY",
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

/**
 * An unverified account's place in the list of all, the oldest first. The list has 16 partitions, so that registrations do
 * not all write to the same one.
 * @param since when it became unverified, ISO 8601
 */
export const unverifiedIndexKey = (id: string, since: string): IndexKey => ({
  gsi1pk: `UNVERIFIED#${id.slice(-1)}`,
  gsi1sk: `${since}#${id}`,
});
/** All unverified accounts, in the index. */
export const unverifiedIndexPartitions: readonly IndexPartition<AccountItem>[] = Array.from(
  "0123456789abcdef",
  (digit) => ({ gsi1pk: `UNVERIFIED#${digit}` }),
);
/** The end of the accounts that have been unverified since a time or longer: their `gsi1sk` is less. @param since ISO 8601 */
export const unverifiedIndexEnd = (since: string): string => `${since}$`;
/** Since when the account at a place in this list is unverified, ISO 8601. */
export const unverifiedSinceAt = ({ gsi1sk }: Pick<IndexKey, "gsi1sk">): string => gsi1sk.slice(0, gsi1sk.indexOf("#"));

/** A deleted practice's place in the list of those that are being erased, the oldest first. @param deletedAt ISO 8601 */
export const practiceErasureIndexKey = (deletedAt: string): IndexKey => ({
  ...practiceErasureIndexPartition,
  gsi1sk: deletedAt,
});
/** All deleted practices that are being erased, in the index. */
export const practiceErasureIndexPartition: IndexPartition<PracticeErasure> = { gsi1pk: "ERASURES#PRACTICES" };

/** The practice whose partition contains a record. */
export function practiceIdAround({ pk }: Key): PracticeId {
  const [, applicationId = "", accountId = ""] = pk.split("#").map(decode);
  return { applicationId, accountId };
}
/** The ids in a sort key, in their order: what follows the kind of the record. */
export const idsInSortKey = ({ sk }: Key): readonly string[] => sk.split("#").slice(1).map(decode);
/** The settings of the portal whose practice's partition contains a record. */
export const portalSettingsKeyAround = ({ pk }: Key): Key<StoredPortalSettings> => ({ pk, sk: "PORTALSETTINGS" });
/** The key of the practice whose partition contains a record. */
export function practiceKeyAround({ pk }: Key): Key<Practice> {
  const [, applicationId, accountId = ""] = pk.split("#");
  return { pk: `VENDOR#${applicationId}`, sk: `PRACTICE#${callersKey(accountId)}` };
}
