import { describeOperation } from "../../openapi/describe.ts";
import { practiceNotes } from "../../openapi/notes.ts";
import { ok, Practice, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { target } from "../../openapi/sentences.ts";

export default describeOperation("PracticeGet", {
  description: `Reads a practice, active or not. ${target("accountId")} You can send the returned practice back as an update.`,
  notes: practiceNotes,
  success: status200(ok({ practice: Practice }), "The practice."),
  roundTrips: 1,
  repeatable: true,
  examples: {
    get: {
      given: "practice",
      body: { auth: sample.vendor, accountId: "practice-1" },
      answers: { practice: sample.shownPractice },
      typical: true,
    },
  },
  failures: {
    4060: {
      body: { accountId: "x".repeat(129) },
      says: "accountId: must be at most 128 characters",
      errors: [{ field: "accountId", message: "must be at most 128 characters" }],
    },
    4131: { given: "nothing", says: "account does not exist" },
  },
});
