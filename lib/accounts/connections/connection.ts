import {
  acceptedInvitationKey,
  connectionAccessKey,
  connectionKey,
  invitationKey,
  portalAccountKey,
} from "../../table/keys.ts";
import { readItems } from "../../table/read.ts";
import type { Connection, ConnectionAccess } from "../../table/records.ts";
import { create, placeholderType, put, remove, replace, type TransactionPart } from "../../table/transact.ts";
import { accountChange, accountFrom, accountReference } from "../account/account.ts";
import type { CallerRights } from "../account/properties.ts";

/**
 * Connections (contract accounts §7). A connection is pending until somebody accepts it, and gives the account that has
 * accepted it access to another account, its context.
 */

/** Whether a connection is active or can still be accepted. Others are kept for a while, but do not exist for callers. */
export const isLive = ({ state, endsAt = 0 }: Pick<Connection, "state" | "endsAt">, now: Date): boolean =>
  state === 1 || endsAt > now.getTime();

/** Whether a caller may share an account with others, and change its connections. */
export const mayShare = (contextId: string | undefined, { id, administrator }: CallerRights): boolean =>
  administrator || (id !== undefined && id === contextId);

/** Whether a caller is the account that a connection gives access. */
const isTarget = ({ targetId }: Connection, { id }: CallerRights) => id !== undefined && id === targetId;
const isCreator = ({ creatorId }: Connection, { id }: CallerRights) => id !== undefined && id === creatorId;

/** Whether a connection exists for a caller. */
export const maySee = (connection: Connection, caller: CallerRights): boolean =>
  mayShare(connection.contextId, caller) || isTarget(connection, caller) || isCreator(connection, caller);

/** Whether a caller who may see a connection may also delete it. */
export const mayDelete = (connection: Connection, caller: CallerRights): boolean =>
  mayShare(connection.contextId, caller) ||
  isTarget(connection, caller) ||
  (connection.state === 0 && isCreator(connection, caller));

/**
 * Returns a connection as a caller sees it.
 * @param token the token that was just made; only applications are told it
 */
export const connectionView = (connection: Connection, caller: CallerRights, token?: string): object => ({
  _id: connection.id,
  object: "connection",
  access: connection.access,
  ...(connection.contextId !== undefined && { context: accountReference(connection.contextId) }),
  created: connection.createdAt,
  creator: accountReference(connection.creatorId),
  ...(connection.endsAt !== undefined && { expiresAt: new Date(connection.endsAt).toISOString() }),
  state: connection.state,
  target: {
    ...(connection.targetId !== undefined && { account: accountReference(connection.targetId) }),
    // Somebody who only holds the link may have got it from the person who was invited.
    ...(maySee(connection, caller) && { email: connection.targetEmail }),
  },
  ...(token !== undefined && caller.id === undefined && { token }),
});

/** Returns the part that stores a connection. @param before the connection as it was read, unless it is new */
export const connectionPart = (before: Connection | undefined, after: Connection): TransactionPart => {
  const key = connectionKey(after, after.id);
  const item = { ...after, type: "connection", version: (before?.version ?? 0) + 1 };
  return before ? replace(key, before, item) : create(key, item, "changed");
};

/** Returns the writes that remove what a connection has left elsewhere: at its context, at its target, or at its address. */
export async function traceRemoval(connection: Connection): Promise<TransactionPart[]> {
  const { id, contextId, state, targetId, targetEmail } = connection;
  const target = targetId === undefined ? undefined : { ...connection, id: targetId };
  if (contextId === undefined) {
    // The claim of a pending invitation leads to it and to no other.
    if (state === 0) return [remove(invitationKey(connection, targetEmail))];
    return target ? [remove(acceptedInvitationKey(target, id))] : [];
  }
  const access = target ? [remove(connectionAccessKey(target, contextId))] : [];
  const { item } = await readItems({ item: portalAccountKey({ ...connection, id: contextId }) });
  const context = accountFrom(item);
  if (!context) return access;
  const { [id]: _, ...connections } = context.connections ?? {};
  return [...access, accountChange(context, { ...context, connections })];
}

/** How long the place of a deleted invitation stays taken. No request takes longer to arrive. */
const placeTakenSeconds = 86_400;

/**
 * Returns the part that deletes an invitation. Something that is no connection stays in its place for a day: a request that
 * has read the address's claim before cannot create the invitation there again.
 */
export const invitationRemoval = (invitation: Connection, now: Date): TransactionPart =>
  replace(connectionKey(invitation, invitation.id), invitation, {
    type: placeholderType,
    expiresAt: Math.ceil(now.getTime() / 1000) + placeTakenSeconds,
  });

/**
 * Returns the part that stores what an active connection gives its target. An invitation gives nothing, but its target's
 * account leads to it. None for pending connections.
 * @param connection as it is stored in the same transaction
 */
export function accessPart({ contextId, targetId, ...connection }: Connection): TransactionPart[] {
  if (targetId === undefined) return [];
  const { access, id: connectionId, version, expiresAt } = connection;
  if (contextId === undefined) {
    const key = acceptedInvitationKey({ ...connection, id: targetId }, connectionId);
    return [put(key, { type: "acceptedInvitation", connectionId, expiresAt })];
  }
  const item: ConnectionAccess = { contextId, access, connectionId, version };
  return [put(connectionAccessKey({ ...connection, id: targetId }, contextId), { type: "connectionAccess", ...item })];
}
