import { portalAccountKey, uploadKey } from "../../table/keys.ts";
import { takeLease } from "../../table/lease.ts";
import { readItems } from "../../table/read.ts";
import type { AccountItem, Key, StoredImage } from "../../table/records.ts";
import { held, replace, retryOnConflict } from "../../table/transact.ts";
import { deleteObjects, readUpload, writeJpeg } from "./bucket.ts";
import { facetObject, facets, objectsOf, uploadLeaseMs, uploadObject } from "./objects.ts";
import { decodePicture, UnusablePicture } from "./picture.ts";
import { reasons } from "./reasons.ts";

/** What became of an upload. `busy`: another worker has it. `dropped`: the account has another picture, or none. */
export type Outcome = "ready" | "unusable" | "busy" | "dropped";

/**
 * Makes an account's picture from an upload: decodes the file, stores the facets and says in the account that they are
 * ready, or why the file cannot be used. The lease on the upload's item lets one worker at a time do this, so that facets
 * and account always belong together. Safe to repeat.
 */
export async function processUpload(uploadId: string, now: () => Date): Promise<Outcome> {
  const lease = await takeLease(uploadKey(uploadId), uploadLeaseMs, now());
  if (lease === "held") return "busy";
  if (lease === "done") {
    // Uploaded a second time, or after the upload was forgotten.
    await deleteObjects([uploadObject(uploadId)]);
    return "dropped";
  }
  try {
    const outcome = await makePicture(uploadId, lease.lost >= crashesMax);
    await lease.finish(now());
    return outcome;
  } catch (error) {
    // A lease that is not released ends by itself; the first error is more important.
    await lease.release().catch(() => undefined);
    throw error;
  }
}

/**
 * How many workers may be lost with a file before it is refused. One may be lost because the table failed; after two, the
 * file most likely needs more memory than the worker has. AWS tries three times.
 */
const crashesMax = 2;

/** @param isRefused whether the file is not decoded any more */
async function makePicture(uploadId: string, isRefused: boolean): Promise<Outcome> {
  const { upload } = await readItems({ upload: uploadKey(uploadId) });
  const account = upload && portalAccountKey(upload);
  const isAwaited = account && (await changeImage(account, uploadId, { state: 1 }));
  if (!account || !isAwaited) return drop(uploadId);
  const made = isRefused ? unusableAfterCrash(uploadId) : storeFacets(uploadId);
  const result = await made.catch(async (error) => {
    // When the picture was removed meanwhile, its file is perhaps gone as well.
    if (await changeImage(account, uploadId, { state: 1 })) throw error;
    return undefined;
  });
  if (!result || !(await changeImage(account, uploadId, result))) return drop(uploadId);
  await deleteObjects([uploadObject(uploadId)]);
  return result.state === 2 ? "ready" : "unusable";
}

/** Deletes what the upload has in the bucket. Only the facets of a picture that an account shows stay. */
async function drop(uploadId: string): Promise<Outcome> {
  const { upload } = await readItems({ upload: uploadKey(uploadId) });
  const { account } = await readItems({ account: upload && portalAccountKey(upload) });
  const isShown = account?.image?.uploadId === uploadId && account.image.state === 2;
  await deleteObjects(isShown ? [uploadObject(uploadId)] : objectsOf(uploadId));
  return "dropped";
}

type Result =
  | (Pick<StoredImage, "content" | "thumbnail"> & { readonly state: 2 })
  | { readonly state: 3; readonly reason: string };

/** The facets of a worker that crashed may be stored already. */
async function unusableAfterCrash(uploadId: string): Promise<Result> {
  await deleteObjects(objectsOf(uploadId));
  return { state: 3, reason: reasons.tooMuchWork };
}

/** Decodes the uploaded file and stores its facets. Returns what the account is to say about it. */
async function storeFacets(uploadId: string): Promise<Result> {
  try {
    const file = await readUpload(uploadObject(uploadId));
    if (!file) throw new UnusablePicture("tooLarge");
    const picture = await decodePicture(file);
    await Promise.all(facets.map((facet) => writeJpeg(facetObject(uploadId, facet), picture[facet].bytes)));
    return { state: 2, content: picture.content.stored, thumbnail: picture.thumbnail.stored };
  } catch (error) {
    if (error instanceof UnusablePicture) return { state: 3, reason: error.message };
    throw error;
  }
}

/**
 * Changes the picture of an account, if it is still the one of this upload and not finished.
 * @returns whether it is
 */
async function changeImage(
  key: Key<AccountItem>,
  uploadId: string,
  change: Result | { readonly state: 1 },
): Promise<boolean> {
  const find = async () => (await readItems({ account: key })).account;
  return retryOnConflict(held(await find(), find), ({ value: account }) => {
    const { image } = account ?? {};
    if (!account || image?.uploadId !== uploadId || image.state >= 2) return { parts: [], answer: false };
    if (image.state === change.state) return { parts: [], answer: true };
    const after = { ...account, image: { ...image, ...change }, version: account.version + 1 };
    return { parts: [replace(key, account, after)], answer: true };
  });
}
