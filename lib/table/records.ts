import type { PortalSettings } from "../portal-settings.ts";

/**
 * Every kind of item in the table, as it is stored, and the types of the keys that lead to them. An item also has its
 * key (`pk`, `sk`) and a `type`, which say what kind it is. An unset field is absent.
 */

/** Exists in the type system only: it says which kind of item a key leads to. */
declare const item: unique symbol;

/** The key of one item. */
export interface Key<Item = unknown> {
  readonly pk: string;
  readonly sk: string;
  readonly [item]?: Item;
}

/** The beginning of the keys of a list: a partition, and what its sort keys begin with. */
export interface Prefix<Item = unknown> {
  readonly pk: string;
  readonly sk: string;
  readonly [item]?: Item;
}

/** A partition of the index. */
export interface IndexPartition<Item = unknown> {
  readonly gsi1pk: string;
  readonly [item]?: Item;
}

/** Attributes that put an item on the sparse index. */
export interface IndexKey {
  readonly gsi1pk: string;
  readonly gsi1sk: string;
}

/** Names a practice. */
export interface PracticeId {
  readonly applicationId: string;
  /** The caller's own key, with the number of its generation if practices under this key were deleted (`generation.ts`). */
  readonly accountId: string;
}

/** The caller's own keys of a user. */
export interface UserId extends PracticeId {
  readonly userId: string;
}

/** The portal account with an id, within a practice. */
export interface PortalAccountId extends PracticeId {
  /** 24 hex digits, time-ordered. */
  readonly id: string;
}

/**
 * A record that exists in the table: `version` counts its writes and guards each one against a lost update. It begins at a random
 * number where a deleted record's key can be used again (`firstVersion`).
 */
export interface Versioned {
  readonly version: number;
}

/** An integrating application, which owns practices. */
export interface Vendor extends Versioned {
  readonly applicationId: string;
  readonly name: string;
  /** SHA-256 of the live secrets in hex, the newest first; two while they are being rotated. */
  readonly secretDigests: readonly string[];
  readonly disabled: boolean;
  /** Goes up each time that the vendor is disabled, which ends the sessions of all its portals for good. */
  readonly sessionEpoch?: number | undefined;
  /** Public keys that name the application on portal calls. */
  readonly clientKeys: readonly string[];
  readonly createdAt: string;
}

/** The claim of a client key. It names the vendor. */
export interface ClientKeyClaim {
  readonly applicationId: string;
}

/** A practice. */
export interface Practice extends PracticeId, Versioned {
  readonly name: string;
  readonly address1?: string | undefined;
  readonly address2?: string | undefined;
  readonly city?: string | undefined;
  readonly state?: string | undefined;
  readonly postal?: string | undefined;
  readonly phone?: string | undefined;
  readonly fax?: string | undefined;
  readonly active: boolean;
  readonly timeZone: string;
  readonly websiteAddress?: string | undefined;
  /** The label alone. */
  readonly directDomain?: string | undefined;
  /** The local part alone. */
  readonly directAddress?: string | undefined;
  readonly practiceNpi?: string | undefined;
  readonly practiceSpecialtyCode?: string | undefined;
  readonly metadata?: string | undefined;
  /** Goes up with each deactivation, which ends the portal's sessions for good. */
  readonly sessionEpoch?: number | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/**
 * Says that practices under a caller's key were deleted, so that their audit events are found, and the next practice under
 * this key gets a generation of its own.
 */
export interface DeletedPractice extends Versioned {
  /** Of the practice that was deleted last. */
  readonly generation: number;
  /** ISO 8601. */
  readonly deletedAt: string;
  /** Epoch seconds. By then all its events have expired, and DynamoDB cleans up. */
  readonly expiresAt: number;
}

/**
 * The claim of a web address or a Direct domain. It names the practice that has the name. A released name names no
 * practice; it stays reserved for the vendor `freedBy` until `endsAt`.
 */
export interface NameClaim extends Partial<PracticeId> {
  readonly freedBy?: string;
  /** These are epoch milliseconds. */
  readonly freedAt?: number;
  readonly endsAt?: number;
}

/** The claim of a Direct address. It names the practice or the user that has it. */
export interface DirectAddressClaim extends PracticeId {
  readonly userId?: string | undefined;
}

/** A user. */
export interface User extends UserId, Versioned {
  readonly firstName: string;
  readonly middleName?: string | undefined;
  readonly lastName: string;
  readonly address1?: string | undefined;
  readonly address2?: string | undefined;
  readonly city?: string | undefined;
  readonly state?: string | undefined;
  readonly postal?: string | undefined;
  readonly active: boolean;
  readonly timeZone: string;
  /** The local part alone; its domain is the practice's. */
  readonly directAddress?: string | undefined;
  /** As the caller passed it; compared in the form that `normaliseLogin` returns. */
  readonly loginId?: string | undefined;
  /** As `hashPassword` returns it, or a hash of another system until the first sign-in. */
  readonly passwordHash?: string | undefined;
  readonly provider: boolean;
  readonly admin: boolean;
  readonly searchOptOut: boolean;
  readonly npi?: string | undefined;
  readonly providerTaxonomyCode?: string | undefined;
  readonly metadata?: string | undefined;
  /** Time-ordered; the user's place in the vendor's list of all users. */
  readonly createdId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The settings of a portal that were saved; `portalSettingsOf` adds the defaults. */
export interface StoredPortalSettings extends Partial<PortalSettings>, Versioned {}

/** An audit event as it is stored: ids and names of fields, never their values. */
export interface AuditEvent {
  readonly type: "event";
  readonly what: string;
  /** The ids that name the record. */
  readonly record: Readonly<Record<string, string | undefined>>;
  readonly changed: readonly string[];
  readonly who: {
    readonly kind: string;
    readonly applicationId?: string;
    readonly accountId?: string;
    readonly userId?: string;
    /** Id of a portal account. */
    readonly id?: string;
  };
  /** ISO 8601. */
  readonly at: string;
  readonly requestId: string;
  readonly sourceIp?: string;
}

/** Stands at the key of an audit event whose write was given up. */
export interface Placeholder {
  readonly type: "void";
}

/** What is shown of an organization. Also its entry in a list of active organizations. */
export interface OrganizationEntry {
  /** Counted up within the practice, never given twice. */
  readonly id: number;
  readonly name: string | null;
  /** The caller's own key of the therapist. */
  readonly therapist_user_id: number | null;
  readonly is_active: boolean;
}

/** An organization. */
export interface Organization extends OrganizationEntry, Versioned {
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A postal address in a therapist's profile. */
interface ProfileAddress {
  readonly addressLine1: string | null;
  readonly addressLine2: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly country: string | null;
  readonly zipcode: string | null;
}

/**
 * One section of a therapist's practice profile, with some of these fields. The sections of one save have the same
 * version.
 */
export interface ProfileSection extends Versioned {
  readonly userloginname?: string | null;
  readonly loginid?: string | null;
  readonly role?: string | null;
  readonly timezone?: string | null;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly gender?: string | null;
  readonly emailid?: string | null;
  readonly phoneNumber?: string | null;
  readonly dob?: string | null;
  readonly image?: string;
  readonly address?: readonly ProfileAddress[];
  readonly orgid?: number | null;
  readonly npi?: string | null;
  readonly is_org_admin?: boolean;
}

/** For client-side encryption of data that belongs to the account's holder; new with each password. */
export interface AccountKey {
  readonly fingerprint: string;
  readonly secret: string;
}

/**
 * An account that was erased, and of which a worker still has to delete the rest. It names what only the account itself
 * led to. The worker deletes it last.
 *
 * Or an account that has ended all connections to it, and stays: then the worker deletes those alone.
 */
export interface Erasure extends PortalAccountId {
  /** As `normaliseEmail` returns it. */
  readonly email: string;
  /** Only connections have ended. */
  readonly connectionsOnly?: true;
  /** The request that erased the account, or ended its connections. */
  readonly requestId: string;
  /** Ids of the connections to the account. */
  readonly connectionIds: readonly string[];
  /** Digests of its verification tokens. */
  readonly verificationDigests: readonly string[];
  /** Of its image. */
  readonly uploadId?: string | undefined;
}

/**
 * A practice that was deleted, and of which workers erase what lies inside. The last one removes this item, when no call that
 * was under way at the deletion can write into the practice any more.
 */
export interface PracticeErasure extends PracticeId {
  /** ISO 8601. */
  readonly deletedAt: string;
  /** The request that deleted the practice. */
  readonly requestId: string;
}

/** Any item in a practice's partition. It has those attributes that lead to items elsewhere. */
export interface PracticeItem
  extends Key,
    Partial<Versioned>,
    Pick<Partial<User>, "loginId">,
    Pick<AccountItem, "verificationDigest" | "replacedVerifications">,
    Pick<Connection, "tokenDigest" | "usedTokenDigest">,
    Partial<Pick<HeldEntry<unknown>, "itemKey">> {
  /** An account's image leads to its upload. The one in a therapist's profile is the picture itself, as text. */
  readonly image?: AccountItem["image"] | ProfileSection["image"];
}

/** A picture as it is stored, in one of its sizes. */
export interface StoredFacet {
  /** MD5 of its bytes, in hex. */
  readonly etag: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** In bytes. */
  readonly size: number;
}

/** The picture of an account, from the moment that its upload was allowed. */
export interface StoredImage {
  /** Names its objects (`lib/accounts/image/objects.ts`). Each upload has another one. */
  readonly uploadId: string;
  /** Id of the account that asked for the upload; `systemId` for applications. */
  readonly creator: string;
  /** As the caller stated it. */
  readonly filename: string;
  /** 0 waits for the upload, 1 is being processed, 2 is ready, 3 could not be used. */
  readonly state: 0 | 1 | 2 | 3;
  /** Until when it may be uploaded; epoch milliseconds. */
  readonly uploadEndsAt: number;
  /** At state 3: why. */
  readonly reason?: string | undefined;
  /** At state 2. */
  readonly content?: StoredFacet | undefined;
  readonly thumbnail?: StoredFacet | undefined;
}

/** The account that an upload is for, stored under the upload's id. */
export interface Upload extends PortalAccountId {
  /** Epoch seconds; after it DynamoDB cleans up. */
  readonly expiresAt: number;
}

/** Objects of the bucket that are to be deleted. */
export interface FilesToDelete {
  /** Their keys. */
  readonly objects: readonly string[];
  /** Epoch seconds; after it DynamoDB cleans up. */
  readonly expiresAt: number;
}

/**
 * A portal account. `accountId` is the practice's key, `id` the account's own. `accountFrom` and `accountItem` convert
 * between this and `Account`: custom properties are one JSON text here, because they may contain numbers and names
 * that DynamoDB does not accept.
 */
export interface AccountItem extends PortalAccountId, Versioned {
  /** As `normaliseEmail` returns it. */
  readonly email: string;
  /** As `hashPassword` returns it. */
  readonly passwordHash: string;
  readonly key: AccountKey;
  /** Properties that somebody other than the server may write, without the custom ones. */
  readonly document: Readonly<Record<string, unknown>>;
  /** The custom properties, as JSON. */
  readonly custom: string;
  /** Goes up with each event that ends the sessions of before. */
  readonly sessionEpoch: number;
  /**
   * The mobile number is from before the e-mail address was proven, perhaps by somebody else. It gets no codes until the holder
   * has confirmed or replaced it.
   */
  readonly mobileUnconfirmed?: boolean | undefined;
  /** How often the mobile number was changed; absent while it never was. */
  readonly mobileChanges?: number | undefined;
  /** Digest of the one verification token that works. */
  readonly verificationDigest?: string | undefined;
  /** Digests of the verification tokens that newer mails have replaced, the newest last. They can still reject the account. */
  readonly replacedVerifications?: readonly string[] | undefined;
  /** The source address of the registration, which verification mails tell. Absent when a server registered the account. */
  readonly registeredFrom?: string | undefined;
  /** When verification was mailed in the last hour, at the registration and again, the newest last; epoch milliseconds. */
  readonly resentAt?: readonly number[] | undefined;
  readonly createdAt: string;
  /** While `state` is `unverified`: since when. */
  readonly unverifiedSince?: string | undefined;
  readonly updatedAt?: string | undefined;
  readonly updaterId?: string | undefined;
  readonly image?: StoredImage | undefined;
  /** The connections to this account, by their ids. */
  readonly connections?: Readonly<Record<string, ContextEntry>> | undefined;
}

/** What an account keeps of a connection to it, so that it shows without another read whether the account is shared. */
export interface ContextEntry {
  /** The invited address, as `normaliseEmail` returns it. */
  readonly email: string;
  /** Until when the invitation can be accepted, in epoch milliseconds; 0 once it was accepted. */
  readonly endsAt: number;
}

/** How much of an account somebody may see by a connection. */
export type ConnectionLevel = 2 | 4 | 6;

/** A connection, which gives one account access to another, its context. Without a context it is an invitation. */
export interface Connection extends PracticeId, Versioned {
  /** 24 hex digits, time-ordered. */
  readonly id: string;
  readonly contextId?: string | undefined;
  readonly access: ConnectionLevel;
  /** Roles that whoever accepts gets. */
  readonly roles?: readonly string[] | undefined;
  /** Id of the account that made it; `systemId` for applications. */
  readonly creatorId: string;
  /** The invited address, as `normaliseEmail` returns it. */
  readonly targetEmail: string;
  /** 0 is pending, 1 is active. */
  readonly state: 0 | 1;
  /** While pending: digest of the one token that works, and until when; epoch milliseconds. */
  readonly tokenDigest?: string | undefined;
  readonly endsAt?: number | undefined;
  /** Once active: the account that accepted, and the digest of the token that it used. */
  readonly targetId?: string | undefined;
  readonly usedTokenDigest?: string | undefined;
  readonly createdAt: string;
  /** Epoch seconds; after it DynamoDB cleans up what was never accepted. */
  readonly expiresAt?: number | undefined;
}

/** What an active connection gives its target. It has the version of the connection, and is always written with it. */
export interface ConnectionAccess extends Versioned {
  readonly contextId: string;
  readonly access: ConnectionLevel;
  readonly connectionId: string;
}

/** Leads from an account to an invitation that it has accepted. */
export interface AcceptedInvitation {
  readonly connectionId: string;
  /** Epoch seconds; after it DynamoDB cleans up, as it does with the invitation. */
  readonly expiresAt?: number | undefined;
}

/** The token of a connection, stored under its digest. It has what is to be read to accept the connection. */
export interface ConnectionToken extends PracticeId {
  readonly connectionId: string;
  readonly contextId?: string | undefined;
  readonly creatorId: string;
  /** Epoch milliseconds. */
  readonly endsAt: number;
  /** Epoch seconds; after it DynamoDB cleans up. */
  readonly expiresAt: number;
  /** The account that has accepted the connection with it. */
  readonly usedBy?: string;
}

/**
 * The claim of an address that is invited to register. It names the only invitation of this address that can be accepted. It
 * may be written before that invitation, so it may also name one that does not exist.
 */
export interface InvitationClaim extends Versioned {
  readonly connectionId: string;
}

/** The claim of an e-mail address. It names the account that has it. */
export interface EmailClaim {
  readonly id: string;
  /** Goes up each time that all devices of the account are forgotten. */
  readonly deviceEpoch?: number | undefined;
}

/** Ids of the accounts that an account holder has marked. */
export interface Favorites {
  /** Absent once the last one was taken out: DynamoDB stores no empty set. */
  readonly ids?: ReadonlySet<string>;
}

/** A session, stored under a digest of its id. */
export interface Session extends PracticeId {
  /** Names it in lists: 24 hex digits, time-ordered. Sessions from before there were lists have none. */
  readonly id?: string | undefined;
  /** The account holder. */
  readonly holderId: string;
  /** The `sessionEpoch` of account, portal and vendor when it began: a later one means that it is over. */
  readonly accountEpoch: number;
  readonly portalEpoch: number;
  readonly vendorEpoch?: number | undefined;
  readonly idleMinutes: number;
  /** These are epoch milliseconds. */
  readonly startedAt: number;
  readonly endsAt: number;
  readonly lastSeenAt: number;
  /** Epoch seconds; after it DynamoDB cleans up. Until then an expired session can be told from an unknown one. */
  readonly expiresAt: number;
}

/** A device on which the holder of an account has signed in. */
export interface Device {
  /** 24 hex digits, time-ordered. */
  readonly id: string;
  /** The account that it was recorded for; another account with the same e-mail address does not know it. */
  readonly holderId: string;
  /** What the holder calls it. */
  readonly label?: string | undefined;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  /** Whether a second factor was shown on it, or the account was registered on it. */
  readonly trusted: boolean;
  /** The claim's `deviceEpoch` when it was recorded: a later one means that it is forgotten. */
  readonly epoch: number;
  /** Epoch milliseconds. */
  readonly endsAt: number;
  /** Epoch seconds; after it DynamoDB cleans up. */
  readonly expiresAt: number;
}

/** An entry in an account holder's list of devices or sessions. It outlives its item, so the item says whether it counts. */
export interface HeldEntry<Item> {
  readonly itemKey: Key<Item>;
  /** Epoch seconds; after it DynamoDB cleans up. */
  readonly expiresAt: number;
}

/** The code that a new device waits for. */
export interface DeviceCode {
  /** Of the code, the device and `boundTo`, so that the digest of a short code is of no use elsewhere. */
  readonly digest: string;
  /** Digest of the account's key and mobile number. Another password or number makes the code void. */
  readonly boundTo: string;
  /** Epoch milliseconds. */
  readonly endsAt: number;
  /** Its tries, one id for each. */
  readonly uses?: ReadonlySet<string>;
}

/** The second factor that an account holder has set up: an authenticator app (TOTP, RFC 6238) and recovery codes. */
export interface Totp extends Versioned {
  /** 24 hex digits; another one for each secret. */
  readonly id: string;
  /** A pending one waits for its first code, and is not asked for. */
  readonly state: "pending" | "active";
  /** The secret, sealed. */
  readonly sealed: string;
  /** The last step whose code was used, in 30 seconds since 1970. No code up to it works any more. */
  readonly lastStep?: number | undefined;
  /** Of the recovery codes that were not used yet. */
  readonly recoveryDigests?: readonly string[] | undefined;
  readonly createdAt: string;
}

/** A mailed one-time token, stored under its digest. */
export interface Token extends PracticeId {
  /** The account that it is for; `unknownAccountId` in the decoy for an unknown e-mail address. */
  readonly holderId: string;
  /** Epoch milliseconds. */
  readonly endsAt: number;
  /** Of a password reset: the item that says whether this is the newest. */
  readonly stateKey?: Key<PasswordReset> | undefined;
  /** Of a password reset: `fingerprint` of the account's key when it was mailed. Another password means another key. */
  readonly keyFingerprint?: string | undefined;
}

/** State of password resets for one e-mail address, known or not. */
export interface PasswordReset extends Versioned {
  /** Digest of the one token that works. */
  readonly tokenDigest?: string | undefined;
  /** When mails were sent, the newest last; epoch milliseconds. */
  readonly sentAt: readonly number[];
}

/** A message that is queued, being sent, or sent. */
export interface QueuedItem {
  /** The sealed message. */
  readonly sealed: string;
  readonly queuedAt: string;
  /** While a worker sends it: until when, in epoch milliseconds. */
  readonly leaseUntil?: number;
  readonly doneAt?: string;
}

/** Messages that were queued as one item. A worker makes an item of each. */
export interface QueuedItems {
  /** The messages, each sealed for its own later item. */
  readonly sealed: readonly string[];
  readonly queuedAt: string;
}

/** What is kept of a write with an idempotency key. Nothing in it can be read without the request. */
export interface IdempotencyItem {
  /** Names the run of the request that has claimed the key. */
  readonly claimId: string;
  /** Derived from the request: another request has another one. */
  readonly fingerprint: string;
  /** The encrypted answer, once the write is carried out. */
  readonly sealed?: Uint8Array;
  /** Until when only that run may write; epoch milliseconds. */
  readonly leaseUntil: number;
  /** Until when the answer is kept; epoch milliseconds. */
  readonly endsAt: number;
  /** Epoch seconds; after it DynamoDB cleans up. */
  readonly expiresAt: number;
}

/** What was sent to one recipient of late. */
export interface SentCount extends Versioned {
  /** The newest last; `at` is in epoch milliseconds. */
  readonly sent: readonly { readonly messageId: string; readonly at: number }[];
  /** Epoch seconds; after it DynamoDB cleans up. */
  readonly expiresAt: number;
}

/** How many text messages a portal sent in a day (UTC). */
export interface TextsOfDay {
  readonly texts: number;
  /** Epoch seconds; after it DynamoDB cleans up. */
  readonly expiresAt: number;
}

/** The guesses at one secret that are counted. */
export interface TriesCount {
  /** Wrong in a row, and reserved. */
  readonly tries: number;
  /** Wrong in a row. */
  readonly failed: number;
  /** Not judged yet. */
  readonly reserved: number;
  /** Wrong in the present hour, and reserved. A right guess does not reset it. */
  readonly hourTries: number;
  /** When that hour began; epoch milliseconds. */
  readonly hourBegan: number;
  /** When the last one was reserved or was wrong; epoch milliseconds. */
  readonly triedAt: number;
  /** Names of the reservations. */
  readonly undecided: ReadonlySet<string>;
}

/** The calls of one address or application in a minute that are counted together. */
export interface CallCount {
  readonly calls: number;
  /** Epoch seconds; after it DynamoDB cleans up. */
  readonly expiresAt: number;
}
