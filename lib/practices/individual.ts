import { verifyPassword } from "../crypto/password-hash.ts";
import { waitForAll } from "../table/deadline.ts";
import { loginKey, practiceKey, userKey, vendorKey } from "../table/keys.ts";
import { type Keys, readItems, readTogether } from "../table/read.ts";
import type { Practice, PracticeId, User, UserId, Vendor } from "../table/records.ts";
import { reserveTry } from "../table/tries.ts";
import { isLoginId, normaliseLogin } from "./ids.ts";

/** Wrong passwords in a row after which a login is refused, and for how long (contract practices §2). */
const limit = { triesMax: 5, lockMinutes: 15 };

/** The id of no user. Its keys are read for an unknown login, so that the work is the same. */
const nobody: UserId = { applicationId: "", accountId: "", userId: "" };

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
 * Individual Authentication. Takes three round trips: it reserves the try and reads the login's claim, reads the
 * records, and stores the outcome of the try.
 * @param alsoRead returns further keys to read with the records, once the practice is known
 * @returns `undefined` for an unknown, inactive or locked login, and for a wrong password
 */
export async function signIn(
  loginId: string,
  password: string,
  now: Date,
  alsoRead: (practice: PracticeId) => Keys,
): Promise<SignedIn | undefined> {
  const login = isLoginId(loginId) ? normaliseLogin(loginId) : "";
  const [attempt, { claim }] = await waitForAll([
    reserveTry("login", login, limit, now),
    readItems({ claim: loginKey(login) }),
  ]);
  if (!attempt) return undefined;

  const id = claim ?? nobody;
  const own = alsoRead(id);
  const keys = { vendor: vendorKey(id.applicationId), practice: practiceKey(id), user: userKey(id) };
  const read = async () => {
    const [items, { user, ...records }] = await readTogether(own, keys);
    // Another user may have taken the login since the claim was read.
    const holds = user?.loginId !== undefined && normaliseLogin(user.loginId) === login;
    return { items, ...records, user: holds ? user : undefined };
  };
  const first = await read();
  const proven = first.user?.passwordHash;
  const matches = await verifyPassword(password, proven);

  const admitted = ({ items, vendor, practice, user }: typeof first): SignedIn | undefined => {
    if (!user?.active || user.passwordHash !== proven || !practice?.active || !vendor || vendor.disabled)
      return undefined;
    return { vendor, practice, user, items, refresh: async () => admitted(await read()) };
  };
  const signedIn = matches ? admitted(first) : undefined;
  await (signedIn ? attempt.succeeded() : attempt.failed());
  return signedIn;
}
