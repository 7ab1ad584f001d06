import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { getOwnAccount, statedId } from "../../lib/accounts/account/target.ts";
import { sessionState, setSessionCookie } from "../../lib/accounts/session/session.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { sessionEntryKey, sessionKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import { consume, remove, retryOnConflict } from "../../lib/table/transact.ts";

/** Ends one of the caller's own sessions. To end the one of the request is to sign out. */
export const handler = operation("SessionDelete", byPortal, {
  reads: ({ path, holderId: id, ...practice }) => {
    const sessionId = statedId(path.session);
    return { entry: sessionId && id ? sessionEntryKey({ ...practice, id }, sessionId) : undefined };
  },
  errors: ["kNotFound"],
  run: (request) =>
    retryOnConflict(request, async ({ portal, viewer, path, found, actor, isCrossSite, context }) => {
      const { account, sessionId } = getOwnAccount(path, viewer);
      const key = found.entry?.itemKey;
      const { session } = await readItems({ session: key });
      const isLive = sessionState(session, portal, account, context.now) === "live";
      if (!key || !session?.id || !isLive) throw new Failure("kNotFound");
      const isOwn = key.pk === sessionKey(sessionId).pk;
      return {
        parts: [
          consume(key, "kNotFound"),
          remove(sessionEntryKey(account, session.id)),
          accountEvent(portal, isOwn ? "account.signedOut" : "account.sessionEnded", account.id, actor, context),
        ],
        answer: resultOf(true),
        tell: ({ cookies }) => {
          if (isOwn) cookies.push(setSessionCookie(portal, "", isCrossSite));
        },
      };
    }),
});
