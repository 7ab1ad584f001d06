import { describeOperation } from "../../openapi/describe.ts";
import { ok, PortalSettings, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("PortalSettingsGet", {
  description: "Reads the settings of the practice's portal: those that were saved, and defaults for the others.",
  success: status200(ok({ portalSettings: PortalSettings }), "The settings."),
  roundTrips: 1,
  repeatable: true,
  examples: {
    defaults: {
      given: "practice",
      body: { auth: sample.practice },
      answers: { portalSettings: sample.portalSettings },
      typical: true,
    },
  },
  failures: {},
});
