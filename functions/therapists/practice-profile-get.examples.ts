import { describeOperation } from "../../openapi/describe.ts";
import { profileNotes } from "../../openapi/notes.ts";
import { PracticeProfile, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { TherapistKey } from "../../openapi/therapist-schemas.ts";

export default describeOperation("PracticeProfileGet", {
  description: "Reads a therapist's whole profile.",
  notes: profileNotes,
  documentedAs: { userId: TherapistKey },
  success: status200(PracticeProfile, "The profile."),
  roundTrips: 1,
  repeatable: true,
  examples: {
    get: { given: "profile", path: { userId: "therapist-1" }, answers: sample.profile, typical: true },
  },
  failures: {
    invalid: {
      path: { userId: "x".repeat(129) },
      says: "The request is not valid. The errors say where and why.",
      errors: [{ field: "userId", message: "must be 1 to 128 characters, without control characters" }],
    },
    notFound: { path: { userId: "unknown" }, says: "There is no such record." },
  },
});
