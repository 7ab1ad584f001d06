import { describe, expect, it } from "vitest";
import {
  type Mail,
  type Message,
  openMessage,
  queuedMessage,
  queuedMessages,
  queueMessage,
  queueMessages,
} from "../../../lib/messages/outbox.ts";
import { messageKey } from "../../../lib/table/keys.ts";
import { readItems } from "../../../lib/table/read.ts";
import { write } from "../../../lib/table/transact.ts";
import { queue, queuedRecords, recordOf, recordOfAll, type StoredItem } from "./queue.ts";
import { mails, messages, practiceName, textMessage } from "./samples.ts";

const now = new Date("2026-03-02T19:03:58.123Z");
const locked = mails.find(({ kind }) => kind === "locked") as Mail;
const longName = "\ud800".repeat(255);
const opened = ({ pk, sk, sealed }: StoredItem) => openMessage({ key: { pk, sk }, sealed: String(sealed) });

/** The size of an item as DynamoDB counts it: names and values. */
const sizeOf = (item: StoredItem) =>
  Object.entries(item).reduce((bytes, [name, value]) => bytes + Buffer.byteLength(name + value), 0);

/** All texts of an item, in every encoding that they may have. */
function readable(item: StoredItem): string {
  const texts = Object.entries(item).flat().map(String);
  return [...texts, ...texts.map((text) => Buffer.from(text, "base64").toString("latin1"))].join("\n");
}

describe("a queued message", () => {
  it.each(messages)("can be opened, and is what was queued: $kind", async (message) => {
    expect(await opened(await queue(message, now))).toEqual(message);
  });

  it("is stored with its time, and expires three days later", async () => {
    const item = await queue({ kind: "decoy" }, now);
    expect(item).toEqual({
      pk: expect.stringMatching(/^MESSAGE#69a5df1e07b[0-9a-f]{13}$/),
      sk: "MESSAGE",
      type: "message",
      sealed: expect.stringMatching(/^[\w-]+$/),
      queuedAt: "2026-03-02T19:03:58.123Z",
      expiresAt: Math.ceil(now.getTime() / 1000) + 3 * 24 * 60 * 60,
    });
    expect((await readItems({ item: { pk: item.pk, sk: item.sk } })).item).toEqual(item);
  });

  it("has no readable content, recipient or practice", async () => {
    for (const message of messages) {
      const text = readable(await queue(message, now));
      for (const secret of Object.values(message).map(String)) {
        // A number such as "15" occurs in other texts by chance.
        if (secret.length > 2) expect(text, `${message.kind}: ${secret}`).not.toContain(secret);
      }
      expect(text).not.toContain(practiceName);
      expect(text).not.toMatch(/portal\.example|Token0|@example/i);
    }
  });

  it("has the same size for every kind, the decoy included", async () => {
    const longest: Message = {
      kind: "passwordReset",
      to: `${"ü".repeat(249)}@a.de`,
      practiceName: "\u{1f600}".repeat(127),
      link: `https://${"a".repeat(500)}.example.com/`,
    };
    const registration: Message = {
      kind: "verification",
      to: `${"ü".repeat(249)}@a.de`,
      practiceName: "\u20ac".repeat(255),
      link: `https://${"a".repeat(400)}.example.com/`,
      registered: {
        by: "\u{1f600}".repeat(60),
        at: now.toISOString(),
        from: "2001:0db8:0000:0000:0000:0000:192.168.100.100",
        rejectLink: `https://${"a".repeat(400)}.example.com/`,
      },
    };
    const items = await Promise.all([...messages, longest, registration].map((message) => queue(message, now)));
    expect(new Set(items.map(sizeOf)).size).toBe(1);
    expect(new Set(items.map((item) => String(item.sealed).length)).size).toBe(1);
    expect(new Set(items.map((item) => Object.keys(item).join())).size).toBe(1);
    // Four write units, also while it is being sent, and after it is marked as sent.
    for (const added of ["leaseUntil0000000takenBy0123456789abcdeftakenTimes00", "doneAt2026-03-02T19:03:58.123Z"])
      expect(sizeOf(items[0] as StoredItem) + added.length).toBeLessThan(4096);
  });

  it.each<Message>([
    { kind: "mobileChanged", to: "a@example.com", practiceName: longName },
    { ...locked, to: `${"ü".repeat(249)}@a.de`, practiceName: longName },
    { ...textMessage, practiceName: longName },
  ])("accepts a practice's name of 255 characters that JSON has to escape: $kind", async (message) => {
    expect(await opened(await queue(message, now))).toEqual(message);
  });

  it("is refused when it is longer than a message may be", async () => {
    const link = `https://example.com/${"a".repeat(3000)}`;
    const pending = queueMessage({ kind: "verification", to: "a@example.com", practiceName, link }, now);
    await expect(pending).rejects.toThrow(RangeError);
  });

  it("cannot be opened in the place of another item", async () => {
    const item = await queue({ kind: "decoy" }, now);
    expect(await opened({ ...item, ...messageKey("69a5df1e07b0000000000000") })).toBeUndefined();
  });

  it("cannot be opened when a byte is changed, or when it was never sealed", async () => {
    const item = await queue({ kind: "decoy" }, now);
    const sealed = String(item.sealed);
    const changed = `${sealed.slice(0, 100)}${sealed[100] === "A" ? "B" : "A"}${sealed.slice(101)}`;
    expect(await opened({ ...item, sealed: changed })).toBeUndefined();
    expect(await opened({ ...item, sealed: "" })).toBeUndefined();
  });

  it("is sealed differently each time", async () => {
    const items = await Promise.all([queue({ kind: "decoy" }, now), queue({ kind: "decoy" }, now)]);
    expect(items[0]?.sealed).not.toBe(items[1]?.sealed);
    expect(items[0]?.pk).not.toBe(items[1]?.pk);
  });
});

describe("several messages", () => {
  const storedOf = async (several: readonly Message[]) =>
    (await queueMessages(several, now)).item.Put?.Item as StoredItem & { readonly sealed: readonly string[] };

  it("share one item, which expires as they do; one alone has an item of its own", async () => {
    const item = await storedOf(messages);
    expect(item).toEqual({
      pk: expect.stringMatching(/^MESSAGE#69a5df1e07b[0-9a-f]{13}$/),
      sk: "MESSAGES",
      type: "messages",
      sealed: messages.map(() => expect.stringMatching(/^[\w-]+$/)),
      queuedAt: "2026-03-02T19:03:58.123Z",
      expiresAt: Math.ceil(now.getTime() / 1000) + 3 * 24 * 60 * 60,
    });
    expect(await storedOf([{ kind: "decoy" }])).toMatchObject({ type: "message", sealed: expect.any(String) });
  });
  it("have no readable content, and all the same length", async () => {
    const { sealed } = await storedOf(messages);
    expect(new Set(sealed.map(({ length }) => length)).size).toBe(1);
    expect(new Set(sealed).size).toBe(messages.length);
    const text = sealed.map((each) => Buffer.from(each, "base64url").toString("latin1")).join("\n");
    expect(`${sealed}${text}`).not.toMatch(/portal\.example|Token0|@example/i);
  });
  it("fit into an item, 50 of them: DynamoDB allows 400 KB", async () => {
    const item = await storedOf(Array.from({ length: 50 }, () => ({ kind: "decoy" })));
    expect(sizeOf(item)).toBeLessThan(400 * 1024);
  });
  it("become items of their own, in which they can be opened", async () => {
    const record = await recordOfAll(messages);
    const { key, parts = [] } = queuedMessages(record) ?? {};
    expect(key).toEqual({ pk: record.dynamodb?.Keys?.pk?.S, sk: "MESSAGES" });
    await queuedRecords();
    await write(() => parts);
    const records = await queuedRecords();
    const all = await Promise.all(records.flatMap((each) => queuedMessage(each) ?? []).map(openMessage));
    expect(all).toEqual(expect.arrayContaining([...messages]));
    expect(all).toHaveLength(messages.length);
    const [first] = parts;
    const alone = await queue({ kind: "decoy" });
    const attributes = Object.keys(first?.item.Put?.Item ?? {}).sort();
    expect(attributes).toEqual(Object.keys(alone).sort());
  });
  it("cannot be opened in each other's place", async () => {
    const { parts = [] } = queuedMessages(await recordOfAll(messages)) ?? {};
    const [one, other] = parts.map(({ item }) => item.Put?.Item as StoredItem);
    if (!one || !other) throw new Error("there are two messages");
    expect(await opened({ ...one, sealed: other.sealed })).toBeUndefined();
  });
});

describe("a stream record", () => {
  it("of a queued message returns its key, its sealed text and when it was queued", async () => {
    await queuedRecords();
    const item = await queue({ kind: "decoy" }, now);
    const [record] = await queuedRecords();
    expect(record && queuedMessage(record)).toEqual({
      key: { pk: item.pk, sk: item.sk },
      sealed: item.sealed,
      queuedAt: now,
    });
  });

  it("of anything else returns nothing", async () => {
    const record = await recordOf({ kind: "decoy" });
    const image = record.dynamodb?.NewImage;
    expect(queuedMessage({ ...record, eventName: "MODIFY" })).toBeUndefined();
    expect(queuedMessage({ ...record, eventName: "REMOVE" })).toBeUndefined();
    expect(queuedMessage({ eventName: "INSERT", dynamodb: { NewImage: { ...image, type: { S: "user" } } } })).toBe(
      undefined,
    );
    expect(queuedMessage({ eventName: "INSERT" })).toBeUndefined();
    expect(queuedMessages(record)).toBeUndefined();
    const several = await recordOfAll(messages);
    expect(queuedMessage(several)).toBeUndefined();
    expect(queuedMessages({ ...several, eventName: "MODIFY" })).toBeUndefined();
  });
});
