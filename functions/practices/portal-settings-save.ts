import { operation } from "../../lib/api/operation.ts";
import {
  findPortalSettings,
  PortalSettingsFields,
  type StoredPortalSettings,
  writePortalSettings,
} from "../../lib/practices/portal-settings.ts";
import { portalSettingsKey } from "../../lib/table/keys.ts";
import { settle } from "../../lib/table/transact.ts";

/** Changes the settings that are passed; the others stay as they are. */
export const handler = operation("PortalSettingsSave", {
  fields: PortalSettingsFields,
  reads: (scope) => ({ portal: portalSettingsKey(scope) }),
  async run({ fields, caller, actor, found, occasion }) {
    const { applicationId, accountId } = caller.practice;
    const id = { applicationId, accountId };
    const stored = found.portal as StoredPortalSettings | undefined;
    return settle(
      stored,
      () => findPortalSettings(id),
      (before) => writePortalSettings(id, before, fields, actor, occasion),
    );
  },
});
