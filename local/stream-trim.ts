import { DatabaseSync, type StatementSync } from "node:sqlite";
import { isBusy } from "./sqlite-busy.ts";

/** Deletes handled records from the table's stream in Dynoxide's file. */
export interface StreamTrim {
  /** Notes the sequence numbers of records that every consumer has handled, and deletes these records in batches. */
  handled(sequenceNumbers: readonly string[]): void;
  close(): void;
}

/** How many of a table's newest records stay. Dynoxide numbers the next record after them, and the pump continues there. */
const keptRecords = 100;
/** How many handled records are collected before they are deleted. */
const batchSize = 200;
/** The longest wait for the engine to finish a write. This process is blocked meanwhile. */
const busyMsMax = 50;

const deletion = `DELETE FROM _stream_records
  WHERE table_name = :tableName AND sequence_number IN (SELECT value FROM json_each(:handled))
  AND id <= (SELECT MAX(id) FROM _stream_records WHERE table_name = :tableName) - ${keptRecords}
  RETURNING sequence_number`;

/**
 * Opens Dynoxide's file while the engine runs. Dynoxide never deletes stream records, and searches all of them for the
 * next sequence number, so that each write makes later writes slower.
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
    remove = database.prepare(deletion);
  } catch (error) {
    giveUp(error);
  }

  return {
    handled(sequenceNumbers) {
      if (!remove) return;
      for (const number of sequenceNumbers) handledRecords.add(number);
      if (handledRecords.size < batchSize) return;
      try {
        const rows = remove.all({ tableName, handled: JSON.stringify([...handledRecords]) });
        for (const { sequence_number } of rows) handledRecords.delete(String(sequence_number));
      } catch (error) {
        // While the engine writes, the records stay for the next call.
        if (!isBusy(error)) giveUp(error);
      }
    },
    close,
  };
}
