import { describeOperation } from "../../openapi/describe.ts";
import { presentUserFailures } from "../../openapi/field-failures.ts";
import { userNotes } from "../../openapi/notes.ts";
import { status200, User, userWritten } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { replaces, signInNeeds, target } from "../../openapi/sentences.ts";

export default describeOperation("UserUpdate", {
  description: `Changes a user, active or not. ${target("userId")} ${replaces} ${signInNeeds}`,
  notes: userNotes,
  acceptsAnswersOf: User,
  success: status200(userWritten),
  roundTrips: 2,
  repeatable: true,
  event: "user.updated",
  examples: {
    full: {
      given: "user",
      body: sample.fullUser,
      answers: { accountId: "practice-1", userId: "user-1", action: "update" },
    },
  },
  ways: {
    "a new password": {
      given: "user",
      body: { ...sample.fullUser, loginPassword: "Thermometer2" },
      typical: "with a new password",
    },
    "login and Direct address released": { given: "user", body: sample.leastUser },
  },
  failures: { ...presentUserFailures, 4231: { given: "practice", says: "user does not exist" } },
});
