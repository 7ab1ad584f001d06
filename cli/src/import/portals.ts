import { createPortal, each, FrontdeskError, type Portal } from "../../../client/src/client.ts";
import type { Connection } from "../connect.ts";
import type { Fields } from "./fields.ts";

import type { SendOptions } from "./kind.ts";

/**
 * Returns a function that finds the portal of a row: by the practice's `accountId`, by its web address `org`, or by both. The
 * server needs both, so the other one is looked up.
 */
export function portalsOf({ url, application, directory }: Connection) {
  const orgs = new Map<string, string>();
  let accountIds: Promise<ReadonlyMap<string, string>> | undefined;

  async function orgOf(accountId: string, options: SendOptions): Promise<string> {
    const known = orgs.get(accountId);
    if (known !== undefined) return known;
    const { practice } = await directory.practiceGet({ accountId }, options);
    if (!practice.websiteAddress) throw refused("the practice has no websiteAddress, and so no portal", url);
    orgs.set(accountId, practice.websiteAddress);
    return practice.websiteAddress;
  }

  async function accountIdOf(org: string): Promise<string> {
    accountIds ??= listed();
    const found = (await accountIds).get(org);
    if (found === undefined) throw refused("no practice has this web address", url);
    return found;
  }

  /** All practices by their web addresses. It is asked once, because a practice cannot be read by its address. */
  async function listed(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    try {
      for await (const { websiteAddress, accountId } of each(directory.practiceList)) {
        if (websiteAddress) found.set(websiteAddress, accountId);
      }
      return found;
    } catch (error) {
      accountIds = undefined;
      throw error;
    }
  }

  return async (fields: Fields, options: SendOptions): Promise<Portal> => {
    const accountId = fields.accountId === undefined ? await accountIdOf(String(fields.org)) : String(fields.accountId);
    const org = fields.org === undefined ? await orgOf(accountId, options) : String(fields.org);
    return createPortal({ url, application, org, accountId, retries: 0 });
  };
}

/** A row whose portal was not found is refused as a row whose practice does not exist. */
const refused = (text: string, url: string) =>
  new FrontdeskError({ operation: "PracticeGet", code: 4131, status: 200, text, help: `${url}/docs/errors.html#4131` });
