import { connectionAccessPrefix } from "../../table/keys.ts";
import { queryRange } from "../../table/page.ts";
import type { ConnectionAccess, PortalAccountId } from "../../table/records.ts";
import type { Account } from "../account/account.ts";
import { type CallerRights, notConnected } from "../account/properties.ts";

/** Returns all that connections give an account. */
export async function readConnected(account: PortalAccountId): Promise<readonly ConnectionAccess[]> {
  const given: ConnectionAccess[] = [];
  const range = { prefix: connectionAccessPrefix(account), from: "", to: "g", descending: true, atOnce: 1000 };
  for await (const items of queryRange(range)) given.push(...items);
  return given;
}

/** Returns all accounts that a caller may be connected to, and how: those accounts decide. To administrators connections make no difference. */
export async function connectedTo({
  administrator,
  account,
}: CallerRights & { readonly account: Account | undefined }): Promise<CallerRights["connected"]> {
  if (administrator || !account) return notConnected;
  const given = await readConnected(account);
  return new Map(given.map((access) => [access.contextId, access]));
}
