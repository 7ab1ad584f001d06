import { newId } from "../../crypto/random.ts";
import { Failure, type FieldError } from "../../errors.ts";
import { briefNameMax, type Mail } from "../../messages/outbox.ts";
import { connectionKey } from "../../table/keys.ts";
import { readItems } from "../../table/read.ts";
import type { Connection, PracticeId } from "../../table/records.ts";
import type { TransactionPart } from "../../table/transact.ts";
import { shortened } from "../../text.ts";
import { type Account, systemId } from "../account/account.ts";
import { newConnectionToken } from "../mail/token.ts";
import { type Portal, portalLink } from "../portal.ts";
import { connectionPart, isLive } from "./connection.ts";
import type { Target } from "./targets.ts";

/** Who invites, where and when. */
export interface Inviter {
  readonly portal: Portal;
  /** The inviter's own account; `undefined` for applications. */
  readonly account: Account | undefined;
  readonly now: Date;
}

/** A connection that was just offered to somebody. */
export interface Invited {
  readonly connection: Connection;
  readonly token: string;
  readonly mail: Mail;
  /** The write of the connection. */
  readonly part: TransactionPart;
  /**
   * The write of the token. It may come before that of the connection: the token of a connection that does not exist, or that
   * has another token, is unknown to every caller.
   */
  readonly tokenPart: TransactionPart;
}

/**
 * Returns a new connection for a target, or a pending one with a new token, which makes the earlier one void.
 * @param contextId the account that it gives access to; `undefined` for an invitation to register
 * @param pending the pending connection
 * @param newConnectionId the id of a new connection
 */
export function invite(
  { email, access, roles, message }: Target,
  contextId: string | undefined,
  pending: Connection | undefined,
  { portal, account, now }: Inviter,
  newConnectionId = newId(now),
): Invited {
  const { applicationId, accountId } = portal;
  const stated = { access, roles, creatorId: account?.id ?? systemId, targetEmail: email, state: 0 } as const;
  const first = { applicationId, accountId, id: newConnectionId, contextId, createdAt: now.toISOString(), version: 0 };
  const before = pending ?? first;
  const {
    token,
    connection,
    part: tokenPart,
  } = newConnectionToken({ ...before, ...stated, version: before.version + 1 }, now);
  const kind = contextId === undefined ? "registrationInvitation" : "connectionInvitation";
  const { name } = account?.document ?? {};
  const mail = {
    kind,
    to: email,
    practiceName: shortened(portal.practiceName, briefNameMax),
    link: portalLink(portal, contextId === undefined ? "register" : "connect", token),
    ...(name && { inviter: shortened(`${name.first} ${name.last}`, briefNameMax) }),
    ...(message !== undefined && { message }),
  } as const;
  return { connection, token, mail, part: connectionPart(pending, connection), tokenPart };
}

/** Reads connections by id. Leaves out those that are not pending any more. */
export async function readPending(
  portal: PracticeId,
  ids: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, Connection>> {
  const found = await readItems(Object.fromEntries(ids.map((id) => [id, connectionKey(portal, id)])));
  const pending = Object.values(found).filter(
    (connection): connection is Connection => connection?.state === 0 && isLive(connection, now),
  );
  return new Map(pending.map((connection) => [connection.id, connection]));
}

/**
 * Refuses the whole request when some of its targets cannot be invited.
 * @param reasonOf returns why a target cannot; `undefined` when it can
 * @throws Failure kExists with a child for each of them
 */
export function checkFree(targets: readonly Target[], reasonOf: (target: Target) => string | undefined): void {
  const taken = targets.flatMap((target, place): FieldError[] => {
    const message = reasonOf(target);
    return message === undefined ? [] : [{ field: `targets[${place}].email`, message, code: "kExists" }];
  });
  if (taken.length > 0) throw new Failure("kExists", taken);
}
