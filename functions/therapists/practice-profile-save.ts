import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { retryOnConflict } from "../../lib/table/transact.ts";
import { PracticeProfileFields, sectionKeys, writePracticeProfile } from "../../lib/therapists/practice-profile.ts";

/** Stores a therapist's whole profile: all its sections, or none. */
export const handler = operation("PracticeProfileSave", byCredentials, {
  fields: PracticeProfileFields,
  reads: (practice, { userId }) => sectionKeys(practice, userId),
  run: (request) => retryOnConflict(request, (now) => writePracticeProfile(now.found, now)),
});
