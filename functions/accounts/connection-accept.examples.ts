import { describeOperation } from "../../openapi/describe.ts";
import { connectionToken, path } from "../../openapi/portal-schemas.ts";
import { Connection, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { holderOnly } from "../../openapi/sentences.ts";

export default describeOperation("ConnectionAccept", {
  description:
    "Accepts a connection or an invitation with the token from a mailed link. Your account then has the access and the " +
    "roles that it gives. Accepting it again returns it again. An account that is connected already keeps its connection, " +
    `with the higher access. ${holderOnly}`,
  byHolderOnly: true,
  input: { path: path(connectionToken), bodyIsOptional: true },
  success: status200(Connection, "The connection, now active."),
  roundTrips: 3,
  repeatable: true,
  event: "connection.accepted",
  examples: {
    accept: {
      given: "connection offered",
      path: { connection: sample.token },
      answers: sample.connection,
      typical: true,
    },
  },
  ways: {
    "an invitation with roles": { given: "invited, holder", path: { connection: sample.token } },
    "connected already": { given: "offered again", path: { connection: sample.token }, roundTrips: 4 },
  },
  failures: {
    kNotFound: { given: "holder", says: "Not found" },
    kTokenExpired: { given: "connection offered long ago", says: "The token has expired" },
  },
});
