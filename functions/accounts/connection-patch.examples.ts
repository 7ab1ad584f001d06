import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { connectionId, level, path } from "../../openapi/portal-schemas.ts";
import { Connection, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("ConnectionPatch", {
  description:
    "Changes how much access a connection gives, from the next call on. The holder of the account that it gives access to " +
    "and administrators may do this.",
  input: { path: path(connectionId), body: z.object({ access: level }) },
  success: status200(Connection, "The connection after the change."),
  roundTrips: 3,
  repeatable: true,
  event: "connection.changed",
  examples: {
    change: {
      given: "connected",
      path: { connection: sample.connectionId },
      body: { access: 2 },
      answers: { ...sample.connection, access: 2 },
      typical: true,
    },
  },
  ways: {
    "a pending one": { given: "connection pending", path: { connection: sample.connectionId }, body: { access: 6 } },
  },
  circumstances: { "to a server": { given: "server and connection" } },
  failures: {
    kNotFound: { path: { connection: sample.nobodysId }, says: "Not found" },
    kValidationError: {
      body: { access: 3 },
      says: "Validation error",
      errors: [{ field: "access", message: "must be one of 2 4 6", code: "kEnumValue" }],
    },
  },
});
