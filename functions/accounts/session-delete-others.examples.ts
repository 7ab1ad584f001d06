import { describeOperation } from "../../openapi/describe.ts";
import { ownId, path } from "../../openapi/portal-schemas.ts";
import { done, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { holderOnly } from "../../openapi/sentences.ts";

export default describeOperation("SessionDeleteOthers", {
  description: `Ends all your sessions except the one of the request. Devices stay known. ${holderOnly}`,
  byHolderOnly: true,
  input: { path: path(ownId) },
  success: status200(done, "You have no other session."),
  roundTrips: 3,
  repeatable: true,
  event: "account.sessionsEnded",
  examples: { end: { given: "holder with two sessions", path: { id: "me" }, answers: sample.done, typical: true } },
  failures: { kNotFound: { path: { id: sample.nobodysId }, says: "Not found" } },
});
