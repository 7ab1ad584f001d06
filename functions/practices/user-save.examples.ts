import { describeOperation } from "../../openapi/describe.ts";
import { userFailures } from "../../openapi/field-failures.ts";
import { userNotes } from "../../openapi/notes.ts";
import { status200, User, userWritten } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { replaces, saves, signInNeeds, target } from "../../openapi/sentences.ts";

const { loginPassword: _, ...withoutPassword } = sample.fullUser;

export default describeOperation("UserSave", {
  description: `${saves("user")} ${target("userId")} ${replaces} ${signInNeeds}`,
  notes: userNotes,
  acceptsAnswersOf: User,
  success: status200(userWritten),
  roundTrips: 2,
  repeatable: true,
  event: "user.created",
  examples: {
    create: {
      given: "practice",
      body: sample.fullUser,
      answers: { accountId: "practice-1", userId: "user-1", action: "create" },
    },
    update: {
      given: "user",
      body: sample.leastUser,
      answers: { accountId: "practice-1", userId: "user-1", action: "update" },
    },
  },
  ways: { "same login": { given: "user", body: { ...withoutPassword, city: "Dayton" }, typical: "same login" } },
  failures: userFailures,
});
