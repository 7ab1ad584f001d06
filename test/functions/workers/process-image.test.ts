import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";

vi.hoisted(() => {
  process.env.LOG_LEVEL = "INFO";
});

import { handler } from "../../../functions/workers/process-image.ts";
import { facetObject, facets, uploadLeaseMs, uploadObject } from "../../../lib/accounts/image/objects.ts";
import { reasons } from "../../../lib/accounts/image/reasons.ts";
import { portalAccountKey, uploadKey } from "../../../lib/table/keys.ts";
import { takeLease } from "../../../lib/table/lease.ts";
import { readItems } from "../../../lib/table/read.ts";
import { put, remove, write } from "../../../lib/table/transact.ts";
import { S3Refusal } from "../../../local/s3-refusal.ts";
import { engineError, throughProxy } from "../../kit/proxy.ts";
import {
  beforeRequests,
  beginUpload,
  coloursOf,
  createdEvent,
  imageOf,
  keepOutput,
  objects,
  putUpload,
  quarters,
  segmentsOf,
  setImage,
  startBucket,
  type Waiting,
  waitingAccount,
} from "./uploads.ts";

const bucket = await startBucket();
/** A picture that can be used. */
const file = await quarters().jpeg().toBuffer();
/** Text that must not appear in a log. */
const secretText = "something that only the file says";

const output = keepOutput();
afterEach(() => {
  beforeRequests();
  bucket.failNext(0);
  expect(output().join("\n")).not.toContain(secretText);
});
afterAll(() => bucket.stop());

/** Reports an upload to the worker, as EventBridge does. */
const report = (...object: Parameters<typeof createdEvent>) => handler(createdEvent(...object));

/** Uploads a file for a new account and reports it. */
async function upload(file: Buffer): Promise<Waiting> {
  const account = await waitingAccount();
  putUpload(account.uploadId, file);
  await report(account.uploadId);
  return account;
}

const stored = (uploadId: string) =>
  [uploadObject(uploadId), ...facets.map((facet) => facetObject(uploadId, facet))].filter((key) => objects.get(key));
const facetsOf = (uploadId: string) => facets.map((facet) => facetObject(uploadId, facet));
const jpegOf = (uploadId: string, facet: (typeof facets)[number]) => {
  const object = objects.get(facetObject(uploadId, facet));
  if (!object) throw new Error(`no ${facet}`);
  return object.bytes;
};

/** Expects that a file became a picture, whose facets are clean JPEGs. */
async function expectReady({ uploadId, ...account }: Waiting) {
  const image = await imageOf(account);
  expect(image).toMatchObject({ state: 2, uploadId, filename: "me.jpg" });
  expect(image).not.toHaveProperty("reason");
  expect(stored(uploadId)).toEqual(facetsOf(uploadId));
  for (const facet of facets) {
    const bytes = jpegOf(uploadId, facet);
    const { format, width, height, space, depth, channels, exif, icc, xmp } = await sharp(bytes).metadata();
    expect({ format, space, depth, channels, exif, icc, xmp }).toEqual({
      format: "jpeg",
      space: "srgb",
      depth: "uchar",
      channels: 3,
    });
    const etag = createHash("md5").update(bytes).digest("hex");
    expect(image?.[facet]).toEqual({ etag, width, height, size: bytes.length });
    expect(segmentsOf(bytes).filter((marker) => /^e[1-f]|fe$/.test(marker))).toEqual([]);
  }
  return image;
}

async function expectUnusable({ uploadId, ...account }: Waiting, reason: keyof typeof reasons) {
  expect(await imageOf(account)).toEqual(
    expect.objectContaining({ state: 3, uploadId, reason: reasons[reason], filename: "me.jpg" }),
  );
  expect(await imageOf(account)).not.toHaveProperty("content");
  expect(stored(uploadId)).toEqual([]);
}

describe("a picture", () => {
  it.each(["jpeg", "png", "webp", "gif", "avif"] as const)("of the format %s becomes two JPEGs", async (format) => {
    const account = await upload(await quarters().toFormat(format).toBuffer());
    expect(await expectReady(account)).toMatchObject({
      content: { width: 64, height: 48 },
      thumbnail: { width: 160, height: 160 },
    });
    for (const facet of facets) expect(await coloursOf(jpegOf(account.uploadId, facet))).toBe("rgbw");
  });

  it("is stored with a fixed type, to be shown and not to be kept by shared caches", async () => {
    const { uploadId } = await upload(await quarters().png().toBuffer());
    for (const key of facetsOf(uploadId)) {
      const { contentType, headers } = objects.get(key) ?? {};
      expect({ contentType, headers }).toEqual({
        contentType: "image/jpeg",
        headers: { "cache-control": "private", "content-disposition": "inline" },
      });
    }
  });

  it.each([
    [3000, 1500, 1024, 512],
    [1500, 3000, 512, 1024],
    [1024, 1024, 1024, 1024],
    [3, 2, 3, 2],
    [10_000, 1, 1024, 1],
  ])("of %i × %i pixels is shown at %i × %i, and as a thumbnail of 160 × 160", async (width, height, ...shown) => {
    const account = await upload(
      await sharp({ create: { width, height, channels: 3, background: "#fa0" } })
        .jpeg()
        .toBuffer(),
    );
    const image = await expectReady(account);
    expect([image?.content?.width, image?.content?.height]).toEqual(shown);
    expect([image?.thumbnail?.width, image?.thumbnail?.height]).toEqual([160, 160]);
  });

  it("that moves shows its first frame", async () => {
    const frames = await Promise.all([quarters(), quarters().negate()].map((frame) => frame.png().toBuffer()));
    const gif = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect((await sharp(gif).metadata()).pages).toBe(2);
    const account = await upload(gif);
    expect((await expectReady(account))?.content).toMatchObject({ width: 64, height: 48 });
    expect(await coloursOf(jpegOf(account.uploadId, "content"))).toBe("rgbw");
  });

  it("in CMYK becomes sRGB", async () => {
    const file = await quarters().toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(file).metadata()).space).toBe("cmyk");
    const account = await upload(file);
    await expectReady(account);
    // No printer's ink is a pure green.
    expect(await coloursOf(jpegOf(account.uploadId, "content"))).toMatch(/^r.bw$/);
  });

  it("of 16 bits, or in shades of grey, becomes 8 bit sRGB", async () => {
    const deep = await quarters().toColourspace("rgb16").png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe("ushort");
    const account = await upload(deep);
    await expectReady(account);
    expect(await coloursOf(jpegOf(account.uploadId, "content"))).toBe("rgbw");
    for (const space of ["b-w", "grey16"] as const) {
      const grey = await quarters().greyscale().toColourspace(space).png().toBuffer();
      expect((await sharp(grey).metadata()).channels).toBe(1);
      await expectReady(await upload(grey));
    }
  });

  it("that is transparent stands on white", async () => {
    for (const colourspace of ["srgb", "rgb16"]) {
      const background = { r: 255, g: 0, b: 0, alpha: 0 };
      const file = await sharp({ create: { width: 20, height: 20, channels: 4, background } })
        .toColourspace(colourspace)
        .png()
        .toBuffer();
      const account = await upload(file);
      await expectReady(account);
      expect(await coloursOf(jpegOf(account.uploadId, "thumbnail"))).toBe("wwww");
    }
  });

  // Where the quarters are when a viewer has turned the picture as its EXIF says.
  it.each([
    [1, "rgbw", 64, 48],
    [2, "grwb", 64, 48],
    [3, "wbgr", 64, 48],
    [4, "bwrg", 64, 48],
    [5, "rbgw", 48, 64],
    [6, "brwg", 48, 64],
    [7, "wgbr", 48, 64],
    [8, "gwrb", 48, 64],
  ])("with the EXIF orientation %i is upright", async (orientation, colours, width, height) => {
    const account = await upload(await quarters().withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer());
    expect(await expectReady(account)).toMatchObject({ content: { width, height } });
    for (const facet of facets) expect(await coloursOf(jpegOf(account.uploadId, facet))).toBe(colours);
  });

  it("loses where it was taken, its comments and its colour profile", async () => {
    const exif = { IFD0: { Copyright: secretText }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "51/1 30/1 3230/100" } };
    const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>${secretText}</a></x:xmpmeta>`;
    for (const format of ["jpeg", "png", "webp", "avif"] as const) {
      const file = await quarters().withExif(exif).withXmp(xmp).withIccProfile("p3").toFormat(format).toBuffer();
      expect(file.includes(secretText)).toBe(true);
      const account = await upload(file);
      await expectReady(account);
      for (const facet of facets) expect(jpegOf(account.uploadId, facet).includes(secretText)).toBe(false);
    }
  });

  it("with another file behind it is encoded again, so that only the picture is left", async () => {
    const gif = await quarters().gif().toBuffer();
    const zip = Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.from(secretText)]);
    const html = Buffer.from(`<html><script>alert("${secretText}")</script>`);
    // A comment of a GIF, which a browser could take for a script.
    const comment = Buffer.concat([Buffer.from([0x21, 0xfe, html.length]), html, Buffer.from([0])]);
    const withScript = Buffer.concat([gif.subarray(0, -1), comment, gif.subarray(-1)]);
    const jpeg = await quarters().jpeg().toBuffer();
    for (const file of [Buffer.concat([jpeg, zip]), Buffer.concat([jpeg, html]), withScript]) {
      const account = await upload(file);
      await expectReady(account);
      for (const facet of facets) {
        const bytes = jpegOf(account.uploadId, facet);
        expect(bytes.includes(secretText) || bytes.includes("PK\x03\x04") || bytes.includes("<script")).toBe(false);
        expect(bytes.subarray(-2).toString("hex")).toBe("ffd9");
      }
    }
  });
});

/** One chunk of a PNG. */
function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** A PNG in black and white that states its size, with as much of its pixels as is given. */
function png(width: number, height: number, pixels = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The first box of a HEIC file, and one with data that no decoder of ours reads. */
const heic = (...brands: string[]) => {
  const ftyp = Buffer.concat([Buffer.from("\0\0\0\0ftyp"), ...brands.map((brand) => Buffer.from(brand))]);
  ftyp.writeUInt32BE(ftyp.length);
  return Buffer.concat([ftyp, Buffer.from("\0\0\0\x20mdat"), Buffer.alloc(24, secretText)]);
};

describe("a file that cannot be used says why", () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>${secretText}</text></svg>`;
  it.each([
    ["SVG", Buffer.from(svg)],
    ["SVG with a declaration", Buffer.from(`<?xml version="1.0"?>${svg}`)],
    ["HTML", Buffer.from(`<!doctype html><script>${secretText}</script>`)],
    ["nothing", Buffer.alloc(0)],
    ["one byte", Buffer.from([0xff])],
    ["PDF", Buffer.from(`%PDF-1.4 ${secretText}`)],
    ["text", Buffer.from(secretText)],
    ["a video", heic("isom", "\0\0\x02\0", "mp41")],
    ["BMP", Buffer.from("BM\x46\0\0\0\0\0\0\0\x36\0\0\0", "latin1")],
    ["another RIFF file", Buffer.from("RIFF\x24\0\0\0WAVEfmt ", "latin1")],
  ])("%s is not a picture", async (_, file) => {
    await expectUnusable(await upload(file), "notAPicture");
  });

  it("TIFF is not a picture, and neither is another format of a decoder that is blocked", async () => {
    for (const format of ["tiff"] as const) {
      await expectUnusable(await upload(await quarters().toFormat(format).toBuffer()), "notAPicture");
    }
    // Even without our own look at the first bytes.
    await expect(sharp(Buffer.from(svg)).metadata()).rejects.toThrow("unsupported image format");
    await expect(sharp(await quarters().tiff().toBuffer()).metadata()).rejects.toThrow("unsupported image format");
  });

  it.each(["jpeg", "png", "webp", "gif", "avif"] as const)("%s that is cut off is damaged", async (format) => {
    const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
    const file = await sharp({ create: { width: 200, height: 200, channels: 3, background: "#888", noise } })
      .toFormat(format)
      .toBuffer();
    for (const part of [0.5, 0.95]) {
      await expectUnusable(await upload(file.subarray(0, Math.floor(file.length * part))), "damaged");
    }
    const head = file.subarray(0, 24);
    await expectUnusable(await upload(Buffer.concat([head, Buffer.alloc(500, secretText)])), "damaged");
  });

  it("10,001 × 10,001 pixels are too many", async () => {
    await expectUnusable(await upload(png(10_001, 10_001)), "tooManyPixels");
  });

  it("a small PNG of 2.5 gigapixels is too much, and is not decoded", async () => {
    const file = png(50_000, 50_000, Buffer.alloc(50_000 * 6251));
    expect(file.length).toBeLessThan(400_000);
    const before = process.memoryUsage().rss;
    await expectUnusable(await upload(file), "tooManyPixels");
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });

  it("an animation is judged by its first frame, not by all of them", async () => {
    const frame = await sharp({ create: { width: 3000, height: 3000, channels: 3, background: "#fa0" } })
      .png()
      .toBuffer();
    const gif = await sharp([frame, frame, frame, frame, frame, frame], { join: { animated: true } })
      .gif()
      .toBuffer();
    await expectReady(await upload(gif));
  });

  it.each([
    ["heic", ["heic", "\0\0\0\0", "mif1", "heic"]],
    ["heix", ["heix", "\0\0\0\0", "mif1"]],
    ["mif1", ["mif1", "\0\0\0\0", "heic"]],
    ["a sequence", ["hevc", "\0\0\0\0", "msf1"]],
  ])("HEIC that our decoder cannot read: %s", async (_, brands) => {
    await expectUnusable(await upload(heic(...brands)), "unreadableHeic");
  });

  it("more than 10 MiB are too large", async () => {
    const jpeg = await quarters().jpeg().toBuffer();
    await expectReady(await upload(Buffer.concat([jpeg, Buffer.alloc(10 * 2 ** 20 - jpeg.length)])));
    await expectUnusable(await upload(Buffer.concat([jpeg, Buffer.alloc(10 * 2 ** 20 - jpeg.length + 1)])), "tooLarge");
  });
});

describe("an upload that the account no longer waits for", () => {
  /** Lets something happen just before the bucket gets a request. */
  const once = (method: string, work: () => Promise<unknown>) => {
    let isDone = false;
    beforeRequests(async (request) => {
      if (isDone || request.method !== method) return;
      isDone = true;
      await work();
    });
  };

  const moments: [string, (account: Waiting, work: () => Promise<unknown>) => Promise<unknown> | undefined][] = [
    ["before the worker begins", (_, work) => work()],
    ["while the worker reads the file", (_, work) => void once("GET", work)],
    ["when the worker has decoded it", (_, work) => void once("PUT", work)],
  ];

  it.each(moments)("because of a newer one, %s: nothing of it stays, and the newer one counts", async (_, happen) => {
    const account = await waitingAccount();
    putUpload(account.uploadId, file);
    let newer = "";
    await happen(account, async () => {
      newer = await beginUpload(account);
    });
    await report(account.uploadId);
    expect(newer).not.toBe("");
    expect(await imageOf(account)).toMatchObject({ state: 0, uploadId: newer });
    expect(stored(account.uploadId)).toEqual([]);
    putUpload(newer, file);
    await report(newer);
    await expectReady({ ...account, uploadId: newer });
  });

  it.each(moments)("because the picture was removed, %s: nothing of it stays", async (_, happen) => {
    const account = await waitingAccount();
    putUpload(account.uploadId, file);
    await happen(account, () => setImage(account, undefined));
    await report(account.uploadId);
    expect(await imageOf(account)).toBeUndefined();
    expect(stored(account.uploadId)).toEqual([]);
  });

  it("because the picture was removed with its files, while the worker was to read them: is no error", async () => {
    const account = await waitingAccount();
    putUpload(account.uploadId, file);
    once("GET", async () => {
      await setImage(account, undefined);
      objects.remove(uploadObject(account.uploadId));
    });
    await report(account.uploadId);
    expect(stored(account.uploadId)).toEqual([]);
    expect(output().join("")).not.toContain('"ERROR"');
  });

  it.each(moments)("because the account is gone, %s: nothing of it stays", async (_, happen) => {
    const account = await waitingAccount();
    putUpload(account.uploadId, file);
    await happen(account, () => write(() => [remove(portalAccountKey(account))]));
    await report(account.uploadId);
    expect(await imageOf(account)).toBeUndefined();
    expect(stored(account.uploadId)).toEqual([]);
  });

  it("because nobody knows it any more: it is deleted", async () => {
    putUpload("000000000000000000000000", file);
    await report("000000000000000000000000");
    expect(stored("000000000000000000000000")).toEqual([]);
    const forgotten = await waitingAccount();
    putUpload(forgotten.uploadId, file);
    await write(() => [remove(uploadKey(forgotten.uploadId))]);
    await report(forgotten.uploadId);
    expect(stored(forgotten.uploadId)).toEqual([]);
    expect(await imageOf(forgotten)).toMatchObject({ state: 0 });
  });

  it("changes nothing that is written to the account at the same moment", async () => {
    const account = await waitingAccount();
    putUpload(account.uploadId, file);
    once("PUT", async () => {
      const image = await imageOf(account);
      // A write that the worker did not read.
      await setImage(account, image && { ...image, filename: "renamed.jpg" });
    });
    await report(account.uploadId);
    expect(await imageOf(account)).toMatchObject({ state: 2, filename: "renamed.jpg" });
  });
});

describe("an event that comes again", () => {
  it("changes nothing", async () => {
    const account = await upload(file);
    const image = await expectReady(account);
    await report(account.uploadId);
    expect(await imageOf(account)).toEqual(image);
    expect(stored(account.uploadId)).toEqual(facetsOf(account.uploadId));
  });

  it("because the form was posted twice: the second file is deleted, and the picture stays", async () => {
    const account = await upload(file);
    const image = await expectReady(account);
    putUpload(account.uploadId, await quarters().negate().jpeg().toBuffer());
    await report(account.uploadId);
    expect(await expectReady(account)).toEqual(image);
  });

  it("twenty times at once is handled once", async () => {
    const account = await waitingAccount();
    putUpload(account.uploadId, file);
    let puts = 0;
    beforeRequests(({ method }) => {
      if (method === "PUT") puts += 1;
    });
    await Promise.all(Array.from({ length: 20 }, () => report(account.uploadId)));
    await expectReady(account);
    expect(puts).toBe(2);
  });

  // A file that needs more memory than the function has would otherwise end one worker after the other.
  it("after two crashes is not decoded again: the upload cannot be used, and nothing of it stays", async () => {
    const account = await waitingAccount();
    putUpload(account.uploadId, file);
    for (const key of facetsOf(account.uploadId)) {
      objects.put(key, { bytes: Buffer.from("old"), contentType: "image/jpeg", headers: {}, storedAt: "" });
    }
    const now = Date.now();
    for (const crash of [0, 1]) {
      await takeLease(uploadKey(account.uploadId), uploadLeaseMs, new Date(now + crash * uploadLeaseMs));
    }
    await report(account.uploadId);
    expect(await imageOf(account)).toMatchObject({ state: 0 });
    vi.useFakeTimers({ toFake: ["Date"], now: now + 2 * uploadLeaseMs });
    try {
      await report(account.uploadId);
    } finally {
      vi.useRealTimers();
    }
    await expectUnusable(account, "tooMuchWork");
  });

  // A worker that cannot reach the table cannot give its lease back either. That made good pictures unusable.
  it("after one worker was lost is decoded again", async () => {
    const account = await waitingAccount();
    putUpload(account.uploadId, file);
    const now = Date.now();
    await takeLease(uploadKey(account.uploadId), uploadLeaseMs, new Date(now));
    vi.useFakeTimers({ toFake: ["Date"], now: now + uploadLeaseMs });
    try {
      await report(account.uploadId);
    } finally {
      vi.useRealTimers();
    }
    await expectReady(account);
  });

  it("after a worker was lost that had shown the picture already leaves it shown", async () => {
    const account = await upload(file);
    const shown = await imageOf(account);
    expect(shown).toMatchObject({ state: 2 });
    const key = uploadKey(account.uploadId);
    const { item } = await readItems({ item: key });
    const { doneAt: _, ...unfinished } = item as object as Record<string, unknown>;
    await write(() => [put(key, { ...unfinished, leaseUntil: Date.now() - 1, takenTimes: 1 })]);
    await report(account.uploadId);
    expect(await imageOf(account)).toEqual(shown);
    await expectReady(account);
  });

  it("after a worker failed between storing the facets and saying so makes them again", async () => {
    const account = await waitingAccount();
    putUpload(account.uploadId, file);
    for (const key of facetsOf(account.uploadId)) {
      objects.put(key, { bytes: Buffer.from("old"), contentType: "image/jpeg", headers: {}, storedAt: "" });
    }
    const image = await imageOf(account);
    await setImage(account, image && { ...image, state: 1 });
    await report(account.uploadId);
    await expectReady(account);
  });

  it("of an object that is no upload, or in another bucket, is ignored", async () => {
    const account = await waitingAccount();
    putUpload(account.uploadId, file);
    await report(account.uploadId, "another-bucket");
    await report(account.uploadId, undefined, facetObject(account.uploadId, "content"));
    expect(await imageOf(account)).toMatchObject({ state: 0 });
    expect(stored(account.uploadId)).toEqual([uploadObject(account.uploadId)]);
  });
});

describe("an error of AWS", () => {
  // How often the SDK sends a request before it gives up.
  const tries = 3;

  it("of S3 that passes is not noticed", async () => {
    bucket.failNext(1);
    await expectReady(await upload(file));
  });

  it.each(["GET", "PUT", "POST"])("of S3 that lasts is thrown, and the next event succeeds: %s", async (failing) => {
    const account = await waitingAccount();
    putUpload(account.uploadId, file);
    let isFailing = true;
    beforeRequests(({ method }) => {
      if (method === failing && isFailing) throw new S3Refusal("SlowDown");
    });
    await expect(report(account.uploadId)).rejects.toMatchObject({ $metadata: { attempts: tries } });
    const errors = output()
      .filter((line) => line.includes('"ERROR"'))
      .map((line) => JSON.parse(line));
    expect(errors).toMatchObject([{ message: "upload not handled", object: uploadObject(account.uploadId) }]);
    isFailing = false;
    await report(account.uploadId);
    await expectReady(account);
  });

  it("of the table is thrown, and the next event succeeds", async () => {
    const account = await waitingAccount();
    putUpload(account.uploadId, file);
    const refuse = async () => engineError("ResourceNotFoundException");
    await throughProxy(refuse, () => expect(report(account.uploadId)).rejects.toThrow());
    await report(account.uploadId);
    await expectReady(account);
  });

  it("like throttling of the table is waited for", async () => {
    const account = await waitingAccount();
    putUpload(account.uploadId, file);
    let throttled = 0;
    await throughProxy(
      async (request) => {
        throttled += 1;
        return throttled % 2 === 1 ? engineError("ProvisionedThroughputExceededException") : request.forward();
      },
      () => report(account.uploadId),
    );
    expect(throttled).toBeGreaterThan(5);
    await expectReady(account);
  });
});
