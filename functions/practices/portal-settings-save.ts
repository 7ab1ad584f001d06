import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { writePortalSettings } from "../../lib/practices/portal-settings.ts";
import { PortalSettingsFields } from "../../lib/practices/portal-settings-fields.ts";
import { portalSettingsKey } from "../../lib/table/keys.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Changes the settings that are passed; the others stay as they are. */
export const handler = operation("PortalSettingsSave", byCredentials, {
  fields: PortalSettingsFields,
  reads: (scope) => ({ portal: portalSettingsKey(scope) }),
  run: (request) => retryOnConflict(request, (now) => writePortalSettings(now.found.portal, now)),
});
