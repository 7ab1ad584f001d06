import { randomBytes } from "node:crypto";
import { ConditionalCheckFailedException, TransactionConflictException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import { settings } from "../settings.ts";
import { documents } from "./client.ts";
import { Retries } from "./deadline.ts";
import { triesKey } from "./keys.ts";
import type { Key, TriesCount } from "./records.ts";

/** How many wrong guesses in a row are allowed, and for how long further guesses are then refused. */
export interface TriesLimit {
  readonly triesMax: number;
  readonly lockMinutes: number;
}

/** A guess that was reserved and has no result yet. */
export interface Try {
  /** The guess was wrong. Returns how many in a row were wrong. */
  failed(): Promise<number>;
  /** The guess was right: the count starts again. */
  succeeded(): Promise<void>;
}

/** How long a count is kept after a lock would have ended. */
const forgottenMs = 86_400_000;
/**
 * After this time a reserved guess without a result lapses: its function crashed, or the table did not answer. Longer than any
 * function runs.
 */
const undecidedMsMax = 30_000;

/** The guesses at one secret that are counted. */
interface Count extends Omit<TriesCount, "undecided"> {
  readonly undecided: readonly string[];
}

/** The name of a reservation: when it was made, so that it can lapse, and a random part. */
const newReservation = (now: Date) => `${now.getTime()} ${randomBytes(6).toString("base64url")}`;
const reservedAt = (reservation: string) => Number(reservation.split(" ")[0]);

/**
 * Reserves one guess at a secret *before* it is checked, so that the limit also holds for parallel guesses. A reservation
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
  const key = triesKey(purpose, subject);
  const reservation = newReservation(now);
  const lockMs = limit.lockMinutes * 60_000;
  for (const retries = new Retries(); ; await retries.pause()) {
    const refusal = await count(key, now, lockMs, {
      UpdateExpression: "SET triedAt = :now, expiresAt = :expiresAt ADD tries :one, undecided :self",
      // When the answer is lost and the request repeated, it must not count twice.
      ConditionExpression: "(attribute_not_exists(tries) OR tries < :max) AND NOT contains(undecided, :reservation)",
      ExpressionAttributeValues: {
        ":one": 1,
        ":max": limit.triesMax,
        ":self": new Set([reservation]),
        ":reservation": reservation,
      },
    });
    if (!refusal || refusal.undecided.includes(reservation)) return pending(key, reservation, now);

    const lapsed = refusal.undecided.filter((other) => reservedAt(other) <= now.getTime() - undecidedMsMax);
    if (refusal.triedAt + lockMs <= now.getTime()) {
      const taken = await count(key, now, lockMs, {
        UpdateExpression: "SET triedAt = :now, expiresAt = :expiresAt, tries = :one, failed = :none, undecided = :self",
        ConditionExpression: "triedAt = :before",
        ExpressionAttributeValues: {
          ":one": 1,
          ":none": 0,
          ":before": refusal.triedAt,
          ":self": new Set([reservation]),
        },
      });
      if (!taken) return pending(key, reservation, now);
    } else if (lapsed.length > 0 || hasForgotten(refusal, now)) {
      await forget(key, refusal, lapsed);
    } else if (refusal.failed >= limit.triesMax) {
      return undefined;
    }
    // Some reserved guesses have no result yet. If one of them is right, the count starts again.
  }
}

/** Whether a count contains reservations without a name that must have lapsed. */
const hasForgotten = ({ tries, failed, undecided, triedAt }: Count, now: Date) =>
  tries > failed + undecided.length && triedAt <= now.getTime() - undecidedMsMax;

/**
 * Removes reservations that will get no result: those that have lapsed, and those without a name, which an earlier release
 * made. Another caller may do so at the same time.
 */
async function forget(
  key: Key,
  { tries, failed, undecided, triedAt }: Count,
  lapsed: readonly string[],
): Promise<void> {
  const unknown = Math.max(0, tries - failed - undecided.length);
  const places = lapsed.map((_, place) => `:lapsed${place}`);
  try {
    const forgetting = new UpdateCommand({
      TableName: settings().TABLE_NAME,
      Key: { ...key },
      UpdateExpression: `ADD tries :less${lapsed.length > 0 ? " DELETE undecided :lapsed" : ""}`,
      ConditionExpression: ["triedAt = :triedAt", ...places.map((place) => `contains(undecided, ${place})`)].join(
        " AND ",
      ),
      ExpressionAttributeValues: {
        ":less": -(lapsed.length + unknown),
        ":triedAt": triedAt,
        ...(lapsed.length > 0 && { ":lapsed": new Set(lapsed) }),
        ...Object.fromEntries(lapsed.map((reservation, place) => [places[place], reservation])),
      },
    });
    await sendAlone(() => documents.send(forgetting));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/**
 * Sends one write of a count. A right guess deletes the count in a transaction, and the SDK does not repeat a write that
 * conflicts with a transaction.
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
    const use = new UpdateCommand({
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

/** Writes a count. Returns the present one when the condition fails. */
async function count(
  key: Key,
  now: Date,
  lockMs: number,
  update: Pick<UpdateCommandInput, "UpdateExpression" | "ConditionExpression" | "ExpressionAttributeValues">,
): Promise<Count | undefined> {
  const expiresAt = Math.ceil((now.getTime() + lockMs + forgottenMs) / 1000);
  try {
    const counting = new UpdateCommand({
      ...update,
      TableName: settings().TABLE_NAME,
      Key: { ...key },
      ExpressionAttributeValues: {
        ...update.ExpressionAttributeValues,
        ":now": now.getTime(),
        ":expiresAt": expiresAt,
      },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    await sendAlone(() => documents.send(counting));
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return countFrom(error.Item);
  }
}

function countFrom(item: ConditionalCheckFailedException["Item"]): Count {
  const number = (name: string) => Number(item?.[name]?.N ?? 0);
  return {
    tries: number("tries"),
    failed: number("failed"),
    triedAt: number("triedAt"),
    undecided: item?.undecided?.SS ?? [],
  };
}

const pending = (key: Key, reservation: string, now: Date): Try => ({
  async failed() {
    const failure = new UpdateCommand({
      TableName: settings().TABLE_NAME,
      Key: { ...key },
      UpdateExpression: "SET triedAt = :now ADD failed :one DELETE undecided :self",
      ConditionExpression: "contains(undecided, :reservation)",
      ExpressionAttributeValues: {
        ":one": 1,
        ":now": now.getTime(),
        ":self": new Set([reservation]),
        ":reservation": reservation,
      },
      ReturnValues: "UPDATED_NEW",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    try {
      return Number((await sendAlone(() => documents.send(failure))).Attributes?.failed);
    } catch (error) {
      // It was counted already, and the answer was lost; or a right guess has deleted the count in the meantime.
      if (error instanceof ConditionalCheckFailedException) return countFrom(error.Item).failed;
      throw error;
    }
  },
  async succeeded() {
    const forgiving = new DeleteCommand({ TableName: settings().TABLE_NAME, Key: { ...key } });
    await sendAlone(() => documents.send(forgiving));
  },
});
