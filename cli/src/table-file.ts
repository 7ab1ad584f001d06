import { Complaint } from "./failure.ts";
import { rowsOf } from "./import/rows.ts";
import { openSource } from "./import/source.ts";

/** A row of a file: where it is, and its cells, trimmed. */
export interface TableRow<Column extends string> {
  /** The file and the line, for messages. */
  readonly place: string;
  readonly cells: Readonly<Record<Column, string>>;
}

/**
 * Reads a small file whole. It may have other columns too.
 * @throws Complaint when it cannot be read, lacks a column, or has no rows
 */
export async function readTable<Column extends string>(
  file: string,
  columns: readonly Column[],
): Promise<TableRow<Column>[]> {
  const source = openSource(file);
  const rows: TableRow<Column>[] = [];
  try {
    for await (const { line, cells } of rowsOf(source)) {
      const absent = columns.find((column) => cells[column] === undefined);
      if (absent !== undefined && source.format === "csv") {
        throw new Complaint(`${source.name}: there is no column ${absent}`, needed(columns));
      }
      const wanted = columns.map((column) => [column, String(cells[column] ?? "").trim()] as const);
      rows.push({ place: `${source.name}:${line}`, cells: Object.fromEntries(wanted) as Record<Column, string> });
    }
  } finally {
    source.close();
  }
  if (rows.length === 0) throw new Complaint(`${source.name}: the file has no rows`, needed(columns));
  return rows;
}

const needed = (columns: readonly string[]) => `The file needs the columns ${columns.join(" and ")}.`;
