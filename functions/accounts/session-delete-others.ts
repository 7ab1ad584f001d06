import { accountChange, withoutSessions } from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { getOwnAccount } from "../../lib/accounts/account/target.ts";
import { continueSession } from "../../lib/accounts/session/session.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Ends all other sessions of the caller's own account. */
export const handler = operation("SessionDeleteOthers", byPortal, {
  errors: ["kNotFound"],
  run: (request) =>
    retryOnConflict(request, ({ portal, viewer, path, actor, context }) => {
      const { account, sessionId } = getOwnAccount(path, viewer);
      const after = withoutSessions(account);
      return {
        parts: [
          accountChange(account, after),
          continueSession(sessionId, after),
          accountEvent(portal, "account.sessionsEnded", account.id, actor, context),
        ],
        answer: resultOf(true),
      };
    }),
});
