import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { type Operation, operations } from "../../lib/operations.ts";
import { allowedBy, plain, resourcesOf, synthesize, type Template, text } from "./synthesis.ts";

const rows: readonly Operation[] = operations;
const bare = synthesize();
const canary = synthesize({ rollout: "canary" });
const ready = synthesize({ entranceInstances: "2" });
const both = synthesize({ rollout: "canary", entranceInstances: "2" });

/** The stacks with operations whose updates can be gradual. */
const gradual = ["api", "accounts"] as const;
const entrances = rows.filter(({ entrance }) => entrance).map(({ id }) => id);
const allButPages = rows.filter(({ id }) => id !== "PortalPage").map(({ id }) => id);
type Synthesis = typeof bare;

/** The resources of a type in both stacks, by logical id without the hash. */
const inBoth = (synthesis: Synthesis, type: string) => ({
  ...resourcesOf(synthesis.api, type),
  ...resourcesOf(synthesis.accounts, type),
});
const idsOf = (synthesis: Synthesis, type: string) => Object.keys(inBoth(synthesis, type));
/** What the integrations of operations lead to, by operation id: `Function` or `Live`, the alias. */
const leadsTo = (synthesis: Synthesis) =>
  Object.fromEntries(
    Object.values(inBoth(synthesis, "AWS::ApiGatewayV2::Integration")).map(({ Properties }) => {
      const [, id = "", what] = /^<(\w+?)(Function\.Arn|Live)>$/.exec(text(Properties.IntegrationUri)) ?? [];
      return [id, what];
    }),
  );
const all = (ids: readonly string[], value: string) => Object.fromEntries(ids.map((id) => [id, value]));

test("without the options there is no alias, no version and nothing of CodeDeploy", () => {
  expect(leadsTo(bare)).toEqual(all(allButPages, "Function.Arn"));
  expect(JSON.stringify(bare.templates)).not.toMatch(/CodeDeploy|AWS::Lambda::(Alias|Version)/);
});

test("with rollout=canary the API calls an alias of each operation, which leads to a published version", () => {
  expect(leadsTo(canary)).toEqual(all(allButPages, "Live"));
  const aliases = inBoth(canary, "AWS::Lambda::Alias");
  expect(Object.keys(aliases).sort()).toEqual(allButPages.map((id) => `${id}Live`).sort());
  for (const [id, { Properties }] of Object.entries(aliases)) {
    const name = id.replace(/Live$/, "");
    expect(Properties.Name).toBe("live");
    expect(text(Properties.FunctionName)).toBe(`<${name}Function>`);
    expect(Properties.FunctionVersion["Fn::GetAtt"]).toEqual([
      expect.stringMatching(`^${name}FunctionCurrentVersion`),
      "Version",
    ]);
  }
  expect(idsOf(canary, "AWS::Lambda::Version")).toHaveLength(allButPages.length);
});

test("the page of portals is updated at once, because only the new version's files are there; workers are, too", () => {
  for (const each of ["pages", "messages", "images", "cleanUp", "data"] as const) {
    expect(canary[each]).toEqual(bare[each]);
  }
});

test("CodeDeploy shifts each alias: a tenth for five minutes, back when an alarm of the same stack goes off", () => {
  for (const stack of gradual) {
    const groups = resourcesOf(canary[stack], "AWS::CodeDeploy::DeploymentGroup");
    const aliases = resourcesOf(canary[stack], "AWS::Lambda::Alias");
    for (const [id, { Properties }] of Object.entries(groups)) {
      expect(Properties).toMatchObject({
        DeploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes",
        AutoRollbackConfiguration: {
          Enabled: true,
          Events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_STOP_ON_ALARM"],
        },
        AlarmConfiguration: { Enabled: true },
      });
      expect(text(Properties.ServiceRoleArn)).toBe("<RolloutRole.Arn>");
      const alarms = Properties.AlarmConfiguration.Alarms.map(({ Name }: { Name: unknown }) => text(Name));
      expect(alarms).toEqual(["<RolloutFaults>", "<RolloutFailedCalls>"]);
      const shifted = Object.entries(aliases).find(([alias]) => alias === id.replace(/Rollout$/, "Live"))?.[1];
      const { CodeDeployLambdaAliasUpdate: policy } = (
        shifted as unknown as { UpdatePolicy: { CodeDeployLambdaAliasUpdate: Record<string, unknown> } }
      ).UpdatePolicy;
      expect([text(policy.ApplicationName), text(policy.DeploymentGroupName)]).toEqual([
        "<RolloutApplication>",
        `<${id}>`,
      ]);
    }
    expect(Object.keys(groups)).toHaveLength(Object.keys(aliases).length);
  }
});

test("the alarms count answers 500 in the gateway's log, and the share of calls with any 5xx", () => {
  const [filter] = Object.values(resourcesOf(canary.api, "AWS::Logs::MetricFilter"));
  expect(filter?.Properties).toMatchObject({
    FilterPattern: '{ $.status = "500" }',
    MetricTransformations: [{ MetricName: "ServerFaults", MetricNamespace: "Frontdesk", MetricValue: "1" }],
  });
  expect(text(filter?.Properties.LogGroupName)).toBe("<GatewayLog>");
  for (const stack of gradual) {
    const { RolloutFaults, RolloutFailedCalls, ...others } = resourcesOf(canary[stack], "AWS::CloudWatch::Alarm");
    expect(others).toEqual({});
    expect(RolloutFaults?.Properties).toMatchObject({
      MetricName: "ServerFaults",
      Namespace: "Frontdesk",
      Period: 60,
      Threshold: 1,
      DatapointsToAlarm: 2,
      EvaluationPeriods: 5,
      TreatMissingData: "notBreaching",
    });
    const metrics: { MetricStat?: { Metric: { MetricName: string; Dimensions: { Value: unknown }[] } } }[] =
      RolloutFailedCalls?.Properties.Metrics;
    const stated = metrics.flatMap(({ MetricStat }) =>
      MetricStat ? [`${MetricStat.Metric.MetricName} ${text(MetricStat.Metric.Dimensions[0]?.Value, canary.api)}`] : [],
    );
    expect(stated).toEqual(["5xx <HttpApi>", "Count <HttpApi>"]);
  }
});

test("the metric carries the deployment's name", () => {
  const named = synthesize({ rollout: "canary", name: "Second" });
  for (const template of [named.api, named.accounts]) {
    expect(JSON.stringify(template)).not.toContain('"Namespace":"Frontdesk"');
  }
});

// Regression: the role named functions by the stack's name, which CloudFormation shortens to 25 characters in their names.
test("CodeDeploy may change the aliases of its stack's functions and read alarms, and only for this account", () => {
  for (const stack of gradual) {
    const role = resourcesOf(canary[stack], "AWS::IAM::Role").RolloutRole;
    if (!role) throw new Error("there is no role");
    const here = "<AWS::Region>:<AWS::AccountId>";
    const shifted = Object.keys(resourcesOf(canary[stack], "AWS::Lambda::Alias"));
    const functions = { on: shifted.map((alias) => `<${alias.replace(/Live$/, "Function")}.Arn>`).sort() };
    const allowed = Object.entries(allowedBy(role)).map(([action, on]) => [
      action,
      on.map((each) => ({ ...each, on: [...each.on].sort() })),
    ]);
    expect(Object.fromEntries(allowed)).toEqual({
      "lambda:GetAlias": [functions],
      "lambda:GetProvisionedConcurrencyConfig": [functions],
      "lambda:UpdateAlias": [functions],
      "cloudwatch:DescribeAlarms": [{ on: [`arn:<AWS::Partition>:cloudwatch:${here}:alarm:*`] }],
    });
    expect(role.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: "codedeploy.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
      },
    ]);
    // IAM counts the characters of a role's inline policies without whitespace. It allows 10,240.
    const longest = `"arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:${"x".repeat(64)}",`;
    expect(shifted.length * longest.length).toBeLessThan(9_500);
  }
});

/** What CloudFormation does with each resource of a stack when one template follows another. */
function steps(before: Template, after: Template) {
  const typeOf = ({ Resources }: Template, ids: readonly string[]) => [
    ...new Set(ids.map((id) => Resources[id]?.Type)),
  ];
  const [old, now] = [Object.keys(before.Resources), Object.keys(after.Resources)];
  // As CloudFormation compares: the order of keys is of no importance.
  const changed = now.filter((id) => {
    const [was, is] = [before.Resources[id], after.Resources[id]];
    return was && !isDeepStrictEqual(was.Properties, is?.Properties);
  });
  return {
    made: typeOf(
      after,
      now.filter((id) => !before.Resources[id]),
    ).sort(),
    changed: typeOf(after, changed).sort(),
    deleted: typeOf(
      before,
      old.filter((id) => !after.Resources[id]),
    ).sort(),
  };
}

const ofAliases = ["AWS::Lambda::Alias", "AWS::Lambda::Permission", "AWS::Lambda::Version"];
const ofCodeDeploy = [
  "AWS::CloudWatch::Alarm",
  "AWS::CodeDeploy::Application",
  "AWS::CodeDeploy::DeploymentGroup",
  "AWS::IAM::Role",
];

// CloudFormation deletes only after everything that is made or changed. So an integration leads to something that exists,
// and may be called, before and after its change. No function, route or stage is touched.
test("switching the options on and off only changes what integrations lead to", () => {
  const expected = { changed: ["AWS::ApiGatewayV2::Integration"], deleted: [] };
  const filter = "AWS::Logs::MetricFilter";
  expect(steps(bare.api, canary.api)).toEqual({ ...expected, made: [...ofCodeDeploy, ...ofAliases, filter] });
  expect(steps(bare.accounts, canary.accounts)).toEqual({ ...expected, made: [...ofCodeDeploy, ...ofAliases] });
  expect(steps(canary.api, bare.api)).toMatchObject({ ...expected, deleted: [...ofCodeDeploy, ...ofAliases, filter] });
  // The number of instances is in the description.
  const changed = ["AWS::ApiGatewayV2::Integration", "AWS::Lambda::Function"];
  expect(steps(bare.api, ready.api)).toEqual({ made: ofAliases, changed, deleted: [] });
  expect(steps(ready.api, bare.api)).toEqual({ made: [], changed, deleted: ofAliases });
});

test("the API may call an alias before its integration leads there, and may call the function all the time", () => {
  for (const stack of gradual) {
    const { Resources } = canary[stack];
    for (const [id, { Type, Properties, DependsOn = [] }] of Object.entries(Resources)) {
      if (Type !== "AWS::ApiGatewayV2::Integration") continue;
      const alias = Properties.IntegrationUri.Ref as string;
      const permission = Resources[DependsOn[0] ?? ""]?.Properties;
      expect([id, permission?.Action, permission?.Principal, permission?.FunctionName.Ref]).toEqual([
        id,
        "lambda:InvokeFunction",
        "apigateway.amazonaws.com",
        alias,
      ]);
      const rest = plain(alias) === "UnmatchedLive" ? "/*/*" : "/*/*/*";
      expect(text(permission.SourceArn, canary.api)).toBe(
        `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<HttpApi>${rest}`,
      );
    }
    const permissions = Object.entries(bare[stack].Resources).filter(
      ([, { Type }]) => Type === "AWS::Lambda::Permission",
    );
    expect(permissions.length).toBeGreaterThan(20);
    for (const [id, permission] of permissions) expect(Resources[id]).toEqual(permission);
  }
});

test("with entranceInstances the API calls an alias of each entrance, whose version has that many instances", () => {
  const others = allButPages.filter((id) => !entrances.includes(id));
  expect(leadsTo(ready)).toEqual({ ...all(entrances, "Live"), ...all(others, "Function.Arn") });
  expect(idsOf(ready, "AWS::Lambda::Alias").sort()).toEqual(entrances.map((id) => `${id}Live`).sort());
  expect(JSON.stringify(ready.templates)).not.toContain("CodeDeploy");
  for (const synthesis of [ready, both]) {
    const versions = Object.entries(inBoth(synthesis, "AWS::Lambda::Version")).flatMap(([id, { Properties }]) =>
      Properties.ProvisionedConcurrencyConfig ? [[id.replace(/Function.*/, ""), Properties]] : [],
    );
    expect(versions.map(([id]) => id).sort()).toEqual([...entrances].sort());
    for (const [, { ProvisionedConcurrencyConfig }] of versions) {
      expect(ProvisionedConcurrencyConfig).toEqual({ ProvisionedConcurrentExecutions: 2 });
    }
    // Lambda refuses instances of an alias that leads to two versions, which it does during an update.
    for (const { Properties } of Object.values(inBoth(synthesis, "AWS::Lambda::Alias"))) {
      expect(Properties).not.toHaveProperty("ProvisionedConcurrencyConfig");
    }
  }
});

test("another number of instances makes another version, of a function that has changed, behind the same alias", () => {
  const three = synthesize({ rollout: "canary", entranceInstances: "3" });
  const versionOf = ({ api }: Synthesis, id: string) =>
    Object.keys(api.Resources).find((each) => each.startsWith(`${id}FunctionCurrentVersion`));
  for (const id of entrances) {
    expect(versionOf(three, id)).not.toBe(versionOf(both, id));
    const descriptions = [both, three].map(
      ({ api }) => resourcesOf(api, "AWS::Lambda::Function")[`${id}Function`]?.Properties.Description,
    );
    expect(descriptions[0]).toMatch(/ \(always ready: 2\)$/);
    expect(descriptions[1]).toMatch(/ \(always ready: 3\)$/);
    // Lambda's limit of a description.
    expect(descriptions[0].length).toBeLessThanOrEqual(250);
  }
  // An old version is deleted when the update has succeeded, so that code does not pile up.
  for (const { DeletionPolicy } of Object.values(inBoth(both, "AWS::Lambda::Version")))
    expect(DeletionPolicy).not.toBe("Retain");
  expect(versionOf(both, "PracticeGet")).toBe(versionOf(three, "PracticeGet"));
  expect(idsOf(three, "AWS::Lambda::Alias")).toEqual(idsOf(both, "AWS::Lambda::Alias"));
});

test("no logical id of a function, a role or a route changes under any of the options", () => {
  const kept = [
    "AWS::Lambda::Function",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Integration",
    "AWS::IAM::Role",
  ];
  for (const synthesis of [canary, ready, both]) {
    for (const [name, { Resources }] of Object.entries(bare.templates)) {
      for (const [id, { Type }] of Object.entries(Resources)) {
        if (kept.includes(Type)) expect([id, synthesis.templates[name]?.Resources[id]?.Type]).toEqual([id, Type]);
      }
    }
  }
});

test("docs/cost.md says what instances cost that are always ready", () => {
  const sizes = Object.values(inBoth(ready, "AWS::Lambda::Version")).map(({ Properties }) => {
    const { Resources } = ready.api;
    return Number(Resources[Properties.FunctionName.Ref]?.Properties.MemorySize);
  });
  const gib = sizes.reduce((sum, each) => sum + each, 0) / 1024;
  const dollars = gib * 0.0000033334 * 30 * 86_400;
  const cost = readFileSync("docs/cost.md", "utf8").replaceAll("\n", " ");
  expect(cost).toContain(
    `each of the ${sizes.length} entrances has ${gib.toFixed(1)} GiB together, which costs $${dollars.toFixed(0)} in a month`,
  );
  expect(cost).toContain(`two cost $${(2 * dollars).toFixed(0)}`);
});
