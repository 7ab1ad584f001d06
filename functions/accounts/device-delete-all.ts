import { getTarget, targetKey } from "../../lib/accounts/account/target.ts";
import { forgetDevices, forgotten, mayManageDevices } from "../../lib/accounts/sign-in/device.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Forgets all devices of an account. When an administrator does this, the holder gets a mail. */
export const handler = operation("DeviceDeleteAll", byPortal, {
  reads: (scope) => ({ account: targetKey(scope) }),
  errors: ["kNotFound"],
  run: (request) =>
    retryOnConflict(request, async ({ portal, viewer, path, found, context }) => {
      const { account } = getTarget(found.account, path, viewer);
      if (!mayManageDevices(account, viewer)) throw new Failure("kAccessDenied");
      const parts = [forgetDevices(account), ...(await forgotten(portal, account, viewer, context))];
      return { parts, answer: resultOf(true) };
    }),
});
