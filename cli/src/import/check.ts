import { Complaint } from "../failure.ts";
import type { Columns } from "./columns.ts";
import type { Fields } from "./fields.ts";
import { FirstPlaces } from "./first-places.ts";
import type { Fault, Key, Kind } from "./kind.ts";
import { type Row, rowsOf } from "./rows.ts";
import type { Source } from "./source.ts";

/** A row that was read: its place, its fields in the form of the contract, and what is wrong with it. */
export interface ReadRow {
  /** The first row of the file is 1. */
  readonly number: number;
  /** The line on which it begins. */
  readonly line: number;
  readonly fields: Fields;
  /** The fields whose form was changed: what was changed, and how the value was read. */
  readonly changes: readonly { readonly field: string; readonly what: string; readonly value: unknown }[];
  readonly faults: readonly Fault[];
}

/**
 * Reads the rows of a file, brings their fields into the form of the contract, and checks each.
 * @throws Complaint when the file cannot be read to its end, or has unknown columns, or no rows
 */
export async function* readRows(
  source: Source,
  kind: Kind,
  columns: Columns,
): AsyncGenerator<ReadRow, void, undefined> {
  let number = 0;
  for await (const row of rowsOf(source)) {
    number += 1;
    const read = readRow(row, number, kind, columns);
    // In a CSV, the first row shows all columns. When they are wrong, the faults of rows mean nothing.
    if (number === 1 && source.format === "csv") columns.check();
    yield read;
  }
  if (number === 0) throw new Complaint(`${source.name}: the file has no rows`);
  columns.check();
}

function readRow({ line, cells }: Row, number: number, kind: Kind, columns: Columns): ReadRow {
  const written = columns.read(cells);
  const fields: Record<string, unknown> = { ...written };
  const changes: ReadRow["changes"][number][] = [];
  for (const [field, value] of Object.entries(written)) {
    const normalised = typeof value === "string" ? kind.normalise[field]?.(value, written) : undefined;
    if (!normalised) continue;
    changes.push({ field, ...normalised });
    if (normalised.value === undefined) delete fields[field];
    else fields[field] = normalised.value;
  }
  return { number, line, fields, changes, faults: kind.check(fields) };
}

/** A fault with its place. */
export interface PlacedFault extends Fault, Key {
  readonly number: number;
  readonly line: number;
}

/** What the check of a whole file found. */
export interface Checked {
  readonly rows: number;
  /** The numbers of the rows with faults. */
  readonly faulty: ReadonlySet<number>;
  /** How often each kind of change was made. */
  readonly changes: ReadonlyMap<string, number>;
}

/**
 * Checks a whole file. Keeps digests of the values that must be unique, and no rows, so that the file can be long.
 * @param tell is told each fault
 * @throws Complaint when `rows` does
 */
export async function checkFile(
  rows: AsyncIterable<ReadRow>,
  kind: Kind,
  tell: (fault: PlacedFault) => void,
): Promise<Checked> {
  const faulty = new Set<number>();
  const changes = new Map<string, number>();
  const seen = new FirstPlaces();
  let count = 0;
  const fail = (fault: PlacedFault) => {
    faulty.add(fault.number);
    tell(fault);
  };
  for await (const { number, line, fields, changes: made, faults } of rows) {
    count = number;
    const key = kind.keyOf(fields);
    for (const { what } of made) changes.set(what, (changes.get(what) ?? 0) + 1);
    for (const fault of faults) fail({ ...fault, number, line, ...key });
    for (const { field, value } of kind.uniqueValues(fields)) {
      // A value that is wrong is told once.
      if (faults.some((fault) => fault.field === field)) continue;
      const first = seen.see(`${field} ${value}`, { number, line });
      if (!first) continue;
      // Nobody knows which of them is right.
      fail({ number, line, ...key, field, message: `is also in line ${first.line}` });
      if (faulty.has(first.number)) continue;
      fail({ ...first, practice: "", id: "", field, message: `is also in line ${line}` });
    }
  }
  return { rows: count, faulty, changes };
}
