import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { path, text } from "../../openapi/portal-schemas.ts";
import { done, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const email = text("The account's e-mail address. A text that is not an address gets the same answer.", {
  minLength: 1,
});

export default describeOperation("AccountRequestPasswordReset", {
  description:
    "Mails a link with which the holder can set a new password: at most one mail a minute and five an hour. The answer " +
    "is the same whether the account exists or not.",
  input: { path: path(), body: z.object({ email }) },
  success: status200(done, "If the account exists, a mail is on its way. The answer does not say whether it exists."),
  roundTrips: 4,
  repeatable: false,
  event: "account.passwordResetRequested",
  // The answer does not tell whether there is such an account, and so not whether there can be one.
  ignores: ["email"],
  examples: {
    request: { given: "account", body: { email: "charles@example.org" }, answers: sample.done, typical: true },
  },
  ways: { "an unknown address": { given: "account", body: { email: "nobody@example.org" } } },
  failures: {
    kValidationError: {
      body: { email: undefined },
      says: "Validation error",
      errors: [{ field: "account.email", message: "is required", code: "kRequired" }],
    },
  },
});
