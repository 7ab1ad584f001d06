import { describeOperation } from "../../openapi/describe.ts";
import { path, token } from "../../openapi/portal-schemas.ts";
import { done, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("AccountReject", {
  description:
    "Deletes an account that somebody else has registered with your e-mail address, by the token from a mail that asks to " +
    "verify it. This works while the account is unverified, with the token of each such mail, for seven days.",
  input: { path: path({ token }) },
  success: status200(done, "The account is deleted, and the address can be registered again."),
  roundTrips: 3,
  repeatable: false,
  event: "account.erased",
  examples: {
    reject: {
      given: "verification mailed",
      path: { token: sample.token },
      answers: sample.done,
      typical: true,
    },
  },
  ways: { "an account with an image": { given: "unverified, image ready", path: { token: sample.token } } },
  circumstances: { "without a session": { given: "verification mailed, no session" } },
  failures: {
    kNotFound: { given: "verified", says: "Not found" },
    kTokenExpired: { given: "verification mailed long ago", says: "The token has expired" },
  },
});
