import { targetKey } from "../../lib/accounts/account/target.ts";
import { patchSteps } from "../../lib/accounts/change/steps.ts";
import { updateAccount } from "../../lib/accounts/change/update.ts";
import { portalOperation } from "../../lib/api/portal-operation.ts";

/** Applies operations to an account's properties (`set`, `unset`, `push`, `remove`), all or none. */
export const handler = portalOperation("AccountPatch", {
  reads: (scope) => ({ target: targetKey(scope) }),
  errors: ["kNotFound", "kValidationError"],
  run: (request) => updateAccount(request, () => patchSteps(request.input.operations ?? request.input)),
});
