import { describeOperation } from "../../openapi/describe.ts";
import { presentPracticeFailures } from "../../openapi/field-failures.ts";
import { practiceNotes } from "../../openapi/notes.ts";
import { Practice, practiceWritten, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { replaces, target } from "../../openapi/sentences.ts";

export default describeOperation("PracticeUpdate", {
  description: `Changes a practice, active or not. ${target("accountId")} ${replaces}`,
  notes: practiceNotes,
  acceptsAnswersOf: Practice,
  success: status200(practiceWritten),
  roundTrips: 2,
  repeatable: true,
  event: "practice.updated",
  examples: {
    full: {
      given: "practice",
      body: { ...sample.fullPractice, active: true },
      answers: { accountId: "practice-1", action: "update" },
      typical: "addresses unchanged",
    },
  },
  ways: { "all names released": { given: "practice", body: sample.leastPractice } },
  failures: { ...presentPracticeFailures, 4131: { given: "nothing", says: "account does not exist" } },
});
