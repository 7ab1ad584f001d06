import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { id, path, text } from "../../openapi/portal-schemas.ts";
import { result, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { holderOnly } from "../../openapi/sentences.ts";

export default describeOperation("TotpCreate", {
  description:
    "Begins to set up an authenticator app (TOTP, RFC 6238) as a second factor of your own account. Show `uri` as a QR code, " +
    "or `secret` to type in, and send a code of the app to `TotpConfirm`. Nothing is asked for until then. Called again, it " +
    `answers another secret, and the one from before is void. ${holderOnly}`,
  byHolderOnly: true,
  input: { path: path(id) },
  success: status200(
    result(
      z.strictObject({
        secret: text("The secret, in base32.", { pattern: "^[A-Z2-7]{32}$" }),
        uri: text("The same for an app to read, with the practice's name and the e-mail address."),
      }),
    ),
    "The secret of the app. It is shown only now.",
  ),
  roundTrips: 3,
  repeatable: false,
  event: "account.totpBegun",
  examples: {
    begin: {
      given: "holder",
      path: { id: "me" },
      answers: { object: "result", data: { secret: sample.totpSecret, uri: sample.totpUri } },
      typical: true,
    },
  },
  ways: { "in place of a pending one": { given: "app begun", path: { id: "me" } } },
  failures: {
    kNotFound: { path: { id: sample.nobodysId }, says: "Not found" },
    kExists: { given: "app, holder", says: "Exists already" },
  },
});
