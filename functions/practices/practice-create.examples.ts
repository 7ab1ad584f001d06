import { describeOperation } from "../../openapi/describe.ts";
import { practiceFailures } from "../../openapi/field-failures.ts";
import { practiceNotes } from "../../openapi/notes.ts";
import { Practice, practiceWritten, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { creates, target } from "../../openapi/sentences.ts";

const created = { accountId: "practice-1", action: "create" };

export default describeOperation("PracticeCreate", {
  description: `Creates a practice (a clinic or an office) under your own key. ${target("accountId")} ${creates}`,
  notes: practiceNotes,
  acceptsAnswersOf: Practice,
  success: status200(practiceWritten),
  roundTrips: 2,
  repeatable: false,
  event: "practice.created",
  examples: {
    least: { given: "nothing", body: sample.leastPractice, answers: created },
    full: { given: "nothing", body: sample.fullPractice, answers: created, typical: "all fields" },
  },
  failures: {
    ...practiceFailures,
    4130: { given: "practice", says: "account already exists" },
    4610: {
      given: "Direct address claimed",
      body: { directDomain: "riverside", directAddress: "office" },
      says: "direct address error: direct address is taken",
    },
  },
});
