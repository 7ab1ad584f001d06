import { type Account, accountFrom, favoritesFrom } from "../accounts/account/account.ts";
import { type CallerRights, isAdministrator, isProvider, notConnected } from "../accounts/account/properties.ts";
import type { Portal } from "../accounts/portal.ts";
import type { PresentedSession } from "../accounts/session/presented.ts";
import { sessionState } from "../accounts/session/session.ts";
import type { Actor } from "../audit/audit-event.ts";
import { connectionAccessKey, portalAccountKey } from "../table/keys.ts";
import type { AccountItem, ConnectionAccess, Favorites, Session } from "../table/records.ts";
import { checkUnchanged, type TransactionPart } from "../table/transact.ts";

/** Who calls a portal. */
export interface Viewer extends CallerRights {
  readonly actor: Actor;
  /**
   * A condition that their own account has not changed, for writes of others' accounts. Applications have none: a
   * condition on the vendor's item in many simultaneous writes would make them wait for each other.
   */
  readonly rightsHeld: TransactionPart | undefined;
  /**
   * A condition that their connection to the account in the path has not changed, for every write of that account. Absent
   * when they have no connection to it.
   */
  readonly accessHeld: TransactionPart | undefined;
  /** Their own account and session; application credentials have none. */
  readonly account: Account | undefined;
  readonly session: Session | undefined;
  readonly sessionId: string | undefined;
  /** Ids of the accounts that they have marked. */
  readonly favorites: ReadonlySet<string>;
}

/** Application credentials act as an administrator. */
export const applicationViewer = (applicationId: string): Viewer => ({
  id: undefined,
  administrator: true,
  provider: false,
  connected: notConnected,
  actor: { kind: "application", applicationId },
  rightsHeld: undefined,
  accessHeld: undefined,
  account: undefined,
  session: undefined,
  sessionId: undefined,
  favorites: new Set(),
});

/** Returns the states of presented sessions, in their order. @param account the holder of all of them */
export const statesOf = (
  presented: readonly PresentedSession[],
  portal: Portal,
  account: Account | undefined,
  now: Date,
) => presented.map(({ session }) => sessionState(session, portal, account, now));

/** What is read of the holder of presented sessions. */
interface HolderRecords {
  readonly holder: AccountItem | undefined;
  readonly favorites: Favorites | undefined;
  /** What a connection gives them of the account in the path. */
  readonly connected: ConnectionAccess | undefined;
}

/**
 * Returns the holder of the newest presented session that is a live session of this portal.
 * @param otherId the account in the path, to which the holder may be connected
 */
export function sessionViewer(
  now: Date,
  portal: Portal,
  { presented, otherId }: { readonly presented: readonly PresentedSession[]; readonly otherId: string | undefined },
  { holder, favorites, connected }: HolderRecords,
): Viewer | undefined {
  const account = accountFrom(holder);
  const { session, sessionId } = presented[statesOf(presented, portal, account, now).indexOf("live")] ?? {};
  if (!session || !account || !sessionId) return undefined;
  const { applicationId, accountId, id, document } = account;
  return {
    id,
    administrator: isAdministrator(document.roles),
    provider: isProvider(document.roles),
    connected: connected && otherId ? new Map([[otherId, connected]]) : notConnected,
    actor: { kind: "portalAccount", applicationId, accountId, id },
    rightsHeld: checkUnchanged(portalAccountKey(account), account),
    accessHeld: connected && otherId ? checkUnchanged(connectionAccessKey(account, otherId), connected) : undefined,
    account,
    session,
    sessionId,
    favorites: favoritesFrom(favorites),
  };
}
