import { accountChange } from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { getTarget, targetKey } from "../../lib/accounts/account/target.ts";
import { addSending } from "../../lib/accounts/mail/mail-limit.ts";
import { newToken } from "../../lib/accounts/mail/token.ts";
import { replacedTokens, verificationMail } from "../../lib/accounts/mail/verification.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { nestedFault, resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { queueMessage } from "../../lib/messages/outbox.ts";
import { portalAccountKey, tokenDigestKey } from "../../lib/table/keys.ts";
import { remove, retryOnConflict, rightsHeldBy } from "../../lib/table/transact.ts";

/**
 * Mails the verification again: at most five mails an hour, with that of the registration. The token that was mailed before
 * can then only reject the account. Administrators may do this for others.
 */
export const handler = operation("AccountResendVerification", byPortal, {
  reads: (scope) => ({ account: targetKey(scope) }),
  errors: ["kNotFound"],
  async run(request) {
    return retryOnConflict(request, async ({ portal, viewer, path, found, actor, reply, context }) => {
      const { account } = getTarget(found.account, path, viewer);
      if (!viewer.administrator && viewer.id !== account.id) throw new Failure("kAccessDenied");
      if (account.document.state === "verified") {
        reply.status = 409;
        return { parts: [], answer: nestedFault("kExists", "Account already verified") };
      }
      const resentAt = addSending(account.resentAt, context.now);
      if (!resentAt) return { parts: [], answer: resultOf(true) };
      const { token, digest, part } = newToken("verification", portal, account.id, context.now);
      const { kept, dropped } = replacedTokens(account);
      const after = { ...account, verificationDigest: digest, replacedVerifications: kept, resentAt };
      return {
        parts: [
          part,
          ...dropped.map((replaced) => remove(tokenDigestKey("verification", replaced))),
          accountChange(account, after),
          ...rightsHeldBy(viewer, portalAccountKey(account)),
          await queueMessage(verificationMail(portal, account, token), context.now),
          accountEvent(portal, "account.verificationResent", account.id, actor, context),
        ],
        answer: resultOf(true),
      };
    });
  },
});
