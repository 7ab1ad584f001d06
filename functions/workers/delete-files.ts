import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { deleteObjects } from "../../lib/accounts/image/bucket.ts";
import { filesToDelete } from "../../lib/accounts/image/files-to-delete.ts";
import { causesOf, logger } from "../../lib/api/log.ts";
import { filesSettings } from "../../lib/settings.ts";

/**
 * Deletes the objects that the table's stream reports as no longer needed. It reports the records that failed, so that the
 * stream delivers them again. Deleting an object twice does no harm.
 */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  filesSettings();
  const isHandled = await Promise.all(Records.map(handle));
  const failed = Records.filter((_, place) => !isHandled[place]);
  return { batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? "" })) };
}

/** Handles one record. Returns whether it is done. */
async function handle(record: DynamoDBRecord): Promise<boolean> {
  const objects = filesToDelete(record) ?? [];
  if (objects.length === 0) return true;
  try {
    await deleteObjects(objects);
    return true;
  } catch (error) {
    logger.error("files not deleted", { item: record.dynamodb?.Keys?.pk?.S, causes: causesOf(error) });
    return false;
  }
}
