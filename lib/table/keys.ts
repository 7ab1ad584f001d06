import { createHash } from "node:crypto";

/**
 * Every key in the table; nothing else builds one. A free-form value is encoded before it enters a key, so that a `#` in
 * it cannot reach into another record's key.
 */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** The caller's own keys of a practice. */
export interface PracticeId {
  readonly applicationId: string;
  readonly accountId: string;
}

/** The caller's own keys of a user. */
export interface UserId extends PracticeId {
  readonly userId: string;
}

const encode = (value: string) => value.replace(/[%#]/g, encodeURIComponent);
/** As many digits as the greatest safe integer has. */
const padded = (id: number) => String(id).padStart(16, "0");
const digest = (value: string) => createHash("sha256").update(value).digest("hex");

/** Partition of a vendor and the records of its practices. */
const vendorPartition = (applicationId: string) => `VENDOR#${encode(applicationId)}`;
/** Partition of everything inside one practice. */
const practicePartition = (id: PracticeId) => `PRACTICE#${encode(id.applicationId)}#${encode(id.accountId)}`;

/** A vendor. */
export const vendorKey = (applicationId: string): Key => ({ pk: vendorPartition(applicationId), sk: "VENDOR" });
/** The claim of a client key, which names its vendor. */
export const clientKeyKey = (clientKey: string): Key => ({ pk: `CLIENTKEY#${encode(clientKey)}`, sk: "CLIENTKEY" });

/** A practice, in its vendor's partition. */
export const practiceKey = (id: PracticeId): Key => ({
  pk: vendorPartition(id.applicationId),
  sk: `PRACTICE#${encode(id.accountId)}`,
});
/** All practices of a vendor. */
export const practicePrefix = (applicationId: string): Key => ({ pk: vendorPartition(applicationId), sk: "PRACTICE#" });

/** A user. */
export const userKey = (id: UserId): Key => ({ pk: practicePartition(id), sk: `USER#${encode(id.userId)}` });
/** All users of a practice. */
export const userPrefix = (id: PracticeId): Key => ({ pk: practicePartition(id), sk: "USER#" });

/** The settings of a practice's portal, if any were saved. */
export const portalSettingsKey = (id: PracticeId): Key => ({ pk: practicePartition(id), sk: "PORTALSETTINGS" });

/** The claim of a web address. @param label the normalised web address, unique over everything */
export const webAddressKey = (label: string): Key => ({ pk: `WEBADDRESS#${encode(label)}`, sk: "CLAIM" });
/** The claim of a Direct domain. @param label its first label, normalised, unique over everything */
export const directDomainKey = (label: string): Key => ({ pk: `DIRECTDOMAIN#${encode(label)}`, sk: "CLAIM" });
/** The claim of a login. @param login the login id as `normaliseLogin` gives it, unique over everything */
export const loginKey = (login: string): Key => ({ pk: `LOGIN#${encode(login)}`, sk: "CLAIM" });
/** The claim of a Direct address. @param local its local part, unique within the practice */
export const directAddressKey = (id: PracticeId, local: string): Key => ({
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

/** The portal account with an id, within a practice. */
export interface PortalAccountId extends PracticeId {
  /** 24 hex digits, time-ordered. */
  readonly id: string;
}

/** A portal account. */
export const portalAccountKey = (account: PortalAccountId): Key => ({
  pk: practicePartition(account),
  sk: `ACCOUNT#${encode(account.id)}`,
});
/** All accounts of a portal. */
export const portalAccountPrefix = (practice: PracticeId): Key => ({ pk: practicePartition(practice), sk: "ACCOUNT#" });
/** The claim of an account's e-mail address. @param email as `normaliseEmail` gives it, unique within the practice */
export const emailKey = (practice: PracticeId, email: string): Key => ({
  pk: practicePartition(practice),
  sk: `EMAIL#${encode(email)}`,
});
/** Accounts that an account holder has marked for themselves. */
export const favoritesKey = (holder: PortalAccountId): Key => ({
  pk: practicePartition(holder),
  sk: `FAVORITES#${encode(holder.id)}`,
});
/** A device that an account holder has proven to be theirs. @param fingerprint the device's cookie; kept as a digest */
export const deviceKey = (account: PortalAccountId, fingerprint: string): Key => ({
  pk: practicePartition(account),
  sk: `DEVICE#${encode(account.id)}#${digest(fingerprint)}`,
});
/** The code that a new device waits for. */
export const deviceCodeKey = (account: PortalAccountId, fingerprint: string): Key => ({
  pk: practicePartition(account),
  sk: `DEVICECODE#${encode(account.id)}#${digest(fingerprint)}`,
});
/** State of password resets for an e-mail, whether somebody has it or not. @param email normalised; kept as a digest */
export const passwordResetKey = (practice: PracticeId, email: string): Key => ({
  pk: practicePartition(practice),
  sk: `PASSWORDRESET#${digest(email)}`,
});

/** A session. @param sessionId the cookie's value; kept as a digest */
export const sessionKey = (sessionId: string): Key => ({ pk: `SESSION#${digest(sessionId)}`, sk: "SESSION" });
/** A mailed one-time token. @param token kept as a digest */
export const tokenKey = (purpose: "verification" | "passwordReset", token: string): Key => ({
  pk: `TOKEN#${purpose}#${digest(token)}`,
  sk: "TOKEN",
});

/** An organization, active or not. @param id padded, so that keys sort as ids do */
export const organizationKey = (practice: PracticeId, id: number): Key => ({
  pk: practicePartition(practice),
  sk: `ORG#${padded(id)}`,
});
/** An active organization's entry in the list of all. */
export const activeOrganizationKey = (practice: PracticeId, id: number): Key => ({
  pk: practicePartition(practice),
  sk: `ACTIVEORG#${padded(id)}`,
});
/** All active organizations of a practice. */
export const activeOrganizationPrefix = (practice: PracticeId): Key => ({
  pk: practicePartition(practice),
  sk: "ACTIVEORG#",
});
/** An active organization's entry in its therapist's list. */
export const therapistOrganizationKey = (practice: PracticeId, therapistUserId: number, id: number): Key => ({
  pk: practicePartition(practice),
  sk: `THERAPIST#${therapistUserId}#ORG#${padded(id)}`,
});
/** All active organizations of a therapist. */
export const therapistOrganizationPrefix = (practice: PracticeId, therapistUserId: number): Key => ({
  pk: practicePartition(practice),
  sk: `THERAPIST#${therapistUserId}#ORG#`,
});
/** Counts the ids that organizations of a practice were given. */
export const organizationCounterKey = (practice: PracticeId): Key => ({
  pk: practicePartition(practice),
  sk: "COUNTER#ORG",
});

/** One section of a therapist's practice profile. @param userId the caller's own key of the therapist */
export const profileSectionKey = (practice: PracticeId, userId: string, section: string): Key => ({
  pk: practicePartition(practice),
  sk: `PROFILE#${encode(userId)}#${section}`,
});
/** All sections of a therapist's practice profile. */
export const profilePrefix = (practice: PracticeId, userId: string): Key => ({
  pk: practicePartition(practice),
  sk: `PROFILE#${encode(userId)}#`,
});

/** A message on its way. @param messageId a time-ordered id */
export const messageKey = (messageId: string): Key => ({ pk: `MESSAGE#${messageId}`, sk: "MESSAGE" });

/** Counter of guesses at one secret. @param subject whose secret; kept as a digest only */
export const triesKey = (purpose: string, subject: string): Key => ({
  pk: `TRIES#${purpose}#${digest(subject)}`,
  sk: "TRIES",
});

/** Attributes that put an item on the sparse index. */
export interface IndexKey {
  readonly gsi1pk: string;
  readonly gsi1sk: string;
}

/** A vendor's place in the list of all, by id. */
export const vendorIndexKey = (applicationId: string): IndexKey => ({
  gsi1pk: vendorIndexPartition,
  gsi1sk: encode(applicationId),
});
/** All vendors, in the index. */
export const vendorIndexPartition = "VENDORS";
/**
 * A user's place in the list of all of a vendor, in the order in which they were created: two caller's keys of 128 characters each may not fit
 * into the 1,024 bytes of a sort key.
 * @param createdId a time-ordered id
 */
export const userIndexKey = (applicationId: string, createdId: string): IndexKey => ({
  gsi1pk: userIndexPartition(applicationId),
  gsi1sk: createdId,
});
/** All users of a vendor, in the index. */
export const userIndexPartition = (applicationId: string): string => `${vendorPartition(applicationId)}#USERS`;

/** The key of the practice in whose partition a record lies. */
export function practiceKeyAround({ pk }: Key): Key {
  const [, applicationId, accountId] = pk.split("#");
  return { pk: `VENDOR#${applicationId}`, sk: `PRACTICE#${accountId}` };
}
