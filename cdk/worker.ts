import { CfnOutput, type Duration, ReferenceStrength } from "aws-cdk-lib";
import { Rule, type RuleProps } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import type { PolicyStatement } from "aws-cdk-lib/aws-iam";
import {
  EventSourceMapping,
  type EventSourceMappingOptions,
  FilterCriteria,
  MetricType,
  StartingPosition,
} from "aws-cdk-lib/aws-lambda";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import { SqsDlq } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Construct } from "constructs";
import { workerAccess } from "../lib/access.ts";
import { workerMemoryMiB } from "../tools/function-memory.ts";
import type { Bundles } from "./bundle.ts";
import type { DataStack } from "./data-stack.ts";
import { DeadLetters } from "./dead-letters.ts";
import type { Config } from "./deploy-options.ts";
import { FrontdeskStack } from "./frontdesk-stack.ts";
import { FunctionWithRole } from "./function-with-role.ts";
import { acceptFindings, logEncryptionReason, noVpcReason } from "./nag.ts";
import { allow, readStream, tablePermissions } from "./permissions.ts";

/** What a stack of workers is built from. */
export interface WorkersProps {
  readonly config: Config;
  readonly data: DataStack;
  /** The bundles of the workers. */
  readonly bundles: Pick<Bundles, "directoryOf">;
}

/** A stack of workers, with one queue for what they could not do. */
export class WorkersStack extends FrontdeskStack {
  readonly deadLetters: DeadLetters;

  /** @param deadLetters what is in the queue, in words */
  constructor(scope: Construct, id: string, config: Config, description: string, deadLetters: string) {
    super(scope, id, config, {
      description,
      // With weak references CloudFormation plans to replace the stream's mapping whenever it changes, which cannot be done.
      references: ReferenceStrength.STRONG,
    });
    this.deadLetters = new DeadLetters(this);
    new CfnOutput(this, "DeadLettersUrl", { value: this.deadLetters.queueUrl, description: deadLetters });
    acceptFindings(this, {
      "HIPAA.Security-LambdaDLQ":
        "What fails goes to the dead-letter queue: from the stream's mapping, from Lambda's on-failure destination, and from rules.",
      ...noVpcReason,
      ...logEncryptionReason,
    });
  }
}

/** What a worker is, besides what all workers have. */
export interface WorkerProps extends WorkersProps {
  readonly description: string;
  readonly timeout: Duration;
  readonly environment?: Readonly<Record<string, string>>;
  /** What it may do, besides its access to the table. */
  readonly statements?: readonly PolicyStatement[];
  /** The records of the table's stream that it is called with. */
  readonly stream?: StreamProps;
}

interface StreamProps
  extends Pick<EventSourceMappingOptions, "maxRecordAge" | "retryAttempts" | "parallelizationFactor"> {
  /** It is called with the records that one of the filters selects. */
  readonly filters: readonly Parameters<typeof FilterCriteria.filter>[0][];
}

/** How often, and for how long, a call that failed is repeated. */
interface Repeats {
  readonly retryAttempts: number;
  readonly maxEventAge: Duration;
}

/** A function that AWS calls with events. Those that it could not handle go to the queue of its stack. */
export class Worker extends FunctionWithRole {
  readonly #stack: WorkersStack;
  /** The mapping through which the worker gets records of the table's stream, if it follows it. */
  readonly stream: EventSourceMapping | undefined;

  constructor(stack: WorkersStack, id: keyof typeof workerAccess, props: WorkerProps) {
    const { config, data, bundles, description, timeout, environment, statements = [], stream } = props;
    super(stack, id, {
      name: `worker ${id}`,
      description,
      directory: bundles.directoryOf(id),
      memoryMiB: workerMemoryMiB[id],
      timeout,
      environment: {
        TABLE_NAME: data.table.tableName,
        DIRECT_DOMAIN: config.directDomain,
        EVENT_YEARS: String(config.eventYears),
        ...environment,
      },
      statements: [
        ...tablePermissions(workerAccess[id], data),
        ...statements,
        ...(stream ? readStream(data) : []),
        allow(["sqs:SendMessage"], stack.deadLetters.queueArn),
      ],
      config,
    });
    this.#stack = stack;
    this.stream = stream && this.#followStream(data.streamArn, stream);
  }

  /** Lets Lambda call the worker with records of the table's stream. */
  #followStream(eventSourceArn: string, { filters, ...options }: StreamProps): EventSourceMapping {
    acceptFindings(this, { "AwsSolutions-IAM5[Resource::*]": "dynamodb:ListStreams has no resource." });
    return new EventSourceMapping(this.#stack, "Stream", {
      target: this.function,
      eventSourceArn,
      filters: filters.map((each) => FilterCriteria.filter(each)),
      // From the oldest record, so that the worker also handles records from before it existed.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 10,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      onFailure: new SqsDlq(this.#stack.deadLetters),
      // Without these metrics nothing tells that a mapping has stopped (`noPolls` in watch-stack.ts).
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
      ...options,
    });
  }

  /**
   * Lets EventBridge call the worker by a rule.
   * @param failed how Lambda repeats a call that the worker failed with
   * @param refused how EventBridge repeats a call that Lambda did not take
   */
  followRule(id: string, rule: RuleProps, { failed, refused }: Readonly<Record<"failed" | "refused", Repeats>>): void {
    const { deadLetters } = this.#stack;
    this.function.configureAsyncInvoke({ ...failed, onFailure: new SqsDestination(deadLetters) });
    const target = new LambdaFunction(this.function, { ...refused, deadLetterQueue: deadLetters });
    new Rule(this.#stack, id, { ...rule, targets: [target] });
  }
}
