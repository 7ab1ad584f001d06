import { ConditionalCheckFailedException, TransactionConflictException } from "@aws-sdk/client-dynamodb";
import { settings } from "../settings.ts";
import { documents } from "./client.ts";
import { Update } from "./commands.ts";
import type { Key, Versioned } from "./records.ts";

/**
 * Stores another hash of a record's password, unless the record has changed since it was read. The record counts as
 * changed then, so that a write that was built from the earlier hash does not bring it back.
 * @returns whether it was stored
 */
export async function storeRehash(key: Key, before: Versioned, passwordHash: string): Promise<boolean> {
  try {
    await documents.send(
      new Update({
        TableName: settings().TABLE_NAME,
        Key: { ...key },
        UpdateExpression: "SET passwordHash = :hash, version = :next",
        ConditionExpression: "version = :version",
        ExpressionAttributeValues: { ":hash": passwordHash, ":version": before.version, ":next": before.version + 1 },
      }),
    );
    return true;
  } catch (error) {
    // Somebody else writes the record. The next sign-in tries again.
    const passed = error instanceof ConditionalCheckFailedException || error instanceof TransactionConflictException;
    if (!passed) throw error;
    return false;
  }
}
