import { accountView } from "../../lib/accounts/account/account.ts";
import { valueAt } from "../../lib/accounts/account/property-path.ts";
import { showAccount } from "../../lib/accounts/account/show.ts";
import { getTarget, targetKey } from "../../lib/accounts/account/target.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";

/** Reads one property of an account, as a list when it is an array. A property that the caller may not read is unknown. */
export const handler = operation("AccountGetProperty", byPortal, {
  reads: (scope) => ({ target: targetKey(scope) }),
  errors: ["kNotFound"],
  async run(request) {
    const { viewer, path, found, context } = request;
    // Nothing after the slash means the account itself.
    if (!path.property) return showAccount(found.target, request);
    const { account, access } = getTarget(found.target, path, viewer);
    const viewOptions = { access, caller: viewer, favorites: viewer.favorites, now: context.now };
    const value = valueAt(accountView(account, viewOptions), path.property.replace(/\/$/, "").split("/"));
    if (value === undefined) throw new Failure("kNotFound");
    return Array.isArray(value) ? { object: "list", data: value, hasMore: false } : resultOf(value);
  },
});
