import type { S3ObjectCreatedNotificationEvent } from "aws-lambda";
import { uploadPrefix } from "../../lib/accounts/image/objects.ts";
import { processUpload } from "../../lib/accounts/image/process-upload.ts";
import { causesOf, logger } from "../../lib/api/log.ts";
import { checkSettings, filesSettings } from "../../lib/settings.ts";

/**
 * Turns an uploaded file into the picture of an account, when the bucket reports that it was stored. An error of S3 or of
 * the table is thrown, so that AWS calls again. An upload that cannot be used is no error.
 */
export async function handler({ detail }: Pick<S3ObjectCreatedNotificationEvent, "detail">): Promise<void> {
  checkSettings({});
  const { FILES_BUCKET } = filesSettings();
  const { bucket, object } = detail;
  // The rule reports these objects only. The worker's own objects must never come back to it.
  if (bucket.name !== FILES_BUCKET || !object.key.startsWith(uploadPrefix)) return;
  try {
    const outcome = await processUpload(object.key.slice(uploadPrefix.length), () => new Date());
    logger.info("upload handled", { object: object.key, outcome });
  } catch (error) {
    logger.error("upload not handled", { object: object.key, causes: causesOf(error) });
    throw error;
  }
}
