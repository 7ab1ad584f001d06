import { statedId } from "../../lib/accounts/account/target.ts";
import { connectionView, isLive, maySee } from "../../lib/accounts/connections/connection.ts";
import { getOffer, offerReads, offerReadsFirst } from "../../lib/accounts/connections/offer.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import { noteRecord } from "../../lib/audit/access-note.ts";
import { Failure } from "../../lib/errors.ts";
import { connectionKey } from "../../lib/table/keys.ts";

/** Reads a connection: by its id for both sides, or by its token for anybody who has it. */
export const handler = operation("ConnectionGet", byPortal, {
  readsFirst: (path) => offerReadsFirst(path.connection),
  reads: ({ path, ...scope }) => {
    const id = statedId(path.connection);
    return id === undefined ? offerReads(scope) : { ...offerReads(scope), connection: connectionKey(scope, id) };
  },
  errors: ["kNotFound", "kTokenExpired"],
  async run({ viewer, path, found, context }) {
    const { connection } = found;
    const isVisible = connection && isLive(connection, context.now) && maySee(connection, viewer);
    // By its token everybody who is signed in may read a connection, as long as it can be accepted.
    const shown = isVisible ? connection : getOffer(found, path.connection, context.now).connection;
    if (!shown) throw new Failure("kNotFound");
    noteRecord({ id: shown.contextId ?? shown.creatorId, connections: shown.id });
    return connectionView(shown, viewer);
  },
});
