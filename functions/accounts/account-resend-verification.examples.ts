import { describeOperation } from "../../openapi/describe.ts";
import { path } from "../../openapi/portal-schemas.ts";
import { AlreadyVerified, done } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { holderOnly } from "../../openapi/sentences.ts";

export default describeOperation("AccountResendVerification", {
  description:
    "Mails the link to verify the e-mail address again: at most five mails an hour, with that of the registration. The previous link becomes invalid. " +
    holderOnly,
  byHolderOnly: true,
  input: { path: path() },
  success: {
    200: { description: "A mail is on its way, unless five were already sent within the hour.", body: done },
    409: { description: "The e-mail address is already verified.", body: AlreadyVerified },
  },
  roundTrips: 3,
  repeatable: false,
  event: "account.verificationResent",
  examples: {
    resend: { given: "holder", answers: sample.done, typical: true },
    alreadyVerified: {
      given: "verified",
      status: 409,
      // Nothing is written.
      roundTrips: 2,
      answers: {
        object: "result",
        data: { object: "fault", name: "error", code: "kExists", status: 409, reason: "Account already verified" },
      },
    },
  },
  failures: {},
});
