import { expect, test } from "vitest";
import { optionNames } from "../../cdk/deploy-options.ts";
import { type Operation, operations } from "../../lib/operations.ts";
import { synthesize, type Template, text } from "./synthesis.ts";

/**
 * Every option can be added to a deployment and removed again. CloudFormation refuses to remove or change an export that
 * another deployed stack imports. A resource whose logical id changes is replaced by a new, empty one.
 */

const zone = { hostedZoneId: "Z0123456789", hostedZoneName: "clinic.org" };
const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/1";
/** A value of each option other than its default, with the options that it depends on. */
const chosen: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  account: { account: "123456789012", region: "eu-central-1" },
  region: { account: "123456789012", region: "eu-central-1" },
  tags: { tags: "team=desk" },
  directDomain: { directDomain: "mail.clinic.org" },
  portalUrl: { portalUrl: "https://clinic.org/{org}" },
  uploadOrigins: { uploadOrigins: "https://app.clinic.org" },
  apiDomain: { apiDomain: "api.clinic.org", certificateArn },
  portalDomain: { portalDomain: "portal.clinic.org", certificateArn },
  hostedZoneId: { apiDomain: "api.clinic.org", ...zone },
  hostedZoneName: { portalDomain: "portal.clinic.org", ...zone },
  certificateArn: { apiDomain: "api.clinic.org", portalDomain: "portal.clinic.org", ...zone, certificateArn },
  pages: { pages: "none" },
  mailFrom: { mailFrom: "Clinic <desk@clinic.org>" },
  mailConfigurationSet: { mailConfigurationSet: "clinic" },
  alarmEmail: { alarmEmail: "oncall@clinic.org" },
  alarmWrongSignIns: { alarmWrongSignIns: "20" },
  alarmLockOuts: { alarmLockOuts: "2" },
  alarmWrongSecrets: { alarmWrongSecrets: "3" },
  alarmTextMessages: { alarmTextMessages: "1000" },
  accessLogYears: { accessLogYears: "10" },
  eventYears: { eventYears: "10" },
  logRetentionDays: { logRetentionDays: "30" },
  tableKey: { tableKey: "customer" },
  requestsPerSecond: { requestsPerSecond: "50" },
  requestBurst: { requestBurst: "60" },
  entrancesPerSecond: { entrancesPerSecond: "5" },
  entranceBurst: { entranceBurst: "9" },
  entrancesPerAddress: { entrancesPerAddress: "20" },
  entrancesPerApplication: { entrancesPerApplication: "100" },
  edge: { edge: "cloudfront", region: "eu-central-1" },
  edgeSecretVersion: { edge: "cloudfront", region: "eu-central-1", edgeSecretVersion: "2" },
  edgeCertificateArn: {
    edge: "cloudfront",
    region: "eu-central-1",
    apiDomain: "api.clinic.org",
    certificateArn,
    edgeCertificateArn: certificateArn,
  },
  edgeEntrancesPerAddress: { edge: "cloudfront", region: "eu-central-1", edgeEntrancesPerAddress: "100" },
  edgeEntrancesPerPortal: { edge: "cloudfront", region: "eu-central-1", edgeEntrancesPerPortal: "1000" },
  rollout: { rollout: "canary" },
  entranceInstances: { entranceInstances: "2" },
  backupVaultArn: { backupVaultArn: "arn:aws:backup:us-east-1:210987654321:backup-vault:frontdesk" },
};
const all = Object.assign({}, ...Object.values(chosen));
const allWithPages = { ...all, pages: "public" };

/** One operation of each kind that the stacks distinguish. */
const oneOfEachKind = [
  ...Map.groupBy<string, Operation>(operations, ({ family, table, memory, seals, files, entrance }) =>
    JSON.stringify([family, table, memory, seals, files, entrance]),
  ).values(),
].flatMap(([first]) => first ?? []);

type Templates = Readonly<Record<string, Template>>;
const bare = synthesize().templates;
const bareOfEachKind = synthesize({}, oneOfEachKind).templates;
// Each single option is tried with one operation of each kind, which is three times as fast. All options together are
// tried with all operations.
const deployments = new Map<string, { readonly templates: Templates; readonly bare: Templates }>([
  ["nothing", { templates: bare, bare }],
  ...Object.entries(chosen).map(
    ([name, options]) =>
      [name, { templates: synthesize(options, oneOfEachKind).templates, bare: bareOfEachKind }] as const,
  ),
  ["all", { templates: synthesize(all).templates, bare }],
  ["allWithPages", { templates: synthesize(allWithPages).templates, bare }],
]);
const names = [...deployments.keys()];
const deployment = (name: string) =>
  deployments.get(name) as { readonly templates: Templates; readonly bare: Templates };

/** The values that stacks export, by the export's name. */
const exportsOf = (templates: Templates) =>
  new Map(
    Object.values(templates).flatMap(({ Outputs = {} }) =>
      Object.values(Outputs).flatMap(({ Export, Value }) => (Export ? [[Export.Name, text(Value)] as const] : [])),
    ),
  );
/** The names of the exports that stacks import. */
const importsOf = (templates: Templates) =>
  [...JSON.stringify(templates).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name = ""]) => name);
const imported = [...new Set([...deployments.values()].flatMap(({ templates }) => importsOf(templates)))];

/** Types of resources that hold data, or that others know by their name or ARN. */
const stateful = [
  "AWS::ApiGatewayV2::Api",
  "AWS::Backup::BackupVault",
  "AWS::DynamoDB::Table",
  "AWS::KMS::Key",
  "AWS::Logs::LogGroup",
  "AWS::S3::Bucket",
  "AWS::SecretsManager::Secret",
  "AWS::SNS::Topic",
  "AWS::SQS::Queue",
];
const statefulIn = (templates: Templates) =>
  Object.entries(templates).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources).flatMap(([id, { Type }]) => (stateful.includes(Type) ? [`${stack} ${Type} ${id}`] : [])),
  );

test("this suite tries every option", () => {
  expect(["name", ...Object.keys(chosen)].sort()).toEqual([...optionNames].sort());
  for (const [name, options] of Object.entries(chosen)) expect(options).toHaveProperty(name);
});

// Regression: `apiDomain` removed the export of the API's address, which the pages stack imports, so `cdk deploy` failed.
test.each(names)("every export that a deployment imports exists, with the same value, under: %s", (name) => {
  expect(imported.length).toBeGreaterThan(4);
  const { templates, bare } = deployment(name);
  const [before, after] = [exportsOf(bare), exportsOf(templates)];
  for (const each of imported) expect([each, after.get(each)]).toEqual([each, before.get(each)]);
});

test.each(names)("no export or output that another stack reads is missing under: %s", (name) => {
  const outputs = (templates: Templates) =>
    Object.entries(templates).flatMap(([stack, { Outputs = {} }]) =>
      Object.keys(Outputs).map((output) => `${stack} ${output}`),
    );
  const { templates, bare } = deployment(name);
  const after = outputs(templates);
  // The outputs of the pages stack disappear with that stack; nothing reads them.
  const wanted = outputs(bare).filter((each) => after.includes(each) || !each.startsWith("FrontdeskPages "));
  expect(after).toEqual(expect.arrayContaining(wanted));
});

test.each(names)("resources that hold state keep their logical ids under: %s", (name) => {
  const { templates, bare } = deployment(name);
  expect(statefulIn(bare).length).toBeGreaterThan(8);
  expect(statefulIn(templates)).toEqual(expect.arrayContaining(statefulIn(bare)));
});

/** CloudFormation's limit. @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const resourcesMax = 500;
test.each(["all", "allWithPages"])("no stack has more resources than CloudFormation allows, under: %s", (name) => {
  for (const [stack, { Resources }] of Object.entries(deployment(name).templates)) {
    expect([stack, Object.keys(Resources).length <= resourcesMax]).toEqual([stack, true]);
  }
});

/** The properties that name a resource, for the types that we deploy, and where such a name must be unique. */
const unique: Readonly<Record<string, "everywhere" | "within its API" | "within its function" | "no">> = {
  "AWS::ApiGateway::RestApi Name": "no",
  "AWS::Backup::BackupVault BackupVaultName": "everywhere",
  "AWS::ApiGateway::Stage StageName": "within its API",
  "AWS::ApiGatewayV2::Api Name": "no",
  "AWS::ApiGatewayV2::Authorizer Name": "within its API",
  "AWS::ApiGatewayV2::Stage StageName": "within its API",
  "AWS::ApiGatewayV2::DomainName DomainName": "everywhere",
  "AWS::CertificateManager::Certificate DomainName": "no",
  "AWS::CloudFront::Function Name": "everywhere",
  "AWS::CloudWatch::Alarm MetricName": "no",
  "AWS::CloudWatch::Dashboard DashboardName": "everywhere",
  "AWS::Logs::LogGroup LogGroupName": "everywhere",
  "AWS::CodeDeploy::DeploymentGroup DeploymentConfigName": "no",
  "AWS::Lambda::Alias Name": "within its function",
  "AWS::Route53::RecordSet Name": "everywhere",
  "AWS::SecretsManager::Secret Name": "everywhere",
};
/** The names in templates that are written out, not taken from another resource. */
const namesIn = (templates: Templates) =>
  Object.values(templates).flatMap(({ Resources }) =>
    Object.values(Resources).flatMap(({ Type, Properties = {} }) =>
      Object.entries(Properties).flatMap(([property, value]) => {
        if (!/(^|[a-z])Name$/.test(property)) return [];
        const stated = text(value, ...Object.values(templates));
        return /^<(?!AWS::)[^>]*>$/.test(stated) ? [] : [{ property: `${Type} ${property}`, stated }];
      }),
    ),
  );

// Regression: dashboards had the same name in all regions, so the account's second deployment failed.
test.each(names)(
  "every name that must be unique in an account contains the region or the deployment's name under: %s",
  (name) => {
    for (const { property, stated } of namesIn(deployment(name).templates)) {
      expect(unique).toHaveProperty([property]);
      // The deployer chooses names in DNS, separately for each deployment.
      if (unique[property] !== "everywhere" || stated.includes("clinic.org")) continue;
      // CloudFormation gives each stack an id of its own, also one that is created again under the same name.
      if (stated.includes("<AWS::StackId>")) continue;
      expect(stated).toMatch(/^(aws-waf-logs-)?Frontdesk.*-(<AWS::Region>|eu-central-1)/);
    }
  },
);

test("a deployment with another name shares no name and no export with the first", () => {
  const other = synthesize({ name: "Second" }).templates;
  expect([...exportsOf(other).keys()].filter((each) => exportsOf(bare).has(each))).toEqual([]);
  const once = (templates: Templates) =>
    namesIn(templates).flatMap(({ property, stated }) => (unique[property] === "everywhere" ? stated : []));
  expect(once(other)).toHaveLength(4);
  expect(once(other).filter((each) => once(bare).includes(each))).toEqual([]);
  const namespaces = ({ FrontdeskWatch, SecondWatch }: Templates) =>
    JSON.stringify(FrontdeskWatch ?? SecondWatch).match(/"MetricNamespace":"[^"]+"/g) ?? [];
  expect(new Set(namespaces(other))).toEqual(new Set(['"MetricNamespace":"Second"']));
});
