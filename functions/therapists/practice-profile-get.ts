import * as z from "zod";
import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { queryProfile, wholeProfile } from "../../lib/therapists/practice-profile.ts";
import { UserId } from "../../lib/therapists/therapist-fields.ts";

/** Reads a therapist's whole profile. */
export const handler = operation("PracticeProfileGet", byCredentials, {
  fields: z.object({ userId: UserId }),
  page: (practice, { userId }) => queryProfile(practice, userId),
  errors: ["notFound"],
  async run({ fields: { userId }, caller: { practice }, page }) {
    const profile = await wholeProfile(page, userId, () => queryProfile(practice, userId));
    if (!profile) throw new Failure("notFound");
    return profile;
  },
});
