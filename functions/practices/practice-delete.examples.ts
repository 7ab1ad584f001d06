import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { practiceNotes } from "../../openapi/notes.ts";
import { ok, Practice, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { target } from "../../openapi/sentences.ts";

const body = { auth: sample.vendor, accountId: "practice-1" };
const action = z.literal("delete").meta({ description: "Says that the practice was deleted." });

export default describeOperation("PracticeDelete", {
  description: `Deletes an inactive practice with everything in it: users, portal accounts, organizations and profiles. Nobody finds any of it from then on, and the key may be used again; a worker erases it within minutes. Audit events stay. ${target("accountId")}`,
  notes: practiceNotes,
  success: status200(ok({ accountId: Practice.shape.accountId, action })),
  roundTrips: 2,
  repeatable: false,
  event: "practice.deleted",
  examples: {
    delete: {
      given: "inactive practice",
      body,
      answers: { accountId: "practice-1", action: "delete" },
      typical: true,
    },
  },
  ways: { "with a user in it": { given: "inactive practice with a user", body } },
  failures: {
    4060: {
      body: { accountId: "x".repeat(129) },
      says: "accountId: must be at most 128 characters",
      errors: [{ field: "accountId", message: "must be at most 128 characters" }],
    },
    4131: { given: "nothing", says: "account does not exist" },
    4135: { given: "practice", says: "account must be inactive to be deleted" },
  },
});
