import { randomBytes } from "node:crypto";
import { ConditionalCheckFailedException, TransactionConflictException } from "@aws-sdk/client-dynamodb";
import type { UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import { settings } from "../settings.ts";
import { documents } from "./client.ts";
import { Delete, Update } from "./commands.ts";
import { Retries } from "./deadline.ts";
import { triesKey } from "./keys.ts";
import type { Key } from "./records.ts";
import type { TransactionPart } from "./transact.ts";
import {
  type Count,
  countIn,
  countOf,
  hasRoom,
  hourMs,
  isLocked,
  lockedUntil,
  newReservation,
  presentCount,
  type TriesLimit,
  withReservation,
} from "./tries-count.ts";

/** A guess that was reserved and has no result yet. */
export interface Try {
  /** Whether it had to wait for the results of others: what was read meanwhile may have changed. */
  readonly isLate: boolean;
  /** The guess was wrong. Returns until when guesses are refused, if this one has reached a limit. */
  failed(): Promise<Date | undefined>;
  /** The guess was right: those in a row count from zero. Does nothing after the first time. */
  succeeded(): Promise<void>;
  /**
   * The same as `succeeded`, for a transaction. Returns no part when that was called before. Call it again for each repetition
   * of the transaction.
   */
  success(): readonly TransactionPart[];
}

/** How long a count is kept after a lock and an hour would have ended. */
const forgottenMs = 86_400_000;

/** A reservation in the count of a secret. */
interface Reservation {
  readonly key: Key;
  readonly name: string;
  readonly limit: TriesLimit;
  readonly now: Date;
  /** Epoch seconds; after it DynamoDB cleans up. */
  readonly expiresAt: number;
}

/**
 * Reserves one guess at a secret *before* it is checked, so that the limits also hold for parallel guesses. A reservation
 * counts as wrong until it succeeds or lapses. Unknown subjects are counted too, so that a refusal does not reveal which
 * exist.
 * @param subject whose secret, in its normalised form
 * @returns the reserved try, or `undefined` while guesses are refused
 * @throws Busy when other guesses have no result until the call's deadline
 */
export async function reserveTry(
  purpose: string,
  subject: string,
  limit: TriesLimit,
  now: Date,
): Promise<Try | undefined> {
  const keptMs = Math.max(limit.lockMinutes * 60_000, hourMs) + forgottenMs;
  const reservation: Reservation = {
    key: triesKey(purpose, subject),
    name: newReservation(now),
    limit,
    now,
    expiresAt: Math.ceil((now.getTime() + keptMs) / 1000),
  };
  let isLate = false;
  for (const retries = new Retries(); ; await retries.pause()) {
    const { isReserved, count } = await reserve(reservation);
    if (isReserved) return { isLate, ...pending(reservation, count) };

    const present = presentCount(count, limit, now);
    if (hasRoom(present, limit)) {
      const after = withReservation(present, reservation.name, now);
      if (await replaceCount(reservation, count, after)) return { isLate, ...pending(reservation, after) };
    } else if (isLocked(present, limit)) {
      return undefined;
    }
    // Some reserved guesses have no result yet. If one of them is right, there is room again.
    isLate = true;
  }
}

/** What to write to a count; the table and the key are added. */
type Change = Pick<UpdateCommandInput, "UpdateExpression" | "ConditionExpression" | "ExpressionAttributeValues">;

/** Adds a reservation in one request, if there is room. Returns the count after that, or the one that has no room. */
async function reserve(reservation: Reservation): Promise<{ readonly isReserved: boolean; readonly count: Count }> {
  const { key, name, limit, now, expiresAt } = reservation;
  const { isDone, count } = await update(key, {
    UpdateExpression:
      "SET triedAt = :now, expiresAt = :expiresAt, hourBegan = if_not_exists(hourBegan, :now) " +
      "ADD tries :one, reserved :one, hourTries :one, undecided :self",
    ConditionExpression:
      "(attribute_not_exists(tries) OR tries < :max) AND (attribute_not_exists(hourTries) OR hourTries < :hourMax) " +
      "AND (attribute_not_exists(hourBegan) OR hourBegan > :hourAgo) " +
      // When the answer is lost and the request repeated, it must not count twice.
      "AND NOT contains(undecided, :name)",
    ExpressionAttributeValues: {
      ":now": now.getTime(),
      ":expiresAt": expiresAt,
      ":one": 1,
      ":max": limit.triesMax,
      ":hourMax": limit.hourMax ?? Number.MAX_SAFE_INTEGER,
      ":hourAgo": now.getTime() - hourMs,
      ":self": new Set([name]),
      ":name": name,
    },
  });
  return { isReserved: isDone || count.undecided.includes(name), count };
}

/** Replaces a count, if it is still as it was read. Returns whether it was. */
async function replaceCount({ key, expiresAt }: Reservation, before: Count, after: Count): Promise<boolean> {
  const { undecided: undecidedBefore, ...numbersBefore } = before;
  const { undecided, ...numbers } = after;
  const entries = Object.entries(numbers);
  const same = Object.entries(numbersBefore).map(([name, value]) =>
    value === 0 ? `(attribute_not_exists(${name}) OR ${name} = :${name}Before)` : `${name} = :${name}Before`,
  );
  const isSameSet = undecidedBefore.length > 0 ? "undecided = :before" : "attribute_not_exists(undecided)";
  const { isDone } = await update(key, {
    UpdateExpression: `SET undecided = :undecided, expiresAt = :expiresAt, ${entries.map(([name]) => `${name} = :${name}`).join(", ")}`,
    ConditionExpression: [...same, isSameSet].join(" AND "),
    ExpressionAttributeValues: {
      ":undecided": new Set(undecided),
      ":expiresAt": expiresAt,
      ...Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
      ...Object.fromEntries(Object.entries(numbersBefore).map(([name, value]) => [`:${name}Before`, value])),
      ...(undecidedBefore.length > 0 && { ":before": new Set(undecidedBefore) }),
    },
  });
  return isDone;
}

/** A reserved guess. @param count right after it was reserved */
function pending(reservation: Reservation, { hourTries }: Count): Omit<Try, "isLate"> {
  const { key, name, limit, now } = reservation;
  /** Whether nobody else guesses and no guess of the hour was wrong, as usual. Then a right guess deletes the count. */
  let isOnly = hourTries === 1;
  let isSettled = false;
  return {
    async failed() {
      isSettled = true;
      // When it is refused, it was counted already and the answer was lost, or a reset has deleted the count.
      const { count } = await update(key, {
        UpdateExpression: "SET triedAt = :now ADD failed :one, reserved :less DELETE undecided :self",
        ConditionExpression: "contains(undecided, :name)",
        ExpressionAttributeValues: {
          ":now": now.getTime(),
          ":one": 1,
          ":less": -1,
          ":self": new Set([name]),
          ":name": name,
        },
      });
      return lockedUntil(count, limit, now);
    },
    async succeeded() {
      if (isSettled) return;
      const isGone = isOnly && (await deleteAlone(reservation));
      if (!isGone) {
        const { ExpressionAttributeValues, ...forgiving } = forgivingOthersKept(reservation);
        await update(key, {
          ...forgiving,
          ConditionExpression: "contains(undecided, :name)",
          ExpressionAttributeValues: { ...ExpressionAttributeValues, ":name": name },
        });
      }
      isSettled = true;
    },
    success() {
      if (isSettled) return [];
      const Key = { ...key };
      const item = isOnly
        ? { Delete: { Key, ...ifOnly(reservation) } }
        : { Update: { Key, ...forgivingOthersKept(reservation) } };
      // When the transaction is refused, others may guess by now.
      isOnly = false;
      return [{ item, ifRefused: "changed" }];
    },
  };
}

/** The condition that a reservation is the only one, and that no guess of the hour was wrong. */
const ifOnly = ({ name }: Reservation) => ({
  ConditionExpression: "hourTries = :one AND contains(undecided, :name)",
  ExpressionAttributeValues: { ":one": 1, ":name": name },
});

/**
 * What a right guess changes of a count: those in a row count from zero. The reservations of others and the wrong guesses of the
 * hour stay. It has no condition, because a transaction must not fail when a reset has deleted the count.
 */
const forgivingOthersKept = ({ name, expiresAt }: Reservation) => ({
  UpdateExpression:
    "SET tries = if_not_exists(reserved, :one) - :one, reserved = if_not_exists(reserved, :one) - :one, " +
    "hourTries = if_not_exists(hourTries, :one) - :one, failed = :zero, expiresAt = :expiresAt DELETE undecided :self",
  ExpressionAttributeValues: { ":one": 1, ":zero": 0, ":expiresAt": expiresAt, ":self": new Set([name]) },
});

/**
 * Deletes a count that has only this reservation. Returns whether the reservation is gone: the count may be deleted already,
 * by this request, when its answer was lost, or by a reset.
 */
async function deleteAlone(reservation: Reservation): Promise<boolean> {
  const { TABLE_NAME: TableName } = settings();
  const deleting = new Delete({
    TableName,
    Key: { ...reservation.key },
    ...ifOnly(reservation),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  try {
    await sendAlone(() => documents.send(deleting));
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item === undefined;
  }
}

/** Updates a count. Returns the count after that, or the present one when the condition fails. */
async function update(key: Key, change: Change): Promise<{ readonly isDone: boolean; readonly count: Count }> {
  const updating = new Update({
    ...change,
    TableName: settings().TABLE_NAME,
    Key: { ...key },
    ReturnValues: "ALL_NEW",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  try {
    const { Attributes } = await sendAlone(() => documents.send(updating));
    return { isDone: true, count: countOf(Attributes) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { isDone: false, count: countIn(error.Item) };
  }
}

/**
 * Sends one write. A right guess changes the count in a transaction, and the SDK does not repeat a write that conflicts with a
 * transaction.
 * @throws Busy when transactions hold the item until the call's deadline
 */
async function sendAlone<T>(write: () => Promise<T>): Promise<T> {
  for (const retries = new Retries(); ; await retries.pause()) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof TransactionConflictException)) throw error;
    }
  }
}

/**
 * Counts one use of an item that allows a few, *before* it is checked.
 * @param key an item with `endsAt` in epoch milliseconds; `uses` is the set of its uses
 * @returns the item, or `undefined` when it is gone, over, or used up
 */
export async function countUse<Item>(key: Key<Item>, usesMax: number, now: Date): Promise<Item | undefined> {
  const self = randomBytes(6).toString("base64url");
  try {
    const use = new Update({
      TableName: settings().TABLE_NAME,
      Key: { ...key },
      // When the answer is lost and the request repeated, it counts once.
      UpdateExpression: "ADD uses :uses",
      ConditionExpression:
        "endsAt > :now AND (attribute_not_exists(uses) OR size(uses) < :max OR contains(uses, :self))",
      ExpressionAttributeValues: { ":uses": new Set([self]), ":self": self, ":now": now.getTime(), ":max": usesMax },
      ReturnValues: "ALL_NEW",
    });
    // The key says which kind of item this is.
    return (await sendAlone(() => documents.send(use))).Attributes as Item;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return undefined;
  }
}
