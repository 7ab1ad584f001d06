import { DatabaseSync, type StatementSync } from "node:sqlite";

/** Keeps the table's stream short in Dynoxide's file. */
export interface StreamTrim {
  /** Notes records that nobody needs any more, by their sequence numbers; deletes them now and then. */
  handled(sequenceNumbers: readonly string[]): void;
  close(): void;
}

/** How many of a table's newest records stay: Dynoxide counts on from the newest, and the pump reads on from there. */
const keptRecords = 100;
/** How many handled records gather before they are deleted. */
const gatheredMax = 200;
/** Longest wait for the engine's own write, while which this process stands still. */
const busyMsMax = 50;
/** SQLITE_BUSY. */
const busyCode = 5;

/**
 * Opens Dynoxide's file next to the engine. Dynoxide never deletes records of a stream, and looks through all of them for
 * the next sequence number, so that each write slows the writes after it.
 *
 * Only records that were reported as handled are deleted, by name. When the file cannot be used, it stays as it is.
 * @param file the engine's; the engine must run
 * @param log takes one line when records cannot be deleted
 */
export function openStreamTrim(
  file: string,
  tableName: string,
  log: (line: string) => void = console.error,
): StreamTrim {
  const gathered = new Set<string>();
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
    gathered.clear();
  };

  try {
    database = new DatabaseSync(file, { timeout: busyMsMax });
    // A deletion that is lost in a power cut is done again. Checkpoints are left to the engine: they take long.
    database.exec("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0");
    remove = database.prepare(
      `DELETE FROM _stream_records
       WHERE table_name = :tableName AND sequence_number IN (SELECT value FROM json_each(:handled))
       AND id <= (SELECT MAX(id) FROM _stream_records WHERE table_name = :tableName) - ${keptRecords}
       RETURNING sequence_number`,
    );
  } catch (error) {
    giveUp(error);
  }

  return {
    handled(sequenceNumbers) {
      if (!remove) return;
      for (const number of sequenceNumbers) gathered.add(number);
      if (gathered.size < gatheredMax) return;
      try {
        const rows = remove.all({ tableName, handled: JSON.stringify([...gathered]) });
        for (const { sequence_number } of rows) gathered.delete(String(sequence_number));
      } catch (error) {
        // The engine is writing: next time.
        if ((error as { errcode?: number }).errcode !== busyCode) giveUp(error);
      }
    },
    close,
  };
}
