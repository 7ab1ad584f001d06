import { describeOperation } from "../../openapi/describe.ts";
import { connectionIdOrToken, path } from "../../openapi/portal-schemas.ts";
import { Connection, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("ConnectionGet", {
  description:
    "Reads a connection. Both sides, its creator and administrators can read it by its id. Everybody who has its token " +
    "can read it by that, as long as it can be accepted.",
  input: { path: path(connectionIdOrToken) },
  success: status200(Connection, "The connection."),
  roundTrips: 2,
  repeatable: true,
  examples: {
    get: {
      given: "connection pending",
      path: { connection: sample.connectionId },
      answers: sample.pendingConnection,
      typical: true,
    },
    byToken: {
      given: "connection offered",
      path: { connection: sample.token },
      answers: { ...sample.pendingConnection, target: {} },
    },
  },
  circumstances: { "to a server": { given: "server and connection" } },
  failures: {
    kInvalidArgument: { rawQuery: "x=%F1", says: "The query is not UTF-8" },
    kNotFound: { path: { connection: sample.nobodysId }, says: "Not found" },
    kTokenExpired: {
      given: "connection offered long ago",
      path: { connection: sample.token },
      says: "The token has expired",
    },
  },
});
