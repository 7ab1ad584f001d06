import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { portalSettingsOf } from "../../lib/portal-settings.ts";
import { portalSettingsKey } from "../../lib/table/keys.ts";

/** Reads the settings of the practice's portal: those that were saved, and defaults for the rest. */
export const handler = operation("PortalSettingsGet", byCredentials, {
  reads: (scope) => ({ portal: portalSettingsKey(scope) }),
  async run({ found }) {
    return { portalSettings: portalSettingsOf(found.portal) };
  },
});
