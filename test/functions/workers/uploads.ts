import type { S3ObjectCreatedNotificationEvent } from "aws-lambda";
import sharp, { type Sharp } from "sharp";
import { afterEach, beforeEach, vi } from "vitest";
import { accountCreation, accountFrom, newAccount } from "../../../lib/accounts/account/account.ts";
import { uploadObject } from "../../../lib/accounts/image/objects.ts";
import { newId } from "../../../lib/crypto/random.ts";
import { portalAccountKey, uploadKey } from "../../../lib/table/keys.ts";
import { readItems } from "../../../lib/table/read.ts";
import type { PortalAccountId, StoredImage } from "../../../lib/table/records.ts";
import { create, replace, write } from "../../../lib/table/transact.ts";
import { type Files, type FilesOptions, startFiles } from "../../../local/files.ts";
import { objectsInMemory } from "../../../local/object-store.ts";

/** What a suite may do before the local bucket serves a request. */
let onRequest: FilesOptions["onRequest"];

/** Lets something happen before the local bucket serves a request; nothing without a function. */
export const beforeRequests = (work?: FilesOptions["onRequest"]): void => {
  onRequest = work;
};

/** The objects of the local bucket. */
export const objects = objectsInMemory();

/** Starts the local bucket, and points the SDK and the functions at it. */
export async function startBucket(): Promise<Files> {
  const files = await startFiles({
    store: objects,
    origins: [],
    secretOf: async () => process.env.AWS_SECRET_ACCESS_KEY,
    onCreated: () => {},
    onRequest: (request) => onRequest?.(request),
  });
  Object.assign(process.env, files.environment);
  return {
    ...files,
    async stop() {
      await files.stop();
      // Later test files of the same process do not expect it.
      delete process.env.AWS_ENDPOINT_URL_S3;
    },
  };
}

let accounts = 0;

/** An account that waits for an upload, or for nothing. */
export interface Waiting extends PortalAccountId {
  readonly uploadId: string;
}

const waitingImage = (uploadId: string): StoredImage => ({
  uploadId,
  creator: "000000000000000000000002",
  filename: "me.jpg",
  state: 0,
  uploadEndsAt: Date.now() + 900_000,
});

/** Makes an account that waits for the upload of its picture. */
export async function waitingAccount(): Promise<Waiting> {
  accounts += 1;
  const id = newId(new Date());
  const practice = { applicationId: "vendor", accountId: "practice" };
  const document = {
    state: "verified",
    locked: false,
    activationRequired: false,
    roles: [],
    name: { first: "Ada", last: "Mills" },
    mobile: "16505555555",
  };
  const person = { id, email: `picture-${accounts}@example.org`, passwordHash: "none", document };
  const account = newAccount(practice, person, new Date());
  await write(() => accountCreation(account));
  return { ...practice, id, uploadId: await beginUpload({ ...practice, id }) };
}

/** Begins an upload for an account, as the API does. Returns its id. */
export async function beginUpload({ applicationId, accountId, id }: PortalAccountId): Promise<string> {
  const uploadId = newId(new Date());
  const expiresAt = Math.ceil(Date.now() / 1000) + 86_400;
  await write(() => [
    create(uploadKey(uploadId), { type: "upload", applicationId, accountId, id, expiresAt }, "changed"),
  ]);
  await setImage({ applicationId, accountId, id }, waitingImage(uploadId));
  return uploadId;
}

/** Gives an account another picture, or none. */
export async function setImage(account: PortalAccountId, image: StoredImage | undefined): Promise<void> {
  const key = portalAccountKey(account);
  const { before } = await readItems({ before: key });
  if (!before) throw new Error("no account");
  await write(() => [replace(key, before, { ...before, image, version: before.version + 1 })]);
}

/** The picture of an account. */
export async function imageOf(account: PortalAccountId): Promise<StoredImage | undefined> {
  return accountFrom((await readItems({ account: portalAccountKey(account) })).account)?.image;
}

/** Puts the bytes of an upload into the bucket, as S3 does when the form was posted. */
export const putUpload = (uploadId: string, bytes: Buffer): void =>
  objects.put(uploadObject(uploadId), {
    bytes,
    contentType: "image/jpeg",
    headers: {},
    storedAt: new Date().toISOString(),
  });

/** EventBridge's event about an upload. @param key of the object, if it is not an upload's */
export const createdEvent = (
  uploadId: string,
  bucket = String(process.env.FILES_BUCKET),
  key = uploadObject(uploadId),
): Pick<S3ObjectCreatedNotificationEvent, "detail"> => ({
  detail: {
    version: "0",
    bucket: { name: bucket },
    object: { key, size: 1, etag: "", "version-id": "", sequencer: "" },
    "request-id": "",
    requester: "",
    "source-ip-address": "",
    reason: "POST Object",
  },
});

/** A picture whose four quarters are red, green, blue and white, from the upper left to the lower right. */
export function quarters(width = 64, height = 48): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  const colours = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
  ];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = colours[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)] ?? [];
      for (const [place, value] of colour.entries()) pixels[(y * width + x) * 3 + place] = value;
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

const letters = new Map([
  ["100", "r"],
  ["010", "g"],
  ["001", "b"],
  ["111", "w"],
]);

/** The colours in the middle of a picture's four quarters, as letters: `rgbw` for `quarters`. */
export async function coloursOf(jpeg: Buffer): Promise<string> {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => {
    const place = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
    const pixel = [...data.subarray(place, place + 3)];
    // Printed colours are not pure.
    return letters.get(pixel.map((value) => (value > 0.6 * Math.max(...pixel) ? 1 : 0)).join("")) ?? "?";
  };
  return [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)].join("");
}

/** The markers of a JPEG's segments up to the picture itself, in hex: `e0` is JFIF, `e1` is EXIF or XMP, `e2` an ICC profile. */
export function segmentsOf(jpeg: Buffer): string[] {
  const segments: string[] = [];
  for (let place = 2; jpeg[place] === 0xff && jpeg[place + 1] !== 0xda; place += 2 + jpeg.readUInt16BE(place + 2)) {
    segments.push(jpeg.toString("hex", place + 1, place + 2));
  }
  return segments;
}

/** Keeps what a worker prints in each test, and returns a function that returns the lines. */
export function keepOutput(): () => readonly string[] {
  let printed: string[] = [];
  beforeEach(() => {
    printed = [];
    const take = (chunk: unknown) => printed.push(String(chunk)) > 0;
    vi.spyOn(process.stdout, "write").mockImplementation(take);
    vi.spyOn(process.stderr, "write").mockImplementation(take);
  });
  afterEach(() => vi.restoreAllMocks());
  return () => printed;
}
