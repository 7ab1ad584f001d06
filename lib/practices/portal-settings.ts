import * as z from "zod";
import { type Actor, auditEvent, changedFields, type Occasion } from "../audit/event.ts";
import { type PracticeId, portalSettingsKey, practiceEventKey } from "../table/keys.ts";
import { create, type Part, replace, rightsHeldBy, type Versioned } from "../table/transact.ts";
import * as field from "./fields.ts";

const originsMax = 50;
const originCharactersMax = 255;
const originShape = /^https:\/\/[^A-Z/?#@\s]+$/;
const originMessage = "must be an https origin, such as https://portal.example.com";

/** An origin as a browser sends it: `https://host` or `https://host:port`, lower case, nothing behind. */
const Origin = z
  .string({ error: originMessage })
  .refine(
    (value) => value.length <= originCharactersMax && originShape.test(value) && URL.parse(value)?.origin === value,
    { error: originMessage },
  )
  .meta({ maxLength: originCharactersMax, pattern: originShape.source });

/** The shortest idle time that a portal may have. */
export const sessionIdleMinutesMin = 5;

/** What `PortalSettingsSave` takes (contract accounts §5): only what is passed changes. */
export const PortalSettingsFields = z.object({
  registration: field.boolean,
  twoFactor: field.boolean,
  minPasswordScore: field.integer(0, 4),
  lockAttempts: field.integer(3, 100),
  lockMinutes: field.integer(1, 1440),
  sessionIdleMinutes: field.integer(sessionIdleMinutesMin, 1440),
  sessionHours: field.integer(1, 168),
  allowedOrigins: z.preprocess(
    (raw) => (raw === null || raw === "" ? undefined : raw),
    z
      .array(Origin, { error: "must be an array of https origins" })
      .max(originsMax, { error: `must have at most ${originsMax} origins` })
      .optional(),
  ),
});
export type PortalSettingsFields = z.output<typeof PortalSettingsFields>;

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
  readonly caller: { readonly practice: PracticeId; readonly rightsHeld: Part | undefined };
  readonly fields: PortalSettingsFields;
  readonly actor: Actor;
  readonly occasion: Occasion;
}

/**
 * The transaction that changes the passed settings, as long as the caller may, and what they are answered.
 * @param before the stored settings, or `undefined` when none were ever saved
 */
export function writePortalSettings(
  before: StoredPortalSettings | undefined,
  { caller, fields, actor, occasion }: PortalSettingsStatement,
) {
  const { applicationId, accountId } = caller.practice;
  const id = { applicationId, accountId };
  const passed = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const item = { ...before, ...passed, type: "portalSettings", version: (before?.version ?? 0) + 1 };
  const key = portalSettingsKey(id);
  const after = portalSettingsOf(item);
  const deed = {
    what: "portalSettings.updated",
    record: { accountId },
    changed: changedFields(names, portalSettingsOf(before), after),
  };
  return {
    parts: [
      before ? replace(key, before, item) : create(key, item, "changed"),
      auditEvent((eventId) => practiceEventKey(id, eventId), deed, actor, occasion),
      ...rightsHeldBy(caller, key),
    ],
    answer: { portalSettings: after },
  };
}
