import { getTarget, targetKey } from "../../lib/accounts/account/target.ts";
import { listHeld } from "../../lib/accounts/list/held.ts";
import { readPageQuery, unsupported } from "../../lib/accounts/list/page-query.ts";
import { deviceView, isKnown, mayManageDevices } from "../../lib/accounts/sign-in/device.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { deviceEntryPrefix, deviceKey, emailKey } from "../../lib/table/keys.ts";

const refused = [...unsupported, "where", "sort", "paths", "include", "expand"];

/** Lists the devices of an account, the newest first. */
export const handler = operation("DeviceList", byPortal, {
  reads: (scope) => ({ account: targetKey(scope) }),
  errors: ["kNotFound"],
  async run({ viewer, path, input, found, deviceNames, context }) {
    const page = readPageQuery(input, refused);
    const { account } = getTarget(found.account, path, viewer);
    if (!mayManageDevices(account, viewer)) throw new Failure("kAccessDenied");
    const { items, hasMore } = await listHeld(
      {
        prefix: deviceEntryPrefix(account),
        others: { claim: emailKey(account, account.email) },
        counts: (device, { claim }) => isKnown(device, claim, context.now),
      },
      page,
    );
    const presented = new Set(deviceNames.map((name) => deviceKey(account, account.email, name).sk));
    return { object: "list", data: items.map(({ key, item }) => deviceView(item, presented.has(key.sk))), hasMore };
  },
});
