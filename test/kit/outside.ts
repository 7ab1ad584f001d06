import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import { messageFilter } from "../../lib/messages/filter.ts";
import { documents } from "../../lib/table/client.ts";
import type { Key } from "../../lib/table/records.ts";
import { type SentMessage, startOutside } from "../../local/outside.ts";
import { StreamDelivery } from "../../local/stream-delivery.ts";
import { whenTableIsEmptied } from "./engine.ts";

/**
 * Replaces the outside of the system: SES and SNS. Messages are sent only when a test asks for them, by the real worker.
 * The tables of tests have no stream, because its records slow the engine down. So this file records which messages requests
 * have queued, and passes those that the table has to the worker, as the stream would.
 */

// Failures in these tests are intended.
process.env.POWERTOOLS_LOG_LEVEL ??= "SILENT";
process.env.MAIL_FROM ??= "Frontdesk <portal@example.com>";
const outside = await startOutside();
Object.assign(process.env, outside.environment);
// Not at the top of the file, because the worker's logger reads its level from the environment when it is imported.
const { handler } = await import("../../functions/workers/send-messages.ts");

const stopping = new AbortController();
const delivery = new StreamDelivery({
  consumers: [{ name: "send-messages", filter: messageFilter, handler }],
  // One message at a time, so that they arrive in the order in which they were queued.
  batchSize: 1,
  triesMax: 12,
  onHandled: () => {},
  log: () => {},
  stopping: stopping.signal,
});

interface Transaction {
  readonly TransactItems?: readonly { readonly Put?: { readonly Item?: Key } }[];
}

/** The keys of messages in transactions that were sent, in that order. */
const queued = new Map<string, Key>();
documents.middlewareStack.add(
  (next) => (args) => {
    for (const { Put } of (args.input as Transaction).TransactItems ?? []) {
      const { pk, sk } = Put?.Item ?? { pk: "", sk: "" };
      if (pk.startsWith("MESSAGE#")) queued.set(pk, { pk, sk });
    }
    return next(args);
  },
  { step: "initialize", name: "queued messages" },
);

/** A separate client, so that suites which watch the table's requests see only those of the system. */
const client = new DynamoDBClient();

/** The stream record of a message, if its transaction was carried out. */
async function recordOf({ pk, sk }: Key): Promise<DynamoDBRecord[]> {
  const Keys = { pk: { S: pk }, sk: { S: sk } };
  const { Item } = await client.send(new GetItemCommand({ TableName: process.env.TABLE_NAME, Key: Keys }));
  const image = Item as NonNullable<DynamoDBRecord["dynamodb"]>["NewImage"];
  return image ? [{ eventName: "INSERT", dynamodb: { Keys, NewImage: image, SequenceNumber: pk } }] : [];
}

/** Messages of earlier test files in this process. */
let earlier: ReadonlySet<SentMessage> = new Set();
whenTableIsEmptied(() => {
  queued.clear();
  outside.failNext(0);
  earlier = new Set(outside.messages());
});

/** Stops the replacement. Benchmarks call this; in tests it ends with the process. */
export async function closeInbox(): Promise<void> {
  stopping.abort();
  documents.middlewareStack.remove("queued messages");
  client.destroy();
  await outside.stop();
}

/** Makes the next requests to SES and SNS fail: `failNext(2)`. */
export const { failNext } = outside;

/**
 * Sends all queued messages. Returns all messages that this test file has sent, newest first:
 * `const [mail] = await sentMessages()`.
 * @param to only messages to this address or number
 */
export async function sentMessages(to?: string): Promise<readonly SentMessage[]> {
  // The worker queues messages too: it makes an item of each of several that were queued as one.
  while (queued.size > 0) {
    const keys = [...queued.values()];
    queued.clear();
    for (const key of keys) await delivery.deliver(await recordOf(key));
    await delivery.finishRetries();
  }
  const sent = outside.messages().filter((message) => !earlier.has(message));
  return sent.filter((message) => to === undefined || message.to === to);
}
