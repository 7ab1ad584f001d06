import { Aws, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  Metric,
  Stats,
  TextWidget,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Operation as TableOperation } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { FilterPattern, type LogGroup, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import type { Family } from "../lib/operations.ts";
import type { ApiStack } from "./api-stack.ts";
import type { DataStack } from "./data-stack.ts";
import type { Config } from "./deploy-options.ts";
import type { MessagesStack } from "./messages-stack.ts";
import { accept } from "./nag.ts";

/** What is watched. */
export interface WatchStackProps {
  readonly config: Config;
  readonly data: DataStack;
  readonly api: ApiStack;
  readonly messages: MessagesStack;
}

const families = ["practices", "therapists", "accounts"] as const satisfies readonly Family[];
/** What is in the route of every operation of a family, and of no other. */
const partOfRoutes = { practices: "/io/", therapists: "/therapist/", accounts: "/{org}/" } as const;
/** The requests that functions make of the table. */
const tableOperations = [
  TableOperation.BATCH_GET_ITEM,
  TableOperation.QUERY,
  TableOperation.TRANSACT_WRITE_ITEMS,
  TableOperation.UPDATE_ITEM,
  TableOperation.DELETE_ITEM,
];
const period = Duration.minutes(5);
const throttledFunctions = new Metric({
  namespace: "AWS/Lambda",
  metricName: "Throttles",
  statistic: Stats.SUM,
  period,
});

/** What an operator looks at and is woken by: a dashboard for each family, alarms, and the topic that they go to. */
export class WatchStack extends Stack {
  readonly #namespace: string;
  readonly #topic: Topic;

  constructor(scope: Construct, id: string, { config, data, api, messages }: WatchStackProps) {
    super(scope, id, { description: "Frontdesk: dashboards and alarms." });
    this.#namespace = config.name;
    this.#topic = this.alarmTopic(config);

    const sum = { statistic: Stats.SUM, period };
    this.alarm(
      "ServerErrors",
      api.api.metricServerError(sum),
      5,
      "Answers with status 5xx: a bug, or a table that is held.",
    );
    this.alarm("ThrottledRequests", this.throttledByApi(api.accessLog), 10, "Requests answered 429 by API Gateway.");
    this.alarm(
      "ThrottledFunctions",
      throttledFunctions,
      1,
      "Some function of this account, in this region, got no concurrency.",
    );
    this.alarm("TableErrors", ofTable(data, "SystemErrors"), 5, "DynamoDB failed to answer.");
    this.alarm(
      "TableThrottles",
      ofTable(data, "ThrottledRequests"),
      5,
      "DynamoDB refused requests: a partition is too busy.",
    );
    this.alarm(
      "DeadLetters",
      messages.deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period }),
      1,
      "Messages were not sent and are not tried again.",
    );
    this.alarm("SendFailures", this.sendFailures(messages.worker.log), 1, "SES or SNS did not take a message.");
    this.alarm("WorkerErrors", messages.worker.function.metricErrors(sum), 1, "The worker that sends messages failed.");
    this.alarm(
      "LateMessages",
      messages.worker.function.metric("IteratorAge", { statistic: Stats.MAXIMUM, period }),
      Duration.minutes(2).toMilliseconds(),
      "Messages wait to be sent for longer than two minutes.",
    );

    for (const family of families) this.dashboard(family, api);
    new CfnOutput(this, "AlarmTopicArn", { value: this.#topic.topicArn, description: "Where alarms go" });
  }

  private alarmTopic({ alarmEmail }: Config): Topic {
    const topic = new Topic(this, "Alarms", { enforceSSL: true });
    // A policy of one's own, such as the one that asks for TLS, takes the place of the one that lets the account publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
      }),
    );
    if (alarmEmail) topic.addSubscription(new EmailSubscription(alarmEmail));
    accept(topic, {
      "HIPAA.Security-SNSEncryptedKMS":
        "What goes through it is the state of alarms: names and numbers of metrics, of no person. CloudWatch could not publish under the key that AWS manages.",
    });
    return topic;
  }

  private alarm(id: string, metric: IMetric, threshold: number, alarmDescription: string): void {
    const alarm = new Alarm(this, id, {
      metric,
      threshold,
      alarmDescription,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Nothing happened, then.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.#topic));
    alarm.addOkAction(new SnsAction(this.#topic));
  }

  /** Of all answers 429, those that API Gateway gave without asking a function. */
  private throttledByApi(logGroup: LogGroup): Metric {
    const filterPattern = FilterPattern.all(
      FilterPattern.stringValue("$.status", "=", "429"),
      FilterPattern.stringValue("$.integrationStatus", "=", "-"),
    );
    return this.counted("ThrottledRequestsCount", "ThrottledRequests", logGroup, filterPattern);
  }

  /** Every error that the worker logs is a message not sent, or not marked as sent. */
  private sendFailures(logGroup: LogGroup): Metric {
    return this.counted(
      "SendFailuresCount",
      "SendFailures",
      logGroup,
      FilterPattern.stringValue("$.level", "=", "ERROR"),
    );
  }

  private counted(
    id: string,
    metricName: string,
    logGroup: LogGroup,
    filterPattern: ReturnType<typeof FilterPattern.all>,
  ) {
    const metricNamespace = this.#namespace;
    return new MetricFilter(this, id, { logGroup, filterPattern, metricNamespace, metricName }).metric({
      statistic: Stats.SUM,
      period,
    });
  }

  private dashboard(family: (typeof families)[number], { functions, api, accessLog }: ApiStack): void {
    const ours = functions.filter(({ row }) => row.family === family);
    if (ours.length === 0) return;
    const ofEach = (metricName: string, statistic: string) =>
      ours.map(({ function: each, row: { id } }) => each.metric(metricName, { statistic, period, label: id }));
    const ofLogs = (title: string, logs: readonly LogGroup[], ...queryLines: string[]) =>
      new LogQueryWidget({
        title,
        view: LogQueryVisualizationType.TABLE,
        logGroupNames: logs.map(({ logGroupName }) => logGroupName),
        queryLines: [...queryLines, "limit 100"],
        width: 12,
        height: 8,
      });
    const ofAnswers = (title: string, filter: string, ...queryLines: string[]) =>
      ofLogs(
        title,
        ours.map(({ log }) => log),
        `filter message = "answered"${filter}`,
        ...queryLines,
      );
    const counted = (by: string) => [`stats count(*) as answers by ${by}`, "sort answers desc"];
    new Dashboard(this, `${family}Dashboard`, {
      // Dashboards of all regions of an account share their names.
      dashboardName: `${this.#namespace}-${family}-${Aws.REGION}`,
      defaultInterval: Duration.hours(3),
      widgets: [
        [
          new TextWidget({
            markdown: `# ${family}\nEach function's line has its operation's name.`,
            width: 24,
            height: 2,
          }),
        ],
        [
          graph("Requests", ofEach("Invocations", Stats.SUM)),
          graph("Latency, 99th percentile (ms)", ofEach("Duration", "p99")),
        ],
        [
          ofAnswers("Refusals and failures by code", ' and code != "ok"', ...counted("code, operation")),
          ofAnswers("Answers by status", "", ...counted("status, operation")),
        ],
        [
          // One line each: a line for each function would be metrics too many for a dashboard that is free.
          graph("Throttled functions, whole account", [throttledFunctions]),
          graph("Answers 5xx, all families", [api.metricServerError({ statistic: Stats.SUM, period })]),
        ],
        [
          ofAnswers(
            "Round trips to the table by operation",
            "",
            "stats avg(roundTrips) as average, max(roundTrips) as most by operation",
            "sort average desc",
          ),
          ofLogs(
            "Requests throttled by API Gateway, by route",
            [accessLog],
            `filter status = 429 and routeKey like "${partOfRoutes[family]}"`,
            "stats count(*) as requests by routeKey",
            "sort requests desc",
          ),
        ],
      ],
    });
  }
}

/** A metric of all requests to the table. Where DynamoDB says nothing nothing happened; an alarm would stay as it was. */
const ofTable = ({ table }: DataStack, metricName: string): MathExpression => {
  const metricOf = (Operation: string) =>
    new Metric({
      namespace: "AWS/DynamoDB",
      metricName,
      dimensionsMap: { TableName: table.tableName, Operation },
      statistic: Stats.SUM,
      period,
    });
  const metrics = Object.fromEntries(tableOperations.map((each) => [each.toLowerCase(), metricOf(each)]));
  const sum = Object.keys(metrics).map((name) => `FILL(${name}, 0)`);
  return new MathExpression({ expression: sum.join(" + "), usingMetrics: metrics, label: metricName, period });
};

const graph = (title: string, left: IMetric[]): IWidget => new GraphWidget({ title, left, width: 12, height: 8 });
