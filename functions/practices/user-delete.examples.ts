import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { userNotes } from "../../openapi/notes.ts";
import { ok, Practice, status200, User } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { target } from "../../openapi/sentences.ts";

const body = { auth: sample.practice, userId: "user-1" };
const action = z.literal("delete").meta({ description: "Says that the user was deleted." });

export default describeOperation("UserDelete", {
  description: `Deletes a user of the practice that the credentials name, active or not, with their login and their therapist's profile. Their \`userId\`, \`loginId\` and \`directAddress\` are free from then on. Audit events stay. ${target("userId")}`,
  notes: userNotes,
  success: status200(ok({ accountId: Practice.shape.accountId, userId: User.shape.userId, action })),
  roundTrips: 2,
  repeatable: false,
  event: "user.deleted",
  examples: {
    delete: {
      given: "user",
      body,
      answers: { accountId: "practice-1", userId: "user-1", action: "delete" },
      typical: true,
    },
  },
  ways: { "by an individual": { given: "two users", body: { auth: sample.login, userId: "user-2" } } },
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
