import { showAccount, showProperty } from "../../lib/accounts/account/show.ts";
import { targetKey } from "../../lib/accounts/account/target.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";

/** Reads one property of an account, as a list when it is an array. A property that the caller may not read is unknown. */
export const handler = operation("AccountGetProperty", byPortal, {
  reads: (scope) => ({ target: targetKey(scope) }),
  errors: ["kNotFound"],
  async run(request) {
    const { found, path } = request;
    // Nothing after the slash means the account itself.
    return path.property ? showProperty(found.target, path.property, request) : showAccount(found.target, request);
  },
});
