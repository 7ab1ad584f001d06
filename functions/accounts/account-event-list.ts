import { getTarget, targetKey } from "../../lib/accounts/account/target.ts";
import { listEvents, readEventQuery } from "../../lib/accounts/list/events.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";

/** Lists what happened to an account and what its holder did, newest first, for administrators. */
export const handler = operation("AccountEventList", byPortal, {
  reads: (scope) => ({ account: targetKey(scope) }),
  errors: ["kNotFound"],
  async run({ viewer, path, input, found }) {
    const query = readEventQuery(input);
    const { account } = getTarget(found.account, path, viewer);
    if (!viewer.administrator) throw new Failure("kAccessDenied");
    return { object: "list", ...(await listEvents(account, query)) };
  },
});
