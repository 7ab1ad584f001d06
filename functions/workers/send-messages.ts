import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { causesOf, logger } from "../../lib/api/log.ts";
import { openMessage, type QueuedMessage, queuedMessage } from "../../lib/messages/outbox.ts";
import { Refused, sendLeaseMs, sendMessage } from "../../lib/messages/send.ts";
import { checkSettings, mailSettings } from "../../lib/settings.ts";
import { takeLease } from "../../lib/table/lease.ts";

/**
 * Sends the messages that the table's stream says were queued. A record that failed is reported as such, for the stream
 * to bring again; the mark on its item keeps a record that comes twice from being sent twice.
 */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  checkSettings({ seals: true });
  mailSettings();
  const isHandled = await Promise.all(Records.map(handle));
  const failed = Records.filter((_, place) => !isHandled[place]);
  return { batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? "" })) };
}

/** Whether nothing is left to be done for this record. */
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
  // Held by a worker that sends it now or has crashed: only another look, later, can tell.
  if (lease === "held") return false;
  if (lease === "done") return true;
  try {
    await sendMessage(message);
  } catch (error) {
    if (!(error instanceof Refused)) {
      // Not released, it ends by itself; what matters is the first error.
      await lease.release().catch(() => undefined);
      throw error;
    }
    logger.error("message refused", { item, causes: causesOf(error.cause) });
  }
  try {
    await lease.finish(new Date());
  } catch (error) {
    // Reported as failed, it would be sent again.
    logger.error("message sent but not marked", { item, causes: causesOf(error) });
  }
  return true;
}
