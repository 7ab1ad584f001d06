import type { DynamoDBRecord } from "aws-lambda";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = "DEBUG";
  process.env.MAIL_FROM = "Frontdesk <portal@example.com>";
  process.env.MAIL_CONFIGURATION_SET = "portal";
});

import { handler } from "../../../functions/workers/send-messages.ts";
import { type Message, queuedMessages, queueMessage } from "../../../lib/messages/outbox.ts";
import { sendLeaseMs } from "../../../lib/messages/send.ts";
import { renderMail } from "../../../lib/messages/templates.ts";
import { documents } from "../../../lib/table/client.ts";
import { takeLease } from "../../../lib/table/lease.ts";
import { readItems } from "../../../lib/table/read.ts";
import type { Key, QueuedItem } from "../../../lib/table/records.ts";
import { write } from "../../../lib/table/transact.ts";
import { startOutside } from "../../../local/outside.ts";
import { queue, queuedRecords, recordOf, recordOfAll } from "../../lib/messages/queue.ts";
import { mails, messages, textMessage } from "../../lib/messages/samples.ts";

const outside = await startOutside();
Object.assign(process.env, outside.environment);

const [verification, passwordReset] = mails;
if (!verification || !passwordReset) throw new Error("samples are missing");

/** The log lines of a test. */
let logged: string[] = [];

beforeEach(() => {
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
      if (!["kind", "minutes"].includes(name)) expect(logged.join("\n")).not.toContain(value);
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
    ).toEqual(mails.map(({ to }) => to));
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
