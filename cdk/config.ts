import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import * as z from "zod";
import { Complaint } from "../local/complaint.ts";

/** Days for which CloudWatch Logs can keep a log group. */
const retentionDays = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === "number" && days !== RetentionDays.INFINITE,
);

/** What a deployer may choose, each with `-c {option}={value}` or in `cdk.json` under `context`. Nothing is required. */
const Config = z.strictObject({
  /** What the names of the stacks begin with; another name makes another, separate Frontdesk in the same account. */
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, "must be letters, digits and hyphens, a letter first")
    .default("Frontdesk"),
  /** Root under which practices get their Direct domains: `{label}.{directDomain}`. */
  directDomain: z
    .string()
    .max(253)
    .regex(
      /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
      "must be a DNS name of at least two labels, lower case",
    )
    .default("direct.example.com"),
  /** Where a practice's portal is, `{org}` standing for its web address: what mailed links begin with. */
  portalUrl: z
    .string()
    .refine(
      (url) => /^https?:\/\//.test(url) && url.includes("{org}") && URL.canParse(url.replace("{org}", "org")),
      "must be a URL with {org} in it",
    )
    .default("https://{org}.portal.example.com"),
  /** For how many days logs are kept: those of the functions and the API's access log. */
  logRetentionDays: z.coerce
    .number()
    .refine((days) => retentionDays.includes(days), `must be one of ${retentionDays.join(", ")}`)
    .default(RetentionDays.ONE_YEAR),
  /**
   * Whose key encrypts the table: DynamoDB's own (free), or one of this account, so that reading the table needs a
   * permission on the key too. To be chosen before the first deployment: while a later change is deployed, functions
   * and table disagree for minutes.
   */
  tableKey: z.enum(["aws-owned", "customer"]).default("aws-owned"),
  /** Requests a second that the API lets through, over all callers; more are answered 429. */
  requestsPerSecond: z.coerce.number().int().min(1).default(200),
  /** Requests that it lets through at once, before `requestsPerSecond` counts. */
  requestBurst: z.coerce.number().int().min(1).default(400),
});

/** What a deployer has chosen. */
export type Config = z.output<typeof Config>;

/** CDK's own context has a colon in each key, but for this one. */
const isOption = (key: string) => !key.includes(":") && key !== "cli-telemetry";

/**
 * The options in a construct's context.
 * @throws Complaint naming every wrong or unknown option, in one line
 */
export function readConfig(scope: Construct): Config {
  const context = Object.entries<unknown>(scope.node.getAllContext());
  const parsed = Config.safeParse(Object.fromEntries(context.filter(([key]) => isOption(key))));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "));
  throw new Complaint(`Frontdesk cannot be deployed: wrong options: ${faults.join("; ")}`);
}
