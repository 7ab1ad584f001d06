import { randomBytes, randomInt } from "node:crypto";

/**
 * Returns a new id of 24 hex digits that sorts by time: seconds (as in an ObjectId, so that clients can read the time
 * from it), milliseconds, and 52 random bits.
 */
export function newId(now: Date): string {
  const ms = now.getTime();
  const seconds = Math.floor(ms / 1000)
    .toString(16)
    .padStart(8, "0");
  const fraction = (ms % 1000).toString(16).padStart(3, "0");
  return seconds + fraction + randomBytes(7).toString("hex").slice(1);
}

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Returns a random text of letters and digits. Each character has 5.95 random bits. */
export const randomText = (length: number): string =>
  Array.from({ length }, () => alphanumeric.charAt(randomInt(alphanumeric.length))).join("");
