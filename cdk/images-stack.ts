import { CfnOutput, CrossStackReferences, Duration, ReferenceStrength, Stack } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { EventSourceMapping, FilterCriteria, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import { SqsDlq } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { workerAccess } from "../lib/access.ts";
import { filesToDeleteFilter } from "../lib/accounts/image/files-to-delete.ts";
import { uploadLeaseMs, uploadPrefix } from "../lib/accounts/image/objects.ts";
import { workerMemoryMiB } from "../tools/function-memory.ts";
import type { Bundles } from "./bundle.ts";
import type { DataStack } from "./data-stack.ts";
import { DeadLetters } from "./dead-letters.ts";
import type { Config } from "./deploy-options.ts";
import { FunctionWithRole } from "./function-with-role.ts";
import { acceptFindings, logEncryptionReason, noVpcReason } from "./nag.ts";
import { allow, objectReasons, objectsOf, readStream, tablePermissions } from "./permissions.ts";

/** What the images stack is built from. */
export interface ImagesStackProps {
  readonly config: Config;
  readonly data: DataStack;
  /** The bundles of the two workers. */
  readonly bundles: Pick<Bundles, "directoryOf">;
}

/**
 * The worker that makes pictures from uploads, when the bucket reports them, the worker that deletes files which nobody
 * needs any more, and a queue for what they could not do.
 */
export class ImagesStack extends Stack {
  /** Makes pictures from uploads. */
  readonly maker: FunctionWithRole;
  /** Deletes files. */
  readonly deleter: FunctionWithRole;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: ImagesStackProps) {
    super(scope, id, { description: "Frontdesk: the workers that make pictures from uploads, and delete them." });
    // With weak references CloudFormation plans to replace the stream's mapping whenever it changes, which cannot be done.
    CrossStackReferences.of(this).consume(ReferenceStrength.STRONG);

    this.deadLetters = new DeadLetters(this);
    this.maker = this.addMaker(props);
    this.followBucket(props.data);
    this.deleter = this.addDeleter(props);
    this.followStream(props.data.streamArn);

    new CfnOutput(this, "DeadLettersUrl", {
      value: this.deadLetters.queueUrl,
      description: "The queue of uploads and deletions that failed",
    });
    acceptFindings(this.deleter, { "AwsSolutions-IAM5[Resource::*]": "dynamodb:ListStreams has no resource." });
    acceptFindings(this, { ...stackReasons, ...objectReasons(props.data) });
  }

  private addMaker({ config, data, bundles }: ImagesStackProps): FunctionWithRole {
    return new FunctionWithRole(this, "ProcessImage", {
      name: "worker ProcessImage",
      description: "Makes the pictures of accounts from uploaded files",
      directory: bundles.directoryOf("ProcessImage"),
      memoryMiB: workerMemoryMiB.ProcessImage,
      timeout: Duration.millis(uploadLeaseMs),
      environment: {
        TABLE_NAME: data.table.tableName,
        DIRECT_DOMAIN: config.directDomain,
        FILES_BUCKET: data.files.bucketName,
      },
      statements: [
        ...tablePermissions(workerAccess.ProcessImage, data),
        allow(["s3:GetObject", "s3:DeleteObject"], objectsOf(data, "uploads")),
        allow(["s3:PutObject", "s3:DeleteObject"], objectsOf(data, "pictures")),
        allow(["sqs:SendMessage"], this.deadLetters.queueArn),
      ],
      config,
    });
  }

  /** Lets EventBridge call the worker with the files that are stored below `uploads/`. */
  private followBucket({ files }: DataStack): void {
    const { deadLetters } = this;
    // EventBridge calls the function asynchronously: Lambda repeats calls that fail.
    this.maker.function.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(1),
      onFailure: new SqsDestination(deadLetters),
    });
    new Rule(this, "Uploads", {
      description: "A file was uploaded",
      eventPattern: {
        source: ["aws.s3"],
        detailType: ["Object Created"],
        detail: { bucket: { name: [files.bucketName] }, object: { key: [{ prefix: uploadPrefix }] } },
      },
      targets: [
        // While Lambda does not take the call.
        new LambdaFunction(this.maker.function, {
          deadLetterQueue: deadLetters,
          maxEventAge: Duration.hours(12),
          retryAttempts: 100,
        }),
      ],
    });
  }

  private addDeleter({ config, data, bundles }: ImagesStackProps): FunctionWithRole {
    return new FunctionWithRole(this, "DeleteFiles", {
      name: "worker DeleteFiles",
      description: "Deletes the files that it reads from the table's stream",
      directory: bundles.directoryOf("DeleteFiles"),
      memoryMiB: workerMemoryMiB.DeleteFiles,
      timeout: Duration.seconds(30),
      environment: { FILES_BUCKET: data.files.bucketName },
      statements: [
        allow(["s3:DeleteObject"], objectsOf(data, "uploads"), objectsOf(data, "pictures")),
        ...readStream(data, workerAccess.DeleteFiles),
        allow(["sqs:SendMessage"], this.deadLetters.queueArn),
      ],
      config,
    });
  }

  /** Lets Lambda call the worker with the deletions in the table's stream. */
  private followStream(eventSourceArn: string): void {
    new EventSourceMapping(this, "Stream", {
      target: this.deleter.function,
      eventSourceArn,
      filters: [FilterCriteria.filter(filesToDeleteFilter)],
      // From the oldest record, so that deletions from before the worker existed are carried out too.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 10,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      // Nothing waits for a deletion, and the stream itself keeps its records for a day.
      maxRecordAge: Duration.hours(12),
      onFailure: new SqsDlq(this.deadLetters),
    });
  }
}

/** Why findings on the stack are accepted. */
const stackReasons = {
  "HIPAA.Security-LambdaConcurrency":
    "Uploads are limited by the throttles of the API, which signs each of them. One batch of each shard of the stream runs at a time. A reserved concurrency would take from the account's limit while nobody uploads.",
  "HIPAA.Security-LambdaDLQ":
    "What fails goes to the dead-letter queue: from Lambda's on-failure destination, from the rule, and from the stream's mapping.",
  ...noVpcReason,
  ...logEncryptionReason,
} as const;
