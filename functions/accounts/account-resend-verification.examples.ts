import { describeOperation } from "../../openapi/describe.ts";
import { id, path } from "../../openapi/portal-schemas.ts";
import { AlreadyVerified, done } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const alreadyVerified = {
  object: "result",
  data: { object: "fault", name: "error", code: "kExists", status: 409, reason: "Account already verified" },
};

export default describeOperation("AccountResendVerification", {
  description:
    "Mails the link to verify the e-mail address again: at most five mails an hour, with that of the registration. The previous link becomes invalid. " +
    "The holder and administrators may do this.",
  input: { path: path(id) },
  success: {
    200: { description: "A mail is on its way, unless five were already sent within the hour.", body: done },
    409: { description: "The e-mail address is already verified.", body: AlreadyVerified },
  },
  roundTrips: 3,
  repeatable: false,
  event: "account.verificationResent",
  examples: {
    resend: { given: "holder", path: { id: "me" }, answers: sample.done, typical: true },
    alreadyVerified: {
      given: "verified",
      path: { id: "me" },
      status: 409,
      // Nothing is written.
      roundTrips: 2,
      answers: alreadyVerified,
    },
    alreadyVerifiedByServer: {
      given: "server and verified account",
      path: { id: sample.id },
      status: 409,
      roundTrips: 2,
      answers: alreadyVerified,
    },
  },
  ways: { "by an administrator": { given: "administrator", path: { id: sample.id } } },
  circumstances: { "to a server": { given: "server and account", path: { id: sample.id } } },
  failures: { kNotFound: { path: { id: sample.nobodysId }, says: "Not found" } },
});
