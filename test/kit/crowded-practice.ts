import { digestOf } from "../../lib/crypto/digest.ts";
import * as keys from "../../lib/table/keys.ts";
import type { Key, PracticeId } from "../../lib/table/records.ts";

/** An item as it is stored. */
export type StoredItem = Key & Readonly<Record<string, unknown>>;

/** In every value that says something about a person, and in every id: whatever is left of a person has it. */
export const personalMark = "zyxomma";

/** How many items `crowdedPractice` makes for each person: inside the practice, and elsewhere. */
export const itemsOfPerson = { inside: 22, elsewhere: 8 } as const;

/** Items of every kind that a practice can have, with what they lead to elsewhere, for people who are all of it at once. */
export function crowdedPractice(practice: PracticeId, people: number): StoredItem[] {
  return Array.from({ length: people }, (_, place) => [
    ...ofUser(practice, place),
    ...ofAccount(practice, place),
    ...ofConnections(practice, place),
    ...ofTherapist(practice, place),
  ]).flat();
}

const stored = (key: Key, item: object): StoredItem => ({ ...key, ...item });
const hour = 3_600_000;
const endsAt = Date.now() + 24 * hour;
const expiresAt = Math.ceil(endsAt / 1000);
const idOf = (kind: string, place: number) => `${kind}${String(place).padStart(24 - kind.length, "0")}`;
const nameOf = (kind: string, place: number) => `${personalMark}-${kind}-${place}`;
const emailOf = (place: number) => `${nameOf("mail", place)}@example.org`;

function ofUser(practice: PracticeId, place: number): StoredItem[] {
  const id = { ...practice, userId: nameOf("user", place) };
  const [loginId, directAddress] = [nameOf("Login", place), nameOf("direct", place)];
  const fields = { firstName: personalMark, lastName: personalMark, active: true, loginId, directAddress };
  const indexed = keys.userIndexKey(practice.applicationId, idOf("aa", place));
  return [
    stored(keys.userKey(id), { type: "user", ...id, ...fields, ...indexed, createdId: idOf("aa", place), version: 1 }),
    stored(keys.directAddressKey(practice, directAddress), { type: "claim", ...id }),
    stored(keys.loginKey(loginId.toLowerCase()), { type: "claim", ...id }),
  ];
}

function ofAccount(practice: PracticeId, place: number): StoredItem[] {
  const id = idOf("bb", place);
  const account = { ...practice, id };
  const email = emailOf(place);
  const device = keys.deviceKey(practice, email, nameOf("device", place));
  const session = keys.sessionKey(nameOf("session", place));
  const digest = (what: string) => digestOf(nameOf(what, place));
  const token = { type: "token", ...practice, holderId: id, endsAt, expiresAt };
  const image = {
    uploadId: idOf("cc", place),
    creator: id,
    filename: `${personalMark}.jpg`,
    state: 0,
    uploadEndsAt: endsAt,
  };
  const person = { email, document: { state: "unverified", name: { first: personalMark } }, custom: "{}", image };
  const verifications = { verificationDigest: digest("verification"), replacedVerifications: [digest("replaced")] };
  const unverified = keys.unverifiedIndexKey(id, new Date().toISOString());
  return [
    stored(keys.portalAccountKey(account), {
      ...{ type: "portalAccount", ...account, ...person, ...verifications, ...unverified, version: 1 },
    }),
    stored(keys.emailKey(practice, email), { type: "claim", id }),
    stored(keys.favoritesKey(account), { ids: new Set([id]) }),
    stored(device, { type: "device", holderId: id, label: personalMark, endsAt, expiresAt }),
    stored(keys.deviceEntryKey(account, idOf("dd", place)), { type: "deviceEntry", itemKey: device, expiresAt }),
    stored(keys.deviceCodeKey(account, "name"), { type: "deviceCode", digest: digest("code"), endsAt, expiresAt }),
    stored(keys.totpKey(account), { type: "totp", id, state: "active", sealed: personalMark, version: 1 }),
    stored(session, { type: "session", ...practice, id, holderId: id, note: personalMark, endsAt, expiresAt }),
    stored(keys.sessionEntryKey(account, id), { type: "sessionEntry", itemKey: session, expiresAt }),
    stored(keys.passwordResetKey(practice, email), { type: "passwordReset", tokenDigest: digest("reset"), version: 1 }),
    stored(keys.tokenDigestKey("passwordReset", digest("reset")), token),
    stored(keys.tokenDigestKey("verification", digest("verification")), token),
    stored(keys.tokenDigestKey("verification", digest("replaced")), token),
    stored(keys.uploadKey(image.uploadId), { type: "upload", ...account, expiresAt }),
  ];
}

function ofConnections(practice: PracticeId, place: number): StoredItem[] {
  const [id, accountId] = [idOf("ee", place), idOf("bb", place)];
  const target = { ...practice, id: accountId };
  const [tokenDigest, usedTokenDigest] = [digestOf(nameOf("offered", place)), digestOf(nameOf("used", place))];
  const connection = { ...practice, id, targetEmail: emailOf(place), state: 0, tokenDigest, usedTokenDigest };
  const token = { type: "token", ...practice, connectionId: id, creatorId: accountId, endsAt, expiresAt };
  return [
    stored(keys.connectionKey(practice, id), { type: "connection", ...connection, version: 1 }),
    stored(keys.connectionTokenDigestKey(tokenDigest), token),
    stored(keys.connectionTokenDigestKey(usedTokenDigest), token),
    stored(keys.connectionAccessKey(target, accountId), { type: "connectionAccess", connectionId: id, version: 1 }),
    stored(keys.acceptedInvitationKey(target, id), { type: "acceptedInvitation", connectionId: id, expiresAt }),
    stored(keys.invitationKey(practice, emailOf(place)), { type: "claim", connectionId: id, version: 1 }),
  ];
}

function ofTherapist(practice: PracticeId, place: number): StoredItem[] {
  const organization = { id: place + 1, name: personalMark, therapist_user_id: place, is_active: true };
  const sections = ["LOGIN", "PERSONAL", "ADDRESS", "ORGANIZATION"];
  return [
    stored(keys.organizationKey(practice, place + 1), { type: "organization", ...organization, version: 1 }),
    stored(keys.activeOrganizationKey(practice, place + 1), { type: "organizationEntry", ...organization }),
    stored(keys.therapistOrganizationKey(practice, place, place + 1), { type: "organizationEntry", ...organization }),
    ...sections.map((section) =>
      stored(keys.profileSectionKey(practice, nameOf("user", place), section), {
        ...{ type: "profileSection", firstName: personalMark, version: 1 },
        ...(section === "PERSONAL" && { image: `data:image/png;base64,${personalMark}` }),
      }),
    ),
  ];
}
