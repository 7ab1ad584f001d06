import * as z from "zod";

/** A DNS name of at least two labels, lower case. */
const domain = z.string().regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);

const Settings = z.object({
  /** Name of the one DynamoDB table. */
  TABLE_NAME: z.string().min(3),
  /** Root under which practices get their Direct domains: `{label}.{DIRECT_DOMAIN}`. */
  DIRECT_DOMAIN: domain,
  /** The sealing secret itself (a laptop), or … */
  SEAL_SECRET: z.string().min(32).optional(),
  /** … the ARN under which Secrets Manager keeps it (AWS). */
  SEAL_SECRET_ARN: z.string().startsWith("arn:").optional(),
});

/**
 * The settings of this process, parsed once from its environment.
 * @throws Error naming every missing or wrong variable, in one line, never its value
 */
function parseSettings(environment: Record<string, string | undefined>) {
  const parsed = Settings.safeParse(environment);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`Frontdesk cannot start: wrong settings: ${faults.join("; ")}`);
}

export const settings = parseSettings(process.env);
