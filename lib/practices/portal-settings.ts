import { type Actor, auditEvent, changedFields, type RequestContext } from "../audit/audit-event.ts";
import { portalSettingNames, portalSettingsOf } from "../portal-settings.ts";
import { portalSettingsKey, practiceEventKey } from "../table/keys.ts";
import type { PracticeId, StoredPortalSettings } from "../table/records.ts";
import { create, replace, rightsHeldBy, type TransactionPart } from "../table/transact.ts";
import type { PortalSettingsFields } from "./portal-settings-fields.ts";

/** A request to change portal settings: its caller, the fields, the actor and the time. */
export interface PortalSettingsStatement {
  readonly caller: { readonly practice: PracticeId; readonly rightsHeld: TransactionPart | undefined };
  readonly fields: PortalSettingsFields;
  readonly actor: Actor;
  readonly context: RequestContext;
}

/**
 * Returns the transaction that changes the passed settings, and the answer. The transaction fails if the caller loses
 * their rights before it is carried out.
 * @param before the stored settings, or `undefined` when none were ever saved
 */
export function writePortalSettings(
  before: StoredPortalSettings | undefined,
  { caller, fields, actor, context }: PortalSettingsStatement,
) {
  const { applicationId, accountId } = caller.practice;
  const id = { applicationId, accountId };
  const passed = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const item = { ...before, ...passed, type: "portalSettings", version: (before?.version ?? 0) + 1 };
  const key = portalSettingsKey(id);
  const after = portalSettingsOf(item);
  const auditEntry = {
    what: "portalSettings.updated",
    record: { accountId },
    changed: changedFields(portalSettingNames, portalSettingsOf(before), after),
  };
  return {
    parts: [
      before ? replace(key, before, item) : create(key, item, "changed"),
      auditEvent((eventId) => practiceEventKey(id, eventId), auditEntry, actor, context),
      ...rightsHeldBy(caller, key),
    ],
    answer: { portalSettings: after },
  };
}
