import { pipeline, Readable } from "node:stream";
import { CsvError, type Info, parse } from "csv-parse";
import { Complaint } from "../failure.ts";
import type { Source } from "./source.ts";

/** A row as the file has it: the line on which it begins, and its cells by the names of their columns. */
export interface Row {
  readonly line: number;
  readonly cells: Readonly<Record<string, unknown>>;
}

/**
 * The rows of a file, in their order. Blank lines, and rows whose cells are all blank, are left out.
 * @throws Complaint at the first line that cannot be read
 */
export const rowsOf = (source: Source): AsyncGenerator<Row, void, undefined> =>
  source.format === "csv" ? csvRows(source) : jsonRows(source);

/** The longest row of a CSV. Without a limit, one quote that is not closed would take the rest of the file into memory. */
const rowBytesMax = 1024 * 1024;

type Parsed = { readonly record: string[]; readonly info: Info };

async function* csvRows(source: Source): AsyncGenerator<Row, void, undefined> {
  const { name } = source;
  const blocks = source.blocks();
  const first = blocks.next().value ?? "";
  const delimiter = delimiterOf(first);
  // The line after the last row that was parsed. An error of the parser ends the iteration before it has reached that row.
  let next = 1;
  const parser = parse({
    info: true,
    on_record: (record, { lines }) => {
      next = lines + 1;
      return record;
    },
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: rowBytesMax,
    delimiter,
  });
  // An error of the source destroys the parser, whose iteration then throws it.
  pipeline(Readable.from(inOrder(first, blocks)), parser, () => {});
  let header: readonly string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      if (record.every((cell) => cell.trim() === "")) continue;
      const line = info.lines - record.reduce((count, cell) => count + lineBreaksIn(cell), 0);
      if (line === 1 && separatorLine.test(record.join(delimiter))) continue;
      if (header) yield { line, cells: cellsOf(record, header, `${name}:${line}`) };
      else header = headerOf(record, `${name}:${line}`);
    }
  } catch (error) {
    throw error instanceof CsvError ? csvComplaint(error, name, next) : error;
  }
  if (!header) throw new Complaint(`${name}: the file has no header`);
}

function* inOrder(first: string, others: Iterable<string>) {
  yield first;
  yield* others;
}

const lineBreaksIn = (cell: string) => (cell.includes("\n") ? cell.split("\n").length - 1 : 0);

/** A first line that tells Excel what is between the cells. It is no header. */
const separatorLine = /^sep=([,;\t])\s*$/i;

/**
 * What is between the cells. Spreadsheets in some countries write semicolons, because their numbers have commas. It is what
 * the header has most of, outside of quotes.
 */
function delimiterOf(beginning: string): string {
  const lines = beginning.split(/\r\n|\r|\n/);
  const stated = separatorLine.exec(lines[0] ?? "")?.[1];
  if (stated !== undefined) return stated;
  const header = (lines.find((text) => text.trim() !== "") ?? "").replace(/"[^"]*"/g, "");
  const [most = ","] = [",", ";", "\t"].toSorted((a, b) => header.split(b).length - header.split(a).length);
  return most;
}

function headerOf(record: readonly string[], place: string): readonly string[] {
  const header = record.map((name) => name.trim());
  const repeated = header.find((name, at) => name !== "" && header.indexOf(name) < at);
  if (repeated !== undefined) {
    throw new Complaint(`${place}: the header has the column ${repeated} twice`, "Rename or delete one of them.");
  }
  return header;
}

function cellsOf(record: readonly string[], header: readonly string[], place: string) {
  const surplus = record.slice(header.length);
  // Spreadsheets write blank cells at the end, with a column without a name or with none.
  if (record.length >= header.length && surplus.every((cell) => cell.trim() === "")) {
    const cells = header.map((column, at) => [column, record[at] ?? ""] as const);
    return Object.fromEntries(cells.filter(([column, cell]) => column !== "" || cell.trim() !== ""));
  }
  throw new Complaint(
    `${place}: the row has ${record.length} cells, and the header has ${header.length}`,
    record.length > header.length
      ? "Is the header the first line? A cell with a comma, a quote or a line break must be in double quotes."
      : "Blank cells need their commas too, and a cell with a line break must be in double quotes.",
  );
}

/** What to say for each error of the parser. */
const csvFaults: Readonly<{ [code: string]: string }> = {
  CSV_QUOTE_NOT_CLOSED: "a quote is opened, and never closed",
  CSV_INVALID_CLOSING_QUOTE: "after the closing quote of a cell comes neither a comma nor the end of the line",
  INVALID_OPENING_QUOTE: "a quote is inside a cell that does not begin with a quote",
  CSV_MAX_RECORD_SIZE: "the row is too long (over 1 MiB); is a quote never closed?",
};

/** The parser's own messages repeat cells, which may hold secrets. */
function csvComplaint(error: CsvError, name: string, rowLine: number): Complaint {
  const { lines } = error as CsvError & { lines?: number };
  // When a row has no end, the parser names the line where it gave up. The fault is where the row begins.
  const isEndless = error.code === "CSV_QUOTE_NOT_CLOSED" || error.code === "CSV_MAX_RECORD_SIZE";
  const line = isEndless ? rowLine : (lines ?? rowLine);
  const hint = error.code.includes("QUOTE")
    ? 'Write a quote inside a quoted cell twice: "the ""old"" clinic".'
    : undefined;
  return new Complaint(`${name}:${line}: ${csvFaults[error.code] ?? `cannot be read (${error.code})`}`, hint);
}

async function* jsonRows(source: Source): AsyncGenerator<Row, void, undefined> {
  let line = 0;
  for (const block of source.blocks()) {
    const lines = block.split("\n");
    // A block ends with a line break, except the last one.
    if (lines.at(-1) === "") lines.pop();
    for (const text of lines) {
      line += 1;
      if (text.trim() !== "") yield { line, cells: objectIn(text, `${source.name}:${line}`) };
    }
  }
}

function objectIn(text: string, place: string): Readonly<{ [name: string]: unknown }> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Complaint(`${place}: the line is not JSON`, notJsonHint(text.trim()));
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new Complaint(`${place}: the line is JSON, but not an object`, "Each line must be one JSON object.");
}

/** What to do about a line that is not JSON by itself. */
function notJsonHint(text: string): string {
  if (/^[[\]]/.test(text)) return "This looks like one JSON array. Write each object in a line: jq -c '.[]' FILE";
  if (text.endsWith(",")) return "Each line must be one JSON object, without a comma after it.";
  return "Each line must be one JSON object.";
}
