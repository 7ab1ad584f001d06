import { getOwnAccount } from "../../lib/accounts/account/target.ts";
import { listHeld } from "../../lib/accounts/list/held.ts";
import { readPageQuery, unsupported } from "../../lib/accounts/list/page-query.ts";
import { sessionState, sessionView } from "../../lib/accounts/session/session.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import { sessionEntryPrefix, sessionKey } from "../../lib/table/keys.ts";

const refused = [...unsupported, "where", "sort", "paths", "include", "expand"];

/** Lists the open sessions of the caller's own account, the newest first. */
export const handler = operation("SessionList", byPortal, {
  errors: ["kNotFound"],
  async run({ portal, viewer, path, input, context }) {
    const { account, sessionId } = getOwnAccount(path, viewer);
    const page = readPageQuery(input, refused);
    const { items, hasMore } = await listHeld(
      {
        prefix: sessionEntryPrefix(account),
        others: {},
        counts: (session) => sessionState(session, portal, account, context.now) === "live",
      },
      page,
    );
    const own = sessionKey(sessionId).pk;
    return { object: "list", data: items.map(({ key, item }) => sessionView(item, portal, key.pk === own)), hasMore };
  },
});
