import { type Actor, auditEvent, changedFields, type RequestContext } from "../audit/audit-event.ts";
import { type PracticeId, portalSettingsKey, practiceEventKey } from "../table/keys.ts";
import { create, replace, rightsHeldBy, type TransactionPart, type Versioned } from "../table/transact.ts";
import type { PortalSettingsFields } from "./portal-settings-fields.ts";

/** The shortest idle time that a portal may have. */
export const sessionIdleMinutesMin = 5;

const defaults = {
  registration: true,
  twoFactor: false,
  minPasswordScore: 2,
  lockAttempts: 5,
  lockMinutes: 15,
  sessionIdleMinutes: 15,
  sessionHours: 12,
  allowedOrigins: [] as readonly string[],
};

/** How a practice's portal behaves. */
export type PortalSettings = typeof defaults;

/** The settings as they are stored: those that were ever saved. */
export type StoredPortalSettings = Partial<PortalSettings> & Versioned;

const names = Object.keys(defaults) as (keyof PortalSettings)[];

/** All settings in effect. @param stored the item of `portalSettingsKey`, if there is one */
export function portalSettingsOf(stored: unknown): PortalSettings {
  const saved = (stored ?? {}) as Partial<PortalSettings>;
  return Object.fromEntries(names.map((name) => [name, saved[name] ?? defaults[name]])) as PortalSettings;
}

/** Who changes which settings of whose portal, and when. */
export interface PortalSettingsStatement {
  readonly caller: { readonly practice: PracticeId; readonly rightsHeld: TransactionPart | undefined };
  readonly fields: PortalSettingsFields;
  readonly actor: Actor;
  readonly context: RequestContext;
}

/**
 * The transaction that changes the passed settings, as long as the caller may, and what they are answered.
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
    changed: changedFields(names, portalSettingsOf(before), after),
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
