import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { getOwnAccount, targetId } from "../../lib/accounts/account/target.ts";
import { pendingTotp } from "../../lib/accounts/sign-in/totp.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { totpKey } from "../../lib/table/keys.ts";
import { retryOnConflict, rightsHeldBy } from "../../lib/table/transact.ts";

/** Makes a secret for the caller's authenticator app. It is pending, and not asked for, until a code confirms it. */
export const handler = operation("TotpCreate", byPortal, {
  reads: (scope) => {
    const id = targetId(scope);
    return { totp: id && totpKey(id) };
  },
  errors: ["kNotFound", "kExists"],
  async run(request) {
    const { newTotpSecret, totpUri } = await import("../../lib/accounts/sign-in/totp-codes.ts");
    const secret = newTotpSecret();
    return retryOnConflict(request, async ({ portal, viewer, path, found, actor, context }) => {
      const { account } = getOwnAccount(path, viewer);
      return {
        parts: [
          await pendingTotp(account, found.totp, secret, context.now),
          // A reset of the password removes it, so that it must not be written by a session from before.
          ...rightsHeldBy(viewer, totpKey(account)),
          accountEvent(portal, "account.totpBegun", account.id, actor, context),
        ],
        answer: resultOf({ secret, uri: totpUri(secret, portal.practiceName, account.email) }),
      };
    });
  },
});
