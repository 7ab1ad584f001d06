import { Failure } from "../../errors.ts";
import { portalAccountKey } from "../../table/keys.ts";
import type { AccountItem, Key, PracticeId } from "../../table/records.ts";
import { type Account, accountFrom } from "./account.ts";
import { type AccessLevel, accessTo, type CallerRights } from "./properties.ts";

const idShape = /^[0-9a-f]{24}$/;

/** The key of the account that a path names: by `id`, in any letter case, or the session's own where it says `me`. */
export function targetKey(
  scope: PracticeId & { readonly holderId: string; readonly path: Readonly<Record<string, string>> },
): Key<AccountItem> | undefined {
  const id = scope.path.id?.toLowerCase() ?? scope.holderId;
  return idShape.test(id) ? portalAccountKey({ ...scope, id }) : undefined;
}

/**
 * The account that a path names, and the caller's access to it.
 * @throws Failure kNotLoggedIn for `me` without an account of one's own, kNotFound for an account that the caller may
 * not know of, as for one that never was
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
