import { noteNotable, noteRecord } from "../audit/access-note.ts";
import { auditEvent, type RequestContext } from "../audit/audit-event.ts";
import { hashPassword, needsRehash, verifyPassword } from "../crypto/password-hash.ts";
import { waitForAll } from "../table/deadline.ts";
import { countForAddress } from "../table/entrance-limit.ts";
import { loginKey, practiceEventKey, practiceKey, userKey, vendorKey } from "../table/keys.ts";
import { type Keys, readItems, readTogether } from "../table/read.ts";
import type { Practice, PracticeId, User, UserId, Vendor } from "../table/records.ts";
import { storeRehash } from "../table/rehash.ts";
import { write } from "../table/transact.ts";
import { reserveTry } from "../table/tries.ts";
import { isLoginId, normaliseLogin } from "./ids.ts";

/** Wrong passwords in a row after which a login is refused, for how long, and wrong ones in an hour (contract practices §2). */
const limit = { triesMax: 5, lockMinutes: 15, hourMax: 20 };

/** Sign-ins of individuals are counted under this name, whichever operation they call. */
const signInName = "individual";

/** The id of no user. Its keys are read for an unknown login, so that the work is the same. */
const nobody: UserId = { applicationId: "", accountId: "", userId: "" };

/** How long the event of a lock stays when no user has the login. Nobody can read it. */
const decoyEventSeconds = 86_400;

/** A user who has proven who they are, their practice and its vendor, and the other items that were read with them. */
export interface SignedIn {
  /** Reads all of it again; `undefined` when these credentials no longer sign in. Does not count as a guess. */
  readonly refresh: () => Promise<SignedIn | undefined>;
  readonly vendor: Vendor;
  readonly practice: Practice;
  readonly user: User;
  readonly items: Readonly<Record<string, unknown>>;
}

/**
 * Individual Authentication. Takes three round trips, and one more to note a lock: it counts the call for its address and reads
 * the login's claim, reserves the try and reads the records, and stores the outcome of the try. When another system has made the
 * hash of the password, stores our own hash with it. The address's limit holds for all operations together, and only wrong sign-ins
 * use it up: servers may sign in many users from one address.
 * @param alsoRead returns further keys to read with the records, once the practice is known
 * @throws Throttled when the address has made too many calls; then no try is reserved
 * @returns `undefined` for an unknown, inactive or locked login, and for a wrong password
 */
export async function signIn(
  loginId: string,
  password: string,
  context: RequestContext,
  alsoRead: (practice: PracticeId) => Keys,
): Promise<SignedIn | undefined> {
  const login = isLoginId(loginId) ? normaliseLogin(loginId) : "";
  const [throttled, { claim }] = await waitForAll([
    countForAddress(signInName, context),
    readItems({ claim: loginKey(login) }),
  ]);
  if (throttled) throw throttled;

  const id = claim ?? nobody;
  const own = alsoRead(id);
  const keys = { vendor: vendorKey(id.applicationId), practice: practiceKey(id), user: userKey(id) };
  const read = async () => {
    const [items, { user, ...records }] = await readTogether(own, keys);
    // Another user may have taken the login since the claim was read.
    const holds = user?.loginId !== undefined && normaliseLogin(user.loginId) === login;
    return { items, ...records, user: holds ? user : undefined };
  };
  const [attempt, early] = await waitForAll([reserveTry("login", login, limit, context.now), read()]);
  if (!attempt) return refused(claim);
  const first = attempt.isLate ? await read() : early;
  let proven = first.user?.passwordHash;
  const matches = await verifyPassword(password, proven);

  const admitted = ({ items, vendor, practice, user }: typeof first): SignedIn | undefined => {
    if (!user?.active || user.passwordHash !== proven || !practice?.active || !vendor || vendor.disabled)
      return undefined;
    // The user is of a practice that was deleted and created again.
    if (practice.accountId !== user.accountId) return undefined;
    return { vendor, practice, user, items, refresh };
  };
  const refresh = async () => {
    const present = await read();
    const hash = present.user?.passwordHash;
    // Another hash may be of the same password: a sign-in replaces the hash of another system.
    if (hash !== proven && (await verifyPassword(password, hash))) proven = hash;
    return admitted(present);
  };
  const signedIn = matches ? admitted(first) : undefined;
  if (!signedIn) {
    if (await attempt.failed()) await noteLock(claim, context);
    return refused(claim);
  }
  const [user] = await waitForAll([
    withOwnHash(signedIn.user, password),
    attempt.succeeded(),
    countForAddress(signInName, context, -1),
  ]);
  proven = user.passwordHash;
  return { ...signedIn, user };
}

/** Returns the user, with our own hash of their password if it could be stored in place of another system's. */
async function withOwnHash(user: User, password: string): Promise<User> {
  if (user.passwordHash === undefined || !needsRehash(user.passwordHash)) return user;
  const passwordHash = await hashPassword(password);
  const isStored = await storeRehash(userKey(user), user, passwordHash);
  return isStored ? { ...user, passwordHash, version: user.version + 1 } : user;
}

/** Notes a refused sign-in for the access log, and whose login it was if somebody has it. */
function refused(claim: UserId | undefined): undefined {
  noteNotable("wrongSignIn");
  if (!claim) return;
  const { applicationId, accountId, userId } = claim;
  noteRecord({ applicationId, accountId, userId });
}

/**
 * Stores the audit event of a lock in the practice of the login. For an unknown login it is an event of nobody, so that the
 * work is the same.
 */
async function noteLock(claim: UserId | undefined, context: RequestContext): Promise<void> {
  noteNotable("lockedOut");
  const { accountId, userId } = claim ?? nobody;
  const entry = { what: "user.lockedOut", record: { accountId, userId }, changed: [] };
  const keyOf = (eventId: string) => practiceEventKey(claim ?? nobody, eventId);
  const keptSeconds = claim ? undefined : decoyEventSeconds;
  await write(() => [auditEvent(keyOf, entry, { kind: "visitor" }, context, keptSeconds)]);
}
