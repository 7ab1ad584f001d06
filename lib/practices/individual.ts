import { verifyPassword } from "../crypto/password-hash.ts";
import { waitForAll } from "../table/deadline.ts";
import { loginKey, practiceKey, userKey, vendorKey } from "../table/keys.ts";
import { type Keys, readItems, readTogether } from "../table/read.ts";
import type { Practice, PracticeId, User, UserId, Vendor } from "../table/records.ts";
import { reserveTry } from "../table/tries.ts";
import { isLoginId, normaliseLogin } from "./ids.ts";

/** Wrong passwords in a row after which a login is refused, and for how long (contract practices §2). */
const limit = { triesMax: 5, lockMinutes: 15 };

/** Keys of nobody: read in the place of an unknown login's, so that the work is the same. */
const nobody: UserId = { applicationId: "", accountId: "", userId: "" };

/** A user who has proven who they are, their practice and its vendor, and what was read with them. */
export interface SignedIn {
  /** The same as it is now; `undefined` when these credentials would not sign in any more. Costs no guess. */
  readonly refresh: () => Promise<SignedIn | undefined>;
  readonly vendor: Vendor;
  readonly practice: Practice;
  readonly user: User;
  readonly items: Readonly<Record<string, unknown>>;
}

/**
 * Individual Authentication. Three round trips: the try and the login's claim, the records, the outcome of the try.
 * @param alsoRead further keys to read with the records, once the practice is known
 * @returns `undefined` for an unknown, inactive or locked login and a wrong password alike
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
    // The claim may have passed to somebody else since it was read.
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
