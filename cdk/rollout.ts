import { Aws, Duration, Lazy } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from "aws-cdk-lib/aws-codedeploy";
import { type IRole, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Alias } from "aws-cdk-lib/aws-lambda";
import { FilterPattern, type ILogGroup, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Config } from "./deploy-options.ts";
import { acceptFindings, inlinePolicyReason } from "./nag.ts";

const minute = Duration.minutes(1);
const faultsMetric = "ServerFaults";

/**
 * Counts the answers 500 in the gateway's log. A request that a function has answered with an unexpected error is 500, and so
 * is one whose function crashed, ran out of time or memory, or could not be called. A record that is busy is 503.
 */
export const countServerFaults = (scope: Construct, logGroup: ILogGroup, { name }: Config): MetricFilter =>
  new MetricFilter(scope, "ServerFaults", {
    logGroup,
    filterPattern: FilterPattern.stringValue("$.status", "=", "500"),
    metricNamespace: name,
    metricName: faultsMetric,
  });

/** What the gradual updates of a stack's functions share. */
export interface RolloutProps {
  readonly config: Config;
  readonly apiId: string;
}

/**
 * The gradual updates of one stack's functions: CodeDeploy gives a new version a tenth of the calls for five minutes, and all
 * calls after that. An alarm that goes off meanwhile ends the update, and the old version gets all calls again.
 *
 * Each stack has alarms of its own. If the accounts stack imported those of the API stack, `rollout` could not be set back:
 * CloudFormation refuses to remove what another stack imports.
 */
export class Rollout extends Construct {
  readonly #application: LambdaApplication;
  readonly #role: IRole;
  readonly #alarms: readonly Alarm[];
  /** The ARNs of the functions whose aliases are shifted. */
  readonly #functions: string[] = [];

  constructor(scope: Construct, id: string, { config, apiId }: RolloutProps) {
    super(scope, id);
    this.#application = new LambdaApplication(this, "Application");
    this.#role = this.#addRole();
    this.#alarms = [
      this.#alarm("Faults", "A new version answers 500: it has a bug, or its function crashes.", {
        metric: new Metric({
          namespace: config.name,
          metricName: faultsMetric,
          statistic: Stats.SUM,
          period: minute,
        }),
        threshold: 1,
        // Without bugs the metric is 0. Two minutes of five, so that a single unlucky call does not end an update.
        minutes: { breaching: 2, of: 5 },
      }),
      this.#alarm("FailedCalls", "One call in twenty fails with status 5xx.", {
        metric: failedCallsPercent(apiId),
        threshold: 5,
        minutes: { breaching: 2, of: 3 },
      }),
    ];
  }

  /** Lets CodeDeploy change the version of an alias. */
  shift(scope: Construct, alias: Alias): void {
    this.#functions.push(alias.lambda.functionArn);
    new LambdaDeploymentGroup(scope, "Rollout", {
      application: this.#application,
      alias,
      role: this.#role,
      alarms: [...this.#alarms],
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
  }

  /** The role with which CodeDeploy changes the aliases of this stack's functions, and nothing else. */
  #addRole(): IRole {
    const alarms = `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:*`;
    const statements = [
      new PolicyStatement({
        actions: ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"],
        // Each function by its ARN. A pattern with the stack's name would not do: CloudFormation shortens long names.
        resources: Lazy.list({ produce: () => this.#functions }),
      }),
      new PolicyStatement({ actions: ["cloudwatch:DescribeAlarms"], resources: [alarms] }),
    ];
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("codedeploy.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
      }),
      description: "Shifts calls to new versions of Frontdesk's functions",
      inlinePolicies: { Shift: new PolicyDocument({ statements }) },
    });
    acceptFindings(role, roleReasons);
    // Keeps CDK from adding AWS's managed policy, which may change the aliases of all functions of the account.
    return role.withoutPolicyUpdates();
  }

  #alarm(id: string, alarmDescription: string, { metric, threshold, minutes }: Signal): Alarm {
    const alarm = new Alarm(this, id, {
      metric,
      threshold,
      // An alarm's name in the runbook is its logical id.
      alarmDescription: `${alarmDescription} Runbook: Rollout${id}.`,
      evaluationPeriods: minutes.of,
      datapointsToAlarm: minutes.breaching,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    acceptFindings(alarm, {
      "HIPAA.Security-CloudWatchAlarmAction":
        "CodeDeploy reads its state during an update. The alarms for people are in the watch stack.",
    });
    return alarm;
  }
}

/** When an alarm goes off: in how many minutes, of how many, the metric reaches the threshold. */
interface Signal {
  readonly metric: IMetric;
  readonly threshold: number;
  readonly minutes: { readonly breaching: number; readonly of: number };
}

/** The share of calls that end with status 5xx, if it is more than a few. */
function failedCallsPercent(ApiId: string): MathExpression {
  const ofApi = (metricName: string) =>
    new Metric({
      namespace: "AWS/ApiGateway",
      metricName,
      dimensionsMap: { ApiId },
      statistic: metricName === "Count" ? Stats.SAMPLE_COUNT : Stats.SUM,
      period: minute,
    });
  return new MathExpression({
    // At night one busy record would be a large share.
    expression: "IF(failed >= 5, 100 * failed / calls, 0)",
    usingMetrics: { failed: ofApi("5xx"), calls: ofApi("Count") },
    label: "Failed calls in percent",
    period: minute,
  });
}

/** Why findings on CodeDeploy's role are accepted. */
const roleReasons = {
  "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*]":
    "It reads the state of alarms, by their names. Alarms hold names and values of metrics, with no personal data.",
  ...inlinePolicyReason,
} as const;
