import { describeOperation } from "../../openapi/describe.ts";
import { portalSettingsNotes } from "../../openapi/notes.ts";
import { ok, PortalSettings, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const changes = { twoFactor: true, allowedOrigins: ["https://app.example.org"] };

export default describeOperation("PortalSettingsSave", {
  description: "Changes settings of the practice's portal. Settings that you leave out stay as they are.",
  notes: portalSettingsNotes,
  acceptsAnswersOf: PortalSettings,
  success: status200(ok({ portalSettings: PortalSettings }), "All settings after the change."),
  roundTrips: 2,
  repeatable: true,
  event: "portalSettings.updated",
  examples: {
    change: {
      given: "practice",
      body: { auth: sample.practice, ...changes },
      answers: { portalSettings: { ...sample.portalSettings, ...changes } },
      typical: true,
    },
  },
  ways: {
    "all settings": {
      given: "practice",
      body: {
        auth: sample.practice,
        ...sample.portalSettings,
        allowedOrigins: changes.allowedOrigins,
        lockMinutes: 20,
      },
    },
    "by an individual": { given: "user", body: { auth: sample.login, ...changes } },
  },
  failures: {
    4060: {
      body: { lockAttempts: 1 },
      says: "lockAttempts: must be a whole number from 3 to 100",
      errors: [{ field: "lockAttempts", message: "must be a whole number from 3 to 100" }],
    },
  },
});
