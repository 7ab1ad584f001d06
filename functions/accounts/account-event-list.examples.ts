import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { eventPage, id, path } from "../../openapi/portal-schemas.ts";
import { eventList, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("AccountEventList", {
  description:
    "Lists what happened to an account and what its holder did, newest first, for administrators. One call looks through " +
    "at most 1,000 events of the practice. So an answer may have few events and still `hasMore`: go on with its `next`.",
  input: { path: path(id), query: z.object(eventPage) },
  success: status200(eventList, "The events."),
  roundTrips: 3,
  repeatable: true,
  examples: {
    registered: {
      given: "administrator",
      path: { id: sample.id },
      answers: { object: "list", data: [sample.event], hasMore: false },
      typical: true,
    },
  },
  circumstances: { "to a server": { given: "server and account", path: { id: sample.id } } },
  failures: {
    kInvalidArgument: { query: { limit: "101" }, says: "limit is a whole number from 1 to 100" },
    kNotFound: { path: { id: sample.nobodysId }, says: "Not found" },
  },
});
