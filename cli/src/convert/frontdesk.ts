import { accounts } from "../import/accounts.ts";
import { users } from "../import/users.ts";
import { unknownPassword } from "./hashes.ts";
import type { ConvertedLine } from "./people.ts";
import { type Fields, textOf } from "./values.ts";

/** Copies a record without some of its fields. */
const without = (record: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

/**
 * An account as `frontdesk export` wrote it, for another directory. Exports have no hashes, so the person must choose a new
 * password.
 * @param accountId the practice there; the same key by default
 */
export function accountFromFrontdesk(record: Fields, accountId: unknown = record.accountId): ConvertedLine {
  const { _id: id, created, c_movedFrom = { system: "frontdesk", id, created } } = record;
  const line = { ...without(record, accounts.readOnly), accountId, passwordHash: unknownPassword(), c_movedFrom };
  const picture = record.image === undefined ? [] : ["not moved: picture"];
  return { line, missing: [], notes: ["no password: has to choose one by the portal's mail", ...picture] };
}

/** A user as `frontdesk export` wrote it, for another directory. A user with a login gets it there with a new password. */
export function userFromFrontdesk(record: Fields, accountId: unknown = record.accountId): ConvertedLine {
  const hasLogin = textOf(record.loginId) !== undefined;
  const line = { ...without(record, ["loginId", ...users.readOnly]), accountId };
  return { line, missing: [], notes: hasLogin ? ["no password: the user has no login yet"] : [] };
}
