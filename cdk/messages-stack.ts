import { Aws, CfnOutput, CrossStackReferences, Duration, ReferenceStrength, RemovalPolicy, Stack } from "aws-cdk-lib";
import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { EventSourceMapping, FilterCriteria, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { SqsDlq } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { workerAccess } from "../lib/access.ts";
import { messageFilter } from "../lib/messages/filter.ts";
import { logsHoldNothing } from "./api-stack.ts";
import type { DataStack } from "./data-stack.ts";
import type { Config } from "./deploy-options.ts";
import { accept, outsideVpc } from "./nag.ts";
import { OwnFunction } from "./own-function.ts";
import { allow, readSealSecret, tablePermissions } from "./permissions.ts";

/** What sends messages is made of. */
export interface MessagesStackProps {
  readonly config: Config;
  readonly data: DataStack;
  /** Where the worker's bundle lies. */
  readonly directory: string;
}

/** What sends mail and text messages: a worker on the table's stream, and a queue for what it could not handle. */
export class MessagesStack extends Stack {
  readonly worker: OwnFunction;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { config, data, directory }: MessagesStackProps) {
    super(scope, id, { description: "Frontdesk: the worker that sends mail and text messages." });
    // By a weak one CloudFormation plans to replace the stream's mapping at each change of it, which it cannot.
    CrossStackReferences.of(this).consume(ReferenceStrength.STRONG);

    this.deadLetters = new Queue(this, "DeadLetters", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.worker = new OwnFunction(this, "SendMessages", {
      name: "worker SendMessages",
      description: "Sends the messages that the table's stream says were queued",
      directory,
      memoryMiB: 512,
      // A sending ends within eleven seconds; those of a batch go side by side.
      timeout: Duration.seconds(30),
      environment: {
        TABLE_NAME: data.table.tableName,
        DIRECT_DOMAIN: config.directDomain,
        SEAL_SECRET_ARN: data.sealSecret.secretArn,
        MAIL_FROM: config.mailFrom,
        ...(config.mailConfigurationSet && { MAIL_CONFIGURATION_SET: config.mailConfigurationSet }),
      },
      statements: [
        ...tablePermissions(workerAccess, data),
        readSealSecret(data),
        ...readStream(data),
        ...send(config),
        allow(["sqs:SendMessage"], this.deadLetters.queueArn),
      ],
      config,
    });
    new EventSourceMapping(this, "Stream", {
      target: this.worker.function,
      eventSourceArn: data.streamArn,
      filters: [FilterCriteria.filter(messageFilter)],
      // From the stream's beginning: what was queued before the worker was there is sent, not lost.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 10,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      // What cannot be sent for a quarter of an hour holds up what comes after it no longer.
      maxRecordAge: Duration.minutes(15),
      retryAttempts: 100,
      parallelizationFactor: 4,
      onFailure: new SqsDlq(this.deadLetters),
    });

    new CfnOutput(this, "DeadLettersUrl", { value: this.deadLetters.queueUrl, description: "What was not sent" });
    accept(this.worker, {
      "AwsSolutions-IAM5[Resource::*]":
        "sns:Publish to phone numbers, which have no ARN; topics, which have one, are denied. dynamodb:ListStreams takes no resource.",
      "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]":
        "While the account is in the sandbox SES asks for the identities of recipients too. The condition on ses:FromAddress leaves one sender.",
      "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:configuration-set/*]":
        "Unless the option mailConfigurationSet names one, mail goes out under the default set of the sender's identity, which only the deployer knows. The condition on ses:FromAddress leaves one sender.",
    });
    accept(this.deadLetters, {
      "AwsSolutions-SQS3": "This is the dead-letter queue: what arrives raises an alarm, and is kept for 14 days.",
    });
    accept(this, {
      "HIPAA.Security-LambdaConcurrency":
        "At most four batches a shard of the stream run at a time, which is all the concurrency that this worker can take.",
      "HIPAA.Security-LambdaDLQ":
        "Failed records go to the queue that its event source names; it is not called asynchronously.",
      ...outsideVpc,
      ...logsHoldNothing,
    });
  }
}

/** Following the stream, as Lambda does with the worker's role. */
function readStream({ streamArn }: DataStack): PolicyStatement[] {
  const read = allow(["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], streamArn);
  // Takes no single stream.
  return [read, allow(["dynamodb:ListStreams"], "*")];
}

/**
 * Mail from one address, and text messages to phone numbers.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
 */
function send({ mailFrom, mailConfigurationSet }: Config): PolicyStatement[] {
  const ses = `arn:${Aws.PARTITION}:ses:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  // SES asks for the configuration set too. When a mail names none it is the identity's default one, if it has one.
  const configurationSet = `${ses}:configuration-set/${mailConfigurationSet ?? "*"}`;
  const mail = allow(["ses:SendEmail"], `${ses}:identity/*`, configurationSet);
  mail.addCondition("StringEquals", { "ses:FromAddress": addressIn(mailFrom) });
  // A phone number has no ARN; everything else that can be published to has.
  const texts = allow(["sns:Publish"], "*");
  const noTopics = new PolicyStatement({
    effect: Effect.DENY,
    actions: ["sns:Publish"],
    resources: [`arn:${Aws.PARTITION}:sns:*:*:*`],
  });
  return [mail, texts, noTopics];
}

/** The address of a sender that may have a name. */
const addressIn = (sender: string) => /<(.*)>$/.exec(sender)?.[1] ?? sender;
