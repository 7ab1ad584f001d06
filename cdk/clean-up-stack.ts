import { Duration } from "aws-cdk-lib";
import { Schedule } from "aws-cdk-lib/aws-events";
import type { Construct } from "constructs";
import { erasureFilter } from "../lib/accounts/erasure/filter.ts";
import { erasureLeaseMs } from "../lib/accounts/erasure/rest.ts";
import { filesToDeleteFilter } from "../lib/accounts/image/files-to-delete.ts";
import { overdueRunMs } from "../lib/practices/erasure.ts";
import { acceptFindings } from "./nag.ts";
import { allow, objectReasons, objectsOf } from "./permissions.ts";
import { Worker, type WorkersProps, WorkersStack } from "./worker.ts";

/** The worker that deletes files, and what is left of erased accounts and practices; and the one that looks every hour. */
export class CleanUpStack extends WorkersStack {
  /** Deletes files, and what is left of erased accounts and practices. */
  readonly cleaner: Worker;
  /** Finishes the erasures of practices, and erases unverified accounts. */
  readonly sweeper: Worker;

  constructor(scope: Construct, id: string, props: WorkersProps) {
    super(
      scope,
      id,
      props.config,
      "Frontdesk: the workers that delete files, and erase accounts and practices.",
      "The queue of deletions and erasures that failed",
    );
    this.cleaner = this.addCleaner(props);
    this.sweeper = this.addSweeper(props);
    acceptFindings(this, {
      "HIPAA.Security-LambdaConcurrency":
        "At most ten batches of each shard of the stream run at a time, and one scheduled call an hour. A reserved concurrency would take from the account's limit while nothing is deleted.",
      ...objectReasons(props.data),
    });
  }

  /**
   * One worker for files, accounts and practices, because at most two should read a shard of a table's stream at the same time, and
   * messages have one. An erasure may take the whole time limit, several times in a row. Files in its own batch do not wait
   * for it, because a batch is handled in parallel. Of those behind it one in ten waits: Lambda spreads the records of a shard
   * over ten batches at a time, by their partition key, and repeats a batch that failed before others with its keys. Nobody
   * gets addresses of files that wait, and an alarm tells when it lasts longer than an hour.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
   */
  private addCleaner(props: WorkersProps): Worker {
    const { data } = props;
    return new Worker(this, "CleanUp", {
      ...props,
      description:
        "Deletes the files, and what is left of erased accounts and practices, that it reads from the table's stream",
      // As long as its lease on an erasure: the next worker begins when this one has ended. S3 answers sooner.
      timeout: Duration.millis(erasureLeaseMs),
      environment: { FILES_BUCKET: data.files.bucketName },
      statements: [allow(["s3:DeleteObject"], objectsOf(data, "uploads"), objectsOf(data, "pictures"))],
      stream: {
        filters: [filesToDeleteFilter, erasureFilter],
        parallelizationFactor: 10,
        // S3 or the table may be out of order for long. The stream keeps its records for a day.
        maxRecordAge: Duration.hours(12),
      },
    });
  }

  private addSweeper(props: WorkersProps): Worker {
    const sweeper = new Worker(this, "EraseOverdue", {
      ...props,
      description: "Finishes the erasures of practices, and erases accounts that were not verified in time",
      timeout: Duration.millis(overdueRunMs),
    });
    const schedule = Schedule.rate(Duration.hours(1));
    const maxEventAge = Duration.minutes(30);
    // The next hour's call does what this one could not.
    sweeper.followRule(
      "EveryHour",
      { description: "Deleted practices and unverified accounts are looked at", schedule },
      { failed: { retryAttempts: 1, maxEventAge }, refused: { retryAttempts: 10, maxEventAge } },
    );
    return sweeper;
  }
}
