import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException, TransactionConflictException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import { settings } from "../config.ts";
import { Busy } from "../errors.ts";
import { documents } from "./client.ts";
import { type Key, triesKey } from "./keys.ts";

/** How many wrong guesses in a row are allowed, and for how long further ones are then refused. */
export interface TriesLimit {
  readonly triesMax: number;
  readonly lockMinutes: number;
}

/** A guess that was let through and waits for its outcome. */
export interface Try {
  /** The guess was wrong. Gives how many in a row have now been wrong. */
  failed(): Promise<number>;
  /** The guess was right: the count starts anew. */
  succeeded(): Promise<void>;
}

/** A count with nothing new for this long after any lock of it would have ended is forgotten. */
const forgottenMs = 86_400_000;
/** How often a guess waits for others in flight to be decided; with the pauses about five seconds. */
const waitsMax = 100;
const waitMsMax = 100;

/**
 * Reserves one guess at a secret *before* it is judged, so that a burst of parallel guesses gets no more than the limit
 * either. A reservation counts as wrong until it succeeds. Counts by the name that is guessed at, whether it exists or
 * not: being refused tells nothing about it.
 * @param subject whose secret, in its normalised form
 * @returns the reserved try, or `undefined` while guesses are refused
 */
export async function reserveTry(
  purpose: string,
  subject: string,
  limit: TriesLimit,
  now: Date,
): Promise<Try | undefined> {
  const key = triesKey(purpose, subject);
  const lockMs = limit.lockMinutes * 60_000;
  for (let wait = 0; wait < waitsMax; wait++) {
    const refusal = await count(key, now, lockMs, {
      UpdateExpression: "SET triedAt = :now, expiresAt = :expiresAt ADD tries :one",
      ConditionExpression: "attribute_not_exists(tries) OR tries < :max",
      ExpressionAttributeValues: { ":one": 1, ":max": limit.triesMax },
    });
    if (!refusal) return pending(key, now);

    if (refusal.triedAt + lockMs <= now.getTime()) {
      const taken = await count(key, now, lockMs, {
        UpdateExpression: "SET triedAt = :now, expiresAt = :expiresAt, tries = :one, failed = :none",
        ConditionExpression: "triedAt = :before",
        ExpressionAttributeValues: { ":one": 1, ":none": 0, ":before": refusal.triedAt },
      });
      if (!taken) return pending(key, now);
    } else if (refusal.failed >= limit.triesMax) {
      return undefined;
    }
    // Not all of the reserved ones are decided yet: some may be right, and then there is room again.
    await sleep(randomInt(waitMsMax));
  }
  return undefined;
}

/** How often a count waits for a transaction that holds its item; with the pauses about five seconds. */
const conflictsMax = 40;
const conflictMsMax = 100;

/**
 * Sends one write of a count. Whoever guesses right forgives the wrong guesses in a transaction, and the SDK does not
 * repeat what met one.
 * @throws Busy when the item is held all the time
 */
async function sendAlone<T>(write: () => Promise<T>): Promise<T> {
  for (let conflict = 0; conflict < conflictsMax; conflict++) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof TransactionConflictException)) throw error;
    }
    await sleep(randomInt(conflictMsMax));
  }
  throw new Busy();
}

/**
 * Counts one use of a thing that allows a few, *before* it is judged.
 * @param key an item with `endsAt` in epoch milliseconds
 * @returns the item, or `undefined` when it is gone, over, or used up
 */
export async function countUse(key: Key, usesMax: number, now: Date): Promise<Record<string, unknown> | undefined> {
  try {
    const use = new UpdateCommand({
      TableName: settings.TABLE_NAME,
      Key: { ...key },
      UpdateExpression: "ADD uses :one",
      ConditionExpression: "endsAt > :now AND (attribute_not_exists(uses) OR uses < :max)",
      ExpressionAttributeValues: { ":one": 1, ":now": now.getTime(), ":max": usesMax },
      ReturnValues: "ALL_NEW",
    });
    return (await sendAlone(() => documents.send(use))).Attributes;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return undefined;
  }
}

/** Counts one try; gives the present counts when the condition refuses it. */
async function count(
  key: Key,
  now: Date,
  lockMs: number,
  update: Pick<UpdateCommandInput, "UpdateExpression" | "ConditionExpression" | "ExpressionAttributeValues">,
): Promise<{ triedAt: number; failed: number } | undefined> {
  const expiresAt = Math.ceil((now.getTime() + lockMs + forgottenMs) / 1000);
  try {
    const counting = new UpdateCommand({
      ...update,
      TableName: settings.TABLE_NAME,
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
    const number = (name: string) => Number(error.Item?.[name]?.N ?? 0);
    return { triedAt: number("triedAt"), failed: number("failed") };
  }
}

const pending = (key: Key, now: Date): Try => ({
  async failed() {
    const failure = new UpdateCommand({
      TableName: settings.TABLE_NAME,
      Key: { ...key },
      UpdateExpression: "SET triedAt = :now ADD failed :one",
      ConditionExpression: "attribute_exists(tries)",
      ExpressionAttributeValues: { ":one": 1, ":now": now.getTime() },
      ReturnValues: "UPDATED_NEW",
    });
    try {
      return Number((await sendAlone(() => documents.send(failure))).Attributes?.failed);
    } catch (error) {
      // Forgiven meanwhile, this guess with the others.
      if (error instanceof ConditionalCheckFailedException) return 0;
      throw error;
    }
  },
  async succeeded() {
    const forgiving = new DeleteCommand({ TableName: settings.TABLE_NAME, Key: { ...key } });
    await sendAlone(() => documents.send(forgiving));
  },
});
