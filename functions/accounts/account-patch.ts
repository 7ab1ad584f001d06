import { targetKey } from "../../lib/accounts/account/target.ts";
import { totpKeyForChange } from "../../lib/accounts/change/mobile.ts";
import { patchSteps } from "../../lib/accounts/change/steps.ts";
import { updateAccount } from "../../lib/accounts/change/update.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";

/** Applies operations to an account's properties (`set`, `unset`, `push`, `remove`), all or none. */
export const handler = operation("AccountPatch", byPortal, {
  reads: (scope) => ({ target: targetKey(scope), totp: totpKeyForChange(scope) }),
  errors: ["kNotFound", "kValidationError"],
  run: (request) => updateAccount(request, () => patchSteps(request.input.operations ?? request.input)),
});
