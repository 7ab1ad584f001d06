import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { page, path } from "../../openapi/portal-schemas.ts";
import { Connection, list, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("ConnectionList", {
  description:
    "Lists the connections to your account and those that give you access, newest first. Administrators see all of the " +
    "portal, invitations included. Those that can no longer be accepted are left out.",
  input: { path: path(), query: z.object(page) },
  success: status200(list(Connection), "The connections."),
  roundTrips: 4,
  repeatable: true,
  examples: {
    own: {
      given: "connected",
      answers: { object: "list", data: [sample.connection], hasMore: false },
      typical: true,
    },
  },
  ways: { "by an administrator": { given: "administrator", roundTrips: 3 } },
  circumstances: { "to a server": { given: "server and connection" } },
  failures: {
    kInvalidArgument: { query: { limit: "0" }, says: "limit is a whole number from 1 to 1000" },
  },
});
