import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { ioListNotes } from "../../openapi/list-notes.ts";
import { AuditEvent, cursor, ok, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const eventList = z.array(AuditEvent).meta({ description: "The events of this page." });
const eventCursor = cursor.meta({
  description: `${cursor.meta()?.description} A page may end early, even without events.`,
});

export default describeOperation("EventList", {
  description:
    "Lists the audit events of one practice, newest first, or without `accountId` those of the application itself: new " +
    "secrets, client keys, disabling. It also lists those of a deleted practice. Where several practices had one key after " +
    "the other, it lists those of all. To get the next page, send the returned `cursor`.",
  notes: {
    ...ioListNotes,
    limit: "How many events at most: 1 to 1000. When left out: 100.",
    accountId: "Key of a practice, deleted ones included. When left out, the list has the application's own events.",
    since: "Only events at this time or later: ISO 8601 with an offset or `Z`.",
    until: "Only events before this time: ISO 8601 with an offset or `Z`.",
  },
  success: status200(ok({ eventList, cursor: eventCursor }), "A page of events."),
  roundTrips: 2,
  repeatable: true,
  examples: {
    ofPractice: {
      given: "practice",
      body: { auth: sample.vendor, accountId: "practice-1", since: "2026-01-01T00:00:00Z" },
      answers: { eventList: [sample.practiceEvent] },
      typical: "of one practice",
    },
    ofApplication: { given: "nothing", body: { auth: sample.vendor }, answers: { eventList: [sample.vendorEvent] } },
  },
  failures: {
    4060: {
      body: { since: "yesterday" },
      says: "since: must be an instant in ISO 8601, with an offset or Z",
      errors: [{ field: "since", message: "must be an instant in ISO 8601, with an offset or Z" }],
    },
    4131: { given: "nothing", says: "account does not exist" },
  },
});
