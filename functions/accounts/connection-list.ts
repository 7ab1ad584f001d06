import { connectionView } from "../../lib/accounts/connections/connection.ts";
import { listConnections } from "../../lib/accounts/connections/list.ts";
import { readPageQuery, unsupported } from "../../lib/accounts/list/page-query.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";

const refused = [...unsupported, "where", "sort", "paths", "include", "expand"];

/** Lists the connections to the caller's account and from it, newest first; administrators see all of the portal. */
export const handler = operation("ConnectionList", byPortal, {
  async run({ portal, viewer, input, context }) {
    const page = readPageQuery(input, refused);
    const { connections, hasMore } = await listConnections(portal, page, viewer, context.now);
    return { object: "list", data: connections.map((connection) => connectionView(connection, viewer)), hasMore };
  },
});
