import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { Complaint } from "../tools/complaint.ts";
import { isBusy } from "./sqlite-busy.ts";

/** How other commands, such as `npm run vendor`, reach a running instance. */
export interface RunningInstance {
  readonly url: string;
  /** Its engine's endpoint. */
  readonly endpoint: string;
  readonly tableName: string;
  /** Its data folder; `null` for an instance in memory. */
  readonly folder: string | null;
}

/** A data folder that is locked for this process, until it is released or the process ends. */
export interface DataFolder {
  /** The engine's file. */
  readonly databaseFile: string;
  /** The folder of the local bucket's objects. */
  readonly filesFolder: string;
  /** The access log: one line for each call. */
  readonly accessLogFile: string;
  /** The sealing secret; it stays the same after a restart. */
  sealSecret(): string;
  /** Writes down how other commands reach this instance. */
  record(instance: RunningInstance): void;
  release(): void;
}

/** The absolute path of the data folder: `FRONTDESK_DATA`, or `.local` next to the code. */
export const dataPath = (): string =>
  process.env.FRONTDESK_DATA
    ? resolve(process.env.FRONTDESK_DATA)
    : fileURLToPath(new URL("../.local", import.meta.url));

const recordFile = (path: string) => join(path, "running.json");

/**
 * Locks a data folder for this process, and creates it if necessary.
 * @returns `undefined` when another process has locked it
 * @throws Complaint when it cannot be created or written
 */
export function takeFolder(path: string): DataFolder | undefined {
  const write = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new Complaint(
        `The data folder ${path} cannot be used (${(error as Error).message}): set FRONTDESK_DATA to another one, or start with --memory.`,
      );
    }
  };
  // Other users of the machine must not read the data.
  write(() => mkdirSync(path, { recursive: true, mode: 0o700 }));
  const lock = write(() => lockFile(join(path, "lock")));
  if (!lock) return undefined;
  // An instance that was killed leaves its record behind.
  write(() => rmSync(recordFile(path), { force: true }));
  return {
    databaseFile: join(path, "table.sqlite"),
    filesFolder: join(path, "files"),
    accessLogFile: join(path, "access.log"),
    sealSecret: () => write(() => keptSecret(join(path, "seal-secret"))),
    record: (instance) => write(() => replaceFile(recordFile(path), JSON.stringify(instance))),
    release() {
      rmSync(recordFile(path), { force: true });
      lock.close();
    },
  };
}

/** The engine's file for an instance with `--memory`. */
export interface TemporaryFile {
  readonly databaseFile: string;
  /** Deletes the file's name. Processes that have it open can still use it; the system frees it when they have ended. */
  unlink(): void;
}

/** A file in a temporary folder that only its owner can open. @throws Complaint when it cannot be created */
export function temporaryFile(): TemporaryFile {
  try {
    const path = mkdtempSync(join(tmpdir(), "frontdesk-"));
    return {
      databaseFile: join(path, "table.sqlite"),
      unlink: () => rmSync(path, { recursive: true, force: true }),
    };
  } catch (error) {
    throw new Complaint(`No temporary folder can be made (${(error as Error).message}): set TMPDIR to another place.`);
  }
}

/** The running instance of a data folder; `undefined` when none is running, or while it starts. */
export function instanceRecorded(path: string): RunningInstance | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(path), "utf8"));
  } catch {
    return undefined;
  }
}

/** Locks a file by SQLite, because Node has no file locks. The kernel releases the lock when the process ends. */
function lockFile(file: string): DatabaseSync | undefined {
  const lock = new DatabaseSync(file);
  try {
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

function keptSecret(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const secret = newSealSecret();
  replaceFile(file, secret);
  return secret;
}

/** A sealing secret of 256 bits. */
export const newSealSecret = (): string => randomBytes(32).toString("base64url");

/** Replaces a file in one step, readable by its owner only. A crash leaves either the old or the new content. */
function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
