import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { profileNotes } from "../../openapi/notes.ts";
import { PracticeProfile, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { TherapistKey } from "../../openapi/therapist-schemas.ts";

const saved = z.strictObject({
  success: z.literal(true).meta({ description: "Always `true`: the whole profile is stored." }),
});

export default describeOperation("PracticeProfileSave", {
  description:
    "Stores a therapist's whole profile. A field that you leave out becomes `null` (`is_org_admin` becomes `false`). " +
    "Either the whole profile is stored or nothing. `userId`, `image` and `address` are required.",
  notes: profileNotes,
  documentedAs: { userId: TherapistKey },
  acceptsAnswersOf: PracticeProfile,
  success: status200(saved),
  roundTrips: 2,
  repeatable: true,
  event: "practiceProfile.saved",
  examples: {
    least: {
      given: "practice",
      body: { userId: "therapist-1", image: "https://images.example.org/grace.png", address: [] },
      answers: { success: true },
    },
    full: { given: "practice", body: sample.profile, answers: { success: true }, typical: "new" },
  },
  ways: { change: { given: "profile", body: { ...sample.profile, role: "director" } } },
  failures: {
    invalid: {
      body: { image: undefined },
      says: "The request is not valid. The errors say where and why.",
      errors: [{ field: "image", message: "is required" }],
    },
  },
});
