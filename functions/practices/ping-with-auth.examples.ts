import { describeOperation } from "../../openapi/describe.ts";
import { ok, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("PingWithAuth", {
  description: "Checks whether a user exists and is active. With `loginId` and `loginPassword` it signs the user in.",
  success: status200(ok(), "The credentials are valid and the user is active."),
  roundTrips: 1,
  repeatable: true,
  examples: {
    application: { given: "user", body: { auth: sample.user }, answers: {}, typical: "by an application" },
    signIn: { given: "user", body: { auth: sample.login }, answers: {}, typical: "an individual signs in" },
  },
  failures: {},
});
