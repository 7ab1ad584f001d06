import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { newPassword, path, text } from "../../openapi/portal-schemas.ts";
import { Key, result, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { holderOnly } from "../../openapi/sentences.ts";

export default describeOperation("AccountUpdatePassword", {
  description: `Changes the holder's own password, ends their other sessions, and mails them a notice. ${holderOnly}`,
  byHolderOnly: true,
  input: { path: path(), body: z.object({ current: text("The current password."), password: newPassword }) },
  success: status200(
    result(Key.meta({ description: "The account's new key." })),
    "The password is changed. All other sessions of the account have ended.",
  ),
  roundTrips: 4,
  repeatable: false,
  event: "account.passwordChanged",
  examples: {
    update: {
      given: "holder",
      body: { current: sample.password, password: sample.otherPassword },
      answers: { object: "result", data: sample.account.key },
      typical: true,
    },
  },
  failures: {
    kInvalidCredentials: { body: { current: "wrong" }, says: "Wrong e-mail or password" },
    kAccountLocked: { given: "account guessed at", says: "The account is locked" },
    kValidationError: {
      body: { password: "password" },
      says: "Validation error",
      errors: [{ field: "account.password", message: "is too easily guessed", code: "kPasswordStrength" }],
    },
  },
});
