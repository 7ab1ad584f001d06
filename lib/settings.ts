import * as z from "zod";

/** A DNS name of at least two labels, in lower case. */
const domain = z.string().regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);

const Settings = z.object({
  /** Name of the one DynamoDB table. */
  TABLE_NAME: z.string().min(3),
  /** Root under which practices get their Direct domains: `{label}.{DIRECT_DOMAIN}`. */
  DIRECT_DOMAIN: domain,
  /** The address of a practice's portal, with `{org}` for its web address. Mailed links begin with it. */
  PORTAL_URL: z
    .string()
    .refine((url) => /^https?:\/\//.test(url) && url.includes("{org}") && URL.canParse(url.replace("{org}", "org")))
    .optional(),
  /** The sealing secret itself (on a laptop). */
  SEAL_SECRET: z.string().min(32).optional(),
  /** The ARN of the sealing secret in Secrets Manager (in AWS). */
  SEAL_SECRET_ARN: z.string().startsWith("arn:").optional(),
  /** How many years audit events are kept: 1 to 100. */
  EVENT_YEARS: z.string().regex(/^([1-9][0-9]?|100)$/),
});

const PortalUrl = Settings.pick({ PORTAL_URL: true }).required();
const SealSettings = Settings.pick({ SEAL_SECRET_ARN: true }).required();

const LocalSettings = z.object({
  /** `true` lets pages of every port of this machine call portals (on a laptop). */
  LOCAL_ORIGINS: z.literal("true").optional(),
});

const FilesSettings = z.object({
  /** Name of the bucket with the pictures of accounts. */
  FILES_BUCKET: z.string().min(3),
});

/** The name of a built file. */
const fileName = z.string().regex(/^[\w.-]+$/);

const EntranceSettings = z.object({
  /** How many calls of an entrance one address may make in a minute. */
  ENTRANCES_PER_ADDRESS: z.string().regex(/^[1-9]\d{0,8}$/),
  /** The same for one application. */
  ENTRANCES_PER_APPLICATION: z.string().regex(/^[1-9]\d{0,8}$/),
});

const PageSettings = z.object({
  /** Names of the script and the style of portals' pages, below `/_portal/`. */
  PORTAL_SCRIPT: fileName,
  PORTAL_STYLE: fileName,
  /** The origin from which pictures come, and to which they are uploaded. */
  FILES_ORIGIN: z.url().transform((url) => new URL(url).origin),
});

const MailSettings = z.object({
  /** The sender of all mail, verified with SES: an address, alone or as `Name <address>`. */
  MAIL_FROM: z
    .string()
    .regex(/^[ -~]+$/)
    .regex(/^([^<>@]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/),
  /** Name of the SES configuration set that mail is sent under. */
  MAIL_CONFIGURATION_SET: z.string().min(1).optional(),
});

/**
 * Returns a function that returns these settings. They are read from the environment of the process when they are first
 * needed, and kept.
 * @throws Error in one line that names every missing or wrong variable, never its value
 */
export function settingsOf<Schema extends z.ZodType>(schema: Schema): () => z.output<Schema> {
  let known: { readonly settings: z.output<Schema> } | undefined;
  return () => {
    if (known) return known.settings;
    const parsed = schema.safeParse(process.env);
    if (!parsed.success) {
      const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
      throw new Error(`Frontdesk cannot start: wrong settings: ${faults.join("; ")}`);
    }
    known = { settings: parsed.data };
    return parsed.data;
  };
}

/** The settings that all functions share. Some functions need only a part of them. @throws Error as above */
export const settings = settingsOf(Settings);

/** How long audit events are kept, in seconds. @throws Error as above */
export const eventSeconds = (): number => Number(settings().EVENT_YEARS) * 365.25 * 86_400;

const portalUrlSettings = settingsOf(PortalUrl);

/**
 * Returns the address of portals, with `{org}` for the practice's web address. Only functions of portals need it.
 * @throws Error as above
 */
export const portalUrl = (): string => portalUrlSettings().PORTAL_URL;

const localSettings = settingsOf(LocalSettings);

/** Whether pages of every port of this machine may call portals. Only `npm start` sets this. @throws Error as above */
export const allowsLocalOrigins = (): boolean => localSettings().LOCAL_ORIGINS === "true";

/** The settings that only the sender of messages needs. @throws Error as above */
export const mailSettings = settingsOf(MailSettings);

/** The settings of functions that handle pictures. @throws Error as above */
export const filesSettings = settingsOf(FilesSettings);

/** The settings of functions that limit calls (`limitsCalls`). @throws Error as above */
export const entranceSettings = settingsOf(EntranceSettings);

/** The settings of the function that serves the pages of portals. @throws Error as above */
export const pageSettings = settingsOf(PageSettings);

const sealSettings = settingsOf(SealSettings);

/**
 * Checks the settings that all functions share.
 * @param seals whether the function needs the sealing secret
 * @throws Error as above
 */
export function checkSettings({ seals = false }: { readonly seals?: boolean }): void {
  const { SEAL_SECRET } = settings();
  if (seals && !SEAL_SECRET) sealSettings();
}
