import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { resourcesOf, type Synthesis, synthesize, type Template, text } from "./synthesis.ts";

/** The templates of environments that stand next to each other. */

const folder = mkdtempSync(join(tmpdir(), "frontdesk-environments-"));
afterAll(() => rmSync(folder, { recursive: true }));

const europe = { account: "123456789012", region: "eu-central-1" };
const america = { account: "123456789012", region: "us-east-1" };
const zone = { hostedZoneId: "Z0123456789", hostedZoneName: "clinic.org" };
const tags = { team: "desk", "cost-center": "42" };
const files = {
  dev: europe,
  stage: { ...europe, apiDomain: "api.stage.clinic.org", portalDomain: "portal.stage.clinic.org", ...zone },
  // Deployed before there were files.
  prod: { ...europe, name: "Frontdesk", apiDomain: "api.clinic.org", portalDomain: "portal.clinic.org", ...zone, tags },
  // With every option that adds a stack.
  whole: {
    ...europe,
    tags,
    edge: "cloudfront",
    rollout: "canary",
    backupVaultArn: "arn:aws:backup:eu-west-1:210987654321:backup-vault:frontdesk",
  },
  "prod-us": { ...america, name: "Frontdesk", apiDomain: "api.us.clinic.org", ...zone },
  gov: { account: "123456789012", region: "us-gov-west-1", tableKey: "customer", name: "Frontdesk" },
};
for (const [env, options] of Object.entries(files)) {
  writeFileSync(join(folder, `${env}.json`), JSON.stringify(options));
}
const synthesized = Object.fromEntries(
  Object.keys(files).map((env) => [env, synthesize({ env, configFolder: folder })]),
) as Record<keyof typeof files, Synthesis>;
const bare = synthesize();
const names = ["Data", "Api", "Accounts", "Messages", "Images", "CleanUp", "Watch", "Pages"];
const allOf = (templates: Readonly<Record<string, Template>>, type: string) =>
  Object.values(templates).flatMap((template) => Object.values(resourcesOf(template, type)));

test.each([
  ["dev", "Frontdesk-dev", europe],
  ["stage", "Frontdesk-stage", europe],
  ["prod", "Frontdesk", europe],
  ["prod-us", "Frontdesk", america],
] as const)("the stacks of %s are called %s… and are in the account and region of its file", (env, name, place) => {
  const { places } = synthesized[env];
  expect(places).toEqual(
    Object.fromEntries(names.map((each) => [`${name}${each}`, `aws://${place.account}/${place.region}`])),
  );
});

// Regression: the stack of backups was in no account and no region, so a file with `backupVaultArn` could not be deployed.
test("stacks that options add have their place, their tags and their environment, as all others", () => {
  const { places, templates } = synthesized.whole;
  expect(Object.keys(templates)).toHaveLength(names.length + 2);
  expect(places["Frontdesk-wholeBackup"]).toBe(`aws://${europe.account}/${europe.region}`);
  expect(places["Frontdesk-wholeEdge"]).toBe(`aws://${europe.account}/us-east-1`);
  for (const template of Object.values(templates)) {
    expect((template as { Parameters?: object }).Parameters).toMatchObject({
      Environment: { AllowedValues: ["whole"] },
    });
  }
});

/** What must be different in environments of one account and one region. */
const claimed = (env: keyof typeof files): readonly string[] => {
  const { templates } = synthesized[env];
  const { account, region } = files[env];
  const place = `${account} ${region}`;
  return [
    ...Object.keys(templates).map((stack) => `stack ${stack} ${place}`),
    ...Object.values(templates).flatMap(({ Outputs }) =>
      Object.values(Outputs).flatMap(({ Export }) => (Export ? [`export ${Export.Name} ${place}`] : [])),
    ),
    // An account's dashboards share one namespace over all regions.
    ...allOf(templates, "AWS::CloudWatch::Dashboard").map(
      ({ Properties }) =>
        `dashboard ${text(Properties.DashboardName).replace("<AWS::Region>", region)} ${files[env].account}`,
    ),
    ...new Set(
      allOf(templates, "AWS::Logs::MetricFilter").map(
        ({ Properties }) => `metrics ${Properties.MetricTransformations[0].MetricNamespace} ${place}`,
      ),
    ),
    ...allOf(templates, "AWS::ApiGatewayV2::DomainName").map(({ Properties }) => `domain ${Properties.DomainName}`),
  ];
};

test("dev, stage and prod in one account, and prod in two regions, claim nothing twice", () => {
  const all = (["dev", "stage", "prod", "prod-us"] as const).flatMap(claimed);
  expect(all.filter((each) => each.startsWith("domain "))).toHaveLength(5);
  expect(all.filter((each) => each.startsWith("dashboard "))).toHaveLength(12);
  expect(all.filter((each) => each.startsWith("metrics "))).toHaveLength(4);
  expect(all.filter((each, index) => all.indexOf(each) !== index)).toEqual([]);
});

test("resources that are unique in an account have no name of ours", () => {
  const unnamed = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::Events::Rule": "Name",
  };
  for (const [type, property] of Object.entries(unnamed)) {
    const found = allOf(synthesized.prod.templates, type);
    expect([type, found.length]).not.toEqual([type, 0]);
    // What AWS services deliver to has a name with the id of its stack, which no other stack has.
    const named = found.filter(
      ({ Properties }) => !JSON.stringify(Properties[property] ?? "").includes("AWS::StackId"),
    );
    for (const { Properties } of named) expect(Properties).not.toHaveProperty(property);
  }
});

/** Types of resources that cannot have tags. */
const untaggable = [
  "AWS::ApiGateway::Deployment",
  "AWS::ApiGateway::GatewayResponse",
  "AWS::ApiGateway::Method",
  "AWS::ApiGateway::Resource",
  "AWS::ApiGatewayV2::ApiMapping",
  "AWS::ApiGatewayV2::Integration",
  "AWS::ApiGatewayV2::Route",
  "AWS::Lambda::EventInvokeConfig",
  "AWS::Lambda::Permission",
  "AWS::Logs::MetricFilter",
  "AWS::Route53::RecordSet",
  "AWS::S3::BucketPolicy",
  "AWS::SNS::Subscription",
  "AWS::SNS::TopicPolicy",
  "AWS::SQS::QueuePolicy",
];

test("each stack, and each resource that can have tags, has those of the file", () => {
  const { templates, tags: ofStacks } = synthesized.prod;
  for (const stack of Object.keys(templates)) expect(ofStacks[stack]).toEqual(tags);
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  for (const { Type, Properties } of Object.values(templates).flatMap(({ Resources }) => Object.values(Resources))) {
    if (untaggable.includes(Type)) continue;
    const { Tags = [] } = Properties;
    // Most types have a list, some an object.
    const own = Array.isArray(Tags) ? Tags : Object.entries(Tags).map(([Key, Value]) => ({ Key, Value }));
    expect([Type, own]).toEqual([Type, expect.arrayContaining(list)]);
  }
});

test("without the option there are no tags", () => {
  for (const each of Object.values(bare.tags)) expect(each).toEqual({});
  expect(JSON.stringify(bare.templates)).not.toContain('"Tags":');
});

test.each(["none", ...Object.keys(files)])("every stack of %s allows only this environment", (env) => {
  const { templates } = env === "none" ? bare : synthesized[env as keyof typeof files];
  for (const { Parameters, Outputs } of Object.values(templates)) {
    expect(Parameters.Environment).toMatchObject({ Default: env, AllowedValues: [env] });
    expect(Parameters.Environment?.ConstraintDescription).toMatch(`must be ${env}: `);
    expect(Outputs.EnvironmentName?.Value).toEqual({ Ref: "Environment" });
  }
});

test("stacks that adopt a file keep every resource and every export", () => {
  writeFileSync(join(folder, "prod.json"), JSON.stringify({ ...europe, name: "Frontdesk" }));
  const adopted = synthesize({ env: "prod", configFolder: folder }).templates;
  const ids = (templates: Readonly<Record<string, Template>>) =>
    Object.entries(templates).flatMap(([stack, { Resources }]) =>
      Object.entries(Resources).flatMap(([id, { Type }]) =>
        // A new one for each change, by design of API Gateway.
        Type === "AWS::ApiGateway::Deployment" ? [] : [`${stack} ${id} ${Type}`],
      ),
    );
  expect(ids(adopted).sort()).toEqual(ids(bare.templates).sort());
  const exported = (templates: Readonly<Record<string, Template>>) =>
    Object.values(templates).flatMap(({ Outputs }) => Object.values(Outputs).flatMap(({ Export }) => Export ?? []));
  expect(exported(adopted)).toEqual(exported(bare.templates));
});

test("nothing names another region or another partition than the environment's own", () => {
  const written = (env: keyof typeof files) => JSON.stringify(synthesized[env].templates);
  expect(written("prod-us")).not.toMatch(/eu-central-1/);
  expect(written("prod")).not.toMatch(/us-east-1/);
  const gov = written("gov");
  expect(gov).not.toMatch(/"arn:aws:|eu-central-1|us-east-1/);
  expect(gov).toContain('"arn:aws-us-gov:');
});
