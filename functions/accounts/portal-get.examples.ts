import { describeOperation } from "../../openapi/describe.ts";
import { path } from "../../openapi/portal-schemas.ts";
import { Portal, requiredHeader } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("PortalGet", {
  description:
    "Returns what a page needs to know of a portal before anybody has signed in, including the client key that all " +
    "other calls need. The answer may be cached for a minute.",
  input: { path: path() },
  success: {
    200: {
      description: "The portal.",
      body: Portal,
      headers: { "Cache-Control": requiredHeader("`public, max-age=60`.") },
    },
  },
  roundTrips: 2,
  repeatable: true,
  examples: {
    portal: {
      given: "portal",
      answers: {
        object: "org",
        code: "riverside",
        name: "Riverside Clinic",
        city: "Columbus",
        state: "OH",
        tz: "America/New_York",
        locale: "en_US",
        registration: true,
        twoFactor: false,
        minPasswordScore: 2,
        clientKey: sample.clientKey,
      },
      typical: true,
    },
  },
  ways: { "an allowed origin": { given: "portal for an origin" } },
  failures: {
    kNotFound: { given: "nothing", says: "Not found" },
    kInvalidArgument: { rawQuery: "expand=%F1", says: "The query is not UTF-8" },
  },
});
