import { accountView } from "../../lib/accounts/account/account.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";

/** Says whether there is a session, and whose. */
export const handler = operation("AccountStatus", byPortal, {
  async run({ viewer, input, context }) {
    const account = viewer?.account;
    if (!viewer || !account) return { loggedin: false };
    const whole = { access: 6, caller: viewer, favorites: viewer.favorites, now: context.now } as const;
    const expands = input.expand === "true" || input.expand === "1";
    return { loggedin: true, account: expands ? accountView(account, whole) : { _id: account.id, object: "account" } };
  },
});
