import { setTimeout as sleep } from "node:timers/promises";
import type { DynamoDBRecord } from "aws-lambda";
import { afterAll, afterEach, expect, it, vi } from "vitest";

vi.hoisted(() => {
  process.env.LOG_LEVEL = "INFO";
});

import { handler } from "../../../functions/workers/clean-up.ts";
import { erasureFilter } from "../../../lib/accounts/erasure/filter.ts";
import { deletionOf } from "../../../lib/accounts/image/deletion.ts";
import { filesNotDeleted, filesToDeleteFilter } from "../../../lib/accounts/image/files-to-delete.ts";
import { objectsOf } from "../../../lib/accounts/image/objects.ts";
import { newId } from "../../../lib/crypto/random.ts";
import { erasureKey } from "../../../lib/table/keys.ts";
import { readItems } from "../../../lib/table/read.ts";
import { create, type TransactionPart, write } from "../../../lib/table/transact.ts";
import { streamPump } from "../../../local/stream-pump.ts";
import { switchStreamOn } from "../../kit/engine.ts";
import { beforeRequests, keepOutput, objects, startBucket } from "./uploads.ts";

await switchStreamOn();
const bucket = await startBucket();
let fresh: DynamoDBRecord[] = [];
const stream = streamPump({
  endpoint: String(process.env.AWS_ENDPOINT_URL_DYNAMODB),
  tableName: String(process.env.TABLE_NAME),
  consumers: [
    {
      name: "collector",
      filters: [filesToDeleteFilter, erasureFilter],
      async handler({ Records }) {
        fresh.push(...Records);
        return { batchItemFailures: [] };
      },
    },
  ],
});

const output = keepOutput();
afterEach(() => {
  beforeRequests();
  bucket.failNext(0);
});
afterAll(async () => {
  await stream.stop();
  await bucket.stop();
});

/** An upload with all its objects. */
function storedUpload(): string {
  const uploadId = newId(new Date());
  for (const key of objectsOf(uploadId)) {
    objects.put(key, { bytes: Buffer.from("jpeg"), contentType: "image/jpeg", headers: {}, storedAt: "" });
  }
  return uploadId;
}
const stored = (uploadId: string) => objectsOf(uploadId).filter((key) => objects.get(key));

/** The stream's record of what a part writes. */
async function recordOfPart(part: TransactionPart): Promise<DynamoDBRecord> {
  fresh = [];
  await write(() => [part]);
  await stream.drain();
  const [record, ...more] = fresh;
  if (!record || more.length > 0) throw new Error("not one record");
  return record;
}

/** The stream's record of a deletion of files. */
const recordOf = (uploadId: string) => recordOfPart(deletionOf(uploadId, new Date()));

/** The stream's record of an erasure of an account, with a connection that is gone already. */
function erasureRecord(id: string): Promise<DynamoDBRecord> {
  const account = { applicationId: "vendor", accountId: "practice", id, email: "ada@example.org" };
  const erasure = {
    ...account,
    requestId: "request",
    connectionIds: ["000000000000000000000001"],
    verificationDigests: [],
  };
  return recordOfPart(create(erasureKey(id), { type: "erasure", ...erasure }, "changed"));
}
const erasureOf = async (id: string) => (await readItems({ erasure: erasureKey(id) })).erasure;

const allDone = { batchItemFailures: [] };
const failed = (record: DynamoDBRecord) => ({
  batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber }],
});

it("deletes the files of an upload, and no others", async () => {
  const [gone, kept] = [storedUpload(), storedUpload()];
  expect(await handler({ Records: [await recordOf(gone)] })).toEqual(allDone);
  expect([stored(gone), stored(kept)]).toEqual([[], objectsOf(kept)]);
});

it("has nothing to do for objects that do not exist, or a record that comes again", async () => {
  const uploadId = storedUpload();
  const record = await recordOf(uploadId);
  for (let time = 0; time < 3; time++) expect(await handler({ Records: [record] })).toEqual(allDone);
  expect(await handler({ Records: [record, record, record] })).toEqual(allDone);
});

it("has nothing to do for other records, or changes of a record", async () => {
  const uploadId = storedUpload();
  const record = await recordOf(uploadId);
  const other = { ...record.dynamodb?.NewImage, type: { S: "message" } };
  const Records = [
    { ...record, eventName: "MODIFY" as const },
    { ...record, eventName: "REMOVE" as const },
    { ...record, dynamodb: { ...record.dynamodb, NewImage: other } },
  ];
  expect(await handler({ Records })).toEqual(allDone);
  expect(stored(uploadId)).toEqual(objectsOf(uploadId));
});

it("reports a record whose objects were not deleted, and deletes the others of the batch", async () => {
  const [failing, fine] = [storedUpload(), storedUpload()];
  const records = [await recordOf(failing), await recordOf(fine)];
  let requests = 0;
  // The first request and its repetitions; the order of the two is not fixed.
  bucket.failNext(4);
  beforeRequests(() => {
    requests += 1;
  });
  const { batchItemFailures } = await handler({ Records: records });
  const lost = records.filter((_, place) => stored([failing, fine][place] ?? "").length > 0);
  expect(batchItemFailures).toEqual(lost.flatMap((record) => failed(record).batchItemFailures));
  bucket.failNext(0);
  expect(await handler({ Records: records })).toEqual(allDone);
  expect([stored(failing), stored(fine), requests > 0]).toEqual([[], [], true]);
});

it("logs the key of a record that failed, and nothing of what it says", async () => {
  const uploadId = storedUpload();
  const record = await recordOf(uploadId);
  bucket.failNext(3);
  expect(await handler({ Records: [record] })).toEqual(failed(record));
  const lines = output().map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    {
      level: "ERROR",
      message: filesNotDeleted,
      item: record.dynamodb?.Keys?.pk?.S,
      causes: [{ name: "SlowDown" }],
    },
  ]);
  expect(output().join("")).not.toContain(uploadId);
});

it("erases an account while S3 deletes the files of the same batch", async () => {
  const [uploadId, id] = [storedUpload(), newId(new Date())];
  const Records = [await recordOf(uploadId), await erasureRecord(id)];
  // S3 does not answer before the account is erased.
  beforeRequests(async () => {
    while (await erasureOf(id)) await sleep(5);
  });
  expect(await handler({ Records })).toEqual(allDone);
  expect(stored(uploadId)).toEqual([]);
});

it("deletes files of a batch in which there is no time left for an account, and reports only the account", async () => {
  const [uploadId, id] = [storedUpload(), newId(new Date())];
  const [erasure, files] = [await erasureRecord(id), await recordOf(uploadId)];
  const noTime = { getRemainingTimeInMillis: () => 0 };
  expect(await handler({ Records: [erasure, files] }, noTime)).toEqual(failed(erasure));
  expect(stored(uploadId)).toEqual([]);
  expect(output().map((line) => JSON.parse(line))).toMatchObject([
    { level: "INFO", message: "the next worker goes on with an erasure", item: `ERASURE#${id}` },
  ]);
  expect(await handler({ Records: [erasure, files] })).toEqual(allDone);
  expect(await erasureOf(id)).toBeUndefined();
});
