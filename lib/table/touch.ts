import { ConditionalCheckFailedException, TransactionConflictException } from "@aws-sdk/client-dynamodb";
import { settings } from "../settings.ts";
import { documents } from "./client.ts";
import { Update } from "./commands.ts";
import type { Key } from "./records.ts";

/**
 * Notes that an item was used now, unless it is gone or was last used before `notBefore`, so that a session that has timed
 * out is not revived. Times are epoch milliseconds.
 */
export async function touch(key: Key, now: number, notBefore: number): Promise<void> {
  try {
    await documents.send(
      new Update({
        TableName: settings().TABLE_NAME,
        Key: { ...key },
        UpdateExpression: "SET lastSeenAt = :now",
        ConditionExpression: "lastSeenAt BETWEEN :notBefore AND :now",
        ExpressionAttributeValues: { ":now": now, ":notBefore": notBefore },
      }),
    );
  } catch (error) {
    // A transaction that ends or continues the session is under way. Its own write counts as the last use.
    const passed = error instanceof ConditionalCheckFailedException || error instanceof TransactionConflictException;
    if (!passed) throw error;
  }
}
