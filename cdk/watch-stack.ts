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
import type { AccountsStack } from "./accounts-stack.ts";
import type { ApiStack } from "./api-stack.ts";
import type { DataStack } from "./data-stack.ts";
import type { Config } from "./deploy-options.ts";
import type { ImagesStack } from "./images-stack.ts";
import type { MessagesStack } from "./messages-stack.ts";
import { acceptFindings } from "./nag.ts";
import type { OperationFunction } from "./operation-function.ts";

/** The stacks that are monitored. */
export interface WatchStackProps {
  readonly config: Config;
  readonly data: DataStack;
  readonly api: ApiStack;
  readonly accounts: AccountsStack;
  readonly messages: MessagesStack;
  readonly images: ImagesStack;
}

const families = ["practices", "therapists", "accounts"] as const satisfies readonly Family[];
/** A part of the route that every operation of the family has, and no operation of another family. */
const partOfRoutes = { practices: "/io/", therapists: "/therapist/", accounts: "/{org}/" } as const;
/** The requests that functions send to the table. */
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

/** A dashboard for each family, alarms, and the topic that alarms are sent to. */
export class WatchStack extends Stack {
  readonly #namespace: string;
  readonly #topic: Topic;

  constructor(scope: Construct, id: string, { config, data, api, accounts, messages, images }: WatchStackProps) {
    super(scope, id, { description: "Frontdesk: dashboards and alarms." });
    this.#namespace = config.name;
    this.#topic = this.alarmTopic(config);

    this.addApiAlarms(api);
    this.addTableAlarms(data);
    this.addMessageAlarms(messages);
    this.addImageAlarms(images);
    const functions = [...api.functions, ...accounts.functions];
    for (const family of families) {
      const ours = functions.filter(({ row }) => row.family === family);
      if (ours.length > 0) this.dashboard(family, ours, api);
    }
    new CfnOutput(this, "AlarmTopicArn", { value: this.#topic.topicArn, description: "The topic of all alarms" });
  }

  private addApiAlarms({ api, accessLog }: ApiStack): void {
    this.alarm(
      "ServerErrors",
      api.metricServerError({ statistic: Stats.SUM, period }),
      5,
      "Answers with status 5xx: a bug, or a record that is busy.",
    );
    this.alarm("ThrottledRequests", this.throttledByApi(accessLog), 10, "API Gateway answered requests with 429.");
    this.alarm(
      "ThrottledFunctions",
      throttledFunctions,
      1,
      "A function of this account, in this region, was throttled: the concurrency limit is reached.",
    );
  }

  private addTableAlarms(data: DataStack): void {
    this.alarm("TableErrors", ofTable(data, "SystemErrors"), 5, "DynamoDB failed to answer.");
    this.alarm(
      "TableThrottles",
      ofTable(data, "ThrottledRequests"),
      5,
      "DynamoDB refused requests: a partition is too busy.",
    );
  }

  private addMessageAlarms({ deadLetters, worker }: MessagesStack): void {
    this.alarm(
      "DeadLetters",
      deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period }),
      1,
      "Messages were not sent and will not be tried again.",
    );
    this.alarm("SendFailures", this.errorLines("SendFailures", worker.log), 1, "SES or SNS did not accept a message.");
    this.alarm(
      "WorkerErrors",
      worker.function.metricErrors({ statistic: Stats.SUM, period }),
      1,
      "The worker that sends messages failed.",
    );
    this.alarm(
      "LateMessages",
      worker.function.metric("IteratorAge", { statistic: Stats.MAXIMUM, period }),
      Duration.minutes(2).toMilliseconds(),
      "Messages wait longer than two minutes to be sent.",
    );
  }

  private addImageAlarms({ deadLetters, maker, deleter }: ImagesStack): void {
    this.alarm(
      "PictureDeadLetters",
      deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period }),
      1,
      "Uploads did not become pictures, or files were not deleted, and this will not be tried again.",
    );
    this.alarm(
      "PictureErrors",
      maker.function.metricErrors({ statistic: Stats.SUM, period }),
      1,
      "The worker that makes pictures failed.",
    );
    this.alarm("DeletionFailures", this.errorLines("DeletionFailures", deleter.log), 1, "S3 did not delete files.");
    this.alarm(
      "DeletionErrors",
      deleter.function.metricErrors({ statistic: Stats.SUM, period }),
      1,
      "The worker that deletes files failed.",
    );
    this.alarm(
      "LateDeletions",
      deleter.function.metric("IteratorAge", { statistic: Stats.MAXIMUM, period }),
      Duration.hours(1).toMilliseconds(),
      "Files wait longer than an hour to be deleted.",
    );
  }

  private alarmTopic({ alarmEmail }: Config): Topic {
    const topic = new Topic(this, "Alarms", { enforceSSL: true });
    // SNS's default policy lets the account publish. The policy that requires TLS replaces it, so CloudWatch needs its own.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
      }),
    );
    if (alarmEmail) topic.addSubscription(new EmailSubscription(alarmEmail));
    acceptFindings(topic, {
      "HIPAA.Security-SNSEncryptedKMS":
        "It carries the state of alarms: names and values of metrics, with no personal data. CloudWatch cannot publish to a topic that is encrypted with the AWS managed key.",
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
      // Without data nothing went wrong.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.#topic));
    alarm.addOkAction(new SnsAction(this.#topic));
  }

  /** Requests that API Gateway answered with 429 without calling a function. */
  private throttledByApi(logGroup: LogGroup): Metric {
    const filterPattern = FilterPattern.all(
      FilterPattern.stringValue("$.status", "=", "429"),
      FilterPattern.stringValue("$.integrationStatus", "=", "-"),
    );
    return this.counted("ThrottledRequestsCount", "ThrottledRequests", logGroup, filterPattern);
  }

  /** A worker's log lines of level ERROR. Each is one message or file that it failed with. */
  private errorLines(metricName: string, logGroup: LogGroup): Metric {
    return this.counted(`${metricName}Count`, metricName, logGroup, FilterPattern.stringValue("$.level", "=", "ERROR"));
  }

  /** A metric that counts the matching lines of a log group. */
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

  private dashboard(
    family: (typeof families)[number],
    ours: readonly OperationFunction[],
    { api, accessLog }: ApiStack,
  ): void {
    const ofEach = (metricName: string, statistic: string) =>
      ours.map(({ function: each, row: { id } }) => each.metric(metricName, { statistic, period, label: id }));
    const ofAnswers = (title: string, filter: string, ...queryLines: string[]) =>
      logTable(
        title,
        ours.map(({ log }) => log),
        `filter message = "answered"${filter}`,
        ...queryLines,
      );
    const counted = (by: string) => [`stats count(*) as answers by ${by}`, "sort answers desc"];
    new Dashboard(this, `${family}Dashboard`, {
      // With the region, because an account's dashboards share one namespace over all regions.
      dashboardName: `${this.#namespace}-${family}-${Aws.REGION}`,
      defaultInterval: Duration.hours(3),
      widgets: [
        [
          new TextWidget({
            markdown: `# ${family}\nEach line is named after the function's operation.`,
            width: 24,
            height: 2,
          }),
        ],
        [
          // One line in this graph and in two below: a line for each function would exceed the 50 metrics of a free dashboard.
          graph("Requests, all families", [api.metricCount({ statistic: Stats.SUM, period })]),
          graph("Latency, 99th percentile (ms)", ofEach("Duration", "p99")),
        ],
        [
          ofAnswers("Refusals and failures by code", ' and code != "ok"', ...counted("code, operation")),
          ofAnswers("Answers by status", "", ...counted("status, operation")),
        ],
        [
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
          logTable(
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

/**
 * A metric summed over all requests to the table. A missing value counts as 0: DynamoDB reports nothing when nothing
 * happens, and an alarm without values would keep its old state.
 */
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

const logTable = (title: string, logs: readonly LogGroup[], ...queryLines: string[]): IWidget =>
  new LogQueryWidget({
    title,
    view: LogQueryVisualizationType.TABLE,
    logGroupNames: logs.map(({ logGroupName }) => logGroupName),
    queryLines: [...queryLines, "limit 100"],
    width: 12,
    height: 8,
  });
