import type { RequestContext } from "../../audit/audit-event.ts";
import { sessionEntryKey, sessionKey } from "../../table/keys.ts";
import type { Key, PracticeId, Session } from "../../table/records.ts";
import { consume, remove, type TransactionPart } from "../../table/transact.ts";
import { accountEvent } from "../account/account-event.ts";
import { isTimedOut } from "./session.ts";

const sessionAt = (sessionId: string) => `session ${sessionId}` as const;
type At = ReturnType<typeof sessionAt>;

/** Returns the keys of the sessions that a request presents. */
export const sessionReads = (sessionIds: readonly string[]): { readonly [Name in At]: Key<Session> } =>
  Object.fromEntries(sessionIds.map((sessionId) => [sessionAt(sessionId), sessionKey(sessionId)]));

/** A session, and the id by which it was presented. */
export interface PresentedSession {
  readonly sessionId: string;
  readonly session: Session;
}

/** Returns the presented sessions of a practice's portal, the newest first. @param found what `sessionReads` led to */
export const presentedSessions = (
  found: { readonly [Name in At]: Session | undefined },
  sessionIds: readonly string[],
  { applicationId, accountId }: PracticeId,
): PresentedSession[] =>
  sessionIds
    .flatMap((sessionId) => {
      const session = found[sessionAt(sessionId)];
      const isOfPortal = session?.applicationId === applicationId && session.accountId === accountId;
      return isOfPortal ? [{ sessionId, session }] : [];
    })
    .sort((one, other) => other.session.startedAt - one.session.startedAt);

/** Returns those that may be live. When all have timed out, returns the newest, so that the caller learns of it. */
export function candidates(presented: readonly PresentedSession[], now: Date): readonly PresentedSession[] {
  const open = presented.filter(({ session }) => !isTimedOut(session, now));
  return open.length > 0 ? open : presented.slice(0, 1);
}

/** Returns the parts that end a session. @param ifEnded what it means when somebody else has ended it */
export const endSession = (
  { sessionId, session }: PresentedSession,
  ifEnded: TransactionPart["ifRefused"],
): TransactionPart[] => [
  consume(sessionKey(sessionId), ifEnded),
  ...(session.id === undefined ? [] : [remove(sessionEntryKey({ ...session, id: session.holderId }, session.id))]),
];

/** Returns the parts that end the sessions of a browser on which somebody signs in, each with its audit event. */
export const endPresented = (
  presented: readonly PresentedSession[],
  portal: PracticeId,
  context: RequestContext,
): TransactionPart[] =>
  presented.flatMap((one) => [
    ...endSession(one, "changed"),
    ...(isTimedOut(one.session, context.now)
      ? []
      : [accountEvent(portal, "account.signedOut", one.session.holderId, { kind: "visitor" }, context)]),
  ]);
