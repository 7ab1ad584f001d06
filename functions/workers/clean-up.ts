import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { removedElsewhere } from "../../lib/accounts/erasure/elsewhere.ts";
import { erasureIn, restNotErased } from "../../lib/accounts/erasure/filter.ts";
import { eraseRest, erasureLeaseMs } from "../../lib/accounts/erasure/rest.ts";
import { filesNotDeleted, filesToDelete } from "../../lib/accounts/image/files-to-delete.ts";
import { causesOf, logger } from "../../lib/api/log.ts";
import { erasePractice } from "../../lib/practices/erasure.ts";
import { checkSettings, filesSettings } from "../../lib/settings.ts";
import { callersKey } from "../../lib/table/generation.ts";
import { isPracticeErasure } from "../../lib/table/keys.ts";
import { NoTimeLeft, takeLease } from "../../lib/table/lease.ts";
import { readItems } from "../../lib/table/read.ts";
import type { Erasure, Key } from "../../lib/table/records.ts";

/** What the worker needs for its last steps: to report what it could not do. */
const reserveMs = 3000;

/**
 * Deletes what the table's stream reports as no longer needed: files, what is left of erased accounts, and what lies inside
 * deleted practices. It does so for all records at once, so that files do not wait for a practice. It reports the records that
 * failed, so that the stream delivers them again: also those for which its time was not enough.
 */
export async function handler(
  { Records }: DynamoDBStreamEvent,
  context?: Pick<Context, "getRemainingTimeInMillis">,
): Promise<DynamoDBBatchResponse> {
  checkSettings({});
  filesSettings();
  const checkTime = () => {
    if ((context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY) < reserveMs)
      throw new NoTimeLeft("the next worker goes on");
  };
  const isHandled = await Promise.all(Records.map((record) => handle(record, checkTime)));
  const failed = Records.filter((_, place) => !isHandled[place]);
  return { batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? "" })) };
}

const now = () => new Date();

/** Handles one record. Returns whether it is done. */
async function handle(record: DynamoDBRecord, checkTime: () => void): Promise<boolean> {
  const [objects = [], erasure] = [filesToDelete(record), erasureIn(record)];
  try {
    if (objects.length > 0) await deleteFiles(objects);
    if (!erasure) return true;
    return isPracticeErasure(erasure)
      ? (await erasePractice(erasure, { now, checkTime, leaseMs: erasureLeaseMs, removedElsewhere })) === "done"
      : await erase(erasure, checkTime);
  } catch (error) {
    const item = callersKey(record.dynamodb?.NewImage?.pk?.S ?? "");
    if (error instanceof NoTimeLeft) {
      logger.info("the next worker goes on with an erasure", { item });
      return false;
    }
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
    await eraseRest(erasure, { checkTime, now });
  } catch (error) {
    // A lease that is not released ends by itself; the first error is more important.
    await lease.release().catch(() => undefined);
    throw error;
  }
  return true;
}
