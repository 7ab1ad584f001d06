import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { restNotErased } from "../../lib/accounts/erasure/filter.ts";
import { filesNotDeleted } from "../../lib/accounts/image/files-to-delete.ts";
import { logger } from "../../lib/api/log.ts";
import { textSent } from "../../lib/messages/filter.ts";
import { type Operation, operations } from "../../lib/operations.ts";
import { openPortal } from "../kit/portal.ts";
import { call, inHeaders, makeUser, send } from "../kit/system.ts";
import { resourcesOf, synthesize, text } from "./synthesis.ts";

const { data, api, accounts, messages, images, cleanUp, watch } = synthesize({ alarmEmail: "desk@clinic.org" });
const others = [data, api, accounts, messages, images, cleanUp];
const alarms = resourcesOf(watch, "AWS::CloudWatch::Alarm");

test("the alarms are these, and all of them notify the topic", () => {
  expect(Object.keys(alarms).sort()).toEqual([
    "CleanUpDeadLetters",
    "CleanUpErrors",
    "CleanUpStopped",
    "DeadLetters",
    "DeletionFailures",
    "ErasureFailures",
    "LateCleanUp",
    "LateMessages",
    "LockOuts",
    "MessagesStopped",
    "PictureDeadLetters",
    "PictureErrors",
    "SendFailures",
    "ServerErrors",
    "TableErrors",
    "TableThrottles",
    "TextMessages",
    "ThrottledFunctions",
    "ThrottledRequests",
    "UnverifiedFailures",
    "WorkerErrors",
    "WrongSecrets",
    "WrongSignIns",
  ]);
  for (const [id, { Properties }] of Object.entries(alarms)) {
    expect(Properties.AlarmActions.map((each: unknown) => text(each))).toEqual(["<Alarms>"]);
    expect(Properties.OKActions.map((each: unknown) => text(each))).toEqual(["<Alarms>"]);
    expect(Properties.TreatMissingData).toBe(id.endsWith("Stopped") ? "breaching" : "notBreaching");
    expect(Properties.AlarmDescription).toMatch(/\. Runbook: \w+\.$/);
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
  expect(dimensions("CleanUpErrors")).toEqual({ FunctionName: "<CleanUpFunction>" });
  expect(dimensions("LateCleanUp")).toEqual({ FunctionName: "<CleanUpFunction>" });
  expect(dimensions("CleanUpDeadLetters")).toEqual({ QueueName: "<DeadLetters.QueueName>" });
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

// Regression: a mapping that was disabled raised no alarm, because IteratorAge has no values then.
test.each([
  ["MessagesStopped", messages],
  ["CleanUpStopped", cleanUp],
])(
  "%s rings when Lambda has not read the stream for ten minutes, and not while it finds nothing there",
  (id, stack) => {
    const { Properties } = alarms[id] ?? {};
    // Each read counts, also one that finds no record: a stream without records has values, a stopped mapping has none.
    expect(Properties).toMatchObject({
      Namespace: "AWS/Lambda",
      MetricName: "PolledEventCount",
      Statistic: "SampleCount",
      ComparisonOperator: "LessThanThreshold",
      Threshold: 1,
      Period: 300,
      EvaluationPeriods: 2,
      TreatMissingData: "breaching",
    });
    const [{ Name, Value }, ...more] = Properties.Dimensions;
    expect([Name, text(Value, stack), more]).toEqual(["EventSourceMappingUUID", "<Stream>", []]);
    // Lambda reports this metric only where it is asked to.
    const [mapping] = Object.values(resourcesOf(stack, "AWS::Lambda::EventSourceMapping"));
    expect(mapping?.Properties.MetricsConfig).toEqual({ Metrics: ["EventCount"] });
  },
);

// Regression: DynamoDB's metrics have gaps, and an alarm without values keeps its state, so it never returned to OK.
test.each(["TableErrors", "TableThrottles"])("%s counts a missing value as 0", (id) => {
  const metrics = alarms[id]?.Properties.Metrics as { Id: string; Expression?: string }[];
  const [sum, ...more] = metrics.flatMap(({ Expression }) => Expression ?? []);
  expect(more).toEqual([]);
  const ids = metrics.filter(({ Expression }) => !Expression).map((metric) => metric.Id);
  expect(ids).toHaveLength(5);
  expect(sum?.split(" + ").toSorted()).toEqual(ids.map((each) => `FILL(${each}, 0)`).toSorted());
});

const wrongSignIn = '{ ($.notable.wrongSignIn IS TRUE) || ($.code = "kInvalidCredentials") }';
const lockedOut = "{ $.notable.lockedOut IS TRUE }";
const wrongSecret = "{ $.notable.wrongSecret IS TRUE }";
const sent = '{ $.message = "text message sent" }';

test("each metric that is counted from logs has its log group and its filter", () => {
  const filters = resourcesOf(watch, "AWS::Logs::MetricFilter");
  const shown = Object.values(filters).map(({ Properties }) => [
    text(Properties.LogGroupName, ...others),
    Properties.FilterPattern,
    Properties.MetricTransformations[0].MetricName,
  ]);
  expect(shown).toEqual([
    ["<GatewayLog>", '{ ($.status = "429") && ($.integrationStatus = "-") }', "ThrottledRequests"],
    ["<AccessLog>", wrongSignIn, "WrongSignIns"],
    ["<AccessLog>", lockedOut, "LockOuts"],
    ["<AccessLog>", wrongSecret, "WrongSecrets"],
    ["<SendMessagesLog>", sent, "TextMessages"],
    ["<SendMessagesLog>", '{ $.level = "ERROR" }', "SendFailures"],
    ["<CleanUpLog>", `{ $.message = "${filesNotDeleted}" }`, "DeletionFailures"],
    ["<CleanUpLog>", `{ $.message = "${restNotErased}" }`, "ErasureFailures"],
    ["<EraseOverdueLog>", '{ $.level = "ERROR" }', "UnverifiedFailures"],
  ]);
});

/** Whether a line matches a filter pattern: alternatives of comparisons with a text, and of values that are true. */
const matches = (pattern: string, line: unknown) =>
  pattern
    .replace(/^\{ (.*) \}$/, "$1")
    .split(" || ")
    .some((term) => {
      const [, path = "", text] = /^\(?\$\.([\w.]+) (?:= "([^"]*)"|IS TRUE)\)?$/.exec(term) ?? [];
      if (path === "") throw new Error(`cannot read ${term}`);
      const value = path.split(".").reduce<unknown>((part, name) => (part as Record<string, unknown>)?.[name], line);
      return value === (text ?? true);
    });

test("the filters count wrong sign-ins, lock-outs and wrong secrets in lines that calls really write", async () => {
  const logged = vi.spyOn(logger, "info");
  const portal = await openPortal();
  const { practice } = portal;
  const auth = { loginId: "watched", loginPassword: "Stethoscope1" };
  await makeUser(practice, { userId: "watched", ...auth });
  const { email, password } = await portal.signedIn();
  const wrong = { ...practice, applicationPassword: "a-wrong-secret" };
  const login = (word: string) => portal.visitor().post("accounts/login", { email, password: word });
  const countsOf = async (work: () => Promise<unknown>) => {
    logged.mockClear();
    await work();
    const lines = logged.mock.calls.map(([message, line]) => JSON.parse(JSON.stringify({ message, ...Object(line) })));
    return [wrongSignIn, lockedOut, wrongSecret].map(
      (pattern) => lines.filter((line) => matches(pattern, line)).length,
    );
  };
  expect(await countsOf(() => call("PingWithAuth", { auth }))).toEqual([0, 0, 0]);
  expect(await countsOf(() => call("PingWithAuth", { auth: practice }))).toEqual([0, 0, 0]);
  expect(await countsOf(() => call("PracticeGet", { auth: wrong }))).toEqual([0, 0, 1]);
  const therapist = () => send("GET", "/therapist/organizations/", { headers: inHeaders(wrong) ?? {} });
  expect(await countsOf(therapist)).toEqual([0, 0, 1]);
  const atPortal = () => portal.administrator.get("accounts", { headers: inHeaders(wrong) ?? {} });
  expect(await countsOf(atPortal)).toEqual([0, 0, 1]);
  expect(await countsOf(() => login(password))).toEqual([0, 0, 0]);
  const individual = () => call("PingWithAuth", { auth: { ...auth, loginPassword: "wrong" } });
  for (let guess = 1; guess <= 5; guess++) {
    expect(await countsOf(individual)).toEqual([1, guess === 5 ? 1 : 0, 0]);
    expect(await countsOf(() => login("wrong"))).toEqual([1, guess === 5 ? 1 : 0, 0]);
  }
});

test("the filter counts the line that the worker writes for a text message", () => {
  expect(matches(sent, { message: textSent })).toBe(true);
  expect(matches(sent, { message: "message refused" })).toBe(false);
});

test("the thresholds of alarms are the deployer's", () => {
  const options = { alarmWrongSignIns: "1", alarmLockOuts: "2", alarmWrongSecrets: "3", alarmTextMessages: "4" };
  const chosen = resourcesOf(synthesize(options, operations.slice(0, 1)).watch, "AWS::CloudWatch::Alarm");
  const thresholds = (of: typeof alarms) =>
    ["WrongSignIns", "LockOuts", "WrongSecrets", "TextMessages"].map((id) => of[id]?.Properties.Threshold);
  expect(thresholds(alarms)).toEqual([50, 5, 10, 100]);
  expect(thresholds(chosen)).toEqual([1, 2, 3, 4]);
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
      for (const path of paths) {
        const isShown = its === family || (family === "accounts" && path === "/{org}/{page+}");
        expect(path.includes(part), path).toBe(isShown);
      }
    }
    expect(widgets.flatMap(({ properties: { query } }) => query?.match(/SOURCE '<\w+>'/g) ?? [])).toEqual([
      "SOURCE '<AccessLog>'",
      "SOURCE '<AccessLog>'",
      "SOURCE '<AccessLog>'",
      "SOURCE '<GatewayLog>'",
    ]);
    for (const { id, family: its } of operations as readonly Operation[]) {
      expect(body.includes(`"label":"${id}"`)).toBe(its === family);
      const queries = widgets.filter(({ properties: { query } }) => query?.includes(`"${id}"`));
      expect(queries).toHaveLength(its === family ? 3 : 0);
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
  const queries = widgets.flatMap(({ properties: { query } }) => query?.replace(/^SOURCE \S+ \| /, "") ?? []);
  const ours = `operation in ${JSON.stringify(operations.flatMap(({ id, family }) => (family === "practices" ? [id] : [])))}`;
  expect(queries).toEqual([
    `filter message = "answered" and ${ours} and code != "ok"\n| stats count(*) as answers by code, operation\n| sort answers desc\n| limit 100`,
    `filter message = "answered" and ${ours}\n| stats count(*) as answers by status, operation\n| sort answers desc\n| limit 100`,
    `filter message = "answered" and ${ours}\n| stats avg(roundTrips) as average, max(roundTrips) as most by operation\n| sort average desc\n| limit 100`,
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
