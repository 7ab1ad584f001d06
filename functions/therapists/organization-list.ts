import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { activeOrganizationPrefix, organizationPrefix } from "../../lib/table/keys.ts";
import { queryPage } from "../../lib/table/page.ts";
import { ListFields } from "../../lib/therapists/list-pages.ts";
import { Include, listAnswer, startOf } from "../../lib/therapists/organization-pages.ts";

/** Lists the practice's organizations by id, page by page: the active ones, or all. */
export const handler = operation("OrganizationList", byCredentials, {
  fields: ListFields.extend({ include: Include }),
  async page(practice, fields) {
    const { include, limit } = fields;
    const start = await startOf({ practice, include }, fields);
    const prefix = include ? organizationPrefix(practice) : activeOrganizationPrefix(practice);
    return queryPage(prefix, limit, start);
  },
  run: async ({ fields, caller: { practice }, page, reply }) =>
    listAnswer({ practice, include: fields.include }, fields, page, reply.headers),
});
