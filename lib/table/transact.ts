import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { TransactionCanceledException, TransactionInProgressException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { settings } from "../config.ts";
import { Busy, type ErrorCode, Failure } from "../errors.ts";
import { documents } from "./client.ts";
import type { Key } from "./keys.ts";

type Item = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

/**
 * One write of a transaction. `ifRefused` is what its failed condition means: an error for the caller, or `"changed"`:
 * somebody else wrote the record since it was read, so read again and repeat.
 */
export interface Part {
  readonly item: Item;
  readonly ifRefused: ErrorCode | "changed";
}

/** A record that exists in the table: `version` counts its writes and guards each one against a lost update. */
export interface Versioned {
  readonly version: number;
}

const TableName = settings.TABLE_NAME;

/** Puts an item that must not exist yet. */
export const create = (key: Key, item: object, ifRefused: Part["ifRefused"]): Part => ({
  item: { Put: { TableName, Item: { ...item, ...key }, ConditionExpression: "attribute_not_exists(pk)" } },
  ifRefused,
});

/** Puts `after` in the place of `before`, which must not have been written since it was read. */
export const replace = (key: Key, before: Versioned, after: object): Part => ({
  item: {
    Put: {
      TableName,
      Item: { ...after, ...key },
      ConditionExpression: "version = :version",
      ExpressionAttributeValues: { ":version": before.version },
    },
  },
  ifRefused: "changed",
});

/** Deletes an item, there or not: what it stood for is guarded by another part of the same transaction. */
export const remove = (key: Key): Part => ({ item: { Delete: { TableName, Key: { ...key } } }, ifRefused: "changed" });

/** Deletes a one-time thing that must still be there: of many who use it at once, one succeeds. */
export const consume = (key: Key, ifRefused: Part["ifRefused"]): Part => ({
  item: { Delete: { TableName, Key: { ...key }, ConditionExpression: "attribute_exists(pk)" } },
  ifRefused,
});

/** Puts an item, whatever was there. */
export const put = (key: Key, item: object): Part => ({
  item: { Put: { TableName, Item: { ...item, ...key } } },
  ifRefused: "changed",
});

/** Sets attributes of an item that must exist. */
export const amend = (key: Key, attributes: Readonly<Record<string, unknown>>, ifRefused: Part["ifRefused"]): Part => {
  const names = Object.keys(attributes);
  return {
    item: {
      Update: {
        TableName,
        Key: { ...key },
        UpdateExpression: `SET ${names.map((_, place) => `#${place} = :${place}`).join(", ")}`,
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeNames: Object.fromEntries(names.map((name, place) => [`#${place}`, name])),
        ExpressionAttributeValues: Object.fromEntries(names.map((name, place) => [`:${place}`, attributes[name]])),
      },
    },
    ifRefused,
  };
};

/** Puts one id into an item's set, or takes it out. @param idsMax how many the set may hold before one is added */
export const toggle = (key: Key, id: string, on: boolean, idsMax: number, ifFull: Part["ifRefused"]): Part => ({
  item: {
    Update: {
      TableName,
      Key: { ...key },
      UpdateExpression: on ? "ADD ids :ids" : "DELETE ids :ids",
      ...(on && { ConditionExpression: "attribute_not_exists(ids) OR size(ids) < :max" }),
      ExpressionAttributeValues: { ":ids": new Set([id]), ...(on && { ":max": idsMax }) },
    },
  },
  ifRefused: ifFull,
});

/** The state that a write was built on is gone; the write may be built again from a new read. */
class Changed extends Error {}

/** Repetitions of one contended write; with the pauses between them about five seconds, ten at the most. */
const repetitionsMax = 100;
const pauseMsMax = 100;

/** What a transaction is cancelled for that a repetition can cure. */
const passing = new Set(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]);

/**
 * Writes all parts or none. The first part whose condition fails decides what the caller hears, so parts stand in the
 * order in which the contract wants them told.
 * @throws Failure with that part's error; Changed, which `settle` repeats
 */
async function transact(parts: readonly Part[]): Promise<void> {
  // The token makes a repetition after a lost answer harmless: DynamoDB remembers it for ten minutes.
  const input = { TransactItems: parts.map((part) => part.item), ClientRequestToken: randomUUID() };
  try {
    await sendUntilDecided(input);
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const reasons = (error.CancellationReasons ?? []).map((reason) => reason.Code ?? "None");
    const first = reasons.findIndex((code) => code !== "None");
    const code = reasons[first];
    const refused = code === "ConditionalCheckFailed" ? parts[first]?.ifRefused : undefined;
    if (refused === "changed" || passing.has(code ?? "")) throw new Changed();
    if (refused === undefined) throw error;
    throw new Failure(refused);
  }
}

/** Sends a transaction; while an earlier sending of the same one is still under way, waits for what becomes of it. */
async function sendUntilDecided(input: TransactWriteCommandInput): Promise<void> {
  for (let repetition = 0; ; repetition++) {
    try {
      await documents.send(new TransactWriteCommand(input));
      return;
    } catch (error) {
      if (!(error instanceof TransactionInProgressException) || repetition === repetitionsMax) throw error;
      await sleep(pauseMsMax);
    }
  }
}

/** A transaction, and what to answer once it is through. Without parts nothing is written. */
export interface Built<Answer> {
  readonly parts: readonly Part[];
  readonly answer: Answer;
}

/**
 * Builds a write from the present state and carries it out; when the state has changed meanwhile, reads it again and
 * repeats, so that simultaneous writes of one record are served one after the other.
 * @param present the state as it was read with the credentials
 * @param readAgain reads it anew
 * @param build decides from the state what to write and what to answer; may throw the caller's error
 * @throws Busy when repetitions run out; nothing is written then
 */
export async function settle<State, Answer>(
  present: State,
  readAgain: () => Promise<State>,
  build: (state: State) => Built<Answer> | Promise<Built<Answer>>,
): Promise<Answer> {
  let state = present;
  for (let repetition = 0; repetition < repetitionsMax; repetition++) {
    const { parts, answer } = await build(state);
    if (parts.length === 0) return answer;
    try {
      await transact(parts);
      return answer;
    } catch (error) {
      if (!(error instanceof Changed)) throw error;
    }
    await sleep(randomInt(Math.min(pauseMsMax, 4 * 2 ** Math.min(repetition, 10))));
    state = await readAgain();
  }
  throw new Busy();
}

/** Carries out a write that depends on no state that was read. @throws Failure, Busy */
export const write = (parts: readonly Part[]): Promise<void> =>
  settle(
    undefined,
    async () => undefined,
    () => ({ parts, answer: undefined }),
  );
