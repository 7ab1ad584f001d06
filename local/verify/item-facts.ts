import { digestOf } from "../../lib/crypto/digest.ts";
import { normaliseLogin } from "../../lib/practices/ids.ts";
import {
  acceptedInvitationKey,
  activeOrganizationKey,
  clientKeyKey,
  connectionAccessKey,
  connectionKey,
  connectionTokenDigestKey,
  deletedPracticeKey,
  deviceEntryKey,
  directAddressKey,
  directDomainKey,
  emailKey,
  idsInSortKey,
  invitationKey,
  loginKey,
  organizationKey,
  portalAccountKey,
  practiceErasureIndexKey,
  practiceErasureKey,
  practiceIdAround,
  practiceKey,
  sessionEntryKey,
  therapistOrganizationKey,
  tokenDigestKey,
  unverifiedIndexKey,
  userIndexKey,
  userKey,
  vendorIndexKey,
  vendorKey,
  webAddressKey,
} from "../../lib/table/keys.ts";
import type {
  AcceptedInvitation,
  AccountItem,
  ClientKeyClaim,
  Connection,
  ConnectionAccess,
  ConnectionToken,
  Device,
  DirectAddressClaim,
  EmailClaim,
  Erasure,
  HeldEntry,
  IndexKey,
  InvitationClaim,
  Key,
  NameClaim,
  Organization,
  OrganizationEntry,
  PasswordReset,
  Practice,
  PracticeErasure,
  Session,
  Token,
  User,
  UserId,
  Vendor,
} from "../../lib/table/records.ts";
import { organizationAnswer } from "../../lib/therapists/organization.ts";
import type { ItemKind } from "./item-kind.ts";

/** Something that an item names. */
export interface Lead {
  readonly key: Key;
  /** What it is to the item, in words. */
  readonly as: string;
  /** It may be absent: it ends earlier, or by itself. */
  readonly mayBeAbsent?: boolean;
  /** It must name this item as its owner. */
  readonly isOwned?: boolean;
  /** What it must contain. */
  readonly stamp?: string;
}

/** The item to which another one belongs. */
export interface Owner {
  readonly key: Key;
  /** Whether the owner must name this item. Otherwise it may have replaced it by another one. */
  readonly mustLead: boolean;
  /** What this item contains of its owner. */
  readonly stamp?: string;
}

/** What must hold of an item among all others. */
export interface Facts {
  /** The key that its ids lead to. */
  readonly key?: Key;
  /** Its place in the index. */
  readonly index?: IndexKey | undefined;
  readonly leads?: readonly Lead[];
  readonly owner?: Owner | undefined;
  /** The accounts that it is about. While one is being erased, anything about it may be missing. */
  readonly accounts?: readonly Key[];
}

/** The items that are compared with others, by kind. */
interface Compared {
  readonly vendor: Vendor;
  readonly practice: Practice;
  readonly "deleted practice": object;
  readonly "claim of a web address": NameClaim;
  readonly "claim of a Direct domain": NameClaim;
  readonly "claim of a Direct address": DirectAddressClaim;
  readonly "claim of a login": UserId;
  readonly "claim of a client key": ClientKeyClaim;
  readonly "claim of an e-mail address": EmailClaim;
  readonly "claim of an invitation": InvitationClaim;
  readonly user: User;
  readonly account: AccountItem & Partial<IndexKey>;
  readonly favorites: object;
  readonly "authenticator app": object;
  readonly "code of a device": object;
  readonly device: Device;
  readonly "entry of a device": HeldEntry<Device>;
  readonly "entry of a session": HeldEntry<Session>;
  readonly session: Session;
  readonly "password reset": PasswordReset;
  readonly "password reset token": Token;
  readonly "verification token": Token;
  readonly connection: Connection;
  readonly "connection token": ConnectionToken;
  readonly "access by a connection": ConnectionAccess;
  readonly "accepted invitation": AcceptedInvitation;
  readonly organization: Organization;
  readonly "entry of an organization": OrganizationEntry;
  readonly "erasure of a practice": PracticeErasure;
  readonly "erasure of an account": Erasure;
}

type FactsOf = { readonly [Kind in keyof Compared]: (item: Compared[Kind] & Key, now: Date) => Facts };

const vendorAround = ({ pk }: Key): Key => ({ pk, sk: vendorKey("").sk });
const accountAround = (item: Key, id: string) => portalAccountKey({ ...practiceIdAround(item), id });
/** The account that owns an item, by the first id of its sort key. */
const holderOf = (item: Key) => accountAround(item, idsInSortKey(item)[0] ?? "");

/** What belongs to an account, and is nobody's business without it. */
const ofHolder = (item: Key): Facts => ({
  leads: [{ key: holderOf(item), as: "its account" }],
  accounts: [holderOf(item)],
});

const heldEntry = (item: HeldEntry<unknown> & Key): Facts => ({
  leads: [
    { key: holderOf(item), as: "its account" },
    { key: item.itemKey, as: "what it lists", mayBeAbsent: true, isOwned: true },
  ],
  accounts: [holderOf(item)],
});

const nameClaim = ({ applicationId, accountId }: NameClaim): Facts =>
  applicationId === undefined || accountId === undefined
    ? {}
    : { owner: { key: practiceKey({ applicationId, accountId }), mustLead: true, stamp: accountId } };

/** The claims of a practice. A practice that was created again under its key has other claims, so each has the stored id. */
function practiceFacts({ websiteAddress, directDomain, directAddress, ...practice }: Practice): Facts {
  const claim = (as: string, key: Key): Lead => ({ key, as, isOwned: true, stamp: practice.accountId });
  return {
    key: practiceKey(practice),
    leads: [
      { key: vendorKey(practice.applicationId), as: "its vendor" },
      ...(websiteAddress === undefined ? [] : [claim("the claim of its web address", webAddressKey(websiteAddress))]),
      ...(directDomain === undefined ? [] : [claim("the claim of its Direct domain", directDomainKey(directDomain))]),
      ...(directAddress === undefined
        ? []
        : [claim("the claim of its Direct address", directAddressKey(practice, directAddress))]),
    ],
  };
}

function userFacts(user: User): Facts {
  const { loginId, directAddress, applicationId, createdId } = user;
  const claim = (as: string, key: Key): Lead => ({ key, as, isOwned: true });
  return {
    key: userKey(user),
    index: userIndexKey(applicationId, createdId),
    leads: [
      ...(loginId === undefined ? [] : [claim("the claim of its login", loginKey(normaliseLogin(loginId)))]),
      ...(directAddress === undefined
        ? []
        : [claim("the claim of its Direct address", directAddressKey(user, directAddress))]),
    ],
  };
}

function accountFacts(account: AccountItem & Partial<IndexKey>, now: Date): Facts {
  const { id, email, document, unverifiedSince, gsi1pk, connections = {}, ...rest } = account;
  const key = portalAccountKey(account);
  const digests = [
    ...(rest.replacedVerifications ?? []),
    ...(rest.verificationDigest ? [rest.verificationDigest] : []),
  ];
  const isUnverified = document.state === "unverified";
  // An unverified account of an earlier release comes onto the index with its next write.
  const isOlder = unverifiedSince === undefined && gsi1pk === undefined;
  return {
    key,
    index: isUnverified && !isOlder ? unverifiedIndexKey(id, unverifiedSince ?? "") : undefined,
    leads: [
      { key: emailKey(account, email), as: "the claim of its e-mail address", isOwned: true },
      ...digests.map((digest) => ({
        key: tokenDigestKey("verification", digest),
        as: "its verification token",
        mayBeAbsent: true,
        isOwned: true,
      })),
      ...Object.entries(connections).map(([connectionId, { endsAt }]) => ({
        key: connectionKey(account, connectionId),
        as: "a connection to it",
        mayBeAbsent: endsAt !== 0 && endsAt <= now.getTime(),
        isOwned: true,
      })),
    ],
    accounts: [key],
  };
}

const accessStamp = ({ version, access }: Pick<ConnectionAccess, "version" | "access">) => `${version} ${access}`;

/** What an accepted connection has at its target. */
function atTarget(connection: Connection, targetId: string): Lead[] {
  const target = { ...connection, id: targetId };
  const { contextId, id } = connection;
  return [
    { key: portalAccountKey(target), as: "the account that accepted it" },
    contextId === undefined
      ? { key: acceptedInvitationKey(target, id), as: "what it leaves at its target", isOwned: true }
      : {
          key: connectionAccessKey(target, contextId),
          as: "the access that it gives",
          isOwned: true,
          stamp: accessStamp(connection),
        },
  ];
}

/** What leads to a connection that waits. */
function offeredBy(connection: Connection, isOver: boolean): Lead[] {
  const { tokenDigest, contextId, targetEmail } = connection;
  const token = tokenDigest === undefined ? [] : [connectionTokenDigestKey(tokenDigest)];
  const claim = contextId === undefined ? [invitationKey(connection, targetEmail)] : [];
  return [
    ...token.map((key) => ({ key, as: "its token", mayBeAbsent: isOver, isOwned: true })),
    ...claim.map((key) => ({ key, as: "the claim of the invited address", mayBeAbsent: isOver, isOwned: true })),
  ];
}

function connectionFacts(connection: Connection & Key, now: Date): Facts {
  const { id, contextId, targetId, state, endsAt = 0, usedTokenDigest } = connection;
  // Something that is no connection stays in the place of a deleted invitation.
  if (id === undefined) return {};
  const isOver = state === 0 && endsAt <= now.getTime();
  const ends = [contextId, targetId].flatMap((each) => each ?? []);
  const context = contextId === undefined ? undefined : portalAccountKey({ ...connection, id: contextId });
  return {
    key: connectionKey(connection, id),
    leads: [
      ...(context ? [{ key: context, as: "the account that it is to" }] : []),
      ...(state === 1 && targetId !== undefined ? atTarget(connection, targetId) : []),
      ...(state === 0 ? offeredBy(connection, isOver) : []),
      ...(usedTokenDigest === undefined
        ? []
        : [{ key: connectionTokenDigestKey(usedTokenDigest), as: "its token", mayBeAbsent: true, isOwned: true }]),
    ],
    owner: context && { key: context, mustLead: !isOver },
    accounts: [connectionKey(connection, id), ...ends.map((each) => portalAccountKey({ ...connection, id: each }))],
  };
}

const organizationStamp = (entry: OrganizationEntry) => digestOf(JSON.stringify(organizationAnswer(entry)));

function organizationFacts(organization: Organization & Key): Facts {
  const { id, is_active, therapist_user_id: therapist } = organization;
  const practice = practiceIdAround(organization);
  const keys = is_active
    ? [
        activeOrganizationKey(practice, id),
        ...(therapist === null ? [] : [therapistOrganizationKey(practice, therapist, id)]),
      ]
    : [];
  const stamp = organizationStamp(organization);
  return {
    key: organizationKey(practice, id),
    leads: keys.map((key) => ({ key, as: "its entry in a list", isOwned: true, stamp })),
  };
}

/** A session, or a device: its entry in its holder's list leads to it. */
const listed = (entry: Key, holder: Key): Facts => ({
  leads: [{ key: holder, as: "its account" }],
  owner: { key: entry, mustLead: true },
  accounts: [holder],
});

/** Digests have this length. The devices of earlier releases have the id of their account in this place, and are in no list. */
const digestLength = 64;

const factsOf: FactsOf = {
  vendor: ({ applicationId, clientKeys }) => ({
    key: vendorKey(applicationId),
    index: vendorIndexKey(applicationId),
    leads: clientKeys.map((each) => ({ key: clientKeyKey(each), as: "the claim of its client key", isOwned: true })),
  }),
  practice: practiceFacts,
  "deleted practice": (item) => ({ leads: [{ key: vendorAround(item), as: "its vendor" }] }),
  "claim of a web address": nameClaim,
  "claim of a Direct domain": nameClaim,
  "claim of a Direct address": ({ applicationId, accountId, userId }) => ({
    owner:
      userId === undefined
        ? { key: practiceKey({ applicationId, accountId }), mustLead: true, stamp: accountId }
        : { key: userKey({ applicationId, accountId, userId }), mustLead: true },
  }),
  "claim of a login": (claim) => ({ owner: { key: userKey(claim), mustLead: true } }),
  "claim of a client key": ({ applicationId }) => ({ owner: { key: vendorKey(applicationId), mustLead: true } }),
  "claim of an e-mail address": (claim) => ({
    owner: { key: accountAround(claim, claim.id), mustLead: true },
    accounts: [accountAround(claim, claim.id)],
  }),
  // It may be written before the invitation, and an accepted or deleted one leaves it behind.
  "claim of an invitation": (claim) => ({
    owner: { key: connectionKey(practiceIdAround(claim), claim.connectionId), mustLead: false },
  }),
  user: userFacts,
  account: accountFacts,
  favorites: ofHolder,
  "authenticator app": ofHolder,
  "code of a device": ofHolder,
  device: (device) => {
    const holder = { ...practiceIdAround(device), id: device.holderId };
    const isListed = idsInSortKey(device)[0]?.length === digestLength;
    return isListed ? listed(deviceEntryKey(holder, device.id), portalAccountKey(holder)) : {};
  },
  "entry of a device": heldEntry,
  "entry of a session": heldEntry,
  session: (session) => {
    const holder = { ...session, id: session.holderId };
    // A session of an earlier release is in no list.
    return session.id === undefined ? {} : listed(sessionEntryKey(holder, session.id), portalAccountKey(holder));
  },
  "password reset": ({ tokenDigest }) => ({
    leads:
      tokenDigest === undefined
        ? []
        : [
            {
              key: tokenDigestKey("passwordReset", tokenDigest),
              as: "its token",
              mayBeAbsent: true,
              isOwned: true,
            },
          ],
  }),
  "password reset token": ({ stateKey }) => ({ owner: stateKey && { key: stateKey, mustLead: false } }),
  "verification token": (token) => ({
    owner: { key: portalAccountKey({ ...token, id: token.holderId }), mustLead: false },
  }),
  connection: connectionFacts,
  "connection token": (token) => ({
    // The place of a token whose write was given up has no connection.
    owner:
      token.connectionId === undefined ? undefined : { key: connectionKey(token, token.connectionId), mustLead: false },
  }),
  "access by a connection": (access) => ({
    owner: {
      key: connectionKey(practiceIdAround(access), access.connectionId),
      mustLead: true,
      stamp: accessStamp(access),
    },
    accounts: [holderOf(access), accountAround(access, access.contextId)],
  }),
  "accepted invitation": (accepted) => ({
    owner: { key: connectionKey(practiceIdAround(accepted), accepted.connectionId), mustLead: true },
    accounts: [holderOf(accepted)],
  }),
  organization: organizationFacts,
  "entry of an organization": (entry) => ({
    owner: {
      key: organizationKey(practiceIdAround(entry), entry.id),
      mustLead: true,
      stamp: organizationStamp(entry),
    },
  }),
  "erasure of a practice": (erasure) => ({
    key: practiceErasureKey(erasure),
    index: practiceErasureIndexKey(erasure.deletedAt),
    leads: [{ key: deletedPracticeKey(erasure), as: "the note that the practice was deleted" }],
  }),
  "erasure of an account": () => ({}),
};

const isCompared = (kind: ItemKind): kind is keyof Compared => Object.hasOwn(factsOf, kind);

/** Returns what must hold of an item of a kind. */
export function readFacts(kind: ItemKind, item: Key, now: Date): Facts {
  if (!isCompared(kind)) return {};
  // The one place where what was read gets its type: an item's key says which kind lib/ writes under it.
  const facts = factsOf[kind] as (item: Key, now: Date) => Facts;
  return facts(item, now);
}
