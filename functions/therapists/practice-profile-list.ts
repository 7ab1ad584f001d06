import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { ListFields, nextLink, placeOf } from "../../lib/therapists/list-pages.ts";
import { answerProfiles } from "../../lib/therapists/practice-profile.ts";

/** Lists all profiles of the practice by the keys of their therapists, page by page. */
export const handler = operation("PracticeProfileList", byCredentials, {
  fields: ListFields,
  async run({ fields, caller: { practice }, reply }) {
    const { limit } = fields;
    const binding = ["practice-profiles", practice.applicationId, practice.accountId];
    const { records, next } = await answerProfiles(practice, limit, await placeOf(fields, binding));
    if (next) {
      reply.headers.link = await nextLink({ next, binding, path: "/therapist/practice-profile", query: { limit } });
    }
    return records.length === 0 && !next ? undefined : records;
  },
});
