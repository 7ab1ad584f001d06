import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { ownId, page, path } from "../../openapi/portal-schemas.ts";
import { list, Session, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { holderOnly } from "../../openapi/sentences.ts";

export default describeOperation("SessionList", {
  description: `Lists your own open sessions, newest first. ${holderOnly} Nobody else can, not even an administrator.`,
  byHolderOnly: true,
  input: { path: path(ownId), query: z.object(page) },
  success: status200(list(Session), "The sessions."),
  roundTrips: 4,
  repeatable: true,
  examples: {
    own: {
      given: "holder",
      path: { id: "me" },
      answers: { object: "list", data: [sample.session], hasMore: false },
      typical: true,
    },
  },
  failures: {
    kInvalidArgument: { query: { limit: "0" }, says: "limit is a whole number from 1 to 1000" },
    kNotFound: { path: { id: sample.nobodysId }, says: "Not found" },
  },
});
