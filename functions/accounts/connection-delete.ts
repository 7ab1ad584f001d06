import { statedId } from "../../lib/accounts/account/target.ts";
import {
  invitationRemoval,
  isLive,
  mayDelete,
  maySee,
  traceRemoval,
} from "../../lib/accounts/connections/connection.ts";
import { connectionEvent } from "../../lib/accounts/connections/connection-event.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { connectionKey, portalAccountKey } from "../../lib/table/keys.ts";
import { remove, retryOnConflict, rightsHeldBy } from "../../lib/table/transact.ts";

/** Ends a connection, or takes a pending one back. Access is gone with the next call, and its token is void. */
export const handler = operation("ConnectionDelete", byPortal, {
  reads: ({ path, ...scope }) => {
    const id = statedId(path.connection);
    return { connection: id === undefined ? undefined : connectionKey(scope, id) };
  },
  errors: ["kNotFound"],
  run: (request) =>
    retryOnConflict(request, async ({ portal, viewer, found: { connection }, actor, context }) => {
      if (!connection || !isLive(connection, context.now) || !maySee(connection, viewer))
        throw new Failure("kNotFound");
      if (!mayDelete(connection, viewer)) throw new Failure("kAccessDenied");
      return {
        parts: [
          connection.contextId === undefined
            ? invitationRemoval(connection, context.now)
            : remove(connectionKey(portal, connection.id), connection),
          ...(await traceRemoval(connection)),
          ...rightsHeldBy(viewer, portalAccountKey({ ...portal, id: connection.contextId ?? "" })),
          connectionEvent(portal, "connection.deleted", [connection], actor, context),
        ],
        answer: resultOf(true),
      };
    }),
});
