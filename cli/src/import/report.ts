import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { Complaint } from "../failure.ts";
import type { ReadRow } from "./check.ts";
import type { Key, Kind } from "./kind.ts";

/** One line of a report. */
export interface ReportLine extends Key {
  readonly line: number;
  readonly result: "created" | "updated" | "done earlier" | "failed" | "not sent" | "good";
  readonly field?: string;
  /** The server's code of a refusal. */
  readonly code?: string | number;
  readonly message?: string;
  /** How values were read that had another form. */
  readonly changes?: string;
}

/** A row's place and key, and which of its values were read in another form. */
export function reportedRow(kind: Kind, { line, fields, changes }: ReadRow): Omit<ReportLine, "result"> {
  const read = changes.map(({ field, value }) => `${field} read as ${value === undefined ? "blank" : value}`);
  return { line, ...kind.keyOf(fields), ...(read.length > 0 && { changes: read.join("; ") }) };
}

const columns = ["line", "practice", "id", "result", "field", "code", "message", "changes"] as const;

/** A CSV that says what became of each row. */
export interface Report {
  add(line: ReportLine): void;
  /** Gives the file its name, and replaces an earlier report. Until then the earlier one stays. */
  keep(): void;
  /** Ends the report, and deletes it if it was not kept. */
  close(): void;
}

/** A cell of a CSV. Spreadsheets must not run a text as a formula, so a blank goes before it. */
function cellOf(value: string | number | undefined): string {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? ` ${value}` : String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Begins a report under the name `{path}.partial`. @throws Complaint when the file cannot be written */
export function openReport(path: string): Report {
  const partial = `${path}.partial`;
  const file = orComplain(path, () => openSync(partial, "w", 0o600));
  const write = (cells: readonly string[]) => writeSync(file, `${cells.join(",")}\n`);
  let isKept = false;
  write(columns);
  return {
    add: (line) => void write(columns.map((column) => cellOf(line[column]))),
    keep() {
      orComplain(path, () => renameSync(partial, path));
      isKept = true;
    },
    close() {
      closeSync(file);
      if (!isKept) rmSync(partial, { force: true });
    },
  };
}

function orComplain<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Complaint(`${path}: the report cannot be written (${code})`, "State another file with --report.");
  }
}
