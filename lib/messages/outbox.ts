import type { DynamoDBRecord } from "aws-lambda";
import { newId } from "../crypto/random.ts";
import { seal, unseal } from "../crypto/seal.ts";
import { messageKey } from "../table/keys.ts";
import type { Key, QueuedItem } from "../table/records.ts";
import { create, type TransactionPart } from "../table/transact.ts";

/** Who a message goes to, and the practice whose portal it is about. */
interface Addressed {
  /** An e-mail address, or a phone number in E.164. */
  readonly to: string;
  readonly practiceName: string;
}

/** A mail to the holder of an account. */
export type Mail = Addressed &
  (
    | { readonly kind: "verification" | "passwordReset"; readonly link: string }
    | { readonly kind: "locked"; readonly minutes: number }
    | { readonly kind: "passwordChanged" | "mobileChanged" }
  );

/** A text message to the holder of an account. */
export type TextMessage = Addressed & { readonly kind: "verificationCode"; readonly code: string };

/** Goes to nobody: queued where an honest caller's message would be, so that both cost the same. */
export interface Decoy {
  readonly kind: "decoy";
}

/** What can be queued. */
export type Message = Mail | TextMessage | Decoy;

const purpose = "message";
/** Long enough to look into a failure; the stream itself forgets after one day. */
const keptSeconds = 3 * 86_400;
/**
 * Every message is sealed at this length, so that the stored size tells neither kind nor recipient. Takes the longest
 * practice name and address there are, and keeps the item below 4 KB, four write units.
 */
const textBytes = 2900;

/**
 * The write that queues a message, to stand in the same transaction as what it announces. Nothing of it is readable in
 * the table.
 * @throws RangeError for a message that is too long
 */
export async function queueMessage(message: Message, now: Date): Promise<TransactionPart> {
  const key = messageKey(newId(now));
  const item = {
    type: "message",
    // Bound to its key: a sealed text that is copied into another item does not open there.
    sealed: await seal(purpose, key.pk, padded(JSON.stringify(message))),
    queuedAt: now.toISOString(),
    expiresAt: Math.ceil(now.getTime() / 1000) + keptSeconds,
  };
  return create(key, item, "changed");
}

/** JSON may end in spaces. */
function padded(text: string): string {
  const missing = textBytes - Buffer.byteLength(text);
  if (missing < 0) throw new RangeError("the message is too long");
  return text + " ".repeat(missing);
}

/** A message as the stream brings it. */
export interface QueuedMessage {
  readonly key: Key<QueuedItem>;
  readonly sealed: string;
}

/** The message that a stream record says was queued; `undefined` for a record of anything else. */
export function queuedMessage({ eventName, dynamodb }: DynamoDBRecord): QueuedMessage | undefined {
  const { pk, sk, type, sealed } = dynamodb?.NewImage ?? {};
  if (eventName !== "INSERT" || type?.S !== "message") return undefined;
  return { key: { pk: pk?.S ?? "", sk: sk?.S ?? "" }, sealed: sealed?.S ?? "" };
}

/** A queued message, readable; `undefined` when it was not sealed by us, or not for its place in the table. */
export async function openMessage({ key, sealed }: QueuedMessage): Promise<Message | undefined> {
  const text = await unseal(purpose, key.pk, sealed);
  return text === undefined ? undefined : (JSON.parse(text) as Message);
}
