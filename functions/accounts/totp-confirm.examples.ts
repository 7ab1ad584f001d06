import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { codeInput, id, path, text } from "../../openapi/portal-schemas.ts";
import { requiredHeader, result } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { holderOnly } from "../../openapi/sentences.ts";

const recoveryCode = text("A recovery code, which works once in place of a code of the app.", {
  pattern: "^[a-z2-9]{13}$",
});

export default describeOperation("TotpConfirm", {
  description:
    "Turns the second factor of your own account on, with a code that the authenticator app shows. From now on a login from " +
    "an unknown device needs such a code, even if the portal's setting `twoFactor` is off. Show the recovery codes to the " +
    `holder: each works once in place of the app. A mail tells the holder. ${holderOnly}`,
  byHolderOnly: true,
  input: { path: path(id), body: z.object({ code: codeInput("The six digits that the app shows.") }) },
  success: {
    200: {
      description: "The second factor is on, and this device is trusted.",
      body: result(
        z.strictObject({
          recoveryCodes: z.array(recoveryCode).length(10).meta({ description: "They are shown only now." }),
        }),
      ),
      headers: { "Set-Cookie": requiredHeader("`md.fingerprint` gives the device a new name.") },
    },
  },
  roundTrips: 4,
  repeatable: false,
  event: "account.totpAdded",
  examples: {
    confirm: {
      given: "app begun",
      path: { id: "me" },
      body: { code: sample.code },
      answers: { object: "result", data: { recoveryCodes: sample.recoveryCodes } },
      typical: true,
    },
  },
  failures: {
    kNotFound: { given: "holder", says: "Not found" },
    kCallbackFormat: { body: { code: "abc" }, says: "Malformed code" },
    kCallbackNotFound: { body: { code: "000000" }, says: "No such code" },
    kAccountLocked: { given: "app begun, guessed at", says: "Too many wrong codes: try again later" },
  },
});
