import { describeOperation } from "../../openapi/describe.ts";
import { path, settings } from "../../openapi/portal-schemas.ts";
import { Settings, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const changes = { twoFactor: true, lockMinutes: 30 };

export default describeOperation("SettingsPut", {
  description:
    "Changes settings of the portal. Settings that you leave out stay as they are. Administrators may do this. " +
    "`PortalSettingsSave` changes the same settings.\n\nOpen sessions stay when you switch `twoFactor` on. From then on " +
    "each login on a device that is not trusted needs a code, the administrators' own included. It goes to the account's " +
    "`mobile`, which nobody has proved, so correct wrong numbers first. A portal sends at most `smsPerDay` text messages.",
  input: { path: path(), body: settings },
  success: status200(Settings, "All settings after the change."),
  roundTrips: 3,
  repeatable: true,
  event: "portalSettings.updated",
  examples: {
    change: {
      given: "administrator",
      body: changes,
      answers: { ...sample.settings, ...changes },
      typical: true,
    },
  },
  ways: {
    "all settings": {
      given: "administrator",
      body: { ...sample.settings, allowedOrigins: ["https://app.example.org"], sessionHours: 24 },
    },
  },
  circumstances: { "to a server": { given: "server and portal" } },
  failures: {
    kValidationError: {
      body: { lockMinutes: 0 },
      says: "Validation error",
      errors: [
        { field: "settings.lockMinutes", message: "must be a whole number from 1 to 1440", code: "kInvalidFormat" },
      ],
    },
  },
});
