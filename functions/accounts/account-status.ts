import { accountView } from "../../lib/accounts/account/account.ts";
import { sessionEndsAt } from "../../lib/accounts/session/session.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";

/** Says whether there is a session, whose, and until when. Asking does not prolong it. */
export const handler = operation("AccountStatus", byPortal, {
  prolongsSession: false,
  async run({ portal, viewer, input, context }) {
    const account = viewer?.account;
    if (!viewer?.session || !account) return { loggedin: false };
    const expiresAt = new Date(sessionEndsAt(viewer.session, portal.settings)).toISOString();
    const whole = { access: 6, caller: viewer, favorites: viewer.favorites, now: context.now } as const;
    const expands = input.expand === "true" || input.expand === "1";
    const shown = expands ? accountView(account, whole) : { _id: account.id, object: "account" };
    return { loggedin: true, account: shown, expiresAt };
  },
});
