import { TransactionConflictException } from "@aws-sdk/client-dynamodb";
import { settings } from "../settings.ts";
import { documents } from "./client.ts";
import { Update } from "./commands.ts";
import { Retries } from "./deadline.ts";
import type { Key, Versioned } from "./records.ts";
import { create, replace, type TransactionPart } from "./transact.ts";

/** A number, and the writes that reserve it when they are in the transaction that uses it. */
export interface ReservedNumber {
  readonly number: number;
  readonly parts: readonly TransactionPart[];
}

/**
 * The next number. It is reserved only when its parts are written; when somebody takes it first, the write conflicts.
 * @param before the counter, if any number was ever taken: its `version` is the last one
 */
export function nextNumber(key: Key<Versioned>, before: Versioned | undefined): ReservedNumber {
  const after = { type: "counter", version: (before?.version ?? 0) + 1 };
  return { number: after.version, parts: [before ? replace(key, before, after) : create(key, after, "changed")] };
}

/**
 * A number that is reserved at once, whether it is used or not. Costs a round trip, but simultaneous callers do not make each
 * other repeat their work.
 * @throws Busy when others hold the counter until the call's deadline
 */
export async function reserveNumber(key: Key<Versioned>): Promise<ReservedNumber> {
  for (const retries = new Retries(); ; await retries.pause()) {
    try {
      const { Attributes } = await documents.send(
        new Update({
          TableName: settings().TABLE_NAME,
          Key: { ...key },
          UpdateExpression: "SET #type = :type ADD version :one",
          ExpressionAttributeNames: { "#type": "type" },
          ExpressionAttributeValues: { ":type": "counter", ":one": 1 },
          ReturnValues: "UPDATED_NEW",
        }),
      );
      return { number: Number(Attributes?.version), parts: [] };
    } catch (error) {
      // Another caller's transaction, which takes the next number, is under way.
      if (!(error instanceof TransactionConflictException)) throw error;
    }
  }
}
