import { Aws, CfnOutput, CrossStackReferences, Duration, ReferenceStrength, Stack } from "aws-cdk-lib";
import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { EventSourceMapping, FilterCriteria, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { SqsDlq } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { workerAccess } from "../lib/access.ts";
import { messageFilter } from "../lib/messages/filter.ts";
import { workerMemoryMiB } from "../tools/function-memory.ts";
import type { DataStack } from "./data-stack.ts";
import { DeadLetters } from "./dead-letters.ts";
import type { Config } from "./deploy-options.ts";
import { FunctionWithRole } from "./function-with-role.ts";
import { acceptFindings, logEncryptionReason, noVpcReason } from "./nag.ts";
import { allow, readSealSecret, readStream, tablePermissions } from "./permissions.ts";

/** What the messages stack is built from. */
export interface MessagesStackProps {
  readonly config: Config;
  readonly data: DataStack;
  /** The directory with the worker's bundle. */
  readonly directory: string;
}

/** The worker that sends mail and text messages from the table's stream, and a queue for messages that it could not send. */
export class MessagesStack extends Stack {
  readonly worker: FunctionWithRole;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: MessagesStackProps) {
    super(scope, id, { description: "Frontdesk: the worker that sends mail and text messages." });
    // With weak references CloudFormation plans to replace the stream's mapping whenever it changes, which cannot be done.
    CrossStackReferences.of(this).consume(ReferenceStrength.STRONG);

    this.deadLetters = new DeadLetters(this);
    this.worker = this.addWorker(props);
    this.followStream(props.data.streamArn);

    new CfnOutput(this, "DeadLettersUrl", {
      value: this.deadLetters.queueUrl,
      description: "The queue of messages that could not be sent",
    });
    acceptFindings(this.worker, workerReasons);
    acceptFindings(this, stackReasons);
  }

  private addWorker({ config, data, directory }: MessagesStackProps): FunctionWithRole {
    return new FunctionWithRole(this, "SendMessages", {
      name: "worker SendMessages",
      description: "Sends the queued messages that it reads from the table's stream",
      directory,
      memoryMiB: workerMemoryMiB.SendMessages,
      // Sending a message takes at most eleven seconds, and the messages of a batch are sent in parallel.
      timeout: Duration.seconds(30),
      environment: {
        TABLE_NAME: data.table.tableName,
        DIRECT_DOMAIN: config.directDomain,
        SEAL_SECRET_ARN: data.sealSecret.secretArn,
        MAIL_FROM: config.mailFrom,
        ...(config.mailConfigurationSet && { MAIL_CONFIGURATION_SET: config.mailConfigurationSet }),
      },
      statements: [
        ...tablePermissions(workerAccess.SendMessages, data),
        readSealSecret(data),
        ...readStream(data, workerAccess.SendMessages),
        ...send(config),
        allow(["sqs:SendMessage"], this.deadLetters.queueArn),
      ],
      config,
    });
  }

  /** Lets Lambda call the worker with the queued messages in the table's stream. */
  private followStream(eventSourceArn: string): void {
    new EventSourceMapping(this, "Stream", {
      target: this.worker.function,
      eventSourceArn,
      filters: [FilterCriteria.filter(messageFilter)],
      // From the oldest record, so that messages that were queued before the worker existed are sent too.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 10,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      // A message that could not be sent for 15 minutes stops delaying the messages behind it.
      maxRecordAge: Duration.minutes(15),
      retryAttempts: 100,
      parallelizationFactor: 4,
      onFailure: new SqsDlq(this.deadLetters),
    });
  }
}

/** Why findings on the worker are accepted. */
const workerReasons = {
  "AwsSolutions-IAM5[Resource::*]":
    "sns:Publish sends to phone numbers, which have no ARN; topics, which have ARNs, are denied. dynamodb:ListStreams has no resource.",
  "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]":
    "While the account is in the SES sandbox, SES also checks the permission on the recipient's identity. The condition on ses:FromAddress allows one sender only.",
  "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:configuration-set/*]":
    "Without the option mailConfigurationSet, mail is sent under the default set of the sender's identity, whose name only the deployer knows. The condition on ses:FromAddress allows one sender only.",
} as const;

/** Why other findings on the stack are accepted. */
const stackReasons = {
  "HIPAA.Security-LambdaConcurrency":
    "At most four batches of each shard of the stream run at a time. This limits the worker's concurrency.",
  "HIPAA.Security-LambdaDLQ":
    "The worker is not called asynchronously. Its event source sends failed records to the dead-letter queue.",
  ...noVpcReason,
  ...logEncryptionReason,
} as const;

/**
 * The permissions to send mail from one address, and text messages to phone numbers.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
 */
function send({ mailFrom, mailConfigurationSet }: Config): PolicyStatement[] {
  const ses = `arn:${Aws.PARTITION}:ses:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  // SES also checks the permission on the configuration set. For a mail without one it uses the identity's default set.
  const configurationSet = `${ses}:configuration-set/${mailConfigurationSet ?? "*"}`;
  const mail = allow(["ses:SendEmail"], `${ses}:identity/*`, configurationSet);
  mail.addCondition("StringEquals", { "ses:FromAddress": addressIn(mailFrom) });
  // Phone numbers have no ARN. Topics and all other targets have one, and are denied below.
  const texts = allow(["sns:Publish"], "*");
  const noTopics = new PolicyStatement({
    effect: Effect.DENY,
    actions: ["sns:Publish"],
    resources: [`arn:${Aws.PARTITION}:sns:*:*:*`],
  });
  return [mail, texts, noTopics];
}

/** The e-mail address in a sender of the form `address` or `Name <address>`. */
const addressIn = (sender: string) => /<(.*)>$/.exec(sender)?.[1] ?? sender;
