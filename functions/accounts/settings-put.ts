import { invalidArgument } from "../../lib/accounts/account/invalid-argument.ts";
import { quoted } from "../../lib/accounts/account/property-path.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { writePortalSettings } from "../../lib/practices/portal-settings.ts";
import { PortalSettingsFields } from "../../lib/practices/portal-settings-fields.ts";
import { portalSettingsKey } from "../../lib/table/keys.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";

/** Changes the settings that are passed, for an administrator of the portal; the others stay as they are. */
export const handler = operation("SettingsPut", byPortal, {
  reads: (scope) => ({ saved: portalSettingsKey(scope) }),
  errors: ["kValidationError"],
  run: (request) =>
    retryOnConflict(request, ({ portal, viewer, actor, input, found, context }) => {
      if (!viewer.administrator) throw new Failure("kAccessDenied");
      const fields = readSettings(input);
      const caller = { practice: portal, rightsHeld: viewer.rightsHeld };
      const { parts, answer } = writePortalSettings(found.saved, { caller, fields, actor, context });
      return { parts, answer: { object: "settings", ...answer.portalSettings } };
    }),
});

/**
 * Reads the settings in a body. `object` may be sent back as it was answered.
 * @throws Failure kInvalidArgument, kValidationError
 */
function readSettings({ object, ...input }: Readonly<Record<string, unknown>>): PortalSettingsFields {
  const unknown = Object.keys(input).filter((name) => !Object.hasOwn(PortalSettingsFields.shape, name));
  if (object !== undefined && object !== "settings") unknown.push("object");
  if (unknown.length > 0) throw invalidArgument(`Unknown property${quoted(unknown)}`);
  // The schema reads `null` and blank texts as absent. No setting has such a value, so they get the errors of a wrong one.
  const stated = Object.entries(input).map(([name, value]) => [name, isBlank(value) ? {} : value] as const);
  const { data, error } = PortalSettingsFields.safeParse(Object.fromEntries(stated));
  if (data) return data;
  const fieldErrors = error.issues.map(({ path, message }) => ({
    field: ["settings", ...path].join("."),
    message,
    code: "kInvalidFormat" as const,
  }));
  throw new Failure("kValidationError", fieldErrors);
}

const isBlank = (value: unknown) => value === null || (typeof value === "string" && value.trim() === "");
