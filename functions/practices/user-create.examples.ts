import { describeOperation } from "../../openapi/describe.ts";
import { userFailures } from "../../openapi/field-failures.ts";
import { userNotes } from "../../openapi/notes.ts";
import { status200, User, userWritten } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { creates, signInNeeds, target } from "../../openapi/sentences.ts";

const created = { accountId: "practice-1", userId: "user-1", action: "create" };

export default describeOperation("UserCreate", {
  description:
    "Creates a user (a person who works in a practice) in the practice that the credentials name. " +
    `${target("userId")} ${creates} ${signInNeeds}`,
  notes: userNotes,
  acceptsAnswersOf: User,
  success: status200(userWritten),
  roundTrips: 2,
  repeatable: false,
  event: "user.created",
  examples: {
    least: { given: "practice", body: sample.leastUser, answers: created },
    full: { given: "practice", body: sample.fullUser, answers: created, typical: "with a login" },
  },
  failures: { ...userFailures, 4230: { given: "user", says: "user already exists" } },
});
