import { Duration } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { uploadLeaseMs, uploadPrefix } from "../lib/accounts/image/objects.ts";
import { acceptFindings } from "./nag.ts";
import { allow, objectReasons, objectsOf } from "./permissions.ts";
import { Worker, type WorkersProps, WorkersStack } from "./worker.ts";

/** The worker that makes pictures from uploads, when the bucket reports them. */
export class ImagesStack extends WorkersStack {
  readonly worker: Worker;

  constructor(scope: Construct, id: string, props: WorkersProps) {
    super(
      scope,
      id,
      props.config,
      "Frontdesk: the worker that makes pictures from uploads.",
      "The queue of uploads that failed",
    );
    this.worker = this.addWorker(props);
    acceptFindings(this, {
      "HIPAA.Security-LambdaConcurrency":
        "Uploads are limited by the throttles of the API, which signs each of them. A reserved concurrency would take from the account's limit while nobody uploads.",
      ...objectReasons(props.data),
    });
  }

  private addWorker(props: WorkersProps): Worker {
    const { files } = props.data;
    const worker = new Worker(this, "ProcessImage", {
      ...props,
      description: "Makes the pictures of accounts from uploaded files",
      timeout: Duration.millis(uploadLeaseMs),
      environment: { FILES_BUCKET: files.bucketName },
      statements: [
        allow(["s3:GetObject", "s3:DeleteObject"], objectsOf(props.data, "uploads")),
        allow(["s3:PutObject", "s3:DeleteObject"], objectsOf(props.data, "pictures")),
      ],
    });
    const object = { key: [{ prefix: uploadPrefix }] };
    const eventPattern = {
      source: ["aws.s3"],
      detailType: ["Object Created"],
      detail: { bucket: { name: [files.bucketName] }, object },
    };
    worker.followRule(
      "Uploads",
      { description: "A file was uploaded", eventPattern },
      {
        failed: { retryAttempts: 2, maxEventAge: Duration.hours(1) },
        refused: { retryAttempts: 100, maxEventAge: Duration.hours(12) },
      },
    );
    return worker;
  }
}
