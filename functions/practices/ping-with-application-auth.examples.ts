import { describeOperation } from "../../openapi/describe.ts";
import { ok, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("PingWithApplicationAuth", {
  description: "Checks an application's credentials. A practice or user that they name is ignored.",
  success: status200(ok(), "The credentials are valid."),
  roundTrips: 1,
  repeatable: true,
  examples: { application: { given: "nothing", body: { auth: sample.vendor }, answers: {}, typical: true } },
  failures: {},
});
