import { Aws, CfnOutput, Duration } from "aws-cdk-lib";
import {
  Alarm,
  type AlarmProps,
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
import { Rule } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { FilterPattern, type IFilterPattern, type LogGroup, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import { restNotErased } from "../lib/accounts/erasure/filter.ts";
import { filesNotDeleted } from "../lib/accounts/image/files-to-delete.ts";
import type { Notable } from "../lib/audit/access-note.ts";
import { textSent } from "../lib/messages/filter.ts";
import type { Family } from "../lib/operations.ts";
import type { AccountsStack } from "./accounts-stack.ts";
import type { ApiStack } from "./api-stack.ts";
import type { CleanUpStack } from "./clean-up-stack.ts";
import type { DataStack } from "./data-stack.ts";
import type { Config } from "./deploy-options.ts";
import { FrontdeskStack } from "./frontdesk-stack.ts";
import type { ImagesStack } from "./images-stack.ts";
import type { MessagesStack } from "./messages-stack.ts";
import { acceptFindings } from "./nag.ts";
import type { OperationFunction } from "./operation-function.ts";
import type { Worker } from "./worker.ts";

/** The stacks that are monitored. */
export interface WatchStackProps {
  readonly config: Config;
  readonly data: DataStack;
  readonly api: ApiStack;
  readonly accounts: AccountsStack;
  readonly messages: MessagesStack;
  readonly images: ImagesStack;
  readonly cleanUp: CleanUpStack;
}

const families = ["practices", "therapists", "accounts"] as const satisfies readonly Family[];
/**
 * A part of the route that every operation of the family has, and no operation of another family. Pages of portals are
 * counted with accounts.
 */
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
export class WatchStack extends FrontdeskStack {
  readonly #namespace: string;
  readonly #topic: Topic;

  constructor(scope: Construct, id: string, props: WatchStackProps) {
    super(scope, id, props.config, { description: "Frontdesk: dashboards and alarms." });
    const { config, data, api, accounts, messages, images, cleanUp } = props;
    this.#namespace = config.name;
    this.#topic = this.alarmTopic(config);

    this.addApiAlarms(api);
    this.addTableAlarms(data);
    this.addAttackAlarms(data, config);
    this.addMessageAlarms(messages, config);
    this.addImageAlarms(images);
    this.addCleanUpAlarms(cleanUp);
    if (config.backupVaultArn !== undefined) this.addBackupNotice(data);
    const functions = [...api.functions, ...accounts.functions];
    for (const family of families) {
      const ours = functions.filter(({ row }) => row.family === family);
      if (ours.length > 0) this.dashboard(family, ours, api, data);
    }
    new CfnOutput(this, "AlarmTopicArn", { value: this.#topic.topicArn, description: "The topic of all alarms" });
  }

  private addApiAlarms({ api, gatewayLog }: ApiStack): void {
    this.alarm(
      "ServerErrors",
      api.metricServerError({ statistic: Stats.SUM, period }),
      5,
      "Answers with status 5xx: a bug, or a record that is busy.",
    );
    this.alarm("ThrottledRequests", this.throttledByApi(gatewayLog), 10, "API Gateway answered requests with 429.");
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

  /** What the access log says about attacks: `lib/audit/access-note.ts` has the marks. */
  private addAttackAlarms({ accessLog }: DataStack, config: Config): void {
    const { any, booleanValue, stringValue } = FilterPattern;
    const marked = (mark: Notable) => booleanValue(`$.notable.${mark}`, true);
    this.alarm(
      "WrongSignIns",
      this.counted(
        "WrongSignInsCount",
        "WrongSignIns",
        accessLog,
        any(marked("wrongSignIn"), stringValue("$.code", "=", "kInvalidCredentials")),
      ),
      config.alarmWrongSignIns,
      "Many sign-ins were refused: somebody may be trying passwords.",
    );
    this.alarm(
      "LockOuts",
      this.counted("LockOutsCount", "LockOuts", accessLog, marked("lockedOut")),
      config.alarmLockOuts,
      "Wrong guesses have locked several accounts or logins.",
    );
    this.alarm(
      "WrongSecrets",
      this.counted("WrongSecretsCount", "WrongSecrets", accessLog, marked("wrongSecret")),
      config.alarmWrongSecrets,
      "An existing application called with a wrong secret: an attack, or an integration that missed a rotation.",
    );
  }

  private addMessageAlarms({ deadLetters, worker }: MessagesStack, config: Config): void {
    this.alarm(
      "TextMessages",
      this.counted(
        "TextMessagesCount",
        "TextMessages",
        worker.log,
        FilterPattern.stringValue("$.message", "=", textSent),
      ),
      config.alarmTextMessages,
      "Many text messages were sent, and each costs money: somebody may be asking for codes.",
    );
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
    this.alarm(
      "MessagesStopped",
      polls(worker),
      1,
      "Nobody has looked for queued messages in the table's stream for ten minutes: no mail and no text message is sent.",
      noPolls,
    );
  }

  private addImageAlarms({ deadLetters, worker }: ImagesStack): void {
    this.alarm(
      "PictureDeadLetters",
      deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period }),
      1,
      "Uploads did not become pictures, and this will not be tried again.",
    );
    this.alarm(
      "PictureErrors",
      worker.function.metricErrors({ statistic: Stats.SUM, period }),
      1,
      "The worker that makes pictures failed.",
    );
  }

  private addCleanUpAlarms({ deadLetters, cleaner, sweeper }: CleanUpStack): void {
    const lines = (name: string, message: string) =>
      this.counted(`${name}Count`, name, cleaner.log, FilterPattern.stringValue("$.message", "=", message));
    this.alarm(
      "CleanUpDeadLetters",
      deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period }),
      1,
      "Files were not deleted, the rest of an account or a practice was not erased, or a scheduled run failed, and this will not be tried again.",
    );
    this.alarm(
      "CleanUpErrors",
      cleaner.function.metricErrors({ statistic: Stats.SUM, period }),
      1,
      "The worker that deletes files, and erases the rest of accounts and practices, failed.",
    );
    this.alarm("DeletionFailures", lines("DeletionFailures", filesNotDeleted), 1, "S3 did not delete files.");
    this.alarm(
      "ErasureFailures",
      lines("ErasureFailures", restNotErased),
      10,
      "The rest of an account or a practice could not be erased for a while.",
    );
    this.alarm(
      "LateCleanUp",
      cleaner.function.metric("IteratorAge", { statistic: Stats.MAXIMUM, period }),
      Duration.hours(1).toMilliseconds(),
      "Files, or erased accounts or practices, wait longer than an hour for their deletion.",
    );
    this.alarm(
      "CleanUpStopped",
      polls(cleaner),
      1,
      "Nobody has looked for erasures in the table's stream for ten minutes: what belonged to erased accounts and practices stays.",
      noPolls,
    );
    this.alarm(
      "UnverifiedFailures",
      this.errorLines("UnverifiedFailures", sweeper.log),
      1,
      "An unverified account, or the rest of a practice, could not be erased.",
    );
  }

  /** Backups have no metric of one table, so AWS Backup's own event goes to the topic. */
  private addBackupNotice({ table }: DataStack): void {
    new Rule(this, "BackupFailed", {
      description: "A backup of the table, or its copy in the other account, was not made. Runbook: BackupFailed.",
      eventPattern: {
        source: ["aws.backup"],
        detailType: ["Backup Job State Change", "Copy Job State Change"],
        detail: { state: ["FAILED", "ABORTED", "EXPIRED"], resourceArn: [table.tableArn] },
      },
      targets: [new SnsTopic(this.#topic)],
    });
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

  /** @param differently for an alarm that does not simply ring from the threshold on */
  private alarm(
    id: string,
    metric: IMetric,
    threshold: number,
    description: string,
    differently: Partial<AlarmProps> = {},
  ): void {
    const alarm = new Alarm(this, id, {
      metric,
      threshold,
      // The section of docs/runbook.md has the alarm's name.
      alarmDescription: `${description} Runbook: ${id}.`,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Without data nothing went wrong.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...differently,
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
  private counted(id: string, metricName: string, logGroup: LogGroup, filterPattern: IFilterPattern) {
    const metricNamespace = this.#namespace;
    return new MetricFilter(this, id, { logGroup, filterPattern, metricNamespace, metricName }).metric({
      statistic: Stats.SUM,
      period,
    });
  }

  private dashboard(
    family: (typeof families)[number],
    ours: readonly OperationFunction[],
    { api, gatewayLog }: ApiStack,
    { accessLog }: DataStack,
  ): void {
    const ofEach = (metricName: string, statistic: string) =>
      ours.map(({ function: each, row: { id } }) => each.metric(metricName, { statistic, period, label: id }));
    const ofAnswers = (title: string, filter: string, ...queryLines: string[]) =>
      logTable(
        title,
        accessLog,
        `filter message = "answered" and operation in ${JSON.stringify(ours.map(({ row }) => row.id))}${filter}`,
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
            gatewayLog,
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

/**
 * How often Lambda has read the table's stream for a worker. It reports each read, also one that finds nothing, so there are
 * values in a quiet night too. A mapping that is disabled, or cannot read the stream, reports nothing.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
const polls = ({ stream }: Worker): Metric => {
  if (!stream) throw new TypeError("the worker follows no stream");
  return new Metric({
    namespace: "AWS/Lambda",
    metricName: "PolledEventCount",
    dimensionsMap: { EventSourceMappingUUID: stream.eventSourceMappingId },
    statistic: Stats.SAMPLE_COUNT,
    period,
  });
};

/** Rings when there were no reads in two periods. One period without values is a delay of CloudWatch's. */
const noPolls = {
  comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
  treatMissingData: TreatMissingData.BREACHING,
  evaluationPeriods: 2,
} as const satisfies Partial<AlarmProps>;

const graph = (title: string, left: IMetric[]): IWidget => new GraphWidget({ title, left, width: 12, height: 8 });

const logTable = (title: string, log: LogGroup, ...queryLines: string[]): IWidget =>
  new LogQueryWidget({
    title,
    view: LogQueryVisualizationType.TABLE,
    logGroupNames: [log.logGroupName],
    queryLines: [...queryLines, "limit 100"],
    width: 12,
    height: 8,
  });
