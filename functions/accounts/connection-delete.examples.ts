import { describeOperation } from "../../openapi/describe.ts";
import { connectionId, path } from "../../openapi/portal-schemas.ts";
import { done, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("ConnectionDelete", {
  description:
    "Ends a connection. Both sides and administrators may do this, and its creator while it is pending. The access is " +
    "gone with the next call, and its link becomes invalid.",
  input: { path: path(connectionId) },
  success: status200(done, "There is no connection any more."),
  roundTrips: 4,
  repeatable: false,
  event: "connection.deleted",
  examples: {
    end: {
      given: "connected",
      path: { connection: sample.connectionId },
      answers: sample.done,
      typical: true,
    },
  },
  ways: {
    "a pending one": { given: "connection pending", path: { connection: sample.connectionId } },
    "an invitation": {
      given: "invited, administrator",
      path: { connection: sample.connectionId },
      // There is no account that it gives access to.
      roundTrips: 3,
    },
  },
  circumstances: { "to a server": { given: "server and connection" } },
  failures: {
    kNotFound: { path: { connection: sample.nobodysId }, says: "Not found" },
  },
});
