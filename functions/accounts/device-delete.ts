import { getTarget, statedId, targetId, targetKey } from "../../lib/accounts/account/target.ts";
import { forgetDevice, forgotten, mayManageDevices } from "../../lib/accounts/sign-in/device.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { deviceEntryKey } from "../../lib/table/keys.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Forgets a device of an account. When an administrator does this, the holder gets a mail. */
export const handler = operation("DeviceDelete", byPortal, {
  reads: (scope) => {
    const [holder, deviceId] = [targetId(scope), statedId(scope.path.device)];
    return { account: targetKey(scope), entry: holder && deviceId ? deviceEntryKey(holder, deviceId) : undefined };
  },
  errors: ["kNotFound"],
  run: (request) =>
    retryOnConflict(request, async ({ portal, viewer, path, found, context }) => {
      const { account } = getTarget(found.account, path, viewer);
      if (!mayManageDevices(account, viewer)) throw new Failure("kAccessDenied");
      const parts = await forgetDevice(account, found.entry, context.now);
      return { parts: [...parts, ...(await forgotten(portal, account, viewer, context))], answer: resultOf(true) };
    }),
});
