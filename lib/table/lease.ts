import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import type { UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import { randomText } from "../crypto/random.ts";
import { settings } from "../settings.ts";
import { documents } from "./client.ts";
import { Update } from "./commands.ts";
import type { Key } from "./records.ts";

/** A worker has to stop, because its time is over. Another one goes on. */
export class NoTimeLeft extends Error {}

/** The right to do the work of an item once. It ends by itself, so that after a crash another worker can do the work. */
export interface Lease {
  /** How many workers that had it before neither finished nor released it: they crashed, or could not reach the table. */
  readonly lost: number;
  /** The work is done: nobody gets a lease on the item again. */
  finish(now: Date): Promise<void>;
  /** The work failed: another worker may try at once. */
  release(): Promise<void>;
}

/** Enough that no two workers have the same name. */
const takenByCharacters = 16;

/**
 * Takes the lease on an item, one holder at a time.
 * @returns `"held"` while another has it; `"done"` when the work is done or the item is gone
 */
export async function takeLease(key: Key, leaseMs: number, now: Date): Promise<Lease | "held" | "done"> {
  const leaseUntil = now.getTime() + leaseMs;
  const takenBy = randomText(takenByCharacters);
  const { refused, before } = await update(key, {
    UpdateExpression: "SET leaseUntil = :until, takenBy = :by, takenTimes = if_not_exists(takenTimes, :zero) + :one",
    ConditionExpression:
      "attribute_exists(pk) AND attribute_not_exists(doneAt) AND (attribute_not_exists(leaseUntil) OR leaseUntil <= :now)",
    ExpressionAttributeValues: { ":until": leaseUntil, ":by": takenBy, ":now": now.getTime(), ":zero": 0, ":one": 1 },
  });
  const { Item } = refused ?? {};
  // The answer of the table was lost, and the SDK has asked again: then it is our own lease that refuses us.
  const isOwn = Item?.takenBy?.S === takenBy;
  if (refused && !isOwn) return Item && !Item.doneAt ? "held" : "done";
  return {
    lost: isOwn ? Number(Item?.takenTimes?.N) - 1 : Number(before?.takenTimes ?? 0),
    async finish(doneAt) {
      await update(key, {
        UpdateExpression: "SET doneAt = :doneAt REMOVE leaseUntil, takenBy, takenTimes",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: { ":doneAt": doneAt.toISOString() },
      });
    },
    async release() {
      await update(key, {
        UpdateExpression: "REMOVE leaseUntil, takenBy, takenTimes",
        // Only our own lease. No two leases end at the same time, because each begins after the one before has ended.
        ConditionExpression: "leaseUntil = :until",
        ExpressionAttributeValues: { ":until": leaseUntil },
      });
    },
  };
}

/** The attributes that an update changed, as they were before; or the exception when its condition failed. */
interface Updated {
  readonly before?: Readonly<Record<string, unknown>> | undefined;
  readonly refused?: ConditionalCheckFailedException;
}

async function update(
  key: Key,
  change: Pick<UpdateCommandInput, "UpdateExpression" | "ConditionExpression" | "ExpressionAttributeValues">,
): Promise<Updated> {
  try {
    const { Attributes: before } = await documents.send(
      new Update({
        ...change,
        TableName: settings().TABLE_NAME,
        Key: { ...key },
        ReturnValues: "UPDATED_OLD",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    return { before };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { refused: error };
    throw error;
  }
}
