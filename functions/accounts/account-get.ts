import { readSelection, showAccounts } from "../../lib/accounts/show.ts";
import { getTarget, targetKey } from "../../lib/accounts/target.ts";
import { portalOperation } from "../../lib/api/portal-operation.ts";

/** Reads one account, or one's own (`me`), as far as the caller may. */
export const handler = portalOperation("AccountGet", {
  reads: (scope) => ({ target: targetKey(scope) }),
  errors: ["kNotFound", "kIllegalExpansion"],
  async run({ portal, viewer, path, input, found, occasion }) {
    const selection = readSelection(input);
    const { account } = getTarget(found.target, path, viewer);
    const [view] = await showAccounts([account], selection, { portal, viewer, now: occasion.now, inList: false });
    return view as object;
  },
});
