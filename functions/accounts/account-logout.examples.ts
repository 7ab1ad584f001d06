import { describeOperation } from "../../openapi/describe.ts";
import { path } from "../../openapi/portal-schemas.ts";
import { done, requiredHeader } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { holderOnly } from "../../openapi/sentences.ts";

export default describeOperation("AccountLogout", {
  description: `Ends the session. The device stays known. ${holderOnly}`,
  byHolderOnly: true,
  input: { path: path() },
  success: {
    200: {
      description: "The session has ended.",
      body: done,
      headers: { "Set-Cookie": requiredHeader("`md.sid`, expired.") },
    },
  },
  roundTrips: 3,
  repeatable: false,
  event: "account.signedOut",
  examples: { logout: { given: "holder", answers: sample.done, typical: true } },
  failures: {},
});
