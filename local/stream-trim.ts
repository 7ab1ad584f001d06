import { DatabaseSync, type StatementSync } from "node:sqlite";
import { isBusy } from "./sqlite-busy.ts";

/** Deletes handled records from the table's stream in Dynoxide's file. */
export interface StreamTrim {
  /** Notes the sequence numbers of records that every consumer has handled, and deletes these records in batches. */
  handled(sequenceNumbers: readonly string[]): void;
  /** Deletes the handled records that are left, so that the next start does not bring them to the consumers again. */
  close(): void;
}

/** How many of a table's newest records stay while the engine runs. Dynoxide numbers the next record after them. */
const keptRecords = 100;
/** How many of them stay at the end. */
const keptAtEnd = 1;
/** How many handled records are collected before they are deleted. */
const batchSize = 200;
/** The longest wait for the engine to finish a write before the index is created. This process is blocked meanwhile. */
const busyMsMax = 1000;

/**
 * Dynoxide asks for the largest number before each record that it writes, and for the records after a number when the
 * pump reads. Without this index it looks through all records for that: with 5,000 of them a write takes five times as long.
 */
const index = `CREATE INDEX IF NOT EXISTS _frontdesk_stream_order
  ON _stream_records (table_name, CAST(sequence_number AS INTEGER))`;
const deletion = `DELETE FROM _stream_records
  WHERE table_name = :tableName
  AND CAST(sequence_number AS INTEGER) IN (SELECT CAST(value AS INTEGER) FROM json_each(:handled))
  AND id <= (SELECT id FROM _stream_records WHERE table_name = :tableName
    ORDER BY CAST(sequence_number AS INTEGER) DESC LIMIT 1) - :kept
  RETURNING sequence_number`;

/**
 * Opens Dynoxide's file while the engine runs. Adds the index that Dynoxide lacks, so that records which are not handled
 * yet make no write slower. Dynoxide never deletes stream records, so this also keeps the file small.
 *
 * Only records that were reported as handled are deleted. If the file cannot be used, it stays unchanged.
 * @param file the running engine's file
 * @param log receives one line when records cannot be deleted
 */
export function openStreamTrim(
  file: string,
  tableName: string,
  log: (line: string) => void = console.error,
): StreamTrim {
  const handledRecords = new Set<string>();
  let database: DatabaseSync | undefined;
  let remove: StatementSync | undefined;

  const giveUp = (error: unknown) => {
    log(`The table's stream cannot be shortened, so writes will slow down: ${(error as Error).message}`);
    close();
  };
  const deleteHandled = (kept: number) => {
    try {
      const rows = remove?.all({ tableName, handled: JSON.stringify([...handledRecords]), kept }) ?? [];
      for (const { sequence_number } of rows) handledRecords.delete(String(sequence_number));
    } catch (error) {
      // While the engine writes, the records stay for the next call.
      if (!isBusy(error)) giveUp(error);
    }
  };
  const close = () => {
    remove = undefined;
    database?.close();
    database = undefined;
    handledRecords.clear();
  };

  try {
    database = new DatabaseSync(file, { timeout: busyMsMax });
    // A deletion that is lost in a power failure is repeated. Only the engine makes checkpoints, because they take long.
    database.exec("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0");
    database.exec(index);
    // A deletion does not wait for the engine: it can as well be made at the next call.
    database.exec("PRAGMA busy_timeout = 0");
    remove = database.prepare(deletion);
  } catch (error) {
    giveUp(error);
  }

  return {
    handled(sequenceNumbers) {
      if (!remove) return;
      for (const number of sequenceNumbers) handledRecords.add(number);
      if (handledRecords.size >= batchSize) deleteHandled(keptRecords);
    },
    close() {
      if (handledRecords.size > 0) deleteHandled(keptAtEnd);
      close();
    },
  };
}
