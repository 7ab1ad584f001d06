import { DeleteObjectsCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { filesSettings } from "../../settings.ts";
import { fileBytesMax } from "./objects.ts";

/**
 * The one client of S3 in the process. The SDK reads region, credentials and endpoint from the environment
 * (`AWS_REGION`, `AWS_ENDPOINT_URL_S3`), and repeats requests that failed.
 */
const client = new S3Client({
  requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
});

/**
 * Reads an object.
 * @returns `undefined` when it is larger than an upload may be
 * @throws Error when there is no such object: S3 says `AccessDenied`, because the worker may not list the bucket
 */
export async function readUpload(key: string): Promise<Buffer | undefined> {
  const { Body, ContentLength = 0 } = await client.send(
    new GetObjectCommand({ Bucket: filesSettings().FILES_BUCKET, Key: key }),
  );
  if (ContentLength <= fileBytesMax) return Buffer.from((await Body?.transformToByteArray()) ?? []);
  // Ends the connection without reading the rest.
  if (Body && "destroy" in Body) Body.destroy();
  return undefined;
}

/** Writes a JPEG. Those who may read it can show it but not keep it in shared caches. */
export async function writeJpeg(key: string, bytes: Buffer): Promise<void> {
  await client.send(
    new PutObjectCommand({
      Bucket: filesSettings().FILES_BUCKET,
      Key: key,
      Body: bytes,
      ContentType: "image/jpeg",
      ContentDisposition: "inline",
      CacheControl: "private",
    }),
  );
}

/** Deletes objects, whether they exist or not. @throws Error when one of them could not be deleted */
export async function deleteObjects(keys: readonly string[]): Promise<void> {
  const Objects = keys.map((Key) => ({ Key }));
  const { Errors = [] } = await client.send(
    new DeleteObjectsCommand({ Bucket: filesSettings().FILES_BUCKET, Delete: { Objects, Quiet: true } }),
  );
  const [first] = Errors;
  if (first) throw new Error(`${Errors.length} objects were not deleted: ${first.Code}`);
}
