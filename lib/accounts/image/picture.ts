import { createHash } from "node:crypto";
import sharp, { type Metadata, type Sharp } from "sharp";
import type { StoredFacet } from "../../table/records.ts";
import { type Facet, facets, fileBytesMax } from "./objects.ts";
import { reasons } from "./reasons.ts";

/** The most pixels of a picture. A small file can decode to any number of pixels. */
const pixelsMax = 50_000_000;
/** How long libvips may work on one facet. */
const facetSecondsMax = 20;

/** The file cannot be used. Its message is one of `reasons`. */
export class UnusablePicture extends Error {
  constructor(reason: keyof typeof reasons) {
    super(reasons[reason]);
  }
}

/** A picture in one size: the JPEG, and what is stored about it. */
export interface DecodedFacet {
  readonly bytes: Buffer;
  readonly stored: StoredFacet;
}

// Only these decoders can run in this process. Without this, libvips would also read SVG, TIFF and more.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadWebpBuffer",
    "VipsForeignLoadNsgifBuffer",
    "VipsForeignLoadHeifBuffer",
  ],
});
// A process decodes one picture at a time, and never the same one again.
sharp.cache(false);
sharp.concurrency(1);

/**
 * Decodes a picture and encodes its facets: upright, on white, in sRGB, without any metadata. Only the first frame of an
 * animation is decoded.
 * @throws UnusablePicture when the file is not a picture that can be used
 */
export async function decodePicture(file: Buffer): Promise<Readonly<Record<Facet, DecodedFacet>>> {
  if (file.length > fileBytesMax) throw new UnusablePicture("tooLarge");
  const kind = kindOf(file);
  if (!kind) throw new UnusablePicture("notAPicture");
  const failure = kind === "heic" ? "unreadableHeic" : "damaged";
  // Reads the header only, so the number of pixels does not matter here.
  const { width, height } = await readable(failure, (): Promise<Metadata> => open(file, false).metadata());
  if (width * height > pixelsMax) throw new UnusablePicture("tooManyPixels");
  const decoded: [Facet, DecodedFacet][] = [];
  // One after the other: two that decode at the same time would need twice the memory.
  for (const facet of facets) decoded.push([facet, await readable(failure, () => encode(resize[facet](open(file))))]);
  return Object.fromEntries(decoded) as Record<Facet, DecodedFacet>;
}

/** How a picture gets the size of a facet. */
const resize: Readonly<Record<Facet, (picture: Sharp) => Sharp>> = {
  content: (picture) => picture.resize(1024, 1024, { fit: "inside", withoutEnlargement: true }),
  thumbnail: (picture) => picture.resize(160, 160, { fit: "cover" }),
};

const open = (file: Buffer, limitInputPixels: number | false = pixelsMax) =>
  sharp(file, { limitInputPixels, failOn: "error", pages: 1 });

/** Encodes a picture as JPEG. sharp writes no metadata and no colour profile unless told to. */
async function encode(picture: Sharp): Promise<DecodedFacet> {
  const { data, info } = await picture
    .autoOrient()
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb")
    .timeout({ seconds: facetSecondsMax })
    .jpeg({ quality: 82 })
    .toBuffer({ resolveWithObject: true });
  const etag = createHash("md5").update(data).digest("hex");
  return { bytes: data, stored: { etag, width: info.width, height: info.height, size: data.length } };
}

/** Does something with a file. @throws UnusablePicture when it fails: everything that can fail here depends on the file */
async function readable<T>(failure: keyof typeof reasons, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Messages of libvips may quote the file, so they are not kept.
    const isTimeout = error instanceof Error && error.message.startsWith("timeout");
    throw new UnusablePicture(isTimeout ? "tooMuchWork" : failure);
  }
}

/** What pictures begin with, as Latin-1 text. */
const beginnings = {
  jpeg: /^\xff\xd8\xff/,
  png: /^\x89PNG\r\n\x1a\n/,
  webp: /^RIFF.{4}WEBP/s,
  gif: /^GIF8[79]a/,
  avif: /^.{4}ftyp(?:.{4})*?avi[fs]/s,
  heic: /^.{4}ftyp(?:.{4})*?(?:hei[cxms]|hev[cxms]|mif1|msf1)/s,
} as const;

/** What kind of picture a file is, by its first bytes. @returns `undefined` for any other file */
function kindOf(file: Buffer): string | undefined {
  // The brands of AVIF and HEIC are in the first box, whose length comes first.
  const isBox = file.toString("latin1", 4, 8) === "ftyp";
  const length = isBox ? Math.min(file.readUInt32BE(0), 256) : 16;
  const beginning = file.toString("latin1", 0, length);
  return Object.entries(beginnings).find(([, pattern]) => pattern.test(beginning))?.[0];
}
