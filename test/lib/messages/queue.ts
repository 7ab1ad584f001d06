import type { DynamoDBRecord } from "aws-lambda";
import { messageFilter } from "../../../lib/messages/filter.ts";
import { type Message, queueMessage, queueMessages } from "../../../lib/messages/outbox.ts";
import { write } from "../../../lib/table/transact.ts";
import { streamPump } from "../../../local/stream-pump.ts";
import { switchStreamOn } from "../../kit/engine.ts";

/** An item as it is stored in the table. */
export type StoredItem = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string };

/** Queues a message as an operation does. @returns the stored item */
export async function queue(message: Message, now = new Date()): Promise<StoredItem> {
  const part = await queueMessage(message, now);
  await write(() => [part]);
  return part.item.Put?.Item as StoredItem;
}

await switchStreamOn();

let fresh: DynamoDBRecord[] = [];
const stream = streamPump({
  endpoint: String(process.env.AWS_ENDPOINT_URL_DYNAMODB),
  tableName: String(process.env.TABLE_NAME),
  consumers: [
    {
      name: "collector",
      filters: [messageFilter],
      async handler({ Records }) {
        fresh.push(...Records);
        return { batchItemFailures: [] };
      },
    },
  ],
});

/** The stream records of the messages that were queued since the last call, oldest first. */
export async function queuedRecords(): Promise<DynamoDBRecord[]> {
  await stream.drain();
  const records = fresh;
  fresh = [];
  return records;
}

/** Queues a message. @returns its stream record */
export const recordOf = (message: Message, now?: Date): Promise<DynamoDBRecord> =>
  recordAfter(() => queue(message, now));

/** Queues several messages as one item. @returns its stream record */
export const recordOfAll = (messages: readonly Message[]): Promise<DynamoDBRecord> =>
  recordAfter(async () => {
    const part = await queueMessages(messages, new Date());
    await write(() => [part]);
  });

async function recordAfter(work: () => Promise<unknown>): Promise<DynamoDBRecord> {
  await queuedRecords();
  await work();
  const [record] = await queuedRecords();
  if (!record) throw new Error("the stream does not have the message");
  return record;
}
