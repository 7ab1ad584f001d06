import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { newPassword, path, token } from "../../openapi/portal-schemas.ts";
import { done, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("AccountResetPassword", {
  description:
    "Sets a new password with the token from a mailed link. The token is valid for an hour and works once. All sessions " +
    "of the account end, a lock after wrong passwords ends, and a mail tells the holder. If the e-mail address was not " +
    "verified before, the connections to the account end too.",
  input: { path: path(), body: z.object({ token, password: newPassword }) },
  success: status200(done, "The password is set. All sessions of the account have ended."),
  roundTrips: 3,
  repeatable: false,
  event: "account.passwordReset",
  examples: {
    reset: {
      given: "reset mailed",
      body: { token: sample.token, password: sample.otherPassword },
      answers: sample.done,
      typical: true,
    },
  },
  ways: {
    "of an account that was shared before its address was verified": {
      given: "connection offered, reset mailed",
      body: { token: sample.token, password: sample.otherPassword },
    },
  },
  failures: {
    kNotFound: { given: "account", says: "Not found" },
    kTokenExpired: { given: "reset mailed long ago", says: "The token has expired" },
    kValidationError: {
      body: { password: "password" },
      says: "Validation error",
      errors: [{ field: "account.password", message: "is too easily guessed", code: "kPasswordStrength" }],
    },
  },
});
