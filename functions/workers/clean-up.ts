import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { erasureIn, restNotErased } from "../../lib/accounts/erasure/filter.ts";
import { eraseRest, erasureLeaseMs } from "../../lib/accounts/erasure/rest.ts";
import { filesNotDeleted, filesToDelete } from "../../lib/accounts/image/files-to-delete.ts";
import { causesOf, logger } from "../../lib/api/log.ts";
import { checkSettings, filesSettings } from "../../lib/settings.ts";
import { takeLease } from "../../lib/table/lease.ts";
import { readItems } from "../../lib/table/read.ts";
import type { Erasure, Key } from "../../lib/table/records.ts";

/** What the worker needs for its last steps: to report what it could not do. */
const reserveMs = 3000;

/**
 * Deletes what the table's stream reports as no longer needed: files, and what is left of erased accounts. It does so for all
 * records at once, so that files do not wait for an account. It reports the records that failed, so that the stream delivers
 * them again: also the accounts for which its time was not enough.
 */
export async function handler(
  { Records }: DynamoDBStreamEvent,
  context?: Pick<Context, "getRemainingTimeInMillis">,
): Promise<DynamoDBBatchResponse> {
  checkSettings({});
  filesSettings();
  const checkTime = () => {
    if ((context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY) < reserveMs)
      throw new Error("no time is left; the next worker goes on");
  };
  const isHandled = await Promise.all(Records.map((record) => handle(record, checkTime)));
  const failed = Records.filter((_, place) => !isHandled[place]);
  return { batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? "" })) };
}

/** Handles one record. Returns whether it is done. */
async function handle(record: DynamoDBRecord, checkTime: () => void): Promise<boolean> {
  const [objects = [], erasure] = [filesToDelete(record), erasureIn(record)];
  try {
    if (objects.length > 0) await deleteFiles(objects);
    return erasure ? await erase(erasure, checkTime) : true;
  } catch (error) {
    const item = record.dynamodb?.NewImage?.pk?.S;
    logger.error(erasure ? restNotErased : filesNotDeleted, { item, causes: causesOf(error) });
    return false;
  }
}

/** Deletes objects; those that are gone already too. S3's client is large, so that it is loaded with the first ones. */
async function deleteFiles(objects: readonly string[]): Promise<void> {
  const { deleteObjects } = await import("../../lib/accounts/image/bucket.ts");
  await deleteObjects(objects);
}

/** Erases what is left of an account. A lease lets one worker at a time do it. Returns whether it is done. */
async function erase(key: Key<Erasure>, checkTime: () => void): Promise<boolean> {
  const lease = await takeLease(key, erasureLeaseMs, new Date());
  // Another worker is at it, or has crashed: the stream delivers the record again later.
  if (lease === "held") return false;
  const { erasure } = await readItems({ erasure: lease === "done" ? undefined : key });
  if (lease === "done" || !erasure) return true;
  try {
    await eraseRest(erasure, { checkTime, now: () => new Date() });
  } catch (error) {
    // A lease that is not released ends by itself; the first error is more important.
    await lease.release().catch(() => undefined);
    throw error;
  }
  return true;
}
