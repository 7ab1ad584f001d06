import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { endSession } from "../../lib/accounts/session/presented.ts";
import { setSessionCookie } from "../../lib/accounts/session/session.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Ends the session. The device stays known. */
export const handler = operation("AccountLogout", byPortal, {
  run: (request) =>
    retryOnConflict(request, ({ portal, viewer, actor, isCrossSite, context }) => {
      const { id, session, sessionId } = viewer;
      if (!id || !session || !sessionId) throw new Failure("kNotLoggedIn");
      return {
        parts: [
          ...endSession({ session, sessionId }, "kNotLoggedIn"),
          accountEvent(portal, "account.signedOut", id, actor, context),
        ],
        answer: resultOf(true),
        tell: ({ cookies }) => cookies.push(setSessionCookie(portal, "", isCrossSite)),
      };
    }),
});
