import { colored, line, note, printable } from "./output.ts";

/** What each column shows. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => unknown>>;

/** How many rows decide how wide the columns are. Later rows may be wider. */
const sample = 100;

/**
 * Prints rows as they arrive: as a table, or as one JSON object a line. It holds the first hundred rows only.
 * @param limit how many rows at most
 */
export async function printRows<Row>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  columns: Columns<Row>,
  { json = false, limit = Infinity }: { readonly json?: boolean; readonly limit?: number } = {},
): Promise<void> {
  const print = json ? { row: (row: Row) => line(JSON.stringify(row)), end: () => {} } : printTable(columns);
  let count = 0;
  for await (const row of rows) {
    print.row(row);
    count += 1;
    if (process.stdout.writableNeedDrain) await new Promise<void>((resolve) => process.stdout.once("drain", resolve));
    if (count >= limit) break;
  }
  print.end();
  if (count === 0 && !json) note("none");
}

function printTable<Row>(columns: Columns<Row>) {
  const header = Object.keys(columns);
  const first: string[][] = [];
  let widths: number[] | undefined;
  const print = (cells: readonly string[]) => line(padded(cells, widths ?? []));
  const begin = () => {
    widths = header.map((name, at) => Math.max(name.length, ...first.map((cells) => cells[at]?.length ?? 0)));
    if (first.length > 0) line(colored("bold", padded(header, widths)));
    for (const cells of first) print(cells);
  };
  return {
    row(row: Row) {
      const cells = Object.values(columns).map((cell) => printable(String(cell(row) ?? "")));
      if (widths) return print(cells);
      first.push(cells);
      if (first.length === sample) begin();
    },
    end() {
      if (!widths) begin();
    },
  };
}

const padded = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, at) => cell.padEnd(widths[at] ?? 0))
    .join("  ")
    .trimEnd();
