import { Aws, Duration } from "aws-cdk-lib";
import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { messageFilter } from "../lib/messages/filter.ts";
import type { Config } from "./deploy-options.ts";
import { acceptFindings } from "./nag.ts";
import { allow, readSealSecret } from "./permissions.ts";
import { Worker, type WorkersProps, WorkersStack } from "./worker.ts";

/** The worker that sends mail and text messages from the table's stream. */
export class MessagesStack extends WorkersStack {
  readonly worker: Worker;

  constructor(scope: Construct, id: string, props: WorkersProps) {
    super(
      scope,
      id,
      props.config,
      "Frontdesk: the worker that sends mail and text messages.",
      "The queue of messages that could not be sent",
    );
    this.worker = this.addWorker(props);
    acceptFindings(this.worker, workerReasons);
    acceptFindings(this, stackReasons);
  }

  private addWorker(props: WorkersProps): Worker {
    const { config, data } = props;
    return new Worker(this, "SendMessages", {
      ...props,
      description: "Sends the queued messages that it reads from the table's stream",
      // Sending a message takes at most eleven seconds, and the messages of a batch are sent in parallel.
      timeout: Duration.seconds(30),
      environment: {
        SEAL_SECRET_ARN: data.sealSecret.secretArn,
        MAIL_FROM: config.mailFrom,
        ...(config.mailConfigurationSet && { MAIL_CONFIGURATION_SET: config.mailConfigurationSet }),
      },
      statements: [readSealSecret(data), ...send(config)],
      stream: {
        filters: [messageFilter],
        // A message that could not be sent for 15 minutes stops delaying the messages behind it.
        maxRecordAge: Duration.minutes(15),
        retryAttempts: 100,
        parallelizationFactor: 4,
      },
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
