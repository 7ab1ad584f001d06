import { describeOperation } from "../../openapi/describe.ts";
import { ok, status200 } from "../../openapi/records.ts";

export default describeOperation("Ping", {
  description: "Checks that the service answers.",
  success: status200(ok(), "The service answers."),
  roundTrips: 0,
  repeatable: true,
  examples: { ping: { given: "nothing", body: {}, answers: {}, typical: true } },
  failures: {},
});
