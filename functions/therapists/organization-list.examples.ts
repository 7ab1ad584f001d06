import { describeOperation } from "../../openapi/describe.ts";
import { LimitInQuery, listNotes } from "../../openapi/list-notes.ts";
import { organizationPage } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("OrganizationList", {
  description:
    "Lists the active organizations of the practice, in the order of their ids; with `include=inactive` all organizations.",
  notes: { ...listNotes, include: "`inactive`: the list also has the organizations that are not active." },
  documentedAs: { limit: LimitInQuery },
  success: organizationPage,
  roundTrips: 1,
  repeatable: true,
  examples: {
    some: {
      given: "organization",
      query: { limit: "100" },
      answers: [sample.organization],
    },
    all: {
      given: "organization",
      query: { include: "inactive" },
      answers: [sample.organization],
    },
    firstPage: {
      given: "two organizations",
      query: { limit: "1" },
      answers: [sample.organization],
    },
    none: { given: "practice", status: 204 },
  },
  ways: { fifty: { given: "fifty practices", query: { limit: "50" }, typical: "50" } },
  failures: {
    invalid: {
      query: { limit: "0" },
      says: "The request is not valid. The errors say where and why.",
      errors: [{ field: "limit", message: "must be a whole number from 1 to 1000" }],
    },
  },
});
