import type { DynamoDBRecord } from "aws-lambda";
import { newId } from "../crypto/random.ts";
import { seal, unseal } from "../crypto/seal.ts";
import { messageKey, messagesKey } from "../table/keys.ts";
import type { Key, QueuedItem, QueuedItems } from "../table/records.ts";
import { create, type TransactionPart } from "../table/transact.ts";

/** The recipient of a message, and the practice whose portal sends it. */
interface Addressed {
  /** An e-mail address, or a phone number in E.164. */
  readonly to: string;
  readonly practiceName: string;
}

/** From where wrong passwords came: each is locked by itself. */
export type LockedFrom = "stranger" | "known device" | "session";

/** Maximum length of a name in a subject or SMS, and of all names in invitations, in characters. */
export const briefNameMax = 60;

/** What the reader of a verification mail is told about the registration. */
export interface Registered {
  /** The name that was typed. */
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  /** The source address. */
  readonly from?: string;
  /** Leads to the page that deletes the account. */
  readonly rejectLink: string;
}

/** A mail to the holder of an account, or to somebody who is invited. */
export type Mail = Addressed &
  (
    | { readonly kind: "passwordReset"; readonly link: string }
    | {
        readonly kind: "verification";
        readonly link: string;
        /** About the registration. Absent in messages that an earlier version has queued. */
        readonly registered?: Registered;
      }
    | {
        readonly kind: "connectionInvitation" | "registrationInvitation";
        readonly link: string;
        /** Name of the person who invites; absent when the practice does. */
        readonly inviter?: string;
        /** The inviter's own words. Lines end with `\n`. */
        readonly message?: string;
      }
    | {
        readonly kind: "locked";
        readonly from: LockedFrom;
        readonly minutes: number;
        /** Names the portal: each sends one such mail in some hours. Messages of an earlier release lack `portal` and `from`. */
        readonly portal: string;
      }
    | { readonly kind: "signInCode"; readonly code: string }
    | {
        readonly kind:
          | "passwordChanged"
          | "mobileChanged"
          | "totpAdded"
          | "totpRemoved"
          | "accountErased"
          | "devicesForgotten";
      }
  );

/** A text message to the holder of an account. `numberReplaced` goes to the number from before. */
export type TextMessage = Addressed & {
  /** The portal that sends it. Messages of an earlier release lack it. */
  readonly sender: {
    /** Names the portal. */
    readonly portal: string;
    /** Its setting when the message was queued. */
    readonly smsPerDay: number;
  };
} & ({ readonly kind: "verificationCode"; readonly code: string } | { readonly kind: "numberReplaced" });

/**
 * A message to nobody. It is queued when no account has the e-mail address, so that known and unknown addresses cost
 * the same work.
 */
export interface Decoy {
  readonly kind: "decoy";
}

/** Any message that can be queued. */
export type Message = Mail | TextMessage | Decoy;

/** Whether a message is a text message. */
export const isText = (message: Message): message is TextMessage =>
  message.kind === "verificationCode" || message.kind === "numberReplaced";

const purpose = "message";
/** Long enough to look into a failure. The stream itself keeps its records for only one day. */
const keptSeconds = 3 * 86_400;
/**
 * Every message is padded to this length before it is sealed, so that the stored size reveals neither kind nor
 * recipient. The longest practice name and address fit, and the item stays below 4 KB, which is four write units.
 */
const textBytes = 2900;

/**
 * Returns the transaction part that queues a message, for the transaction of the change that it announces. The message
 * is sealed, so nothing of it is readable in the table.
 * @throws RangeError for a message that is too long
 */
export async function queueMessage(message: Message, now: Date): Promise<TransactionPart> {
  const key = messageKey(newId(now));
  return create(key, { type: "message", sealed: await sealedFor(key, message), ...timesOf(now) }, "changed");
}

/**
 * Returns the transaction part that queues messages. Several share one item, because a transaction has limited room for
 * items. The worker makes an item of each message before it sends them.
 * @throws RangeError for a message that is too long
 */
export async function queueMessages(messages: readonly Message[], now: Date): Promise<TransactionPart> {
  const [first, ...others] = messages;
  if (first && others.length === 0) return queueMessage(first, now);
  const key = messagesKey(newId(now));
  const sealed = await Promise.all(messages.map((message, place) => sealedFor(keyAt(key, place), message)));
  return create(key, { type: "messages", sealed, ...timesOf(now) }, "changed");
}

/** The key of the item that is made of one of several messages. */
const keyAt = ({ pk }: Key<QueuedItems>, place: number): Key<QueuedItem> =>
  messageKey(`${pk.slice(pk.indexOf("#") + 1)}-${place}`);

/** Bound to its key, so that a sealed text that is copied into another item cannot be opened there. */
const sealedFor = (key: Key<QueuedItem>, message: Message) => seal(purpose, key.pk, padded(JSON.stringify(message)));

const timesOf = (now: Date) => ({
  queuedAt: now.toISOString(),
  expiresAt: Math.ceil(now.getTime() / 1000) + keptSeconds,
});

/** Pads with spaces, which JSON allows at the end. */
function padded(text: string): string {
  const missing = textBytes - Buffer.byteLength(text);
  if (missing < 0) throw new RangeError("the message is too long");
  return text + " ".repeat(missing);
}

/** A message as the stream delivers it. */
export interface QueuedMessage {
  readonly key: Key<QueuedItem>;
  readonly sealed: string;
  readonly queuedAt: Date;
}

/** Returns the message that was queued according to a stream record; `undefined` for other records. */
export function queuedMessage({ eventName, dynamodb }: DynamoDBRecord): QueuedMessage | undefined {
  const { pk, sk, type, sealed, queuedAt } = dynamodb?.NewImage ?? {};
  if (eventName !== "INSERT" || type?.S !== "message") return undefined;
  return { key: { pk: pk?.S ?? "", sk: sk?.S ?? "" }, sealed: sealed?.S ?? "", queuedAt: new Date(queuedAt?.S ?? 0) };
}

/** Several messages as the stream delivers them. */
export interface QueuedMessages {
  readonly key: Key<QueuedItems>;
  /** The writes that make an item of each. They are refused with kExists once they were carried out. */
  readonly parts: readonly TransactionPart[];
}

/** Returns the messages that were queued as one item according to a stream record; `undefined` for other records. */
export function queuedMessages({ eventName, dynamodb }: DynamoDBRecord): QueuedMessages | undefined {
  const { pk, sk, type, sealed, queuedAt, expiresAt } = dynamodb?.NewImage ?? {};
  if (eventName !== "INSERT" || type?.S !== "messages") return undefined;
  const key: Key<QueuedItems> = { pk: pk?.S ?? "", sk: sk?.S ?? "" };
  const times = { queuedAt: queuedAt?.S, expiresAt: Number(expiresAt?.N) };
  const parts = (sealed?.L ?? []).map(({ S }, place) =>
    create(keyAt(key, place), { type: "message", sealed: S, ...times }, "kExists"),
  );
  return { key, parts };
}

/**
 * Opens a queued message.
 * @returns `undefined` when we did not seal it, or when it was sealed for another place in the table
 */
export async function openMessage({
  key,
  sealed,
}: Pick<QueuedMessage, "key" | "sealed">): Promise<Message | undefined> {
  const text = await unseal(purpose, key.pk, sealed);
  return text === undefined ? undefined : (JSON.parse(text) as Message);
}
