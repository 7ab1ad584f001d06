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
const digest = (value: string) => createHash("sha256").update(value).digest("hex");

/** Partition of a vendor and the records of its practices. */
const vendorPartition = (applicationId: string) => `VENDOR#${encode(applicationId)}`;
/** Partition of everything inside one practice. */
const practicePartition = (id: PracticeId) => `PRACTICE#${encode(id.applicationId)}#${encode(id.accountId)}`;

export const vendorKey = (applicationId: string): Key => ({ pk: vendorPartition(applicationId), sk: "VENDOR" });
export const clientKeyKey = (clientKey: string): Key => ({ pk: `CLIENTKEY#${encode(clientKey)}`, sk: "CLIENTKEY" });

export const practiceKey = (id: PracticeId): Key => ({
  pk: vendorPartition(id.applicationId),
  sk: `PRACTICE#${encode(id.accountId)}`,
});
export const practicePrefix = (applicationId: string): Key => ({ pk: vendorPartition(applicationId), sk: "PRACTICE#" });

export const userKey = (id: UserId): Key => ({ pk: practicePartition(id), sk: `USER#${encode(id.userId)}` });
export const userPrefix = (id: PracticeId): Key => ({ pk: practicePartition(id), sk: "USER#" });

export const portalSettingsKey = (id: PracticeId): Key => ({ pk: practicePartition(id), sk: "PORTALSETTINGS" });

/** @param label the normalised web address, unique over everything */
export const webAddressKey = (label: string): Key => ({ pk: `WEBADDRESS#${encode(label)}`, sk: "CLAIM" });
/** @param label the normalised first label of the Direct domain, unique over everything */
export const directDomainKey = (label: string): Key => ({ pk: `DIRECTDOMAIN#${encode(label)}`, sk: "CLAIM" });
/** @param login the login id as `normaliseLogin` gives it, unique over everything */
export const loginKey = (login: string): Key => ({ pk: `LOGIN#${encode(login)}`, sk: "CLAIM" });
/** @param local the local part of a Direct address, unique within the practice */
export const directAddressKey = (id: PracticeId, local: string): Key => ({
  pk: practicePartition(id),
  sk: `DIRECT#${encode(local)}`,
});

/** @param eventId a time-ordered id */
export const practiceEventKey = (id: PracticeId, eventId: string): Key => ({
  pk: practicePartition(id),
  sk: `EVENT#${eventId}`,
});
export const vendorEventKey = (applicationId: string, eventId: string): Key => ({
  pk: vendorPartition(applicationId),
  sk: `EVENT#${eventId}`,
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

/** All vendors, by id. */
export const vendorIndexKey = (applicationId: string): IndexKey => ({
  gsi1pk: vendorIndexPartition,
  gsi1sk: encode(applicationId),
});
export const vendorIndexPartition = "VENDORS";
/**
 * All users of a vendor, in the order in which they were created: two caller's keys of 128 characters each may not fit
 * into the 1,024 bytes of a sort key.
 * @param createdId a time-ordered id
 */
export const userIndexKey = (applicationId: string, createdId: string): IndexKey => ({
  gsi1pk: userIndexPartition(applicationId),
  gsi1sk: createdId,
});
export const userIndexPartition = (applicationId: string): string => `${vendorPartition(applicationId)}#USERS`;

/** The key of the practice in whose partition a record lies. */
export function practiceKeyAround({ pk }: Key): Key {
  const [, applicationId, accountId] = pk.split("#");
  return { pk: `VENDOR#${applicationId}`, sk: `PRACTICE#${accountId}` };
}
