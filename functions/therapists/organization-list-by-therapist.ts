import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { therapistOrganizationPrefix } from "../../lib/table/keys.ts";
import { queryPage } from "../../lib/table/page.ts";
import { ListFields } from "../../lib/therapists/list-pages.ts";
import { listAnswer, startOf, TherapistUserId } from "../../lib/therapists/organization-pages.ts";

/** Lists one therapist's active organizations by id, page by page. */
export const handler = operation("OrganizationListByTherapist", byCredentials, {
  fields: ListFields.extend({ therapistUserId: TherapistUserId }),
  async page(practice, fields) {
    const { therapistUserId, limit } = fields;
    const start = await startOf({ practice, therapistUserId }, fields);
    return queryPage(therapistOrganizationPrefix(practice, therapistUserId), limit, start);
  },
  async run({ fields, caller: { practice }, page, reply }) {
    return listAnswer({ practice, therapistUserId: fields.therapistUserId }, fields, page, reply.headers);
  },
});
