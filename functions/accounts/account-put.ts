import { putSteps } from "../../lib/accounts/change.ts";
import { getTarget, targetKey } from "../../lib/accounts/target.ts";
import { updateAccount } from "../../lib/accounts/update.ts";
import { portalOperation } from "../../lib/api/portal-operation.ts";

/** Merges properties into an account: those present change, the others stay, `null` clears. */
export const handler = portalOperation("AccountPut", {
  reads: (scope) => ({ target: targetKey(scope) }),
  errors: ["kNotFound", "kValidationError"],
  async run({ portal, viewer, actor, path, input, found, occasion }) {
    const target = getTarget(found.target, path, viewer);
    return updateAccount({ portal, viewer, actor, occasion, target, steps: putSteps(input) });
  },
});
