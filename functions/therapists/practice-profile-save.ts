import { operation } from "../../lib/api/operation.ts";
import { settle } from "../../lib/table/transact.ts";
import {
  findSections,
  PracticeProfileFields,
  type Sections,
  sectionKeys,
  writePracticeProfile,
} from "../../lib/therapists/practice-profile.ts";

/** Stores a therapist's whole profile: all its sections, or none. */
export const handler = operation("PracticeProfileSave", {
  fields: PracticeProfileFields,
  reads: (practice, { userId }) => sectionKeys(practice, userId),
  async run({ fields, caller: { practice }, actor, found, occasion }) {
    const statement = { practice, fields, actor, occasion };
    const readAgain = () => findSections(practice, fields.userId);
    return settle(found as Sections, readAgain, (before) => writePracticeProfile(before, statement));
  },
});
