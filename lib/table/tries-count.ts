import { randomBytes } from "node:crypto";
import type { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import type { TriesCount } from "./records.ts";

/** How many wrong guesses are allowed, and for how long further guesses are then refused. */
export interface TriesLimit {
  /** Allowed in a row. */
  readonly triesMax: number;
  /** How long guesses are refused after that. */
  readonly lockMinutes: number;
  /** Allowed in an hour that begins with its first guess, also when right ones come in between; no limit when left out. */
  readonly hourMax?: number;
}

/** The hour of `hourMax`. */
export const hourMs = 3_600_000;
/**
 * After this time a reserved guess without a result lapses: its function crashed, or the table did not answer. Longer than any
 * function runs.
 */
const undecidedMsMax = 30_000;

/** The guesses at one secret that are counted. */
export interface Count extends Omit<TriesCount, "undecided"> {
  readonly undecided: readonly string[];
}

/** The attributes of a count that are numbers. An item of an earlier release has no `reserved`, `hourTries` and `hourBegan`. */
const numbers = ["tries", "failed", "reserved", "hourTries", "hourBegan", "triedAt"] as const;

/** An item as the table returns it with a refusal. */
type RefusedItem = ConditionalCheckFailedException["Item"];

/** Returns a count from the attributes of its item. Absent numbers are 0. */
export function countOf(item: Partial<TriesCount> = {}): Count {
  const { tries = 0, failed = 0, reserved = 0, hourTries = 0, hourBegan = 0, triedAt = 0, undecided = [] } = item;
  return { tries, failed, reserved, hourTries, hourBegan, triedAt, undecided: [...undecided] };
}

/** Returns a count from the item with which the table refused a write. */
export const countIn = (item: RefusedItem): Count => ({
  ...countOf(Object.fromEntries(numbers.map((name) => [name, Number(item?.[name]?.N ?? 0)]))),
  undecided: item?.undecided?.SS ?? [],
});

/** The name of a reservation: when it was made, so that it can lapse, and a random part. */
export const newReservation = (now: Date): string => `${now.getTime()} ${randomBytes(6).toString("base64url")}`;
const reservedAt = (reservation: string) => Number(reservation.split(" ")[0]);

const wrongInHour = ({ hourTries, reserved }: Count) => Math.max(0, hourTries - reserved);

/** Returns a count as it is now: without lapsed reservations, and without a lock or an hour that is over. */
export function presentCount(count: Count, limit: TriesLimit, now: Date): Count {
  const time = now.getTime();
  const undecided = count.undecided.filter((reservation) => reservedAt(reservation) > time - undecidedMsMax);
  // An earlier release made reservations without a name. They all lapse when the newest one must have.
  const unnamed = Math.max(0, count.tries - count.failed - count.undecided.length);
  const left = undecided.length + (count.triedAt <= time - undecidedMsMax ? 0 : unnamed);

  const isLockOver = count.tries >= limit.triesMax && count.triedAt + limit.lockMinutes * 60_000 <= time;
  const isHourOver = count.hourBegan + hourMs <= time;
  const failed = isLockOver ? 0 : count.failed;
  return {
    failed,
    tries: failed + left,
    reserved: undecided.length,
    hourTries: (isHourOver ? 0 : wrongInHour(count)) + undecided.length,
    hourBegan: isHourOver ? time : count.hourBegan,
    triedAt: count.triedAt,
    undecided,
  };
}

/** Whether a count allows one more guess. */
export const hasRoom = (
  { tries, hourTries }: Count,
  { triesMax, hourMax = Number.POSITIVE_INFINITY }: TriesLimit,
): boolean => tries < triesMax && hourTries < hourMax;

/** Whether guesses are refused because of wrong ones alone. Otherwise a reserved one may still turn out right. */
export const isLocked = (count: Count, { triesMax, hourMax = Number.POSITIVE_INFINITY }: TriesLimit): boolean =>
  count.failed >= triesMax || wrongInHour(count) >= hourMax;

/** Returns a count with one more reservation. */
export const withReservation = (count: Count, reservation: string, now: Date): Count => ({
  ...count,
  tries: count.tries + 1,
  reserved: count.reserved + 1,
  hourTries: count.hourTries + 1,
  triedAt: now.getTime(),
  undecided: [...count.undecided, reservation],
});

/**
 * Returns until when guesses are refused, if the last wrong one has reached a limit.
 * @param count right after that guess was counted
 */
export function lockedUntil(count: Count, { triesMax, lockMinutes, hourMax }: TriesLimit, now: Date): Date | undefined {
  const ends = [
    ...(count.failed === triesMax ? [now.getTime() + lockMinutes * 60_000] : []),
    ...(wrongInHour(count) === hourMax ? [count.hourBegan + hourMs] : []),
  ];
  return ends.length > 0 ? new Date(Math.max(...ends)) : undefined;
}
