import { Failure } from "../../errors.ts";
import { portalAccountKey } from "../../table/keys.ts";
import type { AccountItem, Key, PortalAccountId, PracticeId } from "../../table/records.ts";
import { type Account, accountFrom } from "./account.ts";
import { type AccessLevel, accessTo, type CallerRights } from "./properties.ts";

const idShape = /^[0-9a-f]{24}$/;

/** Returns an id in lower case; `undefined` for a value that is not 24 hex digits. */
export function statedId(stated: string | undefined): string | undefined {
  const id = stated?.toLowerCase();
  return id !== undefined && idShape.test(id) ? id : undefined;
}

type Path = Readonly<Record<string, string>>;

/**
 * Returns the account that a path names: by `id`, in any letter case, or the session's own for `me`. Returns `undefined` for
 * a malformed id, and for `me` without a session.
 */
export function targetId({
  applicationId,
  accountId,
  holderId,
  path,
}: PracticeId & { readonly holderId: string; readonly path: Path }): PortalAccountId | undefined {
  const id = statedId(path.id ?? holderId);
  return id === undefined ? undefined : { applicationId, accountId, id };
}

/** Returns the key of the account that a path names, as `targetId` does. */
export function targetKey(scope: Parameters<typeof targetId>[0]): Key<AccountItem> | undefined {
  const id = targetId(scope);
  return id && portalAccountKey(id);
}

/**
 * Returns the account that a path names, and the caller's access to it.
 * @throws Failure kNotLoggedIn for `me` when the caller has no account; kNotFound for an account that does not exist,
 * and also for an account that the caller may not see
 */
export function getTarget(
  item: AccountItem | undefined,
  path: Path,
  caller: CallerRights,
): { account: Account; access: Exclude<AccessLevel, 0> } {
  if (path.id === undefined && caller.id === undefined) throw new Failure("kNotLoggedIn");
  const account = accountFrom(item);
  const access = account ? accessTo(account, caller) : 0;
  if (!account || access === 0) throw new Failure("kNotFound");
  return { account, access };
}

/**
 * Returns the caller's own account and session, for what nobody else may see.
 * @throws Failure kNotFound when the path names another account, existing or not; kNotLoggedIn without a session
 */
export function getOwnAccount(
  path: Path,
  { account, sessionId }: { readonly account: Account | undefined; readonly sessionId: string | undefined },
): { account: Account; sessionId: string } {
  if (path.id !== undefined && (!account || statedId(path.id) !== account.id)) throw new Failure("kNotFound");
  if (!account || !sessionId) throw new Failure("kNotLoggedIn");
  return { account, sessionId };
}
