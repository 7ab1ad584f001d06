import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import * as z from "zod";
import { Complaint } from "../tools/complaint.ts";

/** The retention periods that CloudWatch Logs offers, in days. */
const retentionDays = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === "number" && days !== RetentionDays.INFINITE,
);

/** The retention periods of CloudWatch Logs that are whole years, by their number. */
export const retentionOfYears = {
  1: RetentionDays.ONE_YEAR,
  2: RetentionDays.TWO_YEARS,
  3: RetentionDays.THREE_YEARS,
  5: RetentionDays.FIVE_YEARS,
  6: RetentionDays.SIX_YEARS,
  7: RetentionDays.SEVEN_YEARS,
  8: RetentionDays.EIGHT_YEARS,
  9: RetentionDays.NINE_YEARS,
  10: RetentionDays.TEN_YEARS,
} as const;
const isRetentionInYears = (years: number): years is keyof typeof retentionOfYears => years in retentionOfYears;

const DnsName = z
  .string()
  .max(253)
  .regex(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "must be a DNS name of at least two labels, lower case",
  );
const perSecond = z.coerce.number().int().min(1);
/** How often something happens in five minutes before there is an alarm. */
const perFiveMinutes = z.coerce.number().int().min(1);
const PortalUrl = z
  .string()
  .refine(
    (url) => /^https:\/\/[^\s?#@]*[^\s?#@/]$/.test(url) && URL.canParse(url.replace("{org}", "org")),
    "must be an https URL, without a user, a query, or a slash at its end",
  )
  .refine((url) => url.split("{org}").length === 2, "must have {org} in it, once");
const emailShape = /^[^<>@\s]+@[^<>@\s]+$/;

/** Web origins, separated by commas, such as `https://app.clinic.org,https://*.clinic.org`. S3 allows one `*` in each. */
const Origins = z
  .string()
  .transform((list) => list.split(/[\s,]+/).filter((origin) => origin !== ""))
  .refine(
    (origins) => origins.every((origin) => /^https?:\/\/[A-Za-z0-9.-]*\*?[A-Za-z0-9.-]+(:\d{1,5})?$/.test(origin)),
    "must be origins such as https://app.clinic.org, separated by commas, with at most one * in each",
  );

/** The options of a deployment: `-c {option}={value}`, or in `cdk.json` under `context`. None is required. */
const Options = z.strictObject({
  /** The prefix of the stacks' names. Another name makes another, separate Frontdesk in the same account. */
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, "must be letters, digits and hyphens, a letter first")
    .default("Frontdesk"),
  /** The parent of the practices' Direct domains: `{label}.{directDomain}`. */
  directDomain: DnsName.default("direct.example.com"),
  /**
   * The URL of a practice's portal, with `{org}` for the practice's web address; mailed links begin with it. The default
   * is `https://{org}.{portalDomain}`, or else `https://{apiDomain}/{org}`, or else `/{org}` at AWS's name of the API. It
   * must be https, because the links hold tokens.
   */
  portalUrl: PortalUrl.optional(),
  /** Origins of pages that may upload pictures, in addition to that of `portalUrl`. */
  uploadOrigins: Origins.default([]),
  /** The deployer's domain name for the API, such as `api.clinic.org`. The API then no longer answers at AWS's name. */
  apiDomain: DnsName.optional(),
  /** The parent domain of the practices' portals, such as `portal.clinic.org`: a portal is `{org}.portal.clinic.org`. */
  portalDomain: DnsName.optional(),
  /** The Route 53 hosted zone of `apiDomain` and `portalDomain`. The certificate and the DNS records are then created. */
  hostedZoneId: z
    .string()
    .regex(/^Z[A-Z0-9]+$/, "must be the id of a hosted zone, such as Z0123456789")
    .optional(),
  /** The hosted zone's name, such as `clinic.org`. */
  hostedZoneName: DnsName.optional(),
  /** Without a hosted zone: an ACM certificate, in the stacks' region, for `apiDomain` and `*.{portalDomain}`. */
  certificateArn: z
    .string()
    .regex(/^arn:[a-z-]+:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+$/, "must be the ARN of a certificate of ACM")
    .optional(),
  /** Whether the API's address serves pages: those of portals, and to everybody the API's description. */
  pages: z.enum(["public", "none"]).default("public"),
  /** The sender of all mail: `address` or `Name <address>`. SES sends nothing until it has verified the address. */
  mailFrom: z
    .string()
    .regex(/^[ -~]+$/, "must be ASCII")
    .regex(/^([^<>@]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/, "must be an address, alone or as Name <address>")
    .default("Frontdesk <frontdesk@example.com>"),
  /** The name of the SES configuration set for all mail. */
  mailConfigurationSet: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be letters, digits, hyphens and underscores")
    .optional(),
  /** The address that alarms are mailed to. AWS asks its owner to confirm. */
  alarmEmail: z.string().regex(emailShape, "must be an address").optional(),
  /** From how many refused sign-ins in five minutes on there is an alarm. */
  alarmWrongSignIns: perFiveMinutes.default(50),
  /** The same for accounts and logins that wrong guesses have locked. */
  alarmLockOuts: perFiveMinutes.default(5),
  /** The same for calls of existing applications with a wrong secret. */
  alarmWrongSecrets: perFiveMinutes.default(10),
  /** The same for text messages that were sent. */
  alarmTextMessages: perFiveMinutes.default(100),
  /**
   * How many years the access log is kept: one line for each call. The documentation that HIPAA requires is kept for six years
   * (45 CFR 164.316(b)(2)).
   */
  accessLogYears: z.coerce
    .number()
    .refine(isRetentionInYears, `must be one of ${Object.keys(retentionOfYears).join(", ")}`)
    .default(6),
  /** How many years audit events are kept. */
  eventYears: z.coerce.number().int().min(1).max(100).default(6),
  /** How many days the workers' logs and the gateway's log are kept. */
  logRetentionDays: z.coerce
    .number()
    .refine((days) => retentionDays.includes(days), `must be one of ${retentionDays.join(", ")}`)
    .default(RetentionDays.ONE_YEAR),
  /**
   * The key that encrypts the table: DynamoDB's own (free), or a key of this account, so that reading the table also
   * needs a permission on the key. Choose it before the first deployment: during a later change the functions cannot use
   * the table for some minutes.
   */
  tableKey: z.enum(["aws-owned", "customer"]).default("aws-owned"),
  /** The API's rate limit, in requests a second over all callers. Requests above it are answered 429. */
  requestsPerSecond: perSecond.default(200),
  /** How many requests the API accepts at once, before `requestsPerSecond` applies. */
  requestBurst: perSecond.default(400),
  /** The rate limit of each route where strangers can try passwords, register or have mail sent (`entrance` in the registry). */
  entrancesPerSecond: perSecond.default(25),
  /** How many requests each of these routes accepts at once, before `entrancesPerSecond` applies. */
  entranceBurst: perSecond.default(50),
});

/** The names of all options. @internal Only tests read it. */
export const optionNames: readonly string[] = Object.keys(Options.shape);

/** The options after checking those that depend on each other, and with the derived default of `portalUrl`. */
const Config = Options.superRefine(({ apiDomain, portalDomain, ...options }, context) => {
  const { certificateArn, hostedZoneId, hostedZoneName } = options;
  const fault = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
  const named = apiDomain !== undefined || portalDomain !== undefined;
  if (!named && certificateArn) fault("certificateArn", "is of no use without apiDomain or portalDomain");
  if (!named && hostedZoneId) fault("hostedZoneId", "is of no use without apiDomain or portalDomain");
  if (named && !certificateArn && !hostedZoneId) {
    fault(apiDomain ? "apiDomain" : "portalDomain", "needs certificateArn, or hostedZoneId and hostedZoneName");
  }
  if ((hostedZoneId === undefined) !== (hostedZoneName === undefined)) {
    fault("hostedZoneName", "goes with hostedZoneId");
  }
  for (const [name, domain] of Object.entries({ apiDomain, portalDomain })) {
    if (domain && hostedZoneName && domain !== hostedZoneName && !domain.endsWith(`.${hostedZoneName}`)) {
      fault(name, `must lie in ${hostedZoneName}`);
    }
  }
}).transform(({ portalUrl, ...options }) => ({ ...options, portalUrl: portalUrl ?? portalUrlAt(options) }));

interface Domains {
  readonly apiDomain?: string | undefined;
  readonly portalDomain?: string | undefined;
}

/** The default of `portalUrl`; `undefined` if it is at AWS's name of the API, which only a deployment knows. */
function portalUrlAt({ apiDomain, portalDomain }: Domains): string | undefined {
  if (portalDomain) return `https://{org}.${portalDomain}`;
  return apiDomain && `https://${apiDomain}/{org}`;
}

/** The options of a deployment, with defaults filled in. */
export type Config = z.output<typeof Config>;

/** Whether a context key is one of Frontdesk's options. CDK's own keys have a colon, except `cli-telemetry`. */
const isOption = (key: string) => !key.includes(":") && key !== "cli-telemetry";

/**
 * Reads the options from a construct's context.
 * @throws Complaint that names every wrong or unknown option, in one line
 */
export function readConfig(scope: Construct): Config {
  const context = Object.entries<unknown>(scope.node.getAllContext());
  const parsed = Config.safeParse(Object.fromEntries(context.filter(([key]) => isOption(key))));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "));
  throw new Complaint(`Frontdesk cannot be deployed: wrong options: ${faults.join("; ")}`);
}
