import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { causesOf, logger } from "../../lib/api/log.ts";
import { openMessage, type QueuedMessage, queuedMessage } from "../../lib/messages/outbox.ts";
import { Refused, sendLeaseMs, sendMessage } from "../../lib/messages/send.ts";
import { checkSettings, mailSettings } from "../../lib/settings.ts";
import { takeLease } from "../../lib/table/lease.ts";

/**
 * Sends the messages that the table's stream reports as queued. It reports the records that failed, so that the stream
 * delivers them again. A lease on each item prevents that a record which arrives twice is sent twice.
 */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  checkSettings({ seals: true });
  mailSettings();
  const isHandled = await Promise.all(Records.map(handle));
  const failed = Records.filter((_, place) => !isHandled[place]);
  return { batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? "" })) };
}

/** Handles one record. Returns whether it is done. */
async function handle(record: DynamoDBRecord): Promise<boolean> {
  const queued = queuedMessage(record);
  if (!queued) return true;
  try {
    return await send(queued);
  } catch (error) {
    logger.error("message not sent", { item: queued.key.pk, causes: causesOf(error) });
    return false;
  }
}

async function send(queued: QueuedMessage): Promise<boolean> {
  const item = queued.key.pk;
  const message = await openMessage(queued);
  if (!message) {
    logger.error("message cannot be opened", { item });
    return false;
  }
  const lease = await takeLease(queued.key, sendLeaseMs, new Date());
  // Another worker is sending it, or has crashed: the stream delivers the record again later.
  if (lease === "held") return false;
  if (lease === "done") return true;
  try {
    await sendMessage(message);
  } catch (error) {
    if (!(error instanceof Refused)) {
      // A lease that is not released ends by itself; the first error is more important.
      await lease.release().catch(() => undefined);
      throw error;
    }
    logger.error("message refused", { item, causes: causesOf(error.cause) });
  }
  try {
    await lease.finish(new Date());
  } catch (error) {
    // Not reported as failed, because then it would be sent again.
    logger.error("message sent but not marked", { item, causes: causesOf(error) });
  }
  return true;
}
