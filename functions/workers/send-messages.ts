import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { causesOf, logger } from "../../lib/api/log.ts";
import { Failure } from "../../lib/errors.ts";
import { textSent } from "../../lib/messages/filter.ts";
import { countSending, type Limit } from "../../lib/messages/limits.ts";
import {
  type Message,
  openMessage,
  type QueuedMessage,
  type QueuedMessages,
  queuedMessage,
  queuedMessages,
} from "../../lib/messages/outbox.ts";
import { Refused, sendLeaseMs, sendMessage } from "../../lib/messages/send.ts";
import { checkSettings, mailSettings } from "../../lib/settings.ts";
import { takeLease } from "../../lib/table/lease.ts";
import { write } from "../../lib/table/transact.ts";

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
  const [queued, together] = [queuedMessage(record), queuedMessages(record)];
  try {
    if (together) await separate(together);
    return queued ? await send(queued) : true;
  } catch (error) {
    logger.error("message not sent", { item: (queued ?? together)?.key.pk, causes: causesOf(error) });
    return false;
  }
}

/**
 * Makes an item of each of several messages, all or none. The stream then reports each of them, so that each is sent and
 * repeated by itself.
 */
async function separate({ parts }: QueuedMessages): Promise<void> {
  try {
    await write(() => parts);
  } catch (error) {
    // The record arrived before.
    if (!(error instanceof Failure && error.code === "kExists")) throw error;
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
    const limit = await sendWithinLimits(message, queued);
    if (limit) logger.warn("message.withheld", { item, limit });
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

/** Sends a message, unless that exceeds a limit. Returns the limit then. A decoy is not counted. */
async function sendWithinLimits(message: Message, queued: QueuedMessage): Promise<Limit | undefined> {
  const item = queued.key.pk;
  const limit = message.kind === "decoy" ? undefined : await countSending(message, item, queued.queuedAt);
  // Text messages cost money, so that an alarm counts them.
  if (!limit && (await sendMessage(message)) === "text") logger.info(textSent, { item });
  return limit;
}
