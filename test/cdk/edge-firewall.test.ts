import { expect, test } from "vitest";
import { entrancePatterns, type MethodPatterns, portalEntrancePatterns } from "../../cdk/entrance-patterns.ts";
import { type Operation, operations } from "../../lib/operations.ts";
import { resourcesOf, synthesize, type Template, text } from "./synthesis.ts";

const rows: readonly Operation[] = operations;
const options = { edge: "cloudfront", region: "eu-central-1" };
const edge = synthesize(options).templates.FrontdeskEdge as Template;
const [acl] = Object.values(resourcesOf(edge, "AWS::WAFv2::WebACL")).map(({ Properties }) => Properties);
// biome-ignore lint/suspicious/noExplicitAny: each kind of rule has its own properties
const ruleOf = (name: string): any => acl.Rules.find(({ Name }: { Name: string }) => Name === name);

/** A request's path for a path of the registry. */
const example = (path: string) => path.replaceAll(/\{(\w+)\+?\}/g, "some-$1");
const matches = (patterns: MethodPatterns, method: string, path: string) =>
  [...patterns].some(
    ([each, list]) => each === method && list.some((pattern) => new RegExp(pattern).test(decodeURIComponent(path))),
  );
const entrances = entrancePatterns(rows);
const ofPortals = portalEntrancePatterns(rows);
/** Every path of the rows, with its method and its row. */
const callsOf = (list: readonly Operation[]) =>
  list.flatMap((row) =>
    row.paths.filter((path) => path !== "$default").map((path) => ({ row, method: row.method, path: example(path) })),
  );

test("the limit by address counts the calls of every entrance, in every spelling of the registry", () => {
  const calls = callsOf(rows.filter(({ entrance }) => entrance));
  expect(calls.length).toBeGreaterThan(50);
  for (const { row, method, path } of calls) {
    expect([row.id, path, matches(entrances, method, path)]).toEqual([row.id, path, true]);
    // API Gateway decodes a path before it looks for a route, and so does the rule.
    const escaped = path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
    expect([escaped, matches(entrances, method, escaped)]).toEqual([escaped, true]);
  }
});

test("it counts no other operation, but a sign-out, whose path looks like that of a mailed token", () => {
  const counted = callsOf(rows.filter(({ entrance }) => !entrance))
    .filter(({ method, path }) => matches(entrances, method, path))
    .map(({ row, path }) => `${row.id} ${path}`);
  expect(counted.sort()).toEqual(
    ["/some-org/accounts/logout", "/some-org/v2/accounts/logout"]
      .flatMap((path) => [path, `${path}/`])
      .map((path) => `AccountLogout ${path}`)
      .sort(),
  );
});

test("the limit by portal counts entrances whose paths name nothing but the portal", () => {
  const counted = callsOf(rows)
    .filter(({ method, path }) => matches(ofPortals, method, path))
    .map(({ row }) => row.id);
  expect(new Set(counted)).toEqual(
    new Set([
      "AccountRegister",
      "AccountLogin",
      "AccountRequestPasswordReset",
      "AccountResetPassword",
      "AccountUpdatePassword",
      "AccountVerify",
      "InvitationCreate",
    ]),
  );
  expect(matches(ofPortals, "POST", "/api/io/PingWithAuth")).toBe(false);
});

test("no pattern is longer than AWS WAF takes, and the rules use exactly these patterns", () => {
  for (const patterns of [entrances, ofPortals]) {
    for (const pattern of [...patterns.values()].flat()) expect(pattern.length).toBeLessThanOrEqual(512);
  }
  const used = (name: string) => [...JSON.stringify(ruleOf(name)).matchAll(/"RegexString":("[^"]*")/g)];
  const strings = (name: string) => used(name).map(([, each = ""]) => JSON.parse(each));
  expect(strings("EntrancesByAddress")).toEqual([...entrances.values()].flat());
  expect(strings("EntrancesByPortal")).toEqual([...ofPortals.values()].flat());
});

test("the limits count five minutes: by address, and by the path in lower case", () => {
  expect(ruleOf("EntrancesByAddress").Statement.RateBasedStatement).toMatchObject({
    Limit: 300,
    EvaluationWindowSec: 300,
    AggregateKeyType: "IP",
  });
  expect(ruleOf("EntrancesByPortal").Statement.RateBasedStatement).toMatchObject({
    Limit: 3000,
    EvaluationWindowSec: 300,
    AggregateKeyType: "CUSTOM_KEYS",
    CustomKeys: [
      {
        UriPath: {
          TextTransformations: [
            { Priority: 0, Type: "URL_DECODE" },
            { Priority: 1, Type: "LOWERCASE" },
          ],
        },
      },
    ],
  });
  const changed = synthesize({ ...options, edgeEntrancesPerAddress: "50", edgeEntrancesPerPortal: "70" }).templates;
  const text = JSON.stringify(changed.FrontdeskEdge);
  expect(text).toContain('"Limit":50');
  expect(text).toContain('"Limit":70');
});

test("a call above a limit is answered 429 in JSON, as API Gateway does, with Retry-After", () => {
  for (const name of ["EntrancesByAddress", "EntrancesByPortal"]) {
    expect(ruleOf(name).Action).toEqual({
      Block: {
        CustomResponse: {
          ResponseCode: 429,
          CustomResponseBodyKey: "TooMany",
          ResponseHeaders: [
            { Name: "retry-after", Value: "300" },
            { Name: "cache-control", Value: "no-store" },
          ],
        },
      },
    });
  }
  const { ContentType, Content } = acl.CustomResponseBodies.TooMany;
  expect([ContentType, JSON.parse(Content)]).toEqual(["APPLICATION_JSON", { message: "Too Many Requests" }]);
});

test("three rule groups of AWS block, except rules that our calls would break", () => {
  const groups = acl.Rules.flatMap(({ Statement, OverrideAction }: ReturnType<typeof ruleOf>) => {
    const { Name, RuleActionOverrides = [] } = Statement.ManagedRuleGroupStatement ?? {};
    if (!Name) return [];
    expect(OverrideAction).toEqual({ None: {} });
    for (const { ActionToUse } of RuleActionOverrides) expect(ActionToUse).toEqual({ Count: {} });
    return [[Name, RuleActionOverrides.map((each: { Name: string }) => each.Name)]];
  });
  expect(Object.fromEntries(groups)).toEqual({
    AWSManagedRulesAmazonIpReputationList: [],
    AWSManagedRulesKnownBadInputsRuleSet: [],
    AWSManagedRulesCommonRuleSet: [
      "SizeRestrictions_BODY",
      "SizeRestrictions_QUERYSTRING",
      "NoUserAgent_HEADER",
      "CrossSiteScripting_BODY",
      "GenericLFI_BODY",
      "GenericRFI_BODY",
      "EC2MetaDataSSRF_BODY",
    ],
  });
  expect(acl.DefaultAction).toEqual({ Allow: {} });
  expect(acl.Rules.map(({ Priority }: { Priority: number }) => Priority)).toEqual([0, 1, 2, 3, 4]);
});

/**
 * The capacity units of a statement, as AWS counts them.
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
 */
function unitsOf(statement: Readonly<Record<string, unknown>>): number {
  // biome-ignore lint/suspicious/noExplicitAny: each kind of statement has its own properties
  const [[kind = "", it] = []] = Object.entries(statement) as [string, any][];
  const sum = (list: readonly unknown[]) => list.reduce((units: number, each) => units + unitsOf(each as never), 0);
  const transformed = (list: readonly { Type: string }[]) => 10 * list.filter(({ Type }) => Type !== "NONE").length;
  const managed: Readonly<Record<string, number>> = {
    AWSManagedRulesAmazonIpReputationList: 25,
    AWSManagedRulesKnownBadInputsRuleSet: 200,
    AWSManagedRulesCommonRuleSet: 700,
  };
  const units: Readonly<Record<string, () => number>> = {
    AndStatement: () => 1 + sum(it.Statements),
    OrStatement: () => 1 + sum(it.Statements),
    ByteMatchStatement: () => 2 + transformed(it.TextTransformations),
    RegexMatchStatement: () => 3 + transformed(it.TextTransformations),
    ManagedRuleGroupStatement: () => managed[it.Name] ?? Number.NaN,
    RateBasedStatement: () =>
      2 +
      unitsOf(it.ScopeDownStatement) +
      (it.CustomKeys ?? []).reduce(
        (keys: number, { UriPath }: { UriPath: { TextTransformations: { Type: string }[] } }) =>
          keys + 30 + transformed(UriPath.TextTransformations),
        0,
      ),
  };
  return units[kind]?.() ?? Number.NaN;
}

test("all rules together need fewer than 1,500 capacity units, from which on AWS charges more", () => {
  const units = acl.Rules.reduce(
    (sum: number, { Statement }: ReturnType<typeof ruleOf>) => sum + unitsOf(Statement),
    0,
  );
  expect(units).toBeGreaterThan(925);
  expect(units).toBeLessThan(1500);
});

test("no request is sampled, and each rule has a metric", () => {
  for (const { VisibilityConfig } of [acl, ...acl.Rules]) {
    expect(VisibilityConfig).toMatchObject({ SampledRequestsEnabled: false, CloudWatchMetricsEnabled: true });
  }
});

test("the log has blocked requests only, without credentials, cookies, path and query", () => {
  const [log] = Object.values(resourcesOf(edge, "AWS::Logs::LogGroup"));
  expect(log?.Properties).toEqual({
    LogGroupName: "aws-waf-logs-FrontdeskEdge-eu-central-1",
    RetentionInDays: 365,
  });
  const [logging] = Object.values(resourcesOf(edge, "AWS::WAFv2::LoggingConfiguration"));
  const { LoggingFilter, RedactedFields, LogDestinationConfigs, ResourceArn } = logging?.Properties ?? {};
  expect(text(ResourceArn)).toBe("<FirewallAcl.Arn>");
  expect(LogDestinationConfigs.map((each: unknown) => text(each))).toEqual([
    "arn:aws:logs:us-east-1:<AWS::AccountId>:log-group:<FirewallLog>",
  ]);
  expect(LoggingFilter).toEqual({
    DefaultBehavior: "DROP",
    Filters: [{ Behavior: "KEEP", Requirement: "MEETS_ANY", Conditions: [{ ActionCondition: { Action: "BLOCK" } }] }],
  });
  expect(RedactedFields).toEqual([
    { SingleHeader: { Name: "authorization" } },
    { SingleHeader: { Name: "cookie" } },
    { SingleHeader: { Name: "medable-client-key" } },
    { SingleHeader: { Name: "medable-csrf-token" } },
    { SingleHeader: { Name: "idempotency-key" } },
    { SingleHeader: { Name: "referer" } },
    { UriPath: {} },
    { QueryString: {} },
  ]);
});
