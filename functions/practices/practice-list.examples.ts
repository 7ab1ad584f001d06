import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { ioListNotes } from "../../openapi/list-notes.ts";
import { cursor, ok, Practice, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const practiceList = z.array(Practice).meta({ description: "The practices of this page." });

export default describeOperation("PracticeList", {
  description: "Lists your practices in the order of their keys. To get the next page, send the returned `cursor`.",
  notes: ioListNotes,
  success: status200(ok({ practiceList, cursor }), "A page of practices."),
  roundTrips: 1,
  repeatable: true,
  examples: {
    lastPage: {
      given: "practice",
      body: { auth: sample.vendor },
      answers: { practiceList: [sample.shownPractice] },
    },
    firstPage: {
      given: "two practices",
      body: { auth: sample.vendor, limit: 1 },
      answers: { practiceList: [sample.shownPractice], cursor: sample.cursor },
    },
  },
  ways: { fifty: { given: "fifty practices", body: { auth: sample.vendor, limit: 50 }, typical: "50" } },
  failures: {
    4060: {
      body: { limit: 0 },
      says: "limit: must be a whole number from 1 to 1000",
      errors: [{ field: "limit", message: "must be a whole number from 1 to 1000" }],
    },
  },
});
