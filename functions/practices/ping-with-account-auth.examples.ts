import { describeOperation } from "../../openapi/describe.ts";
import { ok, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("PingWithAccountAuth", {
  description:
    "Checks whether the credentials are valid for a practice, and whether the practice exists and is active.",
  success: status200(ok(), "The credentials are valid and the practice is active."),
  roundTrips: 1,
  repeatable: true,
  examples: {
    application: { given: "user", body: { auth: sample.practice }, answers: {}, typical: true },
    administrator: { given: "user", body: { auth: sample.login }, answers: {} },
  },
  failures: {},
});
