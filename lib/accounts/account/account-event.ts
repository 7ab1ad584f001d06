import { type Actor, auditEvent, type RequestContext } from "../../audit/audit-event.ts";
import { practiceEventKey } from "../../table/keys.ts";
import type { PracticeId } from "../../table/records.ts";
import type { TransactionPart } from "../../table/transact.ts";

/**
 * The audit event of something done to a portal account.
 * @param id the account; `unknownAccountId` where nobody has the e-mail
 * @param changed names of properties, never their values
 */
export const accountEvent = (
  practice: PracticeId,
  what: string,
  id: string,
  actor: Actor,
  context: RequestContext,
  changed: readonly string[] = [],
): TransactionPart =>
  auditEvent(
    (eventId) => practiceEventKey(practice, eventId),
    { what, record: { accountId: practice.accountId, id }, changed },
    actor,
    context,
  );
