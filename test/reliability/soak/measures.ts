import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What a server and its engine take at a moment. Zero where the kernel has no `/proc`. */
export interface Taken {
  /** Resident memory, in bytes. */
  readonly serverBytes: number;
  readonly engineBytes: number;
  /** Open files and connections of both. */
  readonly handles: number;
  /** CPU time of both so far, in ms. */
  readonly cpuMs: number;
  /** Files in the data folder, and the largest one that SQLite empties at times. */
  readonly files: number;
  readonly logBytes: number;
  /** Records in the table's stream that were not deleted. */
  readonly streamRecords: number;
}

/** Linux counts CPU time in these. */
const msPerTick = 10;

/** Measures a server, its engine and its data folder. */
export const measure = (server: number, engine: number, folder: string): Taken => ({
  serverBytes: residentBytes(server),
  engineBytes: residentBytes(engine),
  handles: handles(server) + handles(engine),
  cpuMs: cpuMs(server) + cpuMs(engine),
  files: readdirSync(folder, { recursive: true }).length,
  logBytes: sizeOf(join(folder, "table.sqlite-wal")),
  streamRecords: streamRecords(join(folder, "table.sqlite")),
});

function residentBytes(pid: number): number {
  const [, kilobytes = 0] = /^VmRSS:\s+(\d+) kB$/m.exec(procFile(pid, "status")) ?? [];
  return Number(kilobytes) * 1024;
}

function cpuMs(pid: number): number {
  const stat = procFile(pid, "stat");
  // After the command, which may contain blanks: user and system time are the 14th and the 15th field (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * msPerTick;
}

function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

function handles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function streamRecords(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    return Number(database.prepare("SELECT COUNT(*) AS records FROM _stream_records").get()?.records);
  } finally {
    database.close();
  }
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** The value that so large a part of all values does not exceed. */
export const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) * part)] ?? 0;

/**
 * By how much values grow over their whole length, as a part of their median: the median of the slopes between any two of
 * them (Theil and Sen), so that a few far ones change nothing.
 */
export function growth(values: readonly number[]): number {
  const slopes = values.flatMap((value, place) =>
    values.slice(place + 1).map((later, distance) => (later - value) / (distance + 1)),
  );
  return (median(slopes) * (values.length - 1)) / median(values);
}
