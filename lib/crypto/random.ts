import { randomBytes, randomInt } from "node:crypto";

/**
 * Returns a new id of 24 hex digits that sorts by time: seconds (as in an ObjectId, so that clients can read the time
 * from it), milliseconds, and 52 random bits.
 */
export const newId = (now: Date): string => startOfIds(now.getTime()) + randomBytes(7).toString("hex").slice(1);

/** The digits with which the ids of a millisecond begin. Earlier ids are less, and these and later ones are greater. */
export function startOfIds(ms: number): string {
  const seconds = Math.floor(ms / 1000)
    .toString(16)
    .padStart(8, "0");
  return seconds + (ms % 1000).toString(16).padStart(3, "0");
}

/**
 * Returns the first version of a record that may be deleted and created again. It is random, of 15 digits, so that the new record
 * never has a version of the old one: a write that was built from the old one fails then.
 */
export const firstVersion = (): number => randomInt(1e14, 2e14);

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Returns a random text of letters and digits. Each character has 5.95 random bits. */
export const randomText = (length: number): string =>
  Array.from({ length }, () => alphanumeric.charAt(randomInt(alphanumeric.length))).join("");
