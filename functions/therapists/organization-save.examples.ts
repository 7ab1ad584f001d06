import { describeOperation } from "../../openapi/describe.ts";
import { organizationNotes } from "../../openapi/notes.ts";
import { Organization } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("OrganizationSave", {
  description:
    "Creates an organization (an employer of therapists), or changes one if you pass its `id`. A change affects only the " +
    "fields that you pass; `null` clears a field. `is_active: false` takes the organization out of the lists.",
  notes: { ...organizationNotes, id: "The organization to change. Without `id`, a new one is created." },
  acceptsAnswersOf: Organization,
  success: {
    200: { description: "The organization after the change.", body: Organization },
    201: { description: "The new organization.", body: Organization },
  },
  roundTrips: 2,
  repeatable: "with id",
  event: "organization.created",
  examples: {
    create: {
      given: "practice",
      body: { name: "Riverside Therapists", therapist_user_id: 42 },
      status: 201,
      answers: sample.organization,
      typical: "new",
    },
    change: {
      given: "organization",
      body: { id: 1, name: "Riverside Therapy" },
      answers: { ...sample.organization, name: "Riverside Therapy" },
      typical: "changed",
    },
  },
  ways: {
    "another therapist": { given: "organization", body: { id: 1, therapist_user_id: 43 } },
    inactive: { given: "organization", body: { id: 1, is_active: false } },
    "a second one": { given: "organization", body: { name: "Riverside Therapists", therapist_user_id: 42 } },
  },
  failures: {
    invalid: {
      body: { name: 7 },
      says: "The request is not valid. The errors say where and why.",
      errors: [{ field: "name", message: "must be text" }],
    },
    notFound: { body: { id: 999 }, says: "There is no such record." },
  },
});
