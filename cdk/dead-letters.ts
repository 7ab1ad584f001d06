import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { acceptFindings } from "./nag.ts";

/** A queue for what workers could not do. It keeps its records for 14 days. */
export class DeadLetters extends Queue {
  constructor(scope: Construct) {
    super(scope, "DeadLetters", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    acceptFindings(this, {
      "AwsSolutions-SQS3":
        "This is the dead-letter queue. A message that arrives here raises an alarm and is kept for 14 days.",
    });
  }
}
