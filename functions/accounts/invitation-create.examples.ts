import { describeOperation } from "../../openapi/describe.ts";
import { invitationTargets, path } from "../../openapi/portal-schemas.ts";
import { Connection, list, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const targets = [
  {
    email: sample.invitee,
    roles: [sample.providerRole],
    message: `Welcome to the team. There are ${sample.note} on your desk.`,
  },
];

export default describeOperation("InvitationCreate", {
  description:
    "Invites people to register, and mails each of them a link. Only administrators may do this. Whoever registers with " +
    "the link gets the given roles. A link is valid for seven days and works once. Somebody who was invited before gets a " +
    "new link, and the earlier one becomes invalid.",
  input: { path: path(), body: invitationTargets },
  success: status200(list(Connection), "The invitations, in the order of the targets. They have no `context`."),
  roundTrips: 4,
  repeatable: false,
  event: "connection.created",
  examples: {
    invite: {
      given: "administrator",
      body: { targets },
      answers: { object: "list", data: [sample.invitation], hasMore: false },
      typical: true,
    },
  },
  ways: {
    again: {
      given: "invited, administrator",
      body: { targets },
      // Also reads the pending invitation.
      roundTrips: 5,
    },
  },
  circumstances: { "to a server": { given: "server and portal" } },
  failures: {
    kValidationError: {
      body: { targets: [] },
      says: "Validation error",
      errors: [{ field: "targets", message: "must be an array of 1 to 50 targets", code: "kInvalidFormat" }],
    },
    kExists: {
      body: { targets: [{ email: "charles@example.org" }] },
      says: "Exists already",
      errors: [{ field: "targets[0].email", message: "has an account already", code: "kExists" }],
    },
  },
});
