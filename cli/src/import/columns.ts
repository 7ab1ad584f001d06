import { Complaint } from "../failure.ts";
import { printable, shellWord } from "../output.ts";
import type { Fields } from "./fields.ts";
import type { Kind } from "./kind.ts";

/** What the reader has said about columns. */
export interface ColumnOptions {
  /** The column of each field that `--map` names. */
  readonly map: Readonly<Record<string, string>>;
  /** The columns that `--ignore` names. */
  readonly ignore: readonly string[];
}

/** Finds which field each column holds. */
export interface Columns {
  /** Returns the fields of a row. Remembers columns that it does not know. */
  read(cells: Fields): Fields;
  /** @throws Complaint when columns are unknown or missing */
  check(): void;
}

/** A name without case, blanks and punctuation: `Postal Code` and `postal_code` are one name. */
const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** Columns with this beginning are properties of your own. They keep their names. */
const ownProperty = /^c_\w+$/;

/**
 * @param file the name of the file, for messages
 * @throws Complaint when `--map` names an unknown field
 */
export function columnsOf(kind: Kind, { map, ignore }: ColumnOptions, file: string): Columns {
  const names = namesOf(kind);
  const mapped = new Map(Object.entries(map).map(([field, column]) => [column, field]));
  const fieldOfColumn = new Map<string, string | undefined>(ignore.map((column) => [column, undefined]));
  const columnOfField = new Map<string, string>();
  const unknown = new Set<string>();
  for (const field of Object.keys(map)) checkField(kind, field);

  function find(column: string): string | undefined {
    const known = mapped.get(column) ?? (ownProperty.test(column) && kind.hasOwnProperties ? column : undefined);
    const field = known ?? names.get(plain(column));
    // A field that --map names has only that column.
    if (field === undefined || (map[field] !== undefined && map[field] !== column)) unknown.add(column);
    else if (field !== readOnly) {
      const other = columnOfField.get(field);
      if (other !== undefined) throw twice(file, field, other, column);
      columnOfField.set(field, column);
      return field;
    }
    return undefined;
  }

  return {
    read(cells) {
      const fields: Record<string, unknown> = {};
      for (const [column, cell] of Object.entries(cells)) {
        if (!fieldOfColumn.has(column)) fieldOfColumn.set(column, find(column));
        const field = fieldOfColumn.get(column);
        const value = typeof cell === "string" && !kind.untrimmed.includes(field ?? "") ? cell.trim() : cell;
        if (field !== undefined && value !== "" && value !== null) fields[field] = value;
      }
      return fields;
    },
    check() {
      const absent = Object.values(map).find((column) => !fieldOfColumn.has(column));
      if (absent !== undefined)
        throw new Complaint(`${file}: there is no column ${printable(absent)}, which --map names`);
      if (unknown.size > 0) throw unknownColumns(file, kind, [...unknown], names);
      const missing = kind.required.find((either) => !either.some((field) => columnOfField.has(field)));
      if (missing) throw missingColumn(file, missing, [...fieldOfColumn.keys()]);
    },
  };
}

/** In place of a field: answers have it, and writes ignore it. */
const readOnly = "";

function namesOf(kind: Kind): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const name of kind.readOnly) names.set(plain(name), readOnly);
  for (const [field, synonyms] of Object.entries(kind.synonyms)) {
    for (const name of synonyms.split(", ")) names.set(plain(name), field);
  }
  for (const field of kind.fields) names.set(plain(field), field);
  return names;
}

function checkField(kind: Kind, field: string): void {
  if (kind.fields.includes(field) || (kind.hasOwnProperties && ownProperty.test(field))) return;
  throw new Complaint(
    `--map: ${kind.name} have no field ${printable(field)}`,
    `The fields are ${kind.fields.join(", ")}.`,
  );
}

const twice = (file: string, field: string, first: string, second: string) =>
  new Complaint(
    `${file}: the columns ${printable(first)} and ${printable(second)} both mean ${field}`,
    `Choose one: --map ${field}=${shellWord(first)} --ignore ${shellWord(second)}`,
  );

function unknownColumns(
  file: string,
  kind: Kind,
  unknown: readonly string[],
  names: ReadonlyMap<string, string>,
): Complaint {
  const told = unknown.map((column) => {
    const near = nearest(plain(column), names);
    return `${column === "" ? "(without a name)" : printable(column)}${near ? ` (did you mean ${near}?)` : ""}`;
  });
  return new Complaint(
    `${file}: unknown column${told.length > 1 ? "s" : ""}: ${told.join(", ")}`,
    `Say what a column is, as --map ${kind.fields[1]}=COLUMN, or leave it out, as --ignore ${shellWord(unknown[0] ?? "")}. ` +
      `The fields are ${kind.fields.join(", ")}.`,
  );
}

function missingColumn(file: string, either: readonly string[], columns: readonly string[]): Complaint {
  const shown = columns.slice(0, 30).map((column) => printable(column));
  return new Complaint(
    `${file}: there is no column for ${either.join(" or ")}`,
    `Its first line must name the columns. Found: ${shown.join(", ")}. Say which one it is: --map ${either[0]}=COLUMN`,
  );
}

/** Returns the field whose name differs from a text in at most two letters. */
function nearest(text: string, names: ReadonlyMap<string, string>): string | undefined {
  let best: { readonly field: string; readonly distance: number } | undefined;
  for (const [name, field] of names) {
    const distance = distanceOf(text, name);
    if (field !== readOnly && distance <= Math.min(2, Math.ceil(name.length / 3)) && distance < (best?.distance ?? 3)) {
      best = { field, distance };
    }
  }
  return best?.field;
}

/** Levenshtein's distance of two short texts. */
function distanceOf(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = [...b, ""].map((_, at) => at);
  for (const [at, letter] of [...a].entries()) {
    const next = [at + 1];
    for (const [to, other] of [...b].entries()) {
      const [left = 0, above = 0, diagonal = 0] = [next[to], row[to + 1], row[to]];
      next.push(Math.min(left + 1, above + 1, diagonal + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
