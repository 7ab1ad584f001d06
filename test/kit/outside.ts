import type { DynamoDBRecord } from "aws-lambda";
import { messageFilter } from "../../lib/messages/filter.ts";
import {
  type Message,
  openMessage,
  type QueuedMessage,
  queuedMessage,
  queuedMessages,
} from "../../lib/messages/outbox.ts";
import { documents } from "../../lib/table/client.ts";
import type { Key, QueuedItem } from "../../lib/table/records.ts";
import { type SentMessage, startOutside } from "../../local/outside.ts";
import { StreamDelivery } from "../../local/stream-delivery.ts";
import { whenTableIsEmptied } from "./engine.ts";
import { askEngine } from "./engine-requests.ts";
import { portalsOpened } from "./openings.ts";

/**
 * Replaces the outside of the system: SES and SNS. Messages are sent only when a test asks for them, by the real worker.
 * The tables of tests have no stream, because its records slow the engine down. So this file records which messages requests
 * have queued, and passes those that the table has to the worker, as the stream would.
 */

// Failures in these tests are intended.
process.env.LOG_LEVEL ??= "SILENT";
process.env.MAIL_FROM ??= "Frontdesk <portal@example.com>";
const outside = await startOutside();
Object.assign(process.env, outside.environment);
// Not at the top of the file, because the worker's logger reads its level from the environment when it is imported.
const { handler } = await import("../../functions/workers/send-messages.ts");

const stopping = new AbortController();
const delivery = new StreamDelivery({
  consumers: [{ name: "send-messages", filters: [messageFilter], handler }],
  // One message at a time, so that they arrive in the order in which they were queued.
  batchSize: 1,
  triesMax: 12,
  onHandled: () => {},
  log: () => {},
  stopping: stopping.signal,
});

/** The item of a message, or of several. */
interface QueueItem extends Key {
  readonly sealed: string | readonly string[];
}

interface Transaction {
  readonly TransactItems?: readonly { readonly Put?: { readonly Item?: QueueItem } }[];
}

/** Items with messages in transactions that were sent, in that order, by their partition, and how many portals there were. */
const queued = new Map<string, QueueItem & { readonly portals: number }>();
/** The keys of the counters of what was sent to one recipient, while these many portals were open. */
const counters = new Map<string, Key>();
let countedPortals = 0;
documents.middlewareStack.add(
  (next) => (args) => {
    for (const { Put } of (args.input as Transaction).TransactItems ?? []) {
      if (Put?.Item?.pk.startsWith("MESSAGE#")) queued.set(Put.Item.pk, { ...Put.Item, portals: portalsOpened() });
      if (Put?.Item?.pk.startsWith("SENT#")) counters.set(Put.Item.pk, { pk: Put.Item.pk, sk: Put.Item.sk });
    }
    return next(args);
  },
  { step: "initialize", name: "queued messages" },
);

/** The stream record of a message, if its transaction was carried out. The table needs no stream for it. */
export async function recordOf({ pk, sk }: Key): Promise<DynamoDBRecord[]> {
  const Keys = { pk: { S: pk }, sk: { S: sk } };
  const { Item } = await askEngine("GetItem", { TableName: process.env.TABLE_NAME, Key: Keys });
  const image = Item as NonNullable<DynamoDBRecord["dynamodb"]>["NewImage"];
  return image ? [{ eventName: "INSERT", dynamodb: { Keys, NewImage: image, SequenceNumber: pk } }] : [];
}

/** Forgets what was sent, so that it does not limit the messages that were queued after another portal was opened. */
async function forgetCounters(portals: number): Promise<void> {
  if (portals === countedPortals) return;
  countedPortals = portals;
  for (const { pk, sk } of counters.values())
    await askEngine("DeleteItem", { TableName: process.env.TABLE_NAME, Key: { pk: { S: pk }, sk: { S: sk } } });
  counters.clear();
}

/** Messages of earlier test files in this process. */
let earlier: ReadonlySet<SentMessage> = new Set();
whenTableIsEmptied(() => {
  queued.clear();
  counters.clear();
  outside.failNext(0);
  earlier = new Set(outside.messages());
});

/** Stops the replacement. Benchmarks call this; in tests it ends with the process. */
export async function closeInbox(): Promise<void> {
  stopping.abort();
  documents.middlewareStack.remove("queued messages");
  await outside.stop();
}

/** Makes the next requests to SES and SNS fail: `failNext(2)`. */
export const { failNext } = outside;

/** Whether an item may have a message to an address. Several in one item are not opened: each gets its own item first. */
async function mayBeTo(to: string, { sealed, ...key }: QueueItem): Promise<boolean> {
  if (typeof sealed !== "string") return true;
  const message = await openMessage({ key: key as Key<QueuedItem>, sealed });
  return !message || ("to" in message && message.to === to);
}

/** Takes items out of the queue: all, or those that may have a message to an address. */
async function takeQueued(to?: string): Promise<(Key & { readonly portals: number })[]> {
  const taken: (Key & { readonly portals: number })[] = [];
  for (const item of [...queued.values()]) {
    if (to !== undefined && !(await mayBeTo(to, item))) continue;
    queued.delete(item.pk);
    taken.push({ pk: item.pk, sk: item.sk, portals: item.portals });
  }
  return taken;
}

/**
 * Takes all messages out of the queue and opens those that the table has, without sending them. That takes one request
 * to the table for each item; to send them takes three for each message.
 */
export async function takeMessages(): Promise<readonly Message[]> {
  const records = (await Promise.all((await takeQueued()).map(recordOf))).flat();
  const items = records.flatMap((record): Pick<QueuedMessage, "key" | "sealed">[] => {
    const several = queuedMessages(record)?.parts ?? [];
    const parts = several.map(({ item }) => item.Put?.Item as QueuedMessage["key"] & { readonly sealed: string });
    return [queuedMessage(record) ?? [], parts.map(({ sealed, ...key }) => ({ key, sealed }))].flat();
  });
  const messages = await Promise.all(items.map(openMessage));
  return messages.filter((message) => message !== undefined);
}

/**
 * Sends queued messages. Returns all messages that this test file has sent, newest first:
 * `const [mail] = await sentMessages()`.
 * @param to only messages to this address or number; others stay in the queue
 */
export async function sentMessages(to?: string): Promise<readonly SentMessage[]> {
  // The worker queues messages too: it makes an item of each of several that were queued as one.
  for (let keys = await takeQueued(to); keys.length > 0; keys = await takeQueued(to)) {
    for (const { portals, ...key } of keys) {
      await forgetCounters(portals);
      await delivery.deliver(await recordOf(key));
    }
    await delivery.finishRetries();
  }
  const sent = outside.messages().filter((message) => !earlier.has(message));
  return sent.filter((message) => to === undefined || message.to === to);
}
