import * as z from "zod";
import { tokenShape } from "../../lib/accounts/mail/token.ts";
import { describeOperation } from "../../openapi/describe.ts";
import { path, shapedAs, text, token } from "../../openapi/portal-schemas.ts";
import { done, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const inBody = text(
  "The token from the mail. Needed only at the address without a token in its path.",
  shapedAs(tokenShape),
).optional();

export default describeOperation("AccountVerify", {
  description:
    "Verifies an e-mail address with the token from a mailed link. The token is valid for seven days and works once.",
  input: { path: path({ token }), body: z.object({ token: inBody }), bodyIsOptional: true },
  success: status200(done, "The e-mail address is verified."),
  roundTrips: 3,
  repeatable: false,
  event: "account.verified",
  examples: {
    verify: { given: "verification mailed", path: { token: sample.token }, answers: sample.done, typical: true },
  },
  ways: {
    "the token in the body": {
      given: "verification mailed",
      address: "/{org}/v2/token",
      body: { token: sample.token },
    },
  },
  circumstances: { "without a session": { given: "verification mailed, no session" } },
  failures: {
    kNotFound: { given: "holder", says: "Not found" },
    kTokenExpired: { given: "verification mailed long ago", says: "The token has expired" },
  },
});
