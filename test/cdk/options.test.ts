import { expect, test } from "vitest";
import { optionNames } from "../../cdk/deploy-options.ts";
import { synthesize, type Template, text } from "./synthesis.ts";

/**
 * Every option can be added to what is deployed, and taken back: CloudFormation refuses to remove or change an export that
 * another deployed stack imports, and what changes its logical id is made again, empty.
 */

const zone = { hostedZoneId: "Z0123456789", hostedZoneName: "clinic.org" };
const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/1";
/** A value of each option other than its default, with what it needs. */
const chosen: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  directDomain: { directDomain: "mail.clinic.org" },
  portalUrl: { portalUrl: "https://clinic.org/{org}" },
  apiDomain: { apiDomain: "api.clinic.org", certificateArn },
  portalDomain: { portalDomain: "portal.clinic.org", certificateArn },
  hostedZoneId: { apiDomain: "api.clinic.org", ...zone },
  hostedZoneName: { portalDomain: "portal.clinic.org", ...zone },
  certificateArn: { apiDomain: "api.clinic.org", portalDomain: "portal.clinic.org", ...zone, certificateArn },
  pages: { pages: "none" },
  mailFrom: { mailFrom: "Clinic <desk@clinic.org>" },
  mailConfigurationSet: { mailConfigurationSet: "clinic" },
  alarmEmail: { alarmEmail: "oncall@clinic.org" },
  logRetentionDays: { logRetentionDays: "30" },
  tableKey: { tableKey: "customer" },
  requestsPerSecond: { requestsPerSecond: "50" },
  requestBurst: { requestBurst: "60" },
  entrancesPerSecond: { entrancesPerSecond: "5" },
  entranceBurst: { entranceBurst: "9" },
};
const all = Object.assign({}, ...Object.values(chosen));
const allWithPages = { ...all, pages: "public" };

const deployments = new Map(
  Object.entries({ nothing: {}, ...chosen, all, allWithPages }).map(([name, options]) => [
    name,
    synthesize(options).templates,
  ]),
);
type Templates = Readonly<Record<string, Template>>;
const bare = deployments.get("nothing") as Templates;
const names = [...deployments.keys()];

/** What stacks export for others to import: its value, by the export's name. */
const exportsOf = (templates: Templates) =>
  new Map(
    Object.values(templates).flatMap(({ Outputs = {} }) =>
      Object.values(Outputs).flatMap(({ Export, Value }) => (Export ? [[Export.Name, text(Value)] as const] : [])),
    ),
  );
/** The names of exports that stacks import. */
const importsOf = (templates: Templates) =>
  [...JSON.stringify(templates).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name = ""]) => name);
const imported = [...new Set([...deployments.values()].flatMap(importsOf))];

/** What holds something, or is known to others by its name or ARN. */
const stateful = [
  "AWS::ApiGatewayV2::Api",
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

// `apiDomain` took the export of the API's address away, which the stack of the page imports, and so `cdk deploy` stopped.
test.each(names)("what any deployment imports is exported, with the same value, under: %s", (name) => {
  expect(imported.length).toBeGreaterThan(4);
  const [before, after] = [exportsOf(bare), exportsOf(deployments.get(name) as Templates)];
  for (const each of imported) expect([each, after.get(each)]).toEqual([each, before.get(each)]);
});

test.each(names)("no export, and nothing that another stack reads, is gone under: %s", (name) => {
  const outputs = (templates: Templates) =>
    Object.entries(templates).flatMap(([stack, { Outputs = {} }]) =>
      Object.keys(Outputs).map((output) => `${stack} ${output}`),
    );
  const after = outputs(deployments.get(name) as Templates);
  // The outputs of a stack that is no longer wanted go with it; nothing reads them.
  const wanted = outputs(bare).filter((each) => after.includes(each) || !each.startsWith("FrontdeskPages "));
  expect(after).toEqual(expect.arrayContaining(wanted));
});

test.each(names)("what holds state keeps its logical id under: %s", (name) => {
  expect(statefulIn(bare).length).toBeGreaterThan(8);
  expect(statefulIn(deployments.get(name) as Templates)).toEqual(expect.arrayContaining(statefulIn(bare)));
});

/** Properties that give a resource a name, of the types that we deploy, and how far such a name must be unique. */
const unique: Readonly<Record<string, "everywhere" | "within its API" | "no">> = {
  "AWS::ApiGateway::RestApi Name": "no",
  "AWS::ApiGateway::Stage StageName": "within its API",
  "AWS::ApiGatewayV2::Api Name": "no",
  "AWS::ApiGatewayV2::Stage StageName": "within its API",
  "AWS::ApiGatewayV2::DomainName DomainName": "everywhere",
  "AWS::CertificateManager::Certificate DomainName": "no",
  "AWS::CloudWatch::Alarm MetricName": "no",
  "AWS::CloudWatch::Dashboard DashboardName": "everywhere",
  "AWS::Route53::RecordSet Name": "everywhere",
};
/** Each name that a template states, and does not take from another resource. */
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

// Dashboards had one name in all regions: a second deployment of the account stopped.
test.each(names)("no name that an account has only once is without region or deployment under: %s", (name) => {
  for (const { property, stated } of namesIn(deployments.get(name) as Templates)) {
    expect(unique).toHaveProperty([property]);
    // Names in DNS are the deployer's, who gives each deployment its own.
    if (unique[property] !== "everywhere" || stated.includes("clinic.org")) continue;
    expect(stated).toMatch(/^Frontdesk-.*<AWS::Region>/);
  }
});

test("another name shares no name, and no export, with the first", () => {
  const other = synthesize({ name: "Second" }).templates;
  expect([...exportsOf(other).keys()].filter((each) => exportsOf(bare).has(each))).toEqual([]);
  const once = (templates: Templates) =>
    namesIn(templates).flatMap(({ property, stated }) => (unique[property] === "everywhere" ? stated : []));
  expect(once(other)).toHaveLength(3);
  expect(once(other).filter((each) => once(bare).includes(each))).toEqual([]);
  const namespaces = ({ FrontdeskWatch, SecondWatch }: Templates) =>
    JSON.stringify(FrontdeskWatch ?? SecondWatch).match(/"MetricNamespace":"[^"]+"/g) ?? [];
  expect(new Set(namespaces(other))).toEqual(new Set(['"MetricNamespace":"Second"']));
});
