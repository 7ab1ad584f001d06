import { describeOperation } from "../../openapi/describe.ts";
import { LimitInQuery, listNotes } from "../../openapi/list-notes.ts";
import { organizationNotes } from "../../openapi/notes.ts";
import { organizationPage } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("OrganizationListByTherapist", {
  description: "Lists the active organizations of one therapist, in the order of their ids.",
  notes: { ...listNotes, therapistUserId: organizationNotes.therapist_user_id },
  documentedAs: { limit: LimitInQuery },
  success: organizationPage,
  roundTrips: 1,
  repeatable: true,
  examples: {
    some: {
      given: "organization",
      path: { therapistUserId: "42" },
      query: { limit: "100" },
      answers: [sample.organization],
    },
    firstPage: {
      given: "two organizations",
      path: { therapistUserId: "42" },
      query: { limit: "1" },
      answers: [sample.organization],
    },
    none: { given: "practice", path: { therapistUserId: "42" }, status: 204 },
  },
  ways: { fifty: { given: "fifty practices", path: { therapistUserId: "42" }, query: { limit: "50" }, typical: "50" } },
  failures: {
    invalid: {
      path: { therapistUserId: "x" },
      says: "The request is not valid. The errors say where and why.",
      errors: [{ field: "therapistUserId", message: "must be a whole number" }],
    },
  },
});
