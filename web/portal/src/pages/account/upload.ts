import type { Image } from "../../../../../client/src/client.ts";
import { fileBytesMax } from "../../../../../lib/accounts/image/objects.ts";
import type { reasons } from "../../../../../lib/accounts/image/reasons.ts";
import { call } from "../../portal.ts";

/** The form by which a file is uploaded. */
type Upload = NonNullable<Image["uploads"]>[number];

/** Types that the server reads, for the window in which a file is chosen. */
export const acceptedTypes = "image/jpeg,image/png,image/webp,image/gif,image/avif,image/heic,image/heif,.heic,.heif";

/** Types that every browser reads, so that a file that is none of them is noticed before the old picture is deleted. */
const readableHere = ["image/jpeg", "image/png", "image/webp", "image/gif"];

/** Why a file cannot be used, as far as that can be told before it is uploaded. */
export async function problemOf(file: File): Promise<keyof typeof reasons | undefined> {
  if (file.size > fileBytesMax) return "tooLarge";
  const ending = /\.(heic|heif|avif)$/i.test(file.name);
  // Some systems do not know the types of newer formats, and state none.
  if (!acceptedTypes.split(",").includes(file.type)) return file.type === "" && ending ? undefined : "notAPicture";
  if (!readableHere.includes(file.type)) return undefined;
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  bitmap?.close();
  return bitmap ? undefined : "damaged";
}

/** The file did not arrive: the connection broke, or the upload was refused. */
export class UploadFailed extends Error {}

/**
 * Sends a file by the form of an upload.
 * @param onProgress is told the share that was sent, from 0 to 1
 * @throws UploadFailed, or the reason of the signal
 */
export function sendFile(
  { uploadUrl, uploadMethod, fields }: Upload,
  file: File,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (share: number) => void },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    for (const { key, value } of fields) form.append(key, value);
    form.append("file", file);
    const abort = () => request.abort();
    signal.addEventListener("abort", abort);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () =>
      request.status < 300 ? resolve() : reject(new UploadFailed(`HTTP status ${request.status}`));
    request.onerror = () => reject(new UploadFailed("no answer"));
    request.onabort = () => reject(signal.reason);
    request.onloadend = () => signal.removeEventListener("abort", abort);
    request.open(uploadMethod, uploadUrl);
    if (signal.aborted) abort();
    else request.send(form);
  });
}

const firstWaitMs = 400;
const longestWaitMs = 5000;
const followMs = 60_000;

/**
 * Asks for the image until the server has processed it, ever less often, for at most a minute.
 * @returns the image as it is then; `undefined` when it was removed
 * @throws FrontdeskError when the last attempt failed; the reason of the signal
 */
export async function followImage(signal: AbortSignal): Promise<Image | undefined> {
  const endsAt = Date.now() + followMs;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 1.5, longestWaitMs)) {
    await wait(waitMs, signal);
    const isLast = Date.now() + waitMs > endsAt;
    try {
      const { image } = await call((portal) => portal.accountGet({ id: "me", "paths[]": ["image"] }, { signal }));
      if (!image || image.state >= 2 || isLast) return image;
    } catch (error) {
      // A connection that is lost for a moment changes nothing.
      if (isLast || signal.aborted) throw error;
    }
  }
}

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal.addEventListener("abort", abort, { once: true });
  });
