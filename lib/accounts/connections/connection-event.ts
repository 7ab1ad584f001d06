import { type Actor, auditEvent, type RequestContext } from "../../audit/audit-event.ts";
import { practiceEventKey } from "../../table/keys.ts";
import type { Connection, PracticeId } from "../../table/records.ts";
import type { TransactionPart } from "../../table/transact.ts";

/**
 * The audit event of something done to connections of one account. It names the account that they give access to, or the
 * creator where they give none, and the connections.
 * @param changed names of properties, never their values
 */
export const connectionEvent = (
  practice: PracticeId,
  what: string,
  connections: readonly Pick<Connection, "id" | "contextId" | "creatorId">[],
  actor: Actor,
  context: RequestContext,
  changed: readonly string[] = [],
): TransactionPart => {
  const [{ contextId = "", creatorId = "" } = {}] = connections;
  const record = {
    accountId: practice.accountId,
    id: contextId || creatorId,
    connections: connections.map(({ id }) => id).join(" "),
  };
  return auditEvent((eventId) => practiceEventKey(practice, eventId), { what, record, changed }, actor, context);
};
