import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import * as z from "zod";
import { Complaint } from "../tools/complaint.ts";
import { writtenOptions } from "./environment.ts";

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
/** A number, also as text: the command line has only text. */
const numeric = <T extends z.ZodType<number>>(schema: T) =>
  z.preprocess((value) => (typeof value === "string" && /^-?[\d.]+$/.test(value) ? Number(value) : value), schema);
const wholeNumber = (min: number, max = Number.MAX_SAFE_INTEGER) => numeric(z.number().int().min(min).max(max));
const perSecond = wholeNumber(1);
/** At most what functions accept in their environment (`EntranceSettings`). */
const perMinute = wholeNumber(1, 999_999_999);
/** What AWS WAF accepts as the limit of a rule. */
const firewallLimit = wholeNumber(10, 2_000_000_000);
/** How often something happens in five minutes before there is an alarm. */
const perFiveMinutes = wholeNumber(1);
const PortalUrl = z
  .string()
  .refine(
    (url) => /^https:\/\/[^\s?#@]*[^\s?#@/]$/.test(url) && URL.canParse(url.replace("{org}", "org")),
    "must be an https URL, without a user, a query, or a slash at its end",
  )
  .refine((url) => url.split("{org}").length === 2, "must have {org} in it, once");
const emailShape = /^[^<>@\s]+@[^<>@\s]+$/;

/**
 * Web origins: a list, or text with commas, such as `https://app.clinic.org,https://*.clinic.org`. S3 allows one `*` in
 * each.
 */
const Origins = z.preprocess(
  (value) => (typeof value === "string" ? value.split(/[\s,]+/).filter((origin) => origin !== "") : value),
  z
    .array(z.string())
    .refine(
      (origins) => origins.every((origin) => /^https?:\/\/[A-Za-z0-9.-]*\*?[A-Za-z0-9.-]+(:\d{1,5})?$/.test(origin)),
      "must be origins such as https://app.clinic.org, separated by commas, with at most one * in each",
    ),
);

/** Key and value of a tag, in characters that every service of AWS takes. */
const tagText = /^[\p{L}\p{N} _.:/=+@-]*$/u;
const tagCharacters = "may have letters, digits, spaces and _ . : / = + - @";
const reserved = (text: string) => /^aws:/i.test(text);
const tagWord = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(tagText, tagCharacters)
    .refine((text) => !reserved(text), "must not begin with aws:, which is reserved");

/**
 * Tags: an object, or text with commas such as `team=desk,cost-center=42`.
 * @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
 */
const Tags = z.preprocess(
  (value) => (typeof value === "string" ? tagsIn(value) : value),
  z
    .record(z.string(), tagWord(256))
    .superRefine((tags, context) => {
      for (const key of Object.keys(tags)) {
        const [issue] = tagWord(128).safeParse(key).error?.issues ?? [];
        if (issue) context.addIssue({ code: "custom", path: [key], message: `the key ${issue.message}` });
      }
    })
    .refine((tags) => Object.keys(tags).length <= 50, "must be at most 50"),
);

/** Tags as they are written on the command line. */
const tagsIn = (list: string) =>
  Object.fromEntries(
    list
      .split(",")
      .filter((tag) => tag.trim() !== "")
      .map((tag) => {
        const [key = "", ...value] = tag.split("=");
        return [key.trim(), value.join("=").trim()];
      }),
  );

/**
 * The options of a deployment: in the file of an environment (`cdk/environment.ts`), or else `-c {option}={value}`, or in
 * `cdk.json` under `context`. None is required, but `account` and `region` in a file.
 */
const Options = z.strictObject({
  /** The prefix of the stacks' names. Another name makes another, separate Frontdesk in the same account. */
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, "must be letters, digits and hyphens, a letter first")
    .default("Frontdesk"),
  /** The AWS account and the region. Without them the deployer's credentials and `AWS_REGION` decide. */
  account: z
    .string()
    .regex(/^\d{12}$/, "must be twelve digits")
    .optional(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region, such as eu-central-1")
    .optional(),
  /** Tags of all stacks, and of all their resources that can have some. */
  tags: Tags.default({}),
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
  accessLogYears: numeric(
    z.number().refine(isRetentionInYears, `must be one of ${Object.keys(retentionOfYears).join(", ")}`),
  ).default(6),
  /** How many years audit events are kept. */
  eventYears: wholeNumber(1, 100).default(6),
  /** How many days the workers' logs and the gateway's log are kept. */
  logRetentionDays: numeric(
    z.number().refine((days) => retentionDays.includes(days), `must be one of ${retentionDays.join(", ")}`),
  ).default(RetentionDays.ONE_YEAR),
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
  /** How many calls of an entrance one address may make in a minute. All routes of an operation count together. */
  entrancesPerAddress: perMinute.default(60),
  /** The same for one application: with its client key, under sessions, and with its secret, each apart. */
  entrancesPerApplication: perMinute.default(1200),
  /**
   * What stands in front of the API: nothing, or CloudFront with a web application firewall. `prepared` and `open` are steps
   * between: CloudFront is there and nobody is led to it; callers are led to it and the API still admits others.
   */
  edge: z.enum(["none", "prepared", "open", "cloudfront"]).default("none"),
  /** Without a hosted zone: an ACM certificate in us-east-1 for `apiDomain` and `*.{portalDomain}`, which CloudFront uses. */
  edgeCertificateArn: z
    .string()
    .regex(
      /^arn:[a-z-]+:acm:us-east-1:\d{12}:certificate\/[A-Za-z0-9-]+$/,
      "must be the ARN of a certificate in us-east-1",
    )
    .optional(),
  /** Raise it after the secret of CloudFront was rotated, so that the next deployment lets CloudFront send the new value. */
  edgeSecretVersion: wholeNumber(1).default(1),
  /** How many calls of entrances CloudFront's firewall lets one address make in five minutes. */
  edgeEntrancesPerAddress: firewallLimit.default(300),
  /** The same for one portal, over all addresses. */
  edgeEntrancesPerPortal: firewallLimit.default(3000),
  /** How an update reaches callers: at once, or first a tenth of the calls, with a way back when an alarm goes off. */
  rollout: z.enum(["at-once", "canary"]).default("at-once"),
  /** How many instances of each entrance's function are always ready (provisioned concurrency). They cost money by the hour. */
  entranceInstances: wholeNumber(0, 100).default(0),
  /** The ARN of a vault of AWS Backup in another account, which gets a daily copy of the table. */
  backupVaultArn: z
    .string()
    .regex(
      /^arn:[a-z-]+:backup:[a-z0-9-]+:\d{12}:backup-vault:[A-Za-z0-9_-]{2,50}$/,
      "must be the ARN of a backup vault",
    )
    // AWS Backup refuses copies into it from another account.
    .refine((arn) => !arn.endsWith(":Default"), "must not be the default vault")
    .optional(),
});

/** The names of all options. @internal Only tests read it. */
export const optionNames: readonly string[] = Object.keys(Options.shape);

/** What an editor needs to know of the file of an environment, as JSON Schema. It leaves out rules between options. */
export const fileSchema = (): object => {
  const { properties, ...schema } = z.toJSONSchema(Options, { io: "output" });
  return { ...schema, properties: { $schema: { type: "string" }, ...properties }, required: inEveryFile };
};

/** The options that a file must have: the deployer's credentials must not decide where an environment is. */
const inEveryFile = ["account", "region"];

/** The options after checking those that depend on each other, and with the derived default of `portalUrl`. */
const Config = Options.superRefine(({ apiDomain, portalDomain, ...options }, context) => {
  const { certificateArn, hostedZoneId, hostedZoneName, account, region, backupVaultArn } = options;
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
  if (options.edge !== "none" && !options.region) fault("region", "is needed with edge");
  // The name of CloudFront's function (edge-stack.ts) has at most 64 characters.
  const nameMax = 64 - `Edge-${region}-viewer`.length;
  if (options.edge !== "none" && options.name.length > nameMax) {
    fault("name", `must have at most ${nameMax} characters with edge in ${region}`);
  }
  if (options.edge !== "none" && named && !options.edgeCertificateArn && !hostedZoneId) {
    fault("edgeCertificateArn", "is needed with edge, or hostedZoneId and hostedZoneName");
  }
  if (options.edgeCertificateArn && (options.edge === "none" || !named)) {
    fault("edgeCertificateArn", "is of no use without edge, and apiDomain or portalDomain");
  }
  const [, partition, , , vaultAccount] = backupVaultArn?.split(":") ?? [];
  if (account !== undefined && account === vaultAccount) fault("backupVaultArn", "must be in another account");
  if (region !== undefined && partition !== undefined && partition !== partitionOf(region)) {
    fault("backupVaultArn", `cannot get copies from ${region}`);
  }
  for (const [name, domain] of Object.entries({ apiDomain, portalDomain })) {
    if (domain && hostedZoneName && domain !== hostedZoneName && !domain.endsWith(`.${hostedZoneName}`)) {
      fault(name, `must lie in ${hostedZoneName}`);
    }
  }
}).transform(({ portalUrl, ...options }) => ({ ...options, portalUrl: portalUrl ?? portalUrlAt(options) }));

/** The partition of AWS that a region is in. Nothing can be copied from one to another. */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

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
export type Config = z.output<typeof Config> & {
  /** The environment's name, or `none` (`noEnvironment`) for a deployment without a file. */
  readonly environment: string;
};

/** Whether a context key is one of Frontdesk's options. CDK's own keys have a colon, except `cli-telemetry`. */
const isOption = (key: string) => !key.includes(":") && key !== "cli-telemetry";

/**
 * Reads the options of a deployment.
 * @param scope a construct whose context has the options, or `env`, the environment whose file has them
 * @throws Complaint that names every wrong or unknown option, in one line
 */
export function readConfig(scope: Construct): Config {
  const context = Object.entries<unknown>(scope.node.getAllContext()).filter(([key]) => isOption(key));
  const { environment, options, file } = writtenOptions(Object.fromEntries(context));
  const missing = file === undefined ? [] : inEveryFile.filter((name) => options[name] === undefined);
  const parsed = Config.safeParse(options);
  if (parsed.success && missing.length === 0) return { ...parsed.data, environment };
  const faults = [
    ...missing.map((name) => `${name}: is missing`),
    ...(parsed.error?.issues ?? []).map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": ")),
  ];
  throw new Complaint(`Frontdesk cannot be deployed: ${file ?? "wrong options"}: ${faults.join("; ")}`);
}
