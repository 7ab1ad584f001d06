import { accountView } from "../../lib/accounts/account.ts";
import { valueAt } from "../../lib/accounts/path.ts";
import { showAccount } from "../../lib/accounts/show.ts";
import { getTarget, targetKey } from "../../lib/accounts/target.ts";
import { portalOperation, resultOf } from "../../lib/api/portal-operation.ts";
import { Failure } from "../../lib/errors.ts";

/** Reads one property of an account, a list where it is an array; what the caller may not read is not there. */
export const handler = portalOperation("AccountGetProperty", {
  reads: (scope) => ({ target: targetKey(scope) }),
  errors: ["kNotFound"],
  async run(request) {
    const { viewer, path, found, occasion } = request;
    // Nothing behind the slash: the account itself.
    if (!path.property) return showAccount(found.target, request);
    const { account, access } = getTarget(found.target, path, viewer);
    const showing = { access, caller: viewer, favorites: viewer.favorites, now: occasion.now };
    const value = valueAt(accountView(account, showing), path.property.replace(/\/$/, "").split("/"));
    if (value === undefined) throw new Failure("kNotFound");
    return Array.isArray(value) ? { object: "list", data: value, hasMore: false } : resultOf(value);
  },
});
