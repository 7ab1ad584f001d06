import { describeOperation } from "../../openapi/describe.ts";
import { path } from "../../openapi/portal-schemas.ts";
import { Settings, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("SettingsGet", {
  description:
    "Reads the settings of the portal: those that were saved, and defaults for the others. Administrators may do this. " +
    "`PortalSettingsGet` reads the same settings.",
  input: { path: path() },
  success: status200(Settings, "The settings."),
  roundTrips: 2,
  repeatable: true,
  examples: { defaults: { given: "administrator", answers: sample.settings, typical: true } },
  circumstances: { "to a server": { given: "server and portal" } },
  failures: { kInvalidArgument: { rawQuery: "%F1", says: "The query is not UTF-8" } },
});
