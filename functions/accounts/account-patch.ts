import { patchSteps } from "../../lib/accounts/change.ts";
import { targetKey } from "../../lib/accounts/target.ts";
import { updateAccount } from "../../lib/accounts/update.ts";
import { portalOperation } from "../../lib/api/portal-operation.ts";

/** Applies operations to an account's properties (`set`, `unset`, `push`, `remove`), all or none. */
export const handler = portalOperation("AccountPatch", {
  reads: (scope) => ({ target: targetKey(scope) }),
  errors: ["kNotFound", "kValidationError"],
  run: (request) => updateAccount(request, () => patchSteps(request.input.operations ?? request.input)),
});
