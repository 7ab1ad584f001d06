import { type Account, accountChange } from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { lists } from "../../lib/accounts/account/properties.ts";
import { connectionView } from "../../lib/accounts/connections/connection.ts";
import { connectionEvent } from "../../lib/accounts/connections/connection-event.ts";
import {
  acceptance,
  getOffer,
  isOffered,
  offerReads,
  offerReadsFirst,
  withRoles,
} from "../../lib/accounts/connections/offer.ts";
import { isTokenOf } from "../../lib/accounts/mail/token.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import type { Actor, RequestContext } from "../../lib/audit/audit-event.ts";
import { Failure } from "../../lib/errors.ts";
import { connectionAccessKey, connectionKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import type { Connection, PracticeId } from "../../lib/table/records.ts";
import { remove, retryOnConflict, type TransactionPart } from "../../lib/table/transact.ts";

/** Accepts a connection or an invitation as oneself. To accept it again returns it again. */
export const handler = operation("ConnectionAccept", byPortal, {
  readsFirst: (path) => offerReadsFirst(path.connection),
  reads: (scope) => {
    const { contextId } = scope.found.token ?? {};
    const isPossible = contextId !== undefined && scope.holderId !== "";
    const access = isPossible ? connectionAccessKey({ ...scope, id: scope.holderId }, contextId) : undefined;
    return { ...offerReads(scope), access };
  },
  errors: ["kNotFound", "kTokenExpired"],
  run: (request) =>
    retryOnConflict(request, async ({ portal, viewer, path, found, actor, context }) => {
      const { account } = viewer;
      if (!account) throw new Failure("kNotLoggedIn");
      if (!isOffered(found.connection, path.connection)) {
        const connection = await findAccepted(portal, path.connection, account.id);
        const hasEnded = connection?.contextId !== undefined && !lists(found.context, connection.id);
        if (!connection || hasEnded) throw new Failure("kNotFound");
        return { parts: [], answer: connectionView(connection, viewer) };
      }
      const offer = getOffer(found, path.connection, context.now);
      if (offer.context?.id === account.id) {
        throw new Failure("kAccessDenied", [], "The connection is to your own account: somebody else accepts it");
      }
      const stored = found.access && (await connectionOf(portal, found.access.connectionId));
      const existing = stored && lists(offer.context, stored.id) ? stored : undefined;
      const { parts, connection } = acceptance(offer, account.id, existing);
      const roles = withRoles(account.document.roles, offer);
      const getsRoles = offer.connection.roles !== undefined;
      // The account may be erased at this moment. A creator's account has this condition already.
      const held = viewer.rightsHeld && offer.creator?.id !== account.id ? [viewer.rightsHeld] : [];
      const after: Account = { ...account, document: { ...account.document, roles } };
      return {
        parts: [
          ...parts,
          // The worker has not deleted it yet. It must not delete the access that is stored in its place now.
          ...(stored && !existing ? endedRemoval(stored, actor, context) : []),
          ...(getsRoles ? [accountChange(account, after)] : held),
          connectionEvent(portal, "connection.accepted", [connection], actor, context),
          ...(getsRoles ? [accountEvent(portal, "account.updated", account.id, actor, context, ["roles"])] : []),
        ],
        answer: connectionView(connection, viewer),
      };
    }),
});

/** Returns the parts that delete a connection that has ended, except the access that it gave. */
const endedRemoval = (ended: Connection, actor: Actor, context: RequestContext): TransactionPart[] => [
  remove(connectionKey(ended, ended.id), ended),
  connectionEvent(ended, "connection.deleted", [ended], actor, context),
];

/**
 * Finds the connection that an account has accepted with a token. Reads the token once more: it may have been used between
 * the two reads of this request.
 */
async function findAccepted(portal: PracticeId, stated: string | undefined, accountId: string) {
  const { token } = await readItems(offerReadsFirst(stated));
  return isTokenOf(token, portal) && token.usedBy === accountId ? connectionOf(portal, token.connectionId) : undefined;
}

const connectionOf = async (portal: PracticeId, id: string) =>
  (await readItems({ connection: connectionKey(portal, id) })).connection;
