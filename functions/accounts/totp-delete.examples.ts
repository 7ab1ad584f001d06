import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { id, path, text } from "../../openapi/portal-schemas.ts";
import { done, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("TotpDelete", {
  description:
    "Turns the second factor of an account off: its authenticator app and its recovery codes. Holders send their password. " +
    "Administrators turn that of others off without, for example after a lost phone; servers count as administrators. A mail " +
    "tells the holder.",
  input: {
    path: path(id),
    body: z.object({
      password: text("The holder's password. Needed only for your own account.", { minLength: 1 }).optional(),
    }),
    bodyIsOptional: true,
  },
  success: status200(done, "The second factor is off."),
  roundTrips: 4,
  repeatable: false,
  event: "account.totpRemoved",
  examples: {
    remove: {
      given: "app, holder",
      path: { id: "me" },
      body: { password: sample.password },
      answers: sample.done,
      typical: true,
    },
  },
  ways: {
    "an administrator": { given: "app, administrator", path: { id: sample.id }, roundTrips: 3 },
  },
  circumstances: { "to a server": { given: "app, server" } },
  failures: {
    kNotFound: { given: "holder", says: "Not found" },
    kInvalidCredentials: { body: { password: "wrong" }, says: "Wrong e-mail or password" },
    kAccountLocked: { given: "app, guessed at", says: "The account is locked" },
  },
});
