import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { DynamoDBRecord } from "aws-lambda";
import type { RecordReader } from "./stream-reader.ts";

/** How many records are read at once. This process is blocked meanwhile: a record takes about 20 µs. */
const recordsMax = 100;

/** The longest wait for a lock, which the engine has only for moments. */
const busyMsMax = 1000;

const selection = `SELECT id, event_name, keys_json, new_image, old_image, sequence_number, created_at, user_identity
  FROM _stream_records WHERE table_name = :tableName AND id > :after ORDER BY id LIMIT ${recordsMax}`;

/**
 * Reads a table's stream in Dynoxide's file, from the oldest record, while the engine runs. The records are those of
 * `GetRecords`, but asking costs neither a request nor Dynoxide's CPU: ten times a second while nothing happens, and 50 µs
 * for each record that was written.
 * @param file the running engine's file
 * @throws Error when the file has another format
 */
export function readStreamFile(file: string, tableName: string): RecordReader {
  const database = new DatabaseSync(file, { readOnly: true, timeout: busyMsMax });
  const select = prepared(database);
  let after = 0;
  return {
    async read(take) {
      const rows = select.all({ tableName, after });
      if (rows.length === 0) return false;
      await take(rows.map(eventRecord));
      after = Number(rows.at(-1)?.id);
      return true;
    },
    close: () => database.isOpen && database.close(),
  };
}

function prepared(database: DatabaseSync): StatementSync {
  try {
    return database.prepare(selection);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The record as Lambda passes it to a function. Dynoxide stores keys and images in DynamoDB's JSON. */
function eventRecord(row: Readonly<Record<string, unknown>>): DynamoDBRecord {
  const parsed = (column: string) => (row[column] === null ? undefined : JSON.parse(String(row[column])));
  const [newImage, oldImage, userIdentity] = ["new_image", "old_image", "user_identity"].map(parsed);
  return {
    eventSource: "aws:dynamodb",
    eventName: row.event_name as DynamoDBRecord["eventName"],
    ...(userIdentity && { userIdentity }),
    dynamodb: {
      ApproximateCreationDateTime: Number(row.created_at),
      Keys: parsed("keys_json"),
      ...(newImage && { NewImage: newImage }),
      ...(oldImage && { OldImage: oldImage }),
      SequenceNumber: String(row.sequence_number),
    },
  };
}
