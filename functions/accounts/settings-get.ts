import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";

/** Reads the settings of the portal: those that were saved, and defaults for the rest. */
export const handler = operation("SettingsGet", byPortal, {
  async run({ portal, viewer }) {
    if (!viewer.administrator) throw new Failure("kAccessDenied");
    return { object: "settings", ...portal.settings };
  },
});
