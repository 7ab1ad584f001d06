/**
 * The settings of a practice's portal (contract accounts §5): their shape and their defaults. The fields that
 * `PortalSettingsSave` accepts are in `lib/practices`, so that functions of portals do not bundle zod schemas.
 */
export interface PortalSettings {
  /** Whether people may register themselves; `"invitation"`: only those who were invited. */
  readonly registration: boolean | "invitation";
  readonly twoFactor: boolean;
  /** How many days an account may be unverified before it is erased. */
  readonly unverifiedDays: number;
  /** Lowest accepted zxcvbn score of a new password, 1 to 4. */
  readonly minPasswordScore: number;
  /** Wrong passwords in a row after which an e-mail address is locked, and for how long. */
  readonly lockAttempts: number;
  readonly lockMinutes: number;
  readonly sessionIdleMinutes: number;
  readonly sessionHours: number;
  /** How many text messages the portal sends in a day (UTC). */
  readonly smsPerDay: number;
  /** Origins of the browser pages that may call the portal. */
  readonly allowedOrigins: readonly string[];
}

/** The lowest score that a portal may accept. */
export const minPasswordScoreMin = 1;

/** The shortest idle time that a portal may have. */
export const sessionIdleMinutesMin = 5;

const defaults: PortalSettings = {
  registration: true,
  twoFactor: false,
  unverifiedDays: 30,
  minPasswordScore: 2,
  lockAttempts: 5,
  lockMinutes: 15,
  sessionIdleMinutes: 15,
  sessionHours: 12,
  smsPerDay: 500,
  allowedOrigins: [],
};

/** The names of all settings. */
export const portalSettingNames = Object.keys(defaults) as readonly (keyof PortalSettings)[];

/** Returns all settings in effect: the saved ones, and the defaults of the others. */
export const portalSettingsOf = (saved: Partial<PortalSettings> = {}): PortalSettings => ({
  registration: saved.registration ?? defaults.registration,
  twoFactor: saved.twoFactor ?? defaults.twoFactor,
  unverifiedDays: saved.unverifiedDays ?? defaults.unverifiedDays,
  // Earlier versions accepted 0.
  minPasswordScore: Math.max(saved.minPasswordScore ?? defaults.minPasswordScore, minPasswordScoreMin),
  lockAttempts: saved.lockAttempts ?? defaults.lockAttempts,
  lockMinutes: saved.lockMinutes ?? defaults.lockMinutes,
  sessionIdleMinutes: saved.sessionIdleMinutes ?? defaults.sessionIdleMinutes,
  sessionHours: saved.sessionHours ?? defaults.sessionHours,
  smsPerDay: saved.smsPerDay ?? defaults.smsPerDay,
  allowedOrigins: saved.allowedOrigins ?? defaults.allowedOrigins,
});
