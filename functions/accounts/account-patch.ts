import { patchSteps } from "../../lib/accounts/change.ts";
import { getTarget, targetKey } from "../../lib/accounts/target.ts";
import { updateAccount } from "../../lib/accounts/update.ts";
import { portalOperation } from "../../lib/api/portal-operation.ts";

/** Applies operations to an account's properties (`set`, `unset`, `push`, `remove`), all or none. */
export const handler = portalOperation("AccountPatch", {
  reads: (scope) => ({ target: targetKey(scope) }),
  errors: ["kNotFound", "kValidationError"],
  async run({ portal, viewer, actor, path, input, found, occasion }) {
    const target = getTarget(found.target, path, viewer);
    const steps = patchSteps(input.operations ?? input);
    return updateAccount({ portal, viewer, actor, occasion, target, steps });
  },
});
