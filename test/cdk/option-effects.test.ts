import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { optionNames } from "../../cdk/deploy-options.ts";
import { operations } from "../../lib/operations.ts";
import { allowedBy, resourcesOf, type Synthesis, synthesize, type Template, text } from "./synthesis.ts";

/** What each option of the table in docs/deploy.md does: a part of the templates without it, and with it. */

interface Effect {
  /** The option, with those that it depends on. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The part of the templates that it changes. */
  readonly shows: (synthesis: Synthesis) => unknown;
  /** This part without the option, or without what `than` says. */
  readonly without: unknown;
  readonly with: unknown;
  /** The options to compare with, if not none. */
  readonly than?: Readonly<Record<string, unknown>>;
}

const certificateArn = "arn:aws:acm:eu-central-1:123456789012:certificate/1";
const zone = { hostedZoneId: "Z0123456789", hostedZoneName: "clinic.org" };
const domain = { apiDomain: "api.clinic.org" };

const properties = (template: Template, type: string, id: string) => resourcesOf(template, type)[id]?.Properties;
const environmentOf = (template: Template, id: string) =>
  properties(template, "AWS::Lambda::Function", `${id}Function`)?.Environment.Variables;
const threshold = (id: string) => (synthesis: Synthesis) =>
  properties(synthesis.watch, "AWS::CloudWatch::Alarm", id).Threshold;
const stage = ({ api }: Synthesis) => properties(api, "AWS::ApiGatewayV2::Stage", "Stage");
/** The throttle of one route where strangers can try passwords, and of one where they cannot. */
const throttles =
  (setting: string) =>
  (synthesis: Synthesis): unknown[] =>
    ["POST /api/io/PingWithAuth", "POST /api/io/Ping"].map((route) => stage(synthesis).RouteSettings[route]?.[setting]);
const names = ({ api }: Synthesis) =>
  Object.values(resourcesOf(api, "AWS::ApiGatewayV2::DomainName")).map(({ Properties }) => Properties.DomainName);
const records = ({ api }: Synthesis) =>
  Object.values(resourcesOf(api, "AWS::Route53::RecordSet")).map(
    ({ Properties: { Name, Type, HostedZoneId } }) => `${Name} ${Type} ${HostedZoneId}`,
  );
const certificates = ({ api }: Synthesis) => Object.keys(resourcesOf(api, "AWS::CertificateManager::Certificate"));
/** The address in mailed links, which is also where pages may upload pictures from. */
const portals = ({ api, data }: Synthesis) => [
  text(environmentOf(api, "AccountRegister").PORTAL_URL, api),
  text(origins({ data })[0]),
];
const origins = ({ data }: Pick<Synthesis, "data">) =>
  properties(data, "AWS::S3::Bucket", "Files").CorsConfiguration.CorsRules[0].AllowedOrigins;
const mailer = ({ messages }: Synthesis) => environmentOf(messages, "SendMessages");
const mayMail = ({ messages, data }: Synthesis) => {
  const role = resourcesOf(messages, "AWS::IAM::Role").SendMessagesRole;
  return role && allowedBy(role, data)["ses:SendEmail"];
};
const places = ({ places: all }: Synthesis) => [...new Set(Object.values(all))];

const amazonPortals = ["<HttpApi.ApiEndpoint>/{org}", "https://*.execute-api.<AWS::Region>.<AWS::URLSuffix>"];

const effects: Readonly<Record<string, Effect>> = {
  name: {
    options: { name: "Clinic" },
    shows: ({ templates, watch }) => [
      Object.keys(templates).sort(),
      properties(watch, "AWS::Logs::MetricFilter", "LockOutsCount").MetricTransformations[0].MetricNamespace,
    ],
    without: [
      ["Accounts", "Api", "CleanUp", "Data", "Images", "Messages", "Pages", "Watch"].map((each) => `Frontdesk${each}`),
      "Frontdesk",
    ],
    with: [
      ["Accounts", "Api", "CleanUp", "Data", "Images", "Messages", "Pages", "Watch"].map((each) => `Clinic${each}`),
      "Clinic",
    ],
  },
  account: {
    options: { account: "123456789012" },
    shows: places,
    without: ["aws://unknown-account/unknown-region"],
    with: ["aws://123456789012/unknown-region"],
  },
  region: {
    options: { region: "eu-central-1" },
    shows: places,
    without: ["aws://unknown-account/unknown-region"],
    with: ["aws://unknown-account/eu-central-1"],
  },
  tags: {
    options: { tags: "team=desk,cost-center=42" },
    shows: ({ tags, data }) => [tags.FrontdeskWatch, properties(data, "AWS::DynamoDB::Table", "Table").Tags],
    without: [{}, undefined],
    with: [
      { team: "desk", "cost-center": "42" },
      [
        { Key: "cost-center", Value: "42" },
        { Key: "team", Value: "desk" },
      ],
    ],
  },
  directDomain: {
    options: { directDomain: "mail.clinic.org" },
    shows: ({ api, images }) => [
      environmentOf(api, "PracticeCreate").DIRECT_DOMAIN,
      environmentOf(images, "ProcessImage").DIRECT_DOMAIN,
    ],
    without: ["direct.example.com", "direct.example.com"],
    with: ["mail.clinic.org", "mail.clinic.org"],
  },
  portalUrl: {
    options: { portalUrl: "https://app.clinic.org/{org}" },
    shows: portals,
    without: amazonPortals,
    with: ["https://app.clinic.org/{org}", "https://app.clinic.org"],
  },
  uploadOrigins: {
    options: { portalUrl: "https://app.clinic.org/{org}", uploadOrigins: "https://a.org,https://*.b.org" },
    than: { portalUrl: "https://app.clinic.org/{org}" },
    shows: origins,
    without: ["https://app.clinic.org"],
    with: ["https://app.clinic.org", "https://a.org", "https://*.b.org"],
  },
  apiDomain: {
    options: { ...domain, certificateArn },
    shows: (synthesis) => [
      names(synthesis),
      properties(synthesis.api, "AWS::ApiGatewayV2::Api", "HttpApi").DisableExecuteApiEndpoint,
      text(synthesis.api.Outputs.ApiUrl?.Value),
      portals(synthesis),
    ],
    without: [[], false, "<HttpApi.ApiEndpoint>", amazonPortals],
    with: [
      ["api.clinic.org"],
      true,
      "https://api.clinic.org",
      ["https://api.clinic.org/{org}", "https://api.clinic.org"],
    ],
  },
  portalDomain: {
    options: { portalDomain: "portal.clinic.org", certificateArn },
    shows: (synthesis) => [names(synthesis), portals(synthesis)],
    without: [[], amazonPortals],
    with: [["*.portal.clinic.org"], ["https://{org}.portal.clinic.org", "https://*.portal.clinic.org"]],
  },
  hostedZoneId: {
    options: { ...domain, ...zone },
    than: { ...domain, certificateArn },
    shows: records,
    without: [],
    with: ["api.clinic.org. A Z0123456789", "api.clinic.org. AAAA Z0123456789"],
  },
  hostedZoneName: {
    options: { ...domain, ...zone },
    than: { ...domain, certificateArn },
    shows: (synthesis) => [certificates(synthesis), Object.keys(synthesis.api.Outputs).includes("ApiCname")],
    without: [[], true],
    with: [["Certificate"], false],
  },
  certificateArn: {
    options: { ...domain, ...zone, certificateArn },
    than: { ...domain, ...zone },
    shows: (synthesis) => [
      certificates(synthesis),
      text(
        properties(synthesis.api, "AWS::ApiGatewayV2::DomainName", "ApiDomain").DomainNameConfigurations[0]
          .CertificateArn,
      ),
    ],
    without: [["Certificate"], "<Certificate>"],
    with: [[], certificateArn],
  },
  pages: {
    options: { pages: "none" },
    shows: ({ templates }) => Object.keys(templates).includes("FrontdeskPages"),
    without: true,
    with: false,
  },
  mailFrom: {
    options: { mailFrom: "Clinic <desk@clinic.org>" },
    shows: (synthesis) => [mailer(synthesis).MAIL_FROM, mayMail(synthesis)?.map(({ only }) => only)],
    without: ["Frontdesk <frontdesk@example.com>", [{ StringEquals: { "ses:FromAddress": "frontdesk@example.com" } }]],
    with: ["Clinic <desk@clinic.org>", [{ StringEquals: { "ses:FromAddress": "desk@clinic.org" } }]],
  },
  mailConfigurationSet: {
    options: { mailConfigurationSet: "clinic" },
    shows: (synthesis) => [
      mailer(synthesis).MAIL_CONFIGURATION_SET,
      mayMail(synthesis)?.map(({ on }) =>
        on
          .find((each) => each.includes("configuration-set"))
          ?.split(":")
          .at(-1),
      ),
    ],
    without: [undefined, ["configuration-set/*"]],
    with: ["clinic", ["configuration-set/clinic"]],
  },
  alarmEmail: {
    options: { alarmEmail: "oncall@clinic.org" },
    shows: ({ watch }) =>
      Object.values(resourcesOf(watch, "AWS::SNS::Subscription")).map(
        ({ Properties: { Protocol, Endpoint, TopicArn } }) => [Protocol, Endpoint, text(TopicArn)],
      ),
    without: [],
    with: [["email", "oncall@clinic.org", "<Alarms>"]],
  },
  alarmWrongSignIns: {
    options: { alarmWrongSignIns: "20" },
    shows: threshold("WrongSignIns"),
    without: 50,
    with: 20,
  },
  alarmLockOuts: { options: { alarmLockOuts: "2" }, shows: threshold("LockOuts"), without: 5, with: 2 },
  alarmWrongSecrets: { options: { alarmWrongSecrets: "3" }, shows: threshold("WrongSecrets"), without: 10, with: 3 },
  alarmTextMessages: {
    options: { alarmTextMessages: "1000" },
    shows: threshold("TextMessages"),
    without: 100,
    with: 1000,
  },
  accessLogYears: {
    options: { accessLogYears: "10" },
    shows: ({ data }) => properties(data, "AWS::Logs::LogGroup", "AccessLog").RetentionInDays,
    without: 2192,
    with: 3653,
  },
  eventYears: {
    options: { eventYears: "10" },
    shows: ({ api, data }) => [environmentOf(api, "PracticeCreate").EVENT_YEARS, data.Outputs.EventYears?.Value],
    without: ["6", "6"],
    with: ["10", "10"],
  },
  logRetentionDays: {
    options: { logRetentionDays: "30" },
    shows: ({ api, messages, images, cleanUp }) =>
      [api, messages, images, cleanUp].flatMap((template) =>
        Object.values(resourcesOf(template, "AWS::Logs::LogGroup")).map(({ Properties }) => Properties.RetentionInDays),
      ),
    without: [365, 365, 365, 365, 365],
    with: [30, 30, 30, 30, 30],
  },
  tableKey: {
    options: { tableKey: "customer" },
    shows: ({ data }) => [
      Object.keys(resourcesOf(data, "AWS::KMS::Key")),
      properties(data, "AWS::DynamoDB::Table", "Table").SSESpecification?.SSEType,
    ],
    without: [[], undefined],
    with: [["TableKey"], "KMS"],
  },
  requestsPerSecond: {
    options: { requestsPerSecond: "50" },
    shows: (synthesis) => stage(synthesis).DefaultRouteSettings.ThrottlingRateLimit,
    without: 200,
    with: 50,
  },
  requestBurst: {
    options: { requestBurst: "60" },
    shows: (synthesis) => stage(synthesis).DefaultRouteSettings.ThrottlingBurstLimit,
    without: 400,
    with: 60,
  },
  entrancesPerSecond: {
    options: { entrancesPerSecond: "5" },
    shows: throttles("ThrottlingRateLimit"),
    without: [25, undefined],
    with: [5, undefined],
  },
  entranceBurst: {
    options: { entranceBurst: "9" },
    shows: throttles("ThrottlingBurstLimit"),
    without: [50, undefined],
    with: [9, undefined],
  },
};

/** Options whose effect has a suite of its own. */
const elsewhere: Readonly<Record<string, string>> = {
  entrancesPerAddress: "test/cdk/entrance-limits.test.ts",
  entrancesPerApplication: "test/cdk/entrance-limits.test.ts",
  edge: "test/cdk/edge-stack.test.ts",
  edgeCertificateArn: "test/cdk/edge-stack.test.ts",
  edgeSecretVersion: "test/cdk/edge-stack.test.ts",
  edgeEntrancesPerAddress: "test/cdk/edge-firewall.test.ts",
  edgeEntrancesPerPortal: "test/cdk/edge-firewall.test.ts",
  rollout: "test/cdk/rollout.test.ts",
  entranceInstances: "test/cdk/rollout.test.ts",
  backupVaultArn: "test/cdk/backup.test.ts",
};

/** Operations that the effects look at. Fewer functions make a synthesis faster. */
const some = operations.filter(({ id }) => ["Ping", "PingWithAuth", "PracticeCreate", "AccountRegister"].includes(id));
const syntheses = new Map<string, Synthesis>();
/** A synthesis with these options, made once. */
function synthesizeOnce(options: Readonly<Record<string, unknown>>): Synthesis {
  const key = JSON.stringify(options);
  const made = syntheses.get(key) ?? synthesize(options, some);
  syntheses.set(key, made);
  return made;
}

test("every option has a test of its effect, and only once", () => {
  expect([...Object.keys(effects), ...Object.keys(elsewhere)].sort()).toEqual([...optionNames].sort());
});

test.each(Object.entries(effects))("the effect of %s", (name, { options, than = {}, shows, ...expected }) => {
  expect(options).toHaveProperty(name);
  expect(than).not.toHaveProperty(name);
  expect(shows(synthesizeOnce(than))).toEqual(expected.without);
  expect(shows(synthesizeOnce(options))).toEqual(expected.with);
});

test.each(Object.entries(elsewhere))("the effect of %s is in %s", (name, file) => {
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file, "utf8")).toMatch(new RegExp(`\\b${name}\\b`));
});
