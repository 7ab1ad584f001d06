import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";

vi.hoisted(() => {
  process.env.LOG_LEVEL = "SILENT";
  process.env.MAIL_FROM = "Frontdesk <portal@example.com>";
});

import { deletionOf } from "../../lib/accounts/image/deletion.ts";
import { facetObject, uploadObject } from "../../lib/accounts/image/objects.ts";
import { write } from "../../lib/table/transact.ts";
import { openBucket } from "../../local/bucket.ts";
import { createdEvents } from "../../local/created-events.ts";
import { openInbox } from "../../local/inbox.ts";
import { objectsInFolder } from "../../local/object-store.ts";
import { imageOf, quarters, waitingAccount } from "../functions/workers/uploads.ts";
import { switchStreamOn } from "../kit/engine.ts";

await switchStreamOn();
const folder = mkdtempSync(join(tmpdir(), "frontdesk-bucket-"));
// A process of the workers has one client of S3, for one bucket.
beforeEach(() => void vi.resetModules());
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));
const Bucket = "frontdesk-files";
const file = await quarters().png().toBuffer();

/** Stores an upload by the SDK, as its form would. */
async function upload(uploadId: string, Body = file): Promise<void> {
  const s3 = new S3Client();
  await s3.send(new PutObjectCommand({ Bucket, Key: uploadObject(uploadId), Body }));
  s3.destroy();
}

async function read(Key: string): Promise<Buffer> {
  const s3 = new S3Client();
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
  s3.destroy();
  return bytes;
}

it.each([
  ["in a folder", join(folder, "one", "files")],
  ["in this process", undefined],
])("makes a picture from an upload, and deletes it when the table's stream says so: %s", async (_, place) => {
  const bucket = await openBucket(place);
  const inbox = await openInbox(String(process.env.AWS_ENDPOINT_URL_DYNAMODB), "frontdesk");
  try {
    const { uploadId, ...account } = await waitingAccount();
    await upload(uploadId);
    await bucket.drain();
    const image = await imageOf(account);
    expect(image).toMatchObject({ state: 2, content: { width: 64 } });
    expect(await read(facetObject(uploadId, "content"))).toHaveLength(image?.content?.size ?? 0);
    await expect(read(uploadObject(uploadId))).rejects.toThrow();

    await write(() => [deletionOf(uploadId, new Date())]);
    await inbox.pump.drain();
    await expect(read(facetObject(uploadId, "content"))).rejects.toThrow();
    if (place) expect(readdirSync(join(place, "images"))).toEqual([]);
  } finally {
    await inbox.stop();
    await bucket.stop();
  }
});

it("keeps pictures in its folder, and handles uploads that an earlier instance did not", async () => {
  const place = join(folder, "two");
  const { uploadId, ...account } = await waitingAccount();
  const { uploadId: old, ...other } = await waitingAccount();
  const store = objectsInFolder(place);
  const upload = { bytes: file, contentType: "image/png", headers: {} };
  store.put(uploadObject(uploadId), { ...upload, storedAt: new Date().toISOString() });
  store.put(uploadObject(old), { ...upload, storedAt: new Date(Date.now() - 86_400_001).toISOString() });
  for (let start = 0; start < 2; start++) {
    const bucket = await openBucket(place);
    bucket.start();
    await bucket.drain();
    expect(await imageOf(account)).toMatchObject({ state: 2 });
    expect(await read(facetObject(uploadId, "thumbnail"))).not.toHaveLength(0);
    // Uploads that are older than a day are deleted, as in AWS.
    expect(await imageOf(other)).toMatchObject({ state: 0 });
    expect(store.keysIn("uploads/")).toEqual([]);
    await bucket.stop();
  }
});

it("calls the worker three times when it fails, and not again once it stops", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const calls: string[] = [];
  const failing = async ({ detail }: { detail: { object: { key: string } } }) => {
    calls.push(detail.object.key);
    if (detail.object.key !== "uploads/fine" || calls.length < 3) throw new Error("a test made this call fail");
  };
  const object = { bucket: Bucket, size: 1, etag: "" };
  const events = createdEvents("uploads/", async () => failing);
  events.deliver({ ...object, key: "images/a/content.jpg" });
  events.deliver({ ...object, key: "uploads/fine" });
  await events.drain();
  expect(calls).toEqual(["uploads/fine", "uploads/fine", "uploads/fine"]);
  expect(console.error).not.toHaveBeenCalled();
  events.deliver({ ...object, key: "uploads/bad" });
  await events.drain();
  expect(calls.slice(3)).toEqual(["uploads/bad", "uploads/bad", "uploads/bad"]);
  expect(console.error).toHaveBeenCalledExactlyOnceWith("process-image gives up on uploads/bad: Error");
  events.deliver({ ...object, key: "uploads/late" });
  await events.stop();
  expect(calls.slice(6)).toEqual(["uploads/late"]);
});
