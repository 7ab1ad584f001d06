import { setImmediate as nextRound, setTimeout as sleep } from "node:timers/promises";
import type { DynamoDBRecord } from "aws-lambda";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { handler as cleanUp } from "../../functions/workers/clean-up.ts";
import { handler as eraseOverdue } from "../../functions/workers/erase-overdue.ts";
import { handler as processImage } from "../../functions/workers/process-image.ts";
import { deletionOf } from "../../lib/accounts/image/deletion.ts";
import { hashPassword } from "../../lib/crypto/password-hash.ts";
import { type Message, queueMessages } from "../../lib/messages/outbox.ts";
import { newVendor, withoutAccess } from "../../lib/practices/vendor.ts";
import { vendorKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import { type TransactionPart, write } from "../../lib/table/transact.ts";
import { changeVendor } from "../../local/vendors.ts";
import { createdEvent, putUpload, quarters, startBucket, waitingAccount } from "../functions/workers/uploads.ts";
import { askEngine } from "../kit/engine-requests.ts";
import { erasureRecords } from "../kit/erasures.ts";
import { observe } from "../kit/observed-call.ts";
import { failNext, recordOf } from "../kit/outside.ts";
import { expectSuccess, minutesAfter, openPortal } from "../kit/portal.ts";
import { call, emptyTable, expectOk, type Item, isWrite } from "../kit/system.ts";
import { mails, textMessage } from "../lib/messages/samples.ts";
import { expectLives } from "./item-lives.ts";

// Not at the top of the file: `outside.ts` first sets the worker's settings.
const { handler: sendMessages } = await import("../../functions/workers/send-messages.ts");
const bucket = await startBucket();
afterAll(() => bucket.stop());
afterEach(() => {
  vi.useRealTimers();
  failNext(0);
  bucket.failNext(0);
});

/**
 * Nobody waits for what a function does after its answer: Lambda stops it there. `test/openapi/examples.test.ts` observes every
 * documented call and failure; this file observes the workers and the operator's commands, and what observes them.
 */

describe("work that nobody waits for is noticed", () => {
  const read = () => readItems({ vendor: vendorKey("nobody") });

  it.each([
    ["a read of the table", () => void read()],
    ["a request that is not to the table", () => void askEngine("ListTables", {})],
    ["a write behind a finished read", () => void read().then(read)],
    ["a hash", () => void hashPassword("password")],
  ])("while it is under way: %s", async (_, begin) => {
    // The first hash loads argon2.
    await hashPassword("password");
    const { unfinished } = await observe(async () => begin());
    expect(unfinished[0]).toMatch(/, which (was under way at|began after) the answer$/);
    await read();
  });
  it("when it begins later", async () => {
    const { unfinished } = await observe(async () => void nextRound().then(read));
    expect(unfinished[0]).toMatch(/^BatchGetItemCommand, which began after the answer$/);
    await read();
  });
  it("when one of several requests is not waited for", async () => {
    const { unfinished } = await observe(() => Promise.race([read(), read(), read()]));
    expect(unfinished.length).toBeGreaterThan(0);
    await read();
  });
  it("unless it has ended", async () => {
    const { unfinished, waitedMs, requests, hashes } = await observe(async () => {
      await read();
      await hashPassword("password");
      return read();
    });
    expect({ unfinished, waitedMs, requests: requests.length, hashes }).toEqual({
      ...{ unfinished: [], waitedMs: [], requests: 2, hashes: 1 },
    });
  });
});

it.each([
  ["by a promise", () => sleep(7)],
  ["by a callback", () => new Promise<void>((resolve) => void setTimeout(resolve, 7))],
])("a call that waits is noticed: %s", async (_, wait) => {
  expect((await observe(wait)).waitedMs).toEqual([7]);
  const { waitedMs } = await observe(async () => undefined);
  expect(waitedMs).toEqual([]);
});

/** Has a worker do something. Nothing may go on after that, and what it stores ends in time. */
async function expectDone<T>(work: () => Promise<T>, laterMs = 0): Promise<T> {
  const begun = Date.now();
  const { answer, unfinished, waitedMs, requests } = await observe(work);
  expect({ unfinished, waitedMs }).toEqual({ unfinished: [], waitedMs: [] });
  expectLives(requests, begun + laterMs, Date.now() + laterMs);
  return answer;
}

const allDone = { batchItemFailures: [] };

/** The stream's record of what a part has written. */
async function recordOfPart(part: TransactionPart): Promise<DynamoDBRecord> {
  await write(() => [part]);
  const [record] = await recordOf(part.item.Put?.Item as Item);
  if (!record) throw new Error("nothing was written");
  return record;
}
const queued = async (...messages: readonly Message[]) => recordOfPart(await queueMessages(messages, new Date()));

describe("the worker that sends messages", () => {
  it.each([
    ["a mail", mails.slice(0, 1)],
    ["a text message", [textMessage]],
    ["nothing, for a decoy", [{ kind: "decoy" }]],
    ["several that are queued as one", [...mails.slice(0, 2), textMessage]],
  ] as const)("has done everything when it answers: %s", async (_, messages) => {
    const record = await queued(...messages);
    expect(await expectDone(() => sendMessages({ Records: [record] }))).toEqual(allDone);
    // The record comes again.
    expect(await expectDone(() => sendMessages({ Records: [record] }))).toEqual(allDone);
  });
  it("has done everything when sending fails", async () => {
    const record = await queued(...mails.slice(0, 1));
    failNext(10);
    expect((await expectDone(() => sendMessages({ Records: [record] }))).batchItemFailures).toHaveLength(1);
  });
});

describe("the worker that cleans up", () => {
  const filesGone = () => recordOfPart(deletionOf("000000000000000000000001", new Date()));

  it("has done everything when it answers: files", async () => {
    const record = await filesGone();
    expect(await expectDone(() => cleanUp({ Records: [record] }))).toEqual(allDone);
  });
  it("has done everything when S3 fails", async () => {
    const record = await filesGone();
    bucket.failNext(100);
    const { unfinished } = await observe(() => cleanUp({ Records: [record] }));
    expect(unfinished).toEqual([]);
  });
  it.each(["an account", "a practice"])("has done everything when it answers: what is left of %s", async (what) => {
    await emptyTable();
    const portal = await openPortal();
    const { id, email } = await portal.register();
    const auth = portal.practice;
    await expectSuccess(portal.visitor().post("accounts/request-password-reset", { email }));
    if (what === "an account") await expectSuccess(portal.administrator.delete(`accounts/${id}`));
    else {
      await expectOk(call("PracticeUpdate", { auth, name: "Practice", active: false }));
      await expectOk(call("PracticeDelete", { auth }));
    }
    const Records = await erasureRecords();
    expect(Records).toHaveLength(1);
    await expectDone(() => cleanUp({ Records }));
    // What it left for later, the worker of each hour does.
    const laterMs = 40 * 86_400_000;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + laterMs });
    await expectDone(() => eraseOverdue());
  });
});

it("the worker of each hour has done everything when it has erased accounts that nobody verified", async () => {
  await emptyTable();
  await (await openPortal()).register();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 40 * 86_400_000 });
  await expectDone(() => eraseOverdue());
  expect(await erasureRecords()).toHaveLength(1);
});

describe("the worker that makes pictures", () => {
  it.each([
    ["a picture", () => quarters().jpeg().toBuffer()],
    ["something else", async () => Buffer.from("no picture")],
  ])("has done everything when it ends: %s", async (_, bytesOf) => {
    const { uploadId } = await waitingAccount();
    putUpload(uploadId, await bytesOf());
    await expectDone(() => processImage(createdEvent(uploadId)));
    // The event comes again.
    await expectDone(() => processImage(createdEvent(uploadId)));
  });
});

it("a call ten minutes after the last use of its session has noted that use when it answers", async () => {
  const start = new Date();
  const portal = await openPortal();
  const holder = await portal.register({}, { now: start });
  const { answer, unfinished, requests } = await observe(() =>
    holder.get("accounts/me", { now: minutesAfter(start, 10) }),
  );
  expect(answer.status).toBe(200);
  expect(unfinished).toEqual([]);
  expect(requests.filter(isWrite)).toHaveLength(1);
});

it("an operator's change of a vendor is done when the command says so, and its event ends in time", async () => {
  const vendor = newVendor("observed", "Observed", "secret", new Date());
  await expectDone(() => changeVendor("observed", "vendor.created", () => vendor));
  await expectDone(() => changeVendor("observed", "vendor.disabled", (before) => withoutAccess(before ?? vendor)));
});
