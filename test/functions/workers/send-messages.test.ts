import { paginateScan } from "@aws-sdk/lib-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";

vi.hoisted(() => {
  process.env.LOG_LEVEL = "INFO";
  process.env.MAIL_FROM = "Frontdesk <portal@example.com>";
  process.env.MAIL_CONFIGURATION_SET = "portal";
});

import { handler } from "../../../functions/workers/send-messages.ts";
import {
  type Mail,
  type Message,
  queuedMessages,
  queueMessage,
  type TextMessage,
} from "../../../lib/messages/outbox.ts";
import { sendLeaseMs } from "../../../lib/messages/send.ts";
import { renderMail } from "../../../lib/messages/templates.ts";
import { documents } from "../../../lib/table/client.ts";
import { takeLease } from "../../../lib/table/lease.ts";
import { readItems } from "../../../lib/table/read.ts";
import type { Key, QueuedItem } from "../../../lib/table/records.ts";
import { remove, write } from "../../../lib/table/transact.ts";
import { startOutside } from "../../../local/outside.ts";
import { queue, queuedRecords, recordOf, recordOfAll } from "../../lib/messages/queue.ts";
import { mails, messages, textMessage } from "../../lib/messages/samples.ts";

const outside = await startOutside();
Object.assign(process.env, outside.environment);

const [verification, passwordReset] = mails;
if (!verification || !passwordReset) throw new Error("samples are missing");

/** The counts of what was sent. */
async function sentCounts(): Promise<(Key & { readonly expiresAt: number })[]> {
  const counts = [];
  const scan = {
    TableName: process.env.TABLE_NAME,
    FilterExpression: "begins_with(pk, :sent)",
    ExpressionAttributeValues: { ":sent": "SENT#" },
  };
  for await (const { Items = [] } of paginateScan({ client: documents }, scan)) counts.push(...Items);
  return counts as (Key & { readonly expiresAt: number })[];
}

/** Lets the limits of mails and texts begin again. */
async function forgetSent() {
  const counts = await sentCounts();
  if (counts.length > 0) await write(() => counts.map(({ pk, sk }) => remove({ pk, sk })));
}

/** The log lines of a test. */
let logged: string[] = [];

beforeEach(async () => {
  await forgetSent();
  logged = [];
  const take = (chunk: unknown) => {
    logged.push(String(chunk));
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(take);
  vi.spyOn(process.stderr, "write").mockImplementation(take);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  outside.failNext(0);
  // Logs must contain no part of a message, whether it was sent or failed.
  for (const message of messages) {
    for (const [name, value] of Object.entries(message)) {
      if (!["kind", "minutes", "sender"].includes(name)) expect(logged.join("\n")).not.toContain(value);
    }
  }
  expect(logged.join("\n")).not.toMatch(/portal\.example|Token0|script>/);
});

afterAll(() => outside.stop());

const deliver = (...Records: DynamoDBRecord[]) => handler({ Records });
const allDone = { batchItemFailures: [] };
const failed = (...records: DynamoDBRecord[]) => ({
  batchItemFailures: records.map((record) => ({ itemIdentifier: record.dynamodb?.SequenceNumber })),
});
const keyOf = (record: DynamoDBRecord): Key<QueuedItem> => ({
  pk: String(record.dynamodb?.Keys?.pk?.S),
  sk: String(record.dynamodb?.Keys?.sk?.S),
});
const itemOf = async (record: DynamoDBRecord) => (await readItems({ item: keyOf(record) })).item;

/** The messages that were sent since the test began, newest first. */
const sentSince = (count: number) => outside.messages().slice(0, outside.messages().length - count);
const sentCount = () => outside.messages().length;

/** The log entries of a level. */
const logLines = (level: string) =>
  logged.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line.level === level);

describe("what is sent", () => {
  it.each(mails)("is a mail by SES: $kind", async (mail) => {
    const before = sentCount();
    expect(await deliver(await recordOf(mail))).toEqual(allDone);
    const { subject, text, html } = renderMail(mail);
    expect(sentSince(before)).toEqual([
      { channel: "email", to: mail.to, subject, text, html, at: expect.stringMatching(/^\d{4}-.+Z$/) },
    ]);
    const utf8 = (Data: string) => ({ Data, Charset: "UTF-8" });
    expect(outside.requests()[0]).toEqual({
      FromEmailAddress: "Frontdesk <portal@example.com>",
      ConfigurationSetName: "portal",
      Destination: { ToAddresses: [mail.to] },
      Content: { Simple: { Subject: utf8(subject), Body: { Text: utf8(text), Html: utf8(html) } } },
    });
  });

  it("is an SMS by SNS, with the type Transactional", async () => {
    const before = sentCount();
    expect(await deliver(await recordOf(textMessage))).toEqual(allDone);
    expect(sentSince(before)).toEqual([
      {
        channel: "sms",
        to: "+16505555555",
        subject: "",
        text: `Your <script>"&' verification code is 048213`,
        html: "",
        at: expect.any(String),
      },
    ]);
    expect(outside.requests()[0]).toMatchObject({
      Action: "Publish",
      PhoneNumber: "+16505555555",
      "MessageAttributes.entry.1.Name": "AWS.SNS.SMS.SMSType",
      "MessageAttributes.entry.1.Value.DataType": "String",
      "MessageAttributes.entry.1.Value.StringValue": "Transactional",
    });
  });

  it("is logged for a text message, which costs money, and not for a mail or a decoy", async () => {
    const record = await recordOf(textMessage);
    await deliver(record, await recordOf(verification), await recordOf({ kind: "decoy" }));
    expect(logLines("INFO")).toMatchObject([{ message: "text message sent", item: keyOf(record).pk }]);
  });
  it("is nothing for a decoy, which is marked as sent anyway", async () => {
    const before = sentCount();
    const [decoy, mail] = [await recordOf({ kind: "decoy" }), await recordOf(verification)];
    expect(await deliver(decoy, mail)).toEqual(allDone);
    expect(sentSince(before).map(({ to }) => to)).toEqual([verification.to]);
    const [decoyItem, mailItem] = [await itemOf(decoy), await itemOf(mail)];
    expect(Object.keys(decoyItem ?? {}).sort()).toEqual(Object.keys(mailItem ?? {}).sort());
    expect(decoyItem?.doneAt).toMatch(/^\d{4}-.+Z$/);
  });

  it("is nothing for other records, or for changes of a message", async () => {
    const before = sentCount();
    const record = await recordOf(verification);
    const other = { ...record.dynamodb?.NewImage, type: { S: "user" } };
    const others = [
      { ...record, eventName: "MODIFY" as const },
      { ...record, eventName: "REMOVE" as const },
      { ...record, dynamodb: { ...record.dynamodb, NewImage: other } },
    ];
    expect(await deliver(...others)).toEqual(allDone);
    expect(sentSince(before)).toEqual([]);
  });

  it("is nothing for a message that is no longer in the table", async () => {
    const before = sentCount();
    const record = await recordOf({ kind: "decoy" });
    const { pk, sealed } = (await queueMessage(verification, new Date())).item.Put?.Item ?? {};
    const NewImage = { ...record.dynamodb?.NewImage, pk: { S: pk }, sealed: { S: sealed } };
    expect(await deliver({ ...record, dynamodb: { ...record.dynamodb, NewImage } })).toEqual(allDone);
    expect(sentSince(before)).toEqual([]);
    expect((await readItems({ item: { pk, sk: "MESSAGE" } })).item).toBeUndefined();
  });
});

describe("a record that is delivered again", () => {
  it("is not sent again", async () => {
    const before = sentCount();
    const record = await recordOf(verification);
    for (let time = 0; time < 3; time++) expect(await deliver(record)).toEqual(allDone);
    expect(sentSince(before).length).toBe(1);
  });

  it("twenty times at once, to twenty workers, is sent once", async () => {
    const before = sentCount();
    const record = await recordOf(verification);
    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(record)));
    expect(sentSince(before).length).toBe(1);
    // Workers that saw the message while another was sending it cannot know the result, so they ask for the record again.
    for (const answer of answers) expect([allDone, failed(record)]).toContainEqual(answer);
    expect(answers).toContainEqual(allDone);
    expect(await deliver(record)).toEqual(allDone);
    expect(sentSince(before).length).toBe(1);
  });

  it("twenty times in one batch is sent once", async () => {
    const before = sentCount();
    const record = await recordOf(textMessage);
    await deliver(...Array.from({ length: 20 }, () => record));
    expect(await deliver(...Array.from({ length: 20 }, () => record))).toEqual(allDone);
    expect(sentSince(before).length).toBe(1);
  });
});

describe("several messages that were queued as one item", () => {
  const many: Message[] = Array.from({ length: 50 }, (_, place) => ({ ...verification, to: `p${place}@example.com` }));
  const addresses = many.map((message) => ("to" in message ? message.to : "")).sort();
  const sentTo = (before: number) =>
    sentSince(before)
      .map(({ to }) => to)
      .sort();
  /** Delivers the records that are new in the stream, as often as the worker asks for them. */
  async function deliverNew() {
    let records = await queuedRecords();
    for (let time = 0; records.length > 0 && time < 5; time++) {
      const { batchItemFailures } = await deliver(...records);
      const again = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      records = records.filter(({ dynamodb }) => again.has(dynamodb?.SequenceNumber ?? ""));
    }
    expect(records).toEqual([]);
  }

  it("become items of their own, and each of them is sent", async () => {
    const before = sentCount();
    const record = await recordOfAll(many);
    expect(await deliver(record)).toEqual(allDone);
    expect(sentSince(before)).toEqual([]);
    await deliverNew();
    expect(sentTo(before)).toEqual(addresses);
  });

  it("are each sent once, however often the record arrives, before and after they were sent", async () => {
    const before = sentCount();
    const record = await recordOfAll(many);
    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(record)));
    for (const answer of answers) expect([allDone, failed(record)]).toContainEqual(answer);
    expect(answers).toContainEqual(allDone);
    await deliverNew();
    expect(await deliver(record, record)).toEqual(allDone);
    await deliverNew();
    expect(sentTo(before)).toEqual(addresses);
  });

  it("are each sent once when a worker crashes after it made their items", async () => {
    const before = sentCount();
    const record = await recordOfAll(many);
    const { parts = [] } = queuedMessages(record) ?? {};
    await write(() => parts);
    await deliverNew();
    expect(await deliver(record)).toEqual(allDone);
    await deliverNew();
    expect(sentTo(before)).toEqual(addresses);
  });

  it("are repeated by themselves: one that fails delays no other", async () => {
    const before = sentCount();
    expect(await deliver(await recordOfAll(many))).toEqual(allDone);
    outside.failNext(1, { status: 403, code: "AccessDeniedException" });
    const records = await queuedRecords();
    const { batchItemFailures } = await deliver(...records);
    expect(batchItemFailures).toHaveLength(1);
    expect(sentSince(before)).toHaveLength(49);
    await deliver(...records);
    expect(sentTo(before)).toEqual(addresses);
  });

  it("are made again when the table fails; none of them is lost", async () => {
    const before = sentCount();
    const record = await recordOfAll(many);
    const failing = vi.spyOn(documents, "send").mockImplementation((async () => {
      throw new Error("no table today");
    }) as never);
    expect(await deliver(record)).toEqual(failed(record));
    failing.mockRestore();
    expect(logLines("ERROR")).toMatchObject([
      { message: "message not sent", item: record.dynamodb?.Keys?.pk?.S, causes: [{ name: "Error" }] },
    ]);
    expect(await deliver(record)).toEqual(allDone);
    await deliverNew();
    expect(sentTo(before)).toEqual(addresses);
  });
});

describe("limits", () => {
  const start = new Date("2026-03-02T19:00:00Z");
  const minutes = (count: number) => new Date(start.getTime() + count * 60_000);
  const text = (change: Partial<Omit<TextMessage, "kind">> = {}): TextMessage => ({ ...textMessage, ...change });
  const from = (portal: string, smsPerDay = 500) => ({ sender: { portal, smsPerDay } });
  const lockMail: Mail = {
    kind: "locked",
    to: "dan@example.com",
    practiceName: "Riverside",
    from: "stranger",
    minutes: 15,
    portal: "a",
  };
  /** Queues a message at a time, and delivers its record. @returns whether it was sent */
  async function isSent(message: Message, queuedAt = start): Promise<boolean> {
    const before = sentCount();
    expect(await deliver(await recordOf(message, queuedAt))).toEqual(allDone);
    return sentCount() > before;
  }
  const areSent = async (given: readonly (readonly [Message, (Date | undefined)?])[]) => {
    const sent: boolean[] = [];
    for (const [message, queuedAt] of given) sent.push(await isSent(message, queuedAt));
    return sent;
  };
  const times = (count: number, message: Message, queuedAt?: Date) =>
    areSent(Array.from({ length: count }, () => [message, queuedAt] as const));
  const all = (count: number) => Array(count).fill(true);

  it("send at most five mails an hour to one address, of all kinds and portals; another address is not affected", async () => {
    const to = "one@example.com";
    const five = mails.slice(0, 5).map((mail) => [{ ...mail, to }] as const);
    expect(await areSent(five)).toEqual(all(5));
    expect(await isSent({ ...passwordReset, to, practiceName: "Another practice" })).toBe(false);
    expect(await isSent({ ...passwordReset, to: "other@example.com" })).toBe(true);
  });
  it("mark a message that is not sent as done, and log the limit without the address", async () => {
    await times(5, verification);
    const record = await recordOf(verification, start);
    expect(await deliver(record)).toEqual(allDone);
    expect((await itemOf(record))?.doneAt).toMatch(/^\d{4}-.+Z$/);
    expect(logLines("WARN")).toMatchObject([
      { message: "message.withheld", item: keyOf(record).pk, limit: "mails to an address" },
    ]);
    // It is not sent later either.
    const before = sentCount();
    expect(await deliver(record)).toEqual(allDone);
    expect(sentSince(before)).toEqual([]);
  });
  it("allow a mail again when the first one is an hour old", async () => {
    for (const each of [0, 10, 20, 30, 40]) await isSent(verification, minutes(each));
    expect(await areSent([[verification, minutes(59.9)]])).toEqual([false]);
    expect(await areSent([[verification, minutes(60)]])).toEqual([true]);
    expect(await areSent([[verification, minutes(69.9)]])).toEqual([false]);
  });
  it("send one mail of each kind of lock in six hours to one address and portal", async () => {
    expect(await isSent(lockMail)).toBe(true);
    expect(await isSent(lockMail, minutes(359))).toBe(false);
    expect(logLines("WARN")).toMatchObject([{ message: "message.withheld", limit: "lock mails" }]);
    expect(
      await areSent([
        [{ ...lockMail, from: "session" }],
        [{ ...lockMail, from: "known device" }],
        [{ ...lockMail, portal: "b" }],
        [{ ...lockMail, to: "other@example.com" }],
      ]),
    ).toEqual(all(4));
    expect(await isSent(lockMail, minutes(360))).toBe(true);
  });
  it("do not count a mail of a lock that is not sent against the others", async () => {
    await times(4, lockMail);
    expect(await times(4, { ...verification, to: lockMail.to })).toEqual(all(4));
  });
  it("send at most five texts an hour to one number, from all portals", async () => {
    expect(await times(3, text(from("a")))).toEqual(all(3));
    expect(await times(2, text(from("b")))).toEqual(all(2));
    expect(await areSent([[text(from("a"))], [text(from("b"))], [text(from("c"))]])).toEqual([false, false, false]);
    expect(logLines("WARN")[0]).toMatchObject({ message: "message.withheld", limit: "texts to a number" });
    expect(await isSent(text({ ...from("a"), to: "+16505550000" }))).toBe(true);
    expect(await isSent(text(from("a")), minutes(60))).toBe(true);
  });
  it("send at most 20 texts a day to one number", async () => {
    for (const hour of [0, 2, 4, 6]) expect(await times(5, text(), minutes(hour * 60))).toEqual(all(5));
    expect(await isSent(text(), minutes(23.9 * 60))).toBe(false);
    expect(await isSent(text(), minutes(24 * 60))).toBe(true);
  });
  it("send at most as many texts a day (UTC) from a portal as its setting says", async () => {
    const numbered = (place: number, portal = "a") => text({ to: `+1650555${1000 + place}`, ...from(portal, 2) });
    const evening = new Date("2026-03-02T23:59:00Z");
    expect(
      await areSent([
        [numbered(0), evening],
        [numbered(1), evening],
        [numbered(2), evening],
      ]),
    ).toEqual([true, true, false]);
    expect(logLines("WARN")).toMatchObject([{ message: "message.withheld", limit: "texts of a portal" }]);
    expect(await isSent(numbered(3, "b"), evening)).toBe(true);
    expect(await isSent(numbered(4), new Date("2026-03-03T00:00:00Z"))).toBe(true);
    expect(await isSent(text({ to: "+16505559999", ...from("c", 0) }))).toBe(false);
  });
  it("do not count a text that the portal may not send against its number", async () => {
    await times(6, text(from("a", 0)));
    expect(await times(5, text(from("b")))).toEqual(all(5));
  });
  it("count a message once that is delivered again after the sending failed", async () => {
    const record = await recordOf(text(from("a", 1)), start);
    outside.failNext(2);
    expect(await deliver(record)).toEqual(failed(record));
    const before = sentCount();
    expect(await deliver(record)).toEqual(allDone);
    expect(sentSince(before)).toHaveLength(1);
    expect(await times(4, text())).toEqual(all(4));
    expect(await isSent(text())).toBe(false);
  });
  it("hold for 40 messages at once", async () => {
    const before = sentCount();
    const records: DynamoDBRecord[] = [];
    for (let place = 0; place < 20; place++) {
      records.push(await recordOf(verification, start));
      records.push(await recordOf(text({ to: `+1650555${1000 + place}`, ...from("a", 7) }), start));
    }
    expect(await deliver(...records)).toEqual(allDone);
    const sent = sentSince(before);
    expect(sent.filter(({ channel }) => channel === "email")).toHaveLength(5);
    expect(sent.filter(({ channel }) => channel === "sms")).toHaveLength(7);
  });
  it("are kept without address or number, and expire", async () => {
    await areSent([[verification], [text()], [lockMail]]);
    const counts = await sentCounts();
    expect(counts).toHaveLength(5);
    expect(JSON.stringify(counts)).not.toMatch(/example\.com|650555/);
    for (const { expiresAt } of counts) expect(expiresAt).toBeGreaterThan(start.getTime() / 1000);
  });
  it("do not stop messages that an earlier release queued, which do not name their portal", async () => {
    const { portal, from: lockedFrom, ...lock } = lockMail;
    const { sender, ...code } = textMessage;
    for (const message of [lock, code]) expect(await times(2, message as Message)).toEqual(all(2));
  });
  it("send nothing, and count nothing, while the table does not answer", async () => {
    const before = sentCount();
    const record = await recordOf(verification, start);
    const send = documents.send.bind(documents) as (command: unknown) => Promise<unknown>;
    vi.spyOn(documents, "send").mockImplementation((async (command: { input: { TransactItems?: object } }) => {
      if (command.input.TransactItems) throw new Error("no counts today");
      return send(command);
    }) as never);
    expect(await deliver(record)).toEqual(failed(record));
    vi.restoreAllMocks();
    expect(sentSince(before)).toEqual([]);
    expect(await deliver(record)).toEqual(allDone);
    expect(sentSince(before)).toHaveLength(1);
  });
});

describe("a sending that fails", () => {
  // The SDK tries twice before it gives up.
  const twice = 2 * 2;

  it.each([
    ["SES", verification],
    ["SNS", textMessage],
  ])("is repeated when the record is delivered again: %s", async (_service, message) => {
    const before = sentCount();
    const record = await recordOf(message);
    outside.failNext(twice);
    expect(await deliver(record)).toEqual(failed(record));
    expect(await deliver(record)).toEqual(failed(record));
    expect(sentSince(before)).toEqual([]);
    expect(await deliver(record)).toEqual(allDone);
    expect(await deliver(record)).toEqual(allDone);
    expect(sentSince(before).map(({ to }) => to)).toEqual([message.to]);
    const item = keyOf(record).pk;
    const line = {
      message: "message not sent",
      item,
      causes: [{ awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
    };
    expect(logLines("ERROR")).toMatchObject([line, line]);
  });

  it("delays no other message of its batch", async () => {
    const before = sentCount();
    await queuedRecords();
    for (const mail of mails) await queue(mail);
    const records = await queuedRecords();
    expect(records.length).toBe(mails.length);
    outside.failNext(1, { status: 403, code: "AccessDeniedException" });
    const answer = await deliver(...records);
    expect(answer.batchItemFailures.length).toBe(1);
    expect(sentSince(before).length).toBe(mails.length - 1);
    // Lambda delivers everything from the first failure on again, or the whole batch.
    expect(await deliver(...records)).toEqual(allDone);
    expect(
      sentSince(before)
        .map(({ to }) => to)
        .sort(),
    ).toEqual(mails.map(({ to }) => to).sort());
  });

  it.each([
    ["MessageRejected", verification],
    ["BadRequestException", passwordReset],
    ["InvalidParameter", textMessage],
    ["ParameterValueInvalid", textMessage],
  ])("permanently is not repeated: %s", async (code, message) => {
    const before = sentCount();
    const record = await recordOf(message);
    outside.failNext(1, { status: 400, code });
    expect(await deliver(record)).toEqual(allDone);
    expect(await deliver(record)).toEqual(allDone);
    expect(sentSince(before)).toEqual([]);
    expect(logLines("ERROR")).toMatchObject([{ message: "message refused", item: keyOf(record).pk }]);
  });

  it.each([
    ["SendingPausedException", 400],
    ["MailFromDomainNotVerifiedException", 400],
    ["AccessDeniedException", 403],
    ["TooManyRequestsException", 429],
  ])("temporarily is repeated: %s", async (code, status) => {
    const before = sentCount();
    const record = await recordOf(verification);
    outside.failNext(2, { status, code });
    expect(await deliver(record)).toEqual(failed(record));
    outside.failNext(0);
    expect(await deliver(record)).toEqual(allDone);
    expect(sentSince(before).length).toBe(1);
  });
});

describe("a worker that crashes", () => {
  it("before it sends leaves the message for a later worker, after its lease has ended", async () => {
    const before = sentCount();
    const record = await recordOf(verification);
    const now = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now });
    expect(await takeLease(keyOf(record), sendLeaseMs, new Date())).toHaveProperty("finish");

    vi.setSystemTime(now + sendLeaseMs - 1);
    expect(await deliver(record)).toEqual(failed(record));
    expect(sentSince(before)).toEqual([]);

    vi.setSystemTime(now + sendLeaseMs);
    expect(await deliver(record)).toEqual(allDone);
    expect(await deliver(record)).toEqual(allDone);
    expect(sentSince(before).length).toBe(1);
  });

  it("or is slow does not end the lease of the next worker", async () => {
    const record = await recordOf(verification);
    const [start, later] = [new Date("2026-03-02T19:00:00Z"), new Date("2026-03-02T19:00:20Z")];
    const slow = await takeLease(keyOf(record), 20_000, start);
    const next = await takeLease(keyOf(record), 20_000, later);
    if (typeof slow === "string" || typeof next === "string") throw new Error("no lease");
    await slow.release();
    expect(await takeLease(keyOf(record), 20_000, later)).toBe("held");
    await next.release();
    expect(await takeLease(keyOf(record), 20_000, later)).toHaveProperty("finish");
  });
});

describe("a message that cannot be opened", () => {
  it("is reported failed, named in the log, and not sent", async () => {
    const before = sentCount();
    const record = await recordOf(verification);
    const other = await recordOf(passwordReset);
    // The sealed text was moved to another item, and it can be opened only in its own.
    const moved = { ...record.dynamodb?.NewImage, sealed: { S: String(other.dynamodb?.NewImage?.sealed?.S) } };
    const bad = { ...record, dynamodb: { ...record.dynamodb, NewImage: moved } };
    expect(await deliver(bad, other)).toEqual(failed(bad));
    expect(sentSince(before).map(({ to }) => to)).toEqual([passwordReset.to]);
    expect(logLines("ERROR")).toMatchObject([{ message: "message cannot be opened", item: keyOf(record).pk }]);
    expect(logLines("ERROR")[0]).not.toHaveProperty("sealed");
    expect(await itemOf(record)).not.toHaveProperty("doneAt");
  });

  it("or is of a kind that only a later release knows is kept for that release", async () => {
    const before = sentCount();
    const record = await recordOf({ ...verification, kind: "fax" } as never);
    expect(await deliver(record)).toEqual(failed(record));
    expect(sentSince(before)).toEqual([]);
    expect(await itemOf(record)).not.toHaveProperty("leaseUntil");
  });
});

describe("a table that fails", () => {
  /** Makes the table refuse updates that set this attribute. */
  const failUpdatesOf = (attribute: string) => {
    const send = documents.send.bind(documents) as (command: unknown) => Promise<unknown>;
    vi.spyOn(documents, "send").mockImplementation((async (command: { input: { UpdateExpression?: string } }) => {
      if (command.input.UpdateExpression?.includes(`SET ${attribute}`)) throw new Error(`no ${attribute} today`);
      return send(command);
    }) as never);
  };

  it("before the sending causes the message to be sent later", async () => {
    const before = sentCount();
    const record = await recordOf(verification);
    failUpdatesOf("leaseUntil");
    expect(await deliver(record)).toEqual(failed(record));
    expect(sentSince(before)).toEqual([]);
    expect(logLines("ERROR")).toMatchObject([
      { message: "message not sent", item: keyOf(record).pk, causes: [{ name: "Error" }] },
    ]);
  });

  it("after the sending does not cause a second sending", async () => {
    const before = sentCount();
    const record = await recordOf(verification);
    failUpdatesOf("doneAt");
    expect(await deliver(record)).toEqual(allDone);
    expect(sentSince(before).length).toBe(1);
    expect(logLines("ERROR")).toMatchObject([{ message: "message sent but not marked", item: keyOf(record).pk }]);
  });
});
