import { showAccount } from "../../lib/accounts/account/show.ts";
import { targetKey } from "../../lib/accounts/account/target.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";

/** Reads one account, or the caller's own (`me`), with the properties that the caller may read. */
export const handler = operation("AccountGet", byPortal, {
  reads: (scope) => ({ target: targetKey(scope) }),
  errors: ["kNotFound", "kIllegalExpansion"],
  run: (request) => showAccount(request.found.target, request),
});
