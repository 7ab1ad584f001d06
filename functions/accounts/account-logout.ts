import { accountEvent } from "../../lib/accounts/event.ts";
import { endSession, setSessionCookie } from "../../lib/accounts/session.ts";
import { portalOperation, resultOf } from "../../lib/api/portal-operation.ts";
import { Failure } from "../../lib/errors.ts";
import { write } from "../../lib/table/transact.ts";

/** Ends the session; the device stays known. */
export const handler = portalOperation("AccountLogout", {
  async run({ portal, viewer, actor, reply, occasion }) {
    const { id, sessionId } = viewer;
    if (!id || !sessionId) throw new Failure("kNotLoggedIn");
    await write(() => [endSession(sessionId), accountEvent(portal, "account.signedOut", id, actor, occasion)]);
    reply.cookies.push(setSessionCookie(portal, ""));
    return resultOf(true);
  },
});
