import { newId } from "../../crypto/random.ts";
import type { ErrorCode, FieldError } from "../../errors.ts";
import { isObject } from "../../json.ts";
import { uploadKey } from "../../table/keys.ts";
import type { StoredImage } from "../../table/records.ts";
import { create, type TransactionPart } from "../../table/transact.ts";
import { characters, hasVisible, isPlain } from "../../text.ts";
import type { Account } from "../account/account.ts";
import { invalidArgument } from "../account/invalid-argument.ts";
import { quoted } from "../account/property-path.ts";
import { deletionOf } from "./deletion.ts";
import { type SignedUpload, signedUpload } from "./signed.ts";

const uploadMinutes = 15;
/** How long the item of an upload is kept, in seconds. Its processing takes seconds. */
const keptSeconds = 86_400;
const filenameCharactersMax = 255;

const fault = (field: string, code: ErrorCode, message: string): FieldError[] => [{ field, message, code }];

/**
 * Returns what is wrong with an image in a request: `{"content": "me.jpg"}`, an image as it was answered, or `null`.
 * @throws Failure kInvalidArgument for an unknown property
 */
export function imageErrors(stated: unknown): FieldError[] {
  if (stated === undefined || stated === null) return [];
  const { content, ...others } = isObject(stated) ? stated : {};
  // An image that was answered may be sent back. It stays as it is.
  if (content === undefined && typeof others.path === "string") return [];
  if (content === undefined) return fault("account.image", "kInvalidFormat", 'must be like {"content":"me.jpg"}');
  const unknown = Object.keys(others).map((name) => `image.${name}`);
  if (unknown.length > 0) throw invalidArgument(`Unknown property${quoted(unknown)}`);
  if (content === null) return [];
  const isName =
    typeof content === "string" &&
    hasVisible(content) &&
    isPlain(content) &&
    characters(content) <= filenameCharactersMax;
  const message = `must be text of 1 to ${filenameCharactersMax} characters, not all of them invisible`;
  return isName ? [] : fault("account.image.content", "kInvalidString", message);
}

/** A change of an account's image. */
export interface ImageChange {
  readonly image: StoredImage | undefined;
  readonly parts: readonly TransactionPart[];
  /** How to upload the new image. */
  readonly uploads?: readonly SignedUpload[];
}

/**
 * Returns the image that an account has after a change. An upload begins when a file is named. The objects of the image
 * from before are deleted.
 * @param stated an image in which `imageErrors` finds nothing wrong; `undefined` for a change of other properties
 * @param creator id of the caller
 */
export async function changeImage(
  { image: before, applicationId, accountId, id }: Account,
  stated: unknown,
  creator: string,
  now: Date,
): Promise<ImageChange> {
  const filename = isObject(stated) ? stated.content : stated;
  if (filename === undefined) return { image: before, parts: [] };
  const parts = before ? [deletionOf(before.uploadId, now)] : [];
  if (typeof filename !== "string") return { image: undefined, parts };
  const uploadId = newId(now);
  const image = {
    uploadId,
    creator,
    filename,
    state: 0,
    uploadEndsAt: now.getTime() + uploadMinutes * 60_000,
  } as const;
  const expiresAt = Math.ceil(now.getTime() / 1000) + keptSeconds;
  const upload = { type: "upload", applicationId, accountId, id, expiresAt };
  return {
    image,
    parts: [create(uploadKey(uploadId), upload, "changed"), ...parts],
    uploads: [await signedUpload(image, now)],
  };
}
