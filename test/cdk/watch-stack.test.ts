import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { logger } from "../../lib/api/log.ts";
import { type Operation, operations } from "../../lib/operations.ts";
import { call } from "../kit/system.ts";
import { resourcesOf, synthesize, text } from "./synthesis.ts";

const { data, api, accounts, messages, images, watch } = synthesize({ alarmEmail: "desk@clinic.org" });
const others = [data, api, accounts, messages, images];
const alarms = resourcesOf(watch, "AWS::CloudWatch::Alarm");

test("the alarms are these, and all of them notify the topic", () => {
  expect(Object.keys(alarms).sort()).toEqual([
    "DeadLetters",
    "DeletionErrors",
    "DeletionFailures",
    "LateDeletions",
    "LateMessages",
    "PictureDeadLetters",
    "PictureErrors",
    "SendFailures",
    "ServerErrors",
    "TableErrors",
    "TableThrottles",
    "ThrottledFunctions",
    "ThrottledRequests",
    "WorkerErrors",
  ]);
  for (const { Properties } of Object.values(alarms)) {
    expect(Properties.AlarmActions.map((each: unknown) => text(each))).toEqual(["<Alarms>"]);
    expect(Properties.OKActions.map((each: unknown) => text(each))).toEqual(["<Alarms>"]);
    expect(Properties.TreatMissingData).toBe("notBreaching");
    expect(Properties.AlarmDescription).toMatch(/\.$/);
  }
});

test("alarms look at this Frontdesk's API, queue, worker and table", () => {
  const dimensions = (id: string) =>
    Object.fromEntries(
      (alarms[id]?.Properties.Dimensions ?? []).map(({ Name, Value }: { Name: string; Value: unknown }) => [
        Name,
        text(Value, ...others),
      ]),
    );
  expect(alarms.ServerErrors?.Properties).toMatchObject({ Namespace: "AWS/ApiGateway", MetricName: "5xx" });
  expect(dimensions("ServerErrors")).toEqual({ ApiId: "<HttpApi>" });
  expect(dimensions("DeadLetters")).toEqual({ QueueName: "<DeadLetters.QueueName>" });
  expect(dimensions("LateMessages")).toEqual({ FunctionName: "<SendMessagesFunction>" });
  expect(dimensions("WorkerErrors")).toEqual({ FunctionName: "<SendMessagesFunction>" });
  expect(dimensions("PictureErrors")).toEqual({ FunctionName: "<ProcessImageFunction>" });
  expect(dimensions("DeletionErrors")).toEqual({ FunctionName: "<DeleteFilesFunction>" });
  expect(dimensions("LateDeletions")).toEqual({ FunctionName: "<DeleteFilesFunction>" });
  expect(dimensions("PictureDeadLetters")).toEqual({ QueueName: "<DeadLetters.QueueName>" });
  const names = alarms.TableErrors?.Properties.Metrics.flatMap(
    ({
      MetricStat,
    }: {
      MetricStat?: { Metric: { MetricName: string; Dimensions: { Name: string; Value: unknown }[] } };
    }) =>
      MetricStat
        ? [MetricStat.Metric.MetricName, ...MetricStat.Metric.Dimensions.map(({ Value }) => text(Value, data))]
        : [],
  );
  expect(names).toContain("SystemErrors");
  expect(names).toContain("<Table>");
  expect(names).toContain("TransactWriteItems");
});

// Regression: DynamoDB's metrics have gaps, and an alarm without values keeps its state, so it never returned to OK.
test.each(["TableErrors", "TableThrottles"])("%s counts a missing value as 0", (id) => {
  const metrics = alarms[id]?.Properties.Metrics as { Id: string; Expression?: string }[];
  const [sum, ...more] = metrics.flatMap(({ Expression }) => Expression ?? []);
  expect(more).toEqual([]);
  const ids = metrics.filter(({ Expression }) => !Expression).map((metric) => metric.Id);
  expect(ids).toHaveLength(5);
  expect(sum?.split(" + ").toSorted()).toEqual(ids.map((each) => `FILL(${each}, 0)`).toSorted());
});

test("the log filters count lines that the code really writes", () => {
  const filters = resourcesOf(watch, "AWS::Logs::MetricFilter");
  const shown = Object.values(filters).map(({ Properties }) => [
    text(Properties.LogGroupName, ...others),
    Properties.FilterPattern,
    Properties.MetricTransformations[0].MetricName,
  ]);
  expect(shown).toEqual([
    ["<AccessLog>", '{ ($.status = "429") && ($.integrationStatus = "-") }', "ThrottledRequests"],
    ["<SendMessagesLog>", '{ $.level = "ERROR" }', "SendFailures"],
    ["<DeleteFilesLog>", '{ $.level = "ERROR" }', "DeletionFailures"],
  ]);
});

test("CloudWatch may publish over TLS, and the deployer's address is subscribed", () => {
  const [subscription] = Object.values(resourcesOf(watch, "AWS::SNS::Subscription"));
  expect(subscription?.Properties).toMatchObject({ Protocol: "email", Endpoint: "desk@clinic.org" });
  const [policy] = Object.values(resourcesOf(watch, "AWS::SNS::TopicPolicy"));
  expect(policy?.Properties.PolicyDocument.Statement).toEqual([
    expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
    expect.objectContaining({
      Effect: "Allow",
      Action: "sns:Publish",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
    }),
  ]);
});

test.each(["practices", "therapists", "accounts"])(
  "the dashboard of %s shows each function of the family",
  (family) => {
    const dashboard = resourcesOf(watch, "AWS::CloudWatch::Dashboard")[`${family}Dashboard`];
    expect(text(dashboard?.Properties.DashboardName)).toBe(`Frontdesk-${family}-<AWS::Region>`);
    const body = text(dashboard?.Properties.DashboardBody, ...others);
    const { widgets } = JSON.parse(body) as { widgets: { properties: { title?: string; query?: string } }[] };
    expect(widgets.flatMap(({ properties }) => properties.title ?? [])).toEqual([
      "Requests, all families",
      "Latency, 99th percentile (ms)",
      "Refusals and failures by code",
      "Answers by status",
      "Throttled functions, whole account",
      "Answers 5xx, all families",
      "Round trips to the table by operation",
      "Requests throttled by API Gateway, by route",
    ]);
    const [, part = ""] = /routeKey like "([^"]+)"/.exec(widgets.at(-1)?.properties.query ?? "") ?? [];
    for (const { paths, family: its } of operations as readonly Operation[]) {
      for (const path of paths) expect(path.includes(part), path).toBe(its === family);
    }
    expect(body).toContain("SOURCE '<AccessLog>'");
    for (const { id, family: its } of operations as readonly Operation[]) {
      expect(body.includes(`"label":"${id}"`)).toBe(its === family);
      expect(body.includes(`<${id}Log>`)).toBe(its === family);
    }
  },
);

test("every field that the dashboards' queries use is in the log line of a call", async () => {
  const logged = vi.spyOn(logger, "info");
  await call("Ping", {});
  const [[, line] = []] = logged.mock.calls;
  expect(logged.mock.calls).toEqual([["answered", line]]);
  const body = text(
    resourcesOf(watch, "AWS::CloudWatch::Dashboard").practicesDashboard?.Properties.DashboardBody,
    ...others,
  );
  const { widgets } = JSON.parse(body) as { widgets: { properties: { query?: string } }[] };
  const queries = widgets.flatMap(({ properties: { query } }) => query?.replace(/^(SOURCE \S+ \| )+/, "") ?? []);
  expect(queries).toEqual([
    'filter message = "answered" and code != "ok"\n| stats count(*) as answers by code, operation\n| sort answers desc\n| limit 100',
    'filter message = "answered"\n| stats count(*) as answers by status, operation\n| sort answers desc\n| limit 100',
    'filter message = "answered"\n| stats avg(roundTrips) as average, max(roundTrips) as most by operation\n| sort average desc\n| limit 100',
    'filter status = 429 and routeKey like "/io/"\n| stats count(*) as requests by routeKey\n| sort requests desc\n| limit 100',
  ]);
  for (const name of ["code", "operation", "status", "roundTrips"]) expect(line).toHaveProperty(name);
});

test("docs/cost.md states the number of alarm metrics, and no dashboard exceeds the free metrics", () => {
  const metrics = Object.values(alarms).flatMap(({ Properties: { Metrics = [{ MetricStat: true }] } }) =>
    Metrics.filter(({ MetricStat }: { MetricStat?: unknown }) => MetricStat),
  );
  expect(readFileSync("docs/cost.md", "utf8")).toContain(`alarms (on ${metrics.length} metrics; `);
  const dashboards = Object.values(resourcesOf(watch, "AWS::CloudWatch::Dashboard"));
  expect(dashboards).toHaveLength(3);
  for (const { Properties } of dashboards) {
    const { widgets } = JSON.parse(text(Properties.DashboardBody, ...others)) as {
      widgets: { properties: { metrics?: unknown[] } }[];
    };
    expect(widgets.flatMap(({ properties: { metrics = [] } }) => metrics).length).toBeLessThanOrEqual(50);
  }
});
