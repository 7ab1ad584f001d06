import { describeOperation } from "../../openapi/describe.ts";
import { userNotes } from "../../openapi/notes.ts";
import { ok, status200, User } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { target } from "../../openapi/sentences.ts";

export default describeOperation("UserGet", {
  description: `Reads a user of the practice that the credentials name, active or not. ${target("userId")}`,
  notes: userNotes,
  success: status200(ok({ user: User }), "The user."),
  roundTrips: 1,
  repeatable: true,
  examples: {
    get: {
      given: "user",
      body: { auth: sample.practice, userId: "user-1" },
      answers: { user: sample.shownUser },
      typical: true,
    },
  },
  ways: { "by an individual": { given: "user", body: { auth: sample.login, userId: "user-1" } } },
  failures: {
    4060: {
      body: { userId: "x".repeat(129) },
      says: "userId: must be at most 128 characters",
      errors: [{ field: "userId", message: "must be at most 128 characters" }],
    },
    4231: { given: "practice", says: "user does not exist" },
    4241: {
      body: { userId: "@user" },
      says: "invalid user ID, user IDs starting with '@' are reserved for practice users",
      errors: [{ field: "userId", message: "must not begin with @" }],
    },
  },
});
