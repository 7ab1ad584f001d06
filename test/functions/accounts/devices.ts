import { expectSuccess, type PortalClient, type TestPortal } from "../../kit/portal.ts";
import { allItems } from "../../kit/system.ts";

/** A device or a session, as answers show it. */
export interface Shown {
  readonly _id: string;
  readonly name?: string;
  readonly created: string;
  readonly lastSeen: string;
  readonly expiresAt?: string;
  readonly current: boolean;
}

/** The items of a portal that have one of these types. */
export const itemsOf = async ({ practice: { applicationId, accountId } }: TestPortal, ...types: readonly string[]) =>
  (await allItems()).filter((item) => {
    const isOfPractice = item.pk === `PRACTICE#${applicationId}#${accountId}` || item.accountId === accountId;
    return isOfPractice && types.includes(String(item.type));
  });

/** The entries of a list of devices or sessions. */
export const shown = async (
  client: Pick<PortalClient, "get">,
  path: string,
  options: { readonly now?: Date } = {},
): Promise<Shown[]> => (await expectSuccess(client.get(path, options))).data;

/** The one of the device or session that sends the request. */
export async function currentOf(client: Pick<PortalClient, "get">, path: string): Promise<Shown> {
  const found = (await shown(client, path)).find(({ current }) => current);
  if (!found) throw new Error(`expected a current entry in ${path}`);
  return found;
}
