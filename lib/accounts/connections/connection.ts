import { connectionAccessKey, connectionKey } from "../../table/keys.ts";
import type { Connection, ConnectionAccess } from "../../table/records.ts";
import { create, placeholderType, put, replace, type TransactionPart } from "../../table/transact.ts";
import { accountReference } from "../account/account.ts";
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
 * Returns the part that stores what an active connection gives its target; none for other connections.
 * @param connection as it is stored in the same transaction
 */
export function accessPart({ contextId, targetId, ...connection }: Connection): TransactionPart[] {
  if (contextId === undefined || targetId === undefined) return [];
  const { access, id: connectionId, version } = connection;
  const item: ConnectionAccess = { contextId, access, connectionId, version };
  return [put(connectionAccessKey({ ...connection, id: targetId }, contextId), { type: "connectionAccess", ...item })];
}
