import * as z from "zod";
import { minPasswordScoreMin, sessionIdleMinutesMin } from "../portal-settings.ts";
import * as field from "./io-fields.ts";

const originsMax = 50;
const originCharactersMax = 255;
const originShape = /^https:\/\/[^A-Z/?#@\s]+$/;
const originMessage = "must be an https origin, such as https://portal.example.com";

/** An origin as a browser sends it: `https://host` or `https://host:port`, in lower case, without a path. */
const Origin = z
  .string({ error: originMessage })
  .refine(
    (value) => value.length <= originCharactersMax && originShape.test(value) && URL.parse(value)?.origin === value,
    { error: originMessage },
  )
  .meta({ maxLength: originCharactersMax, pattern: originShape.source });

/** A boolean, which may be a word, or `invitation`. */
const Registration = z.preprocess(
  (raw) => (typeof raw === "string" && /^\s*invitation\s*$/i.test(raw) ? "invitation" : raw),
  z.union([z.literal("invitation"), field.boolean], { error: 'must be true, false or "invitation"' }),
);

/** The fields of `PortalSettingsSave` (contract accounts §5). Only the settings that are passed change. */
export const PortalSettingsFields = z.object({
  registration: Registration,
  twoFactor: field.boolean,
  unverifiedDays: field.integer(1, 365),
  minPasswordScore: field.integer(minPasswordScoreMin, 4),
  lockAttempts: field.integer(3, 100),
  lockMinutes: field.integer(1, 1440),
  sessionIdleMinutes: field.integer(sessionIdleMinutesMin, 1440),
  sessionHours: field.integer(1, 168),
  smsPerDay: field.integer(0, 100_000),
  allowedOrigins: z.preprocess(
    (raw) => (raw === null || raw === "" ? undefined : raw),
    z
      .array(Origin, { error: "must be an array of https origins" })
      .max(originsMax, { error: `must have at most ${originsMax} origins` })
      .optional(),
  ),
});
export type PortalSettingsFields = z.output<typeof PortalSettingsFields>;
