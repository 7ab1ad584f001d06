import { targetKey } from "../../lib/accounts/account/target.ts";
import { totpKeyForChange } from "../../lib/accounts/change/mobile.ts";
import { putSteps } from "../../lib/accounts/change/steps.ts";
import { updateAccount } from "../../lib/accounts/change/update.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";

/** Merges properties into an account: properties in the body change, the others stay, `null` clears one. */
export const handler = operation("AccountPut", byPortal, {
  reads: (scope) => ({ target: targetKey(scope), totp: totpKeyForChange(scope) }),
  errors: ["kNotFound", "kValidationError"],
  run: (request) => updateAccount(request, () => putSteps(request.input, { blankClears: true })),
});
