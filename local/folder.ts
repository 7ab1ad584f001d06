import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { Complaint } from "../tools/complaint.ts";

/** How the commands beside a running instance reach it. */
export interface RunningInstance {
  readonly url: string;
  /** Its DynamoDB. */
  readonly endpoint: string;
  readonly tableName: string;
  /** Its data folder; `null` for an instance in memory. */
  readonly folder: string | null;
}

/** A data folder that is ours until it is released or this process ends. */
export interface DataFolder {
  /** The engine's file. */
  readonly databaseFile: string;
  /** The secret that seals what callers get to keep, the same from start to start. */
  sealSecret(): string;
  /** Tells the commands beside us how to reach us. */
  record(instance: RunningInstance): void;
  release(): void;
}

/** Where the data is: `FRONTDESK_DATA`, else `.local` beside the code. Absolute. */
export const dataPath = (): string =>
  process.env.FRONTDESK_DATA
    ? resolve(process.env.FRONTDESK_DATA)
    : fileURLToPath(new URL("../.local", import.meta.url));

const recordFile = (path: string) => join(path, "running.json");
/** SQLITE_BUSY. */
const lockedCode = 5;

/**
 * Takes a data folder, making it when it is not there.
 * @returns `undefined` when another process has it
 * @throws Complaint when it cannot be made or written
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
  // What lies in it is nobody else's business.
  write(() => mkdirSync(path, { recursive: true, mode: 0o700 }));
  const lock = write(() => lockFile(join(path, "lock")));
  if (!lock) return undefined;
  // Of an instance that was killed.
  write(() => rmSync(recordFile(path), { force: true }));
  return {
    databaseFile: join(path, "table.sqlite"),
    sealSecret: () => write(() => keptSecret(join(path, "seal-secret"))),
    record: (instance) => write(() => replaceFile(recordFile(path), JSON.stringify(instance))),
    release() {
      rmSync(recordFile(path), { force: true });
      lock.close();
    },
  };
}

/** A place for the engine's file of an instance that keeps nothing. */
export interface TemporaryFile {
  readonly databaseFile: string;
  /**
   * Takes the file's name away. Who has it open goes on with it; the system frees it when they end, however they end.
   */
  unlink(): void;
}

/** A file in a temporary folder that only its owner can enter. @throws Complaint when it cannot be made */
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

/** The instance that has a data folder; `undefined` while it starts, and when there is none. */
export function instanceRecorded(path: string): RunningInstance | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(path), "utf8"));
  } catch {
    return undefined;
  }
}

/** Node has no file locks; SQLite's is the kernel's, which frees it when the process ends, however that ends. */
function lockFile(file: string): DatabaseSync | undefined {
  const lock = new DatabaseSync(file);
  try {
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode === lockedCode) return undefined;
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

/** Whole or not at all, and for our eyes only. */
function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
