import { readViewQuery, showAccounts } from "../../lib/accounts/account/show.ts";
import { fitting, listAccounts, readListQuery } from "../../lib/accounts/list/query.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";

/**
 * Lists the accounts that the caller may see, newest first: administrators and providers see all, others their own and
 * those that they are connected to.
 */
export const handler = operation("AccountList", byPortal, {
  errors: ["kIllegalExpansion"],
  async run({ portal, viewer: caller, input, context }) {
    const viewQuery = readViewQuery(input);
    const listQuery = readListQuery(input, caller);
    const { accounts, hasMore, connected } = await listAccounts(portal, listQuery, caller, context.now);
    const viewer = { ...caller, connected };
    const shown = await showAccounts(accounts, viewQuery, { portal, viewer, now: context.now, inList: true });
    const data = fitting(shown);
    return { object: "list", data, hasMore: hasMore || data.length < shown.length };
  },
});
