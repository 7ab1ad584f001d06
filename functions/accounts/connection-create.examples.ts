import { describeOperation } from "../../openapi/describe.ts";
import { connectionTargets, id, path } from "../../openapi/portal-schemas.ts";
import { Connection, list, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const targets = [
  { email: sample.invitee, access: 4, message: `Please have a look. I have written about the ${sample.note}.` },
];

export default describeOperation("ConnectionCreate", {
  description:
    "Offers others access to an account, and mails each of them a link. The account's holder and administrators may do " +
    "this. A link is valid for seven days and works once. Somebody to whom a connection was offered before gets a new " +
    "link, and the earlier one becomes invalid. An account has at most 200 connections.",
  input: { path: path(id), body: connectionTargets },
  success: status200(list(Connection), "The connections, in the order of the targets."),
  roundTrips: 3,
  repeatable: false,
  event: "connection.created",
  examples: {
    create: {
      given: "holder",
      path: { id: "me" },
      body: { targets },
      answers: { object: "list", data: [sample.pendingConnection], hasMore: false },
      typical: true,
    },
  },
  ways: {
    again: {
      given: "connection pending",
      path: { id: "me" },
      body: { targets: [{ email: sample.invitee, access: 6 }] },
      // Also reads the pending connection.
      roundTrips: 4,
    },
    "an administrator, with roles": {
      given: "administrator",
      path: { id: sample.id },
      body: { targets: [{ email: sample.invitee, access: 2, roles: [sample.providerRole] }] },
    },
  },
  circumstances: { "to a server": { given: "server and account" } },
  failures: {
    kNotFound: { path: { id: sample.nobodysId }, says: "Not found" },
    kValidationError: {
      body: { targets: [{ email: "nobody", access: 4 }] },
      says: "Validation error",
      errors: [{ field: "targets[0].email", message: "must be an e-mail address", code: "kInvalidEmailFormat" }],
    },
    kExists: {
      given: "connected",
      body: { targets: [{ email: sample.invitee, access: 4 }] },
      says: "Exists already",
      errors: [{ field: "targets[0].email", message: "is connected already", code: "kExists" }],
    },
  },
});
