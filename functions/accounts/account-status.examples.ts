import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { path } from "../../openapi/portal-schemas.ts";
import { Account, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const expand = z.enum(["true", "false"]).optional().meta({ description: "`true` returns the whole account." });
const state = z.strictObject({
  loggedin: z.boolean().meta({ description: "Whether there is a session." }),
  account: Account.optional(),
  expiresAt: z.iso.datetime().optional().meta({ description: "When the session ends if you do not use it any more." }),
});

export default describeOperation("AccountStatus", {
  description:
    "Says whether there is a session, whose it is, and when it ends unless it is used. This call does not count as a use.",
  input: { path: path(), query: z.object({ expand }) },
  success: status200(state, "Whether there is a session, and whose it is."),
  roundTrips: 2,
  repeatable: true,
  // Everything but `true` means no.
  ignores: ["expand"],
  examples: {
    signedIn: {
      given: "holder",
      answers: { loggedin: true, account: { _id: sample.id, object: "account" }, expiresAt: sample.sessionEndsAt },
      typical: "signed in",
    },
    whole: {
      given: "holder",
      query: { expand: "true" },
      answers: { loggedin: true, account: sample.account, expiresAt: sample.sessionEndsAt },
    },
    visitor: { given: "portal", answers: { loggedin: false } },
  },
  failures: { kInvalidArgument: { rawQuery: "expand=%F1", says: "The query is not UTF-8" } },
});
