import { describeOperation } from "../../openapi/describe.ts";
import { practiceFailures } from "../../openapi/field-failures.ts";
import { practiceNotes } from "../../openapi/notes.ts";
import { Practice, practiceWritten, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { replaces, saves, target } from "../../openapi/sentences.ts";

export default describeOperation("PracticeSave", {
  description: `${saves("practice")} ${target("accountId")} ${replaces}`,
  notes: practiceNotes,
  acceptsAnswersOf: Practice,
  success: status200(practiceWritten),
  roundTrips: 2,
  repeatable: true,
  event: "practice.created",
  examples: {
    create: { given: "nothing", body: sample.fullPractice, answers: { accountId: "practice-1", action: "create" } },
    update: { given: "practice", body: sample.leastPractice, answers: { accountId: "practice-1", action: "update" } },
  },
  ways: {
    "addresses unchanged": {
      given: "practice",
      body: { ...sample.fullPractice, city: "Dayton" },
      typical: "addresses unchanged",
    },
  },
  failures: practiceFailures,
});
