import { digestOf } from "../../crypto/digest.ts";
import { Failure } from "../../errors.ts";
import { connectionKey, connectionTokenKey, portalAccountKey } from "../../table/keys.ts";
import type { AccountItem, Connection, ConnectionToken, PracticeId } from "../../table/records.ts";
import { checkUnchanged, put, remove, type TransactionPart } from "../../table/transact.ts";
import { type Account, accountChange, accountFrom, systemId } from "../account/account.ts";
import { isAdministrator, lists } from "../account/properties.ts";
import { isTokenOf, statedConnectionTokenKey } from "../mail/token.ts";
import { accessPart, connectionPart } from "./connection.ts";

/** The records that a connection's token leads to, as they were read. */
interface OfferRecords {
  readonly token: ConnectionToken | undefined;
  readonly connection: Connection | undefined;
  readonly context: AccountItem | undefined;
  readonly creator: AccountItem | undefined;
}

/** Returns the key to read first: that of the token. */
export const offerReadsFirst = (stated: unknown) => ({ token: statedConnectionTokenKey(stated) });

/** Returns the keys to read then: the connection, and the accounts on whose behalf it was made. */
export function offerReads({
  found: { token },
  ...practice
}: PracticeId & { readonly found: { readonly token: ConnectionToken | undefined } }) {
  const { connectionId, contextId, creatorId } = isTokenOf(token, practice) ? token : {};
  const account = (id: string | undefined) => (id === undefined ? undefined : portalAccountKey({ ...practice, id }));
  return {
    connection: connectionId === undefined ? undefined : connectionKey(practice, connectionId),
    context: account(contextId),
    creator: account(creatorId),
  };
}

/** A pending connection that somebody with its token may accept. */
export interface Offer {
  readonly connection: Connection;
  /** The account that it gives access to. */
  readonly context: Account | undefined;
  readonly creator: Account | undefined;
  readonly token: ConnectionToken;
  /** The token itself. */
  readonly stated: string;
}

/** Whether a token is the one that accepts a connection. */
export const isOffered = (connection: Connection | undefined, stated: unknown): stated is string =>
  typeof stated === "string" && connection?.tokenDigest === digestOf(stated);

/**
 * Returns the connection that a token offers. A connection gives nothing that its creator could not give any more.
 * @throws Failure kNotFound for an unknown, used or void token; kTokenExpired
 */
export function getOffer({ token, connection, ...accounts }: OfferRecords, stated: unknown, now: Date): Offer {
  if (!token || !connection || !isOffered(connection, stated)) throw new Failure("kNotFound");
  if (now.getTime() >= token.endsAt) throw new Failure("kTokenExpired");
  const [context, creator] = [accountFrom(accounts.context), accountFrom(accounts.creator)];
  const isByApplication = connection.creatorId === systemId;
  const isByAdministrator = isByApplication || (creator && isAdministrator(creator.document.roles));
  const isByHolder = connection.creatorId === context?.id && connection.roles === undefined;
  const mayAct = isByApplication || (creator && maySignIn(creator));
  const hasContext = connection.contextId === undefined || lists(context, connection.id);
  if (!hasContext || !mayAct || !(isByAdministrator || isByHolder)) throw new Failure("kNotFound");
  return { connection, context, creator, token, stated };
}

const maySignIn = ({ document }: Account) => !document.locked && !document.activationRequired;

/** Returns the roles of an account with those that a connection gives. */
export const withRoles = (roles: readonly string[], { connection }: Offer): string[] => [
  ...new Set([...roles, ...(connection.roles ?? [])]),
];

/**
 * Returns the writes with which an account accepts an offer, except those to that account itself, and the connection as it
 * then is. An account that is already connected to the context keeps its connection, with the higher access.
 * @param existing that connection
 */
export function acceptance(
  { connection: offered, context, creator, token, stated }: Offer,
  targetId: string,
  existing?: Connection,
): { parts: TransactionPart[]; connection: Connection } {
  const { tokenDigest, endsAt, expiresAt, ...kept } = existing ?? offered;
  const connection: Connection = {
    ...kept,
    state: 1,
    targetId,
    usedTokenDigest: digestOf(stated),
    access: existing && existing.access > offered.access ? existing.access : offered.access,
    // Nothing depends on an invitation that was accepted, so it is cleaned up.
    ...(offered.contextId === undefined && { expiresAt }),
    version: kept.version + 1,
  };
  const { [offered.id]: _, ...others } = context?.connections ?? {};
  const connections = { ...others, [connection.id]: { email: connection.targetEmail, endsAt: 0 } };
  // It is given only while the creator's own rights are as they were read. An account that is written has this condition.
  const isWritten = creator?.id === context?.id || (creator?.id === targetId && offered.roles !== undefined);
  return {
    parts: [
      connectionPart(existing ?? offered, connection),
      ...(existing ? [remove(connectionKey(offered, offered.id), offered)] : []),
      ...accessPart(connection),
      put(connectionTokenKey(stated), { ...token, type: "token", connectionId: connection.id, usedBy: targetId }),
      ...(context ? [accountChange(context, { ...context, connections })] : []),
      ...(creator && !isWritten ? [checkUnchanged(portalAccountKey(creator), creator)] : []),
    ],
    connection,
  };
}
