import { sentKey, textsOfDayKey } from "../table/keys.ts";
import { readItems } from "../table/read.ts";
import type { Key, SentCount, TextsOfDay } from "../table/records.ts";
import { create, held, replace, retryOnConflict, type TransactionPart } from "../table/transact.ts";
import { isText, type Mail, type TextMessage } from "./outbox.ts";

/** The limit because of which a message is not sent. */
export type Limit = "mails to an address" | "lock mails" | "texts to a number" | "texts of a portal";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What one recipient may be sent at most. */
interface Counter {
  readonly key: Key<SentCount>;
  readonly limit: Limit;
  /** At most so many messages within so much time. The longest time is the last. */
  readonly windows: readonly { readonly max: number; readonly ms: number }[];
}

/** All mails or texts to one recipient, from all portals. */
const recipientCounter = (message: Mail | TextMessage): Counter =>
  isText(message)
    ? {
        key: sentKey("text", message.to),
        limit: "texts to a number",
        windows: [
          { max: 5, ms: hourMs },
          { max: 20, ms: dayMs },
        ],
      }
    : { key: sentKey("mail", message.to), limit: "mails to an address", windows: [{ max: 5, ms: hourMs }] };

/** Mails of one kind that tell the holder of a lock. An attacker causes one with each lock. */
function lockMailCounter(message: Mail | TextMessage): Counter | undefined {
  if (message.kind !== "locked" || !isStated(message.portal)) return undefined;
  return {
    key: sentKey("lockMail", JSON.stringify([message.portal, message.from, message.to])),
    limit: "lock mails",
    windows: [{ max: 1, ms: 6 * hourMs }],
  };
}

/** What a portal may send in a day. */
interface DayCounter {
  readonly key: Key<TextsOfDay>;
  readonly max: number;
}

function dayCounter(message: Mail | TextMessage, queuedAt: Date): DayCounter | undefined {
  if (!isText(message) || !isStated(message.sender)) return undefined;
  const { portal, smsPerDay } = message.sender;
  return { key: textsOfDayKey(portal, queuedAt.toISOString().slice(0, 10)), max: smsPerDay };
}

/** Messages of an earlier release do not name their portal. */
const isStated = (portal: string | object | undefined) => portal !== undefined;

/**
 * Counts a message that is going to be sent. A message that was counted before, because it is being sent again, is not counted
 * twice.
 * @param queuedAt its time: messages count in the hour and day in which they were queued
 * @returns the limit that was reached, so that the message must not be sent; then nothing is counted
 */
export async function countSending(
  message: Mail | TextMessage,
  messageId: string,
  queuedAt: Date,
): Promise<Limit | undefined> {
  const [recipient, lockMail, day] = [
    recipientCounter(message),
    lockMailCounter(message),
    dayCounter(message, queuedAt),
  ];
  const read = () => readItems({ recipient: recipient.key, lockMail: lockMail?.key, day: day?.key });
  return retryOnConflict(held(await read(), read), ({ value: counts }) => {
    if (counts.recipient?.sent.some((sent) => sent.messageId === messageId)) return { parts: [], answer: undefined };
    const reached =
      (lockMail && limitReached(lockMail, counts.lockMail, queuedAt)) ??
      limitReached(recipient, counts.recipient, queuedAt) ??
      (day && (counts.day?.texts ?? 0) >= day.max ? "texts of a portal" : undefined);
    if (reached) return { parts: [], answer: reached };
    return {
      parts: [
        counting(recipient, counts.recipient, messageId, queuedAt),
        ...(lockMail ? [counting(lockMail, counts.lockMail, messageId, queuedAt)] : []),
        ...(day ? [countingInDay(day, queuedAt)] : []),
      ],
      answer: undefined,
    };
  });
}

/** Returns a counter's limit if it is reached. */
function limitReached({ limit, windows }: Counter, count: SentCount | undefined, queuedAt: Date): Limit | undefined {
  const within = (ms: number) => (count?.sent ?? []).filter(({ at }) => at > queuedAt.getTime() - ms).length;
  return windows.some(({ max, ms }) => within(ms) >= max) ? limit : undefined;
}

/** Returns the part that adds a message to what was sent to a recipient, and drops what no longer counts. */
function counting(
  { key, windows }: Counter,
  before: SentCount | undefined,
  messageId: string,
  queuedAt: Date,
): TransactionPart {
  const keptMs = windows.at(-1)?.ms ?? 0;
  const recent = (before?.sent ?? []).filter(({ at }) => at > queuedAt.getTime() - keptMs);
  const after: SentCount & { readonly type: string } = {
    type: "sent",
    version: (before?.version ?? 0) + 1,
    sent: [...recent, { messageId, at: queuedAt.getTime() }],
    expiresAt: Math.ceil((queuedAt.getTime() + keptMs) / 1000),
  };
  return before ? replace(key, before, after) : create(key, after, "changed");
}

/** Returns the part that adds a text message to those of a portal and a day, while there is room. */
const countingInDay = ({ key, max }: DayCounter, queuedAt: Date): TransactionPart => ({
  item: {
    Update: {
      Key: { ...key },
      UpdateExpression: "SET expiresAt = :expiresAt ADD texts :one",
      ConditionExpression: "attribute_not_exists(texts) OR texts < :max",
      ExpressionAttributeValues: {
        ":expiresAt": Math.ceil((queuedAt.getTime() + 2 * dayMs) / 1000),
        ":one": 1,
        ":max": max,
      },
    },
  },
  ifRefused: "changed",
});
