import { Failure } from "../../errors.ts";
import { portalAccountKey } from "../../table/keys.ts";
import type { AccountItem, Key, PracticeId } from "../../table/records.ts";
import { type Account, accountFrom } from "./account.ts";
import { type AccessLevel, accessTo, type CallerRights } from "./properties.ts";

const idShape = /^[0-9a-f]{24}$/;

/** Returns an id in lower case; `undefined` for a value that is not 24 hex digits. */
export function statedId(stated: string | undefined): string | undefined {
  const id = stated?.toLowerCase();
  return id !== undefined && idShape.test(id) ? id : undefined;
}

/**
 * Returns the key of the account that a path names: by `id`, in any letter case, or the session's own for `me`. Returns
 * `undefined` for a malformed id.
 */
export function targetKey(
  scope: PracticeId & { readonly holderId: string; readonly path: Readonly<Record<string, string>> },
): Key<AccountItem> | undefined {
  const id = statedId(scope.path.id ?? scope.holderId);
  return id === undefined ? undefined : portalAccountKey({ ...scope, id });
}

/**
 * Returns the account that a path names, and the caller's access to it.
 * @throws Failure kNotLoggedIn for `me` when the caller has no account; kNotFound for an account that does not exist,
 * and also for an account that the caller may not see
 */
export function getTarget(
  item: AccountItem | undefined,
  path: Readonly<Record<string, string>>,
  caller: CallerRights,
): { account: Account; access: Exclude<AccessLevel, 0> } {
  if (path.id === undefined && caller.id === undefined) throw new Failure("kNotLoggedIn");
  const account = accountFrom(item);
  const access = account ? accessTo(account.id, caller) : 0;
  if (!account || access === 0) throw new Failure("kNotFound");
  return { account, access };
}
