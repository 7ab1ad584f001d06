import { accountChange, accountFrom } from "../../lib/accounts/account/account.ts";
import { statedId } from "../../lib/accounts/account/target.ts";
import { invitationRemoval, isLive, mayDelete, maySee } from "../../lib/accounts/connections/connection.ts";
import { connectionEvent } from "../../lib/accounts/connections/connection-event.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { connectionAccessKey, connectionKey, invitationKey, portalAccountKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import type { Connection, PracticeId } from "../../lib/table/records.ts";
import { remove, retryOnConflict, rightsHeldBy, type TransactionPart } from "../../lib/table/transact.ts";

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
          ...(await withoutTraces(portal, connection)),
          ...rightsHeldBy(viewer, portalAccountKey({ ...portal, id: connection.contextId ?? "" })),
          connectionEvent(portal, "connection.deleted", [connection], actor, context),
        ],
        answer: resultOf(true),
      };
    }),
});

/** Returns the writes that remove what a connection has left elsewhere. */
async function withoutTraces(
  portal: PracticeId,
  { id, contextId, state, targetId, targetEmail }: Connection,
): Promise<TransactionPart[]> {
  // The claim of a pending invitation leads to it and to no other.
  if (contextId === undefined) return state === 0 ? [remove(invitationKey(portal, targetEmail))] : [];
  const access = targetId === undefined ? [] : [remove(connectionAccessKey({ ...portal, id: targetId }, contextId))];
  const { item } = await readItems({ item: portalAccountKey({ ...portal, id: contextId }) });
  const context = accountFrom(item);
  if (!context) return access;
  const { [id]: _, ...connections } = context.connections ?? {};
  return [...access, accountChange(context, { ...context, connections })];
}
