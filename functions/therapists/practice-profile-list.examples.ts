import { describeOperation } from "../../openapi/describe.ts";
import { LimitInQuery, listNotes } from "../../openapi/list-notes.ts";
import { profilePage } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("PracticeProfileList", {
  description:
    "Lists all profiles of the practice, each as PracticeProfileGet answers it, in the order of their `userId`. A page ends " +
    "early when its pictures are large.",
  notes: listNotes,
  documentedAs: { limit: LimitInQuery },
  success: profilePage,
  roundTrips: 2,
  repeatable: true,
  examples: {
    some: { given: "profile", query: { limit: "100" }, answers: [sample.profile], typical: true },
    firstPage: { given: "two profiles", query: { limit: "1" }, answers: [sample.profile] },
    none: { given: "practice", status: 204 },
  },
  failures: {
    invalid: {
      query: { limit: "0" },
      says: "The request is not valid. The errors say where and why.",
      errors: [{ field: "limit", message: "must be a whole number from 1 to 1000" }],
    },
  },
});
