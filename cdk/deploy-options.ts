import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import * as z from "zod";
import { Complaint } from "../tools/complaint.ts";

/** Days for which CloudWatch Logs can keep a log group. */
const retentionDays = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === "number" && days !== RetentionDays.INFINITE,
);

const DnsName = z
  .string()
  .max(253)
  .regex(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "must be a DNS name of at least two labels, lower case",
  );
const perSecond = z.coerce.number().int().min(1);
const PortalUrl = z
  .string()
  .refine(
    (url) => /^https:\/\/[^\s?#@]*[^\s?#@/]$/.test(url) && URL.canParse(url.replace("{org}", "org")),
    "must be an https URL, without a user, a query, or a slash at its end",
  )
  .refine((url) => url.split("{org}").length === 2, "must have {org} in it, once");
const emailShape = /^[^<>@\s]+@[^<>@\s]+$/;

/** What a deployer may choose, each with `-c {option}={value}` or in `cdk.json` under `context`. Nothing is required. */
const Options = z.strictObject({
  /** What the names of the stacks begin with; another name makes another, separate Frontdesk in the same account. */
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, "must be letters, digits and hyphens, a letter first")
    .default("Frontdesk"),
  /** Root under which practices get their Direct domains: `{label}.{directDomain}`. */
  directDomain: DnsName.default("direct.example.com"),
  /**
   * Where a practice's portal is, `{org}` standing for its web address: what mailed links begin with.
   * `https://{org}.{portalDomain}` unless stated. The links hold tokens, and so it is https.
   */
  portalUrl: PortalUrl.optional(),
  /** A name of one's own for the API, such as `api.clinic.org`; then it answers there only, and no longer at AWS's name. */
  apiDomain: DnsName.optional(),
  /** A domain under which every practice's portal has its name, such as `portal.clinic.org`: `{org}.portal.clinic.org`. */
  portalDomain: DnsName.optional(),
  /** The hosted zone of Route 53 that these two lie in: the certificate and the records are then made. */
  hostedZoneId: z
    .string()
    .regex(/^Z[A-Z0-9]+$/, "must be the id of a hosted zone, such as Z0123456789")
    .optional(),
  /** That zone's name, such as `clinic.org`. */
  hostedZoneName: DnsName.optional(),
  /** Without such a zone: a certificate of ACM, in the stacks' region, for `apiDomain` and `*.{portalDomain}`. */
  certificateArn: z
    .string()
    .regex(/^arn:[a-z-]+:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+$/, "must be the ARN of a certificate of ACM")
    .optional(),
  /** Whether everybody finds the API's description at the API's own address: `/docs`, where calls can be tried, and its documents. */
  pages: z.enum(["public", "none"]).default("public"),
  /** The sender of all mail: an address, alone or as `Name <address>`. Nothing is sent before SES has verified it. */
  mailFrom: z
    .string()
    .regex(/^[ -~]+$/, "must be ASCII")
    .regex(/^([^<>@]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/, "must be an address, alone or as Name <address>")
    .default("Frontdesk <frontdesk@example.com>"),
  /** Name of the SES configuration set that mail is sent under. */
  mailConfigurationSet: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be letters, digits, hyphens and underscores")
    .optional(),
  /** Who is mailed the alarms; AWS asks them to confirm. */
  alarmEmail: z.string().regex(emailShape, "must be an address").optional(),
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
  requestsPerSecond: perSecond.default(200),
  /** Requests that it lets through at once, before `requestsPerSecond` counts. */
  requestBurst: perSecond.default(400),
  /** The same for each route where strangers try passwords, register, or have mail sent (`entrance` in the registry). */
  entrancesPerSecond: perSecond.default(25),
  /** Requests that such a route lets through at once. */
  entranceBurst: perSecond.default(50),
});

/** The names of all options. @internal Only tests read it. */
export const optionNames: readonly string[] = Object.keys(Options.shape);

/** The options, those that others lead to filled in, and those that need others refused without them. */
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
}).transform(({ portalUrl, ...options }) => ({
  ...options,
  portalUrl: portalUrl ?? `https://{org}.${options.portalDomain ?? "portal.example.com"}`,
}));

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
