import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { activeOrganizationPrefix } from "../../lib/table/keys.ts";
import { queryPage } from "../../lib/table/page.ts";
import { ListFields, listAnswer, startOf } from "../../lib/therapists/organization-pages.ts";

/** Lists the practice's active organizations by id, page by page. */
export const handler = operation("OrganizationList", byCredentials, {
  fields: ListFields,
  page: async (practice, fields) =>
    queryPage(activeOrganizationPrefix(practice), fields.limit, await startOf({ practice }, fields)),
  run: async ({ fields, caller: { practice }, page, reply }) => listAnswer({ practice }, fields, page, reply.headers),
});
