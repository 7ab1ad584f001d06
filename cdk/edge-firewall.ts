import { RemovalPolicy, Stack } from "aws-cdk-lib";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { CfnLoggingConfiguration, CfnWebACL } from "aws-cdk-lib/aws-wafv2";
import { Construct } from "constructs";
import type { Operation } from "../lib/operations.ts";
import type { Config } from "./deploy-options.ts";
import { edgeStackName } from "./edge-names.ts";
import { entrancePatterns, type MethodPatterns, portalEntrancePatterns } from "./entrance-patterns.ts";
import { acceptFindings } from "./nag.ts";

/** What the firewall is built from. */
export interface EdgeFirewallProps {
  readonly config: Config;
  /** All operations: those with `entrance` have limits. */
  readonly operations: readonly Operation[];
}

type Rule = CfnWebACL.RuleProperty;
type Statement = CfnWebACL.StatementProperty;

/**
 * The web application firewall of the distributions. It limits the calls of entrances by address and by portal, and blocks
 * what AWS's rules know as attacks. docs/decisions/edge.md says why each rule is as it is.
 */
export class EdgeFirewall extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { config, operations }: EdgeFirewallProps) {
    super(scope, id);
    const rules = [
      managed("AWSManagedRulesAmazonIpReputationList"),
      ...limit("EntrancesByAddress", entrancePatterns(operations), {
        limit: config.edgeEntrancesPerAddress,
        aggregateKeyType: "IP",
      }),
      ...limit("EntrancesByPortal", portalEntrancePatterns(operations), {
        limit: config.edgeEntrancesPerPortal,
        aggregateKeyType: "CUSTOM_KEYS",
        // Functions do not distinguish the case of a portal's name.
        customKeys: [{ uriPath: { textTransformations: transformations("URL_DECODE", "LOWERCASE") } }],
      }),
      managed("AWSManagedRulesKnownBadInputsRuleSet"),
      managed("AWSManagedRulesCommonRuleSet", onlyCounted),
    ];
    const acl = new CfnWebACL(this, "Acl", {
      scope: "CLOUDFRONT",
      description: "Frontdesk: limits of entrances, and rules of AWS",
      defaultAction: { allow: {} },
      visibilityConfig: metrics("Firewall"),
      // As API Gateway says it when it throttles.
      customResponseBodies: {
        [tooMany]: { contentType: "APPLICATION_JSON", content: '{"message":"Too Many Requests"}' },
      },
      rules: rules.map((rule, priority) => ({ ...rule, priority })),
    });
    this.arn = acl.attrArn;
    this.addLog(config);
  }

  /** Logs blocked requests, without what may be a secret. */
  private addLog(config: Config): void {
    const log = new LogGroup(this, "Log", {
      // WAF writes only into log groups whose name begins so.
      logGroupName: `aws-waf-logs-${edgeStackName(config)}`,
      retention: config.logRetentionDays,
      // With a fixed name, a log group that stays would keep the stack from being created again.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const destination = Stack.of(this).formatArn({ service: "logs", resource: `log-group:${log.logGroupName}` });
    new CfnLoggingConfiguration(this, "Logging", {
      resourceArn: this.arn,
      logDestinationConfigs: [destination],
      redactedFields: [
        ...redactedHeaders.map((Name) => ({ singleHeader: { Name } })),
        // Paths hold mailed tokens.
        { uriPath: {} },
        { queryString: {} },
      ],
      loggingFilter: {
        DefaultBehavior: "DROP",
        Filters: [
          { Behavior: "KEEP", Requirement: "MEETS_ANY", Conditions: [{ ActionCondition: { Action: "BLOCK" } }] },
        ],
      },
    });
    acceptFindings(log, {
      "HIPAA.Security-CloudWatchLogGroupEncrypted":
        "CloudWatch Logs encrypts every log group with its own key. Only blocked requests are logged, with the address, the rule and the headers, and without credentials, cookies, path, query and body.",
    });
  }
}

/** Headers that hold credentials or keys. The page that a browser comes from may have a mailed token in its address. */
const redactedHeaders = [
  "authorization",
  "cookie",
  "medable-client-key",
  "medable-csrf-token",
  "idempotency-key",
  "referer",
];

/** Requests themselves are never shown in AWS's console. */
const metrics = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  metricName,
  sampledRequestsEnabled: false,
});

const transformations = (...types: readonly string[]): CfnWebACL.TextTransformationProperty[] =>
  types.map((type, priority) => ({ type, priority }));

/** A rule group of AWS. @param counted rules that only count what they would block */
function managed(name: string, counted: readonly string[] = []): Omit<Rule, "priority"> {
  return {
    name,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name,
        ...(counted.length > 0 && {
          ruleActionOverrides: counted.map((each) => ({ name: each, actionToUse: { count: {} } })),
        }),
      },
    },
    visibilityConfig: metrics(name),
  };
}

/** Rules of AWS's common rule set that would block calls which our functions take. */
const onlyCounted = [
  // Bodies may have 256 KiB and queries more than 2 KiB. The functions and API Gateway limit them.
  "SizeRestrictions_BODY",
  "SizeRestrictions_QUERYSTRING",
  // Programs of integrations may send none.
  "NoUserAgent_HEADER",
  // Bodies are text of people, and passwords. Functions store it as data, and pages show it as text.
  "CrossSiteScripting_BODY",
  "GenericLFI_BODY",
  "GenericRFI_BODY",
  "EC2MetaDataSSRF_BODY",
];

const tooMany = "TooMany";
const windowSeconds = 300;

/** A rule that answers 429 to calls above a limit in five minutes; no rule if there are no calls that it is about. */
function limit(
  name: string,
  patterns: MethodPatterns,
  rate: Omit<CfnWebACL.RateBasedStatementProperty, "evaluationWindowSec" | "scopeDownStatement">,
): Omit<Rule, "priority">[] {
  const ways = [...patterns].map(([method, each]) => all([hasMethod(method), any(each.map(hasPath))]));
  if (ways.length === 0) return [];
  return [
    {
      name,
      action: {
        block: {
          customResponse: {
            responseCode: 429,
            customResponseBodyKey: tooMany,
            responseHeaders: [
              { name: "retry-after", value: String(windowSeconds) },
              { name: "cache-control", value: "no-store" },
            ],
          },
        },
      },
      statement: {
        rateBasedStatement: { ...rate, evaluationWindowSec: windowSeconds, scopeDownStatement: any(ways) },
      },
      visibilityConfig: metrics(name),
    },
  ];
}

const hasMethod = (method: string): Statement => ({
  byteMatchStatement: {
    fieldToMatch: { method: {} },
    positionalConstraint: "EXACTLY",
    searchString: method,
    textTransformations: transformations("NONE"),
  },
});

const hasPath = (regexString: string): Statement => ({
  regexMatchStatement: {
    fieldToMatch: { uriPath: {} },
    regexString,
    textTransformations: transformations("URL_DECODE"),
  },
});

/** WAF takes at least two statements in a list. */
const any = (statements: readonly Statement[]): Statement => {
  const [only, ...others] = statements;
  return only && others.length === 0 ? only : { orStatement: { statements: [...statements] } };
};
const all = (statements: readonly Statement[]): Statement => ({ andStatement: { statements: [...statements] } });
