import { setTimeout as sleep } from "node:timers/promises";
import { erasureLeaseMs } from "../../../lib/accounts/erasure/rest.ts";
import { openMessage } from "../../../lib/messages/outbox.ts";
import { sendLeaseMs } from "../../../lib/messages/send.ts";
import { practiceItemPrefix } from "../../../lib/table/keys.ts";
import type { Key, QueuedItem } from "../../../lib/table/records.ts";
import { askEngine } from "../../kit/engine-requests.ts";
import { allItems, type Item } from "../../kit/system.ts";

/** A message that an item of the table holds, and when it was sent. */
export interface StoredMessage {
  readonly to: string;
  readonly kind: string;
  readonly doneAt: string | undefined;
}

/** Messages must be sent, and erasures done, within this time after a start. Usually it takes a second. */
const workMsMax = 60_000;

const isQueued = ({ type }: Item) => type === "message" || type === "messages";
const isErasure = ({ type }: Item) => type === "erasure";

/**
 * Lets the leases end that a killed worker has left: they would end by themselves after half a minute.
 * @param since when the next worker began, in epoch milliseconds
 */
export async function endLeasesBefore(since: number): Promise<void> {
  for (const item of (await allItems()).filter((item) => isQueued(item) || isErasure(item))) {
    const leaseMs = isQueued(item) ? sendLeaseMs : erasureLeaseMs;
    const { pk, sk, leaseUntil } = item;
    if (typeof leaseUntil !== "number" || leaseUntil - leaseMs >= since) continue;
    await askEngine("UpdateItem", {
      TableName: process.env.TABLE_NAME,
      Key: { pk: { S: pk }, sk: { S: sk } },
      UpdateExpression: "SET leaseUntil = :over",
      ConditionExpression: "leaseUntil = :left",
      ExpressionAttributeValues: { ":over": { N: "0" }, ":left": { N: String(leaseUntil) } },
    }).catch((error) => {
      // Its next holder was faster.
      if (!String(error).includes("ConditionalCheckFailed")) throw error;
    });
  }
}

const practiceOf = ({ applicationId, accountId }: Item) => ({
  applicationId: String(applicationId),
  accountId: String(accountId),
});

/** What workers have not done yet: messages that were not sent, and accounts and practices of which something is left. */
function undone(items: readonly Item[]): Item[] {
  const inside = new Set(
    items.filter(({ type }) => !["event", "void", "erasure"].includes(String(type))).map(({ pk }) => pk),
  );
  return items.filter((item) => {
    if (item.type === "message") return item.doneAt === undefined;
    // The item of an erased practice stays for an hour, so that it is looked at once more.
    return isErasure(item) && (item.deletedAt === undefined || inside.has(practiceItemPrefix(practiceOf(item)).pk));
  });
}

/**
 * Waits until workers have done everything.
 * @returns the table's items, and what is still not done
 */
export async function whenWorkIsDone(): Promise<{ items: Item[]; left: Item[] }> {
  const end = performance.now() + workMsMax;
  for (;;) {
    const items = await allItems();
    const left = [...undone(items), ...unseparated(items)];
    if (left.length === 0 || performance.now() > end) return { items, left };
    await sleep(50);
  }
}

/** Items of several messages of which the worker has not made items of their own. */
const unseparated = (items: readonly Item[]) => {
  const keys = new Set(items.map(({ pk }) => pk));
  return items.filter(({ type, pk }) => type === "messages" && !keys.has(`MESSAGE#${pk.slice(pk.indexOf("#") + 1)}-0`));
};

/** Opens the messages in these items. Decoys are left out. */
export async function openMessages(items: readonly Item[]): Promise<StoredMessage[]> {
  const opened = items
    .filter(({ type }) => type === "message")
    .map(async ({ pk, sk, sealed, doneAt }): Promise<StoredMessage[]> => {
      const message = await openMessage({ key: { pk, sk } as Key<QueuedItem>, sealed: String(sealed) });
      if (!message) throw new Error(`the message ${pk} cannot be opened`);
      const { kind } = message;
      return kind === "decoy" ? [] : [{ to: message.to, kind, doneAt: doneAt as string | undefined }];
    });
  return (await Promise.all(opened)).flat();
}
