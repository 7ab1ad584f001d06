import type { S3Client } from "@aws-sdk/client-s3";
import { uploadLeaseMs, uploadPrefix } from "../lib/accounts/image/objects.ts";
import { createdEvents } from "./created-events.ts";
import { startFiles } from "./files.ts";
import { objectsInFolder, objectsInMemory } from "./object-store.ts";

/** The bucket on this machine, with the worker that makes pictures from uploads. */
export interface Bucket {
  /** Calls the worker with uploads that it has not handled yet. The functions' settings must be in the environment. */
  start(): void;
  /** Waits until the worker has handled all uploads. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/** Pages of this machine may post and read, as those of portals may in AWS. */
const origins = ["http://localhost:*", "http://127.0.0.1:*"];
/** How long the bucket keeps an upload that no account waits for. */
const uploadMsMax = 86_400_000;

/**
 * Opens the bucket and points the SDK and the functions at it.
 * @param folder where its objects are kept; in this process when left out
 */
export async function openBucket(folder?: string): Promise<Bucket> {
  const store = folder === undefined ? objectsInMemory() : objectsInFolder(folder);
  const events = createdEvents(
    uploadPrefix,
    async () => (await import("../functions/workers/process-image.ts")).handler,
  );
  const files = await startFiles({ store, origins, secretOf, onCreated: events.deliver });
  Object.assign(process.env, files.environment);
  const { FILES_BUCKET: bucket } = files.environment;
  let later: NodeJS.Timeout | undefined;
  const deliverAll = () => {
    for (const key of store.keysIn(uploadPrefix)) {
      const { storedAt = "", bytes } = store.get(key) ?? {};
      if (Date.now() - Date.parse(storedAt) > uploadMsMax) store.remove(key);
      else events.deliver({ bucket, key, size: bytes?.length ?? 0, etag: "" });
    }
  };
  return {
    start() {
      deliverAll();
      // A worker of an instance that was killed may still have the lease of an upload.
      later = setTimeout(deliverAll, uploadLeaseMs).unref();
    },
    drain: events.drain,
    async stop() {
      clearTimeout(later);
      await events.stop();
      await files.stop();
    },
  };
}

let client: S3Client | undefined;

/** The secret of an access key, if this process signs with it. */
async function secretOf(accessKeyId: string): Promise<string | undefined> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  if (AWS_ACCESS_KEY_ID === accessKeyId) return AWS_SECRET_ACCESS_KEY;
  // With a profile, the SDK signs with other credentials than those in the environment.
  const { S3Client } = await import("@aws-sdk/client-s3");
  client ??= new S3Client();
  const own = await client.config.credentials();
  return own.accessKeyId === accessKeyId ? own.secretAccessKey : undefined;
}
