import { readFileSync, writeFileSync } from "node:fs";
import { markdownTable } from "../bench/performance.ts";
import type { Counts } from "../test/kit/proof.ts";

/** A part of the proof, and what it did. */
export interface Proven {
  readonly title: string;
  /** How to repeat it, when it ran, and for how long. */
  readonly run: string;
  readonly counts: Counts;
  /** Whether it ended well, reported its violations, and there were none. */
  readonly isPassed: boolean;
}

const inWords = (count: number | string) => (typeof count === "number" ? count.toLocaleString("en-US") : count);

/** Rows of a part: how it ran, in a row with its name, and then a row for each count. */
const rowsOf = ({ title, run, counts, isPassed }: Proven): readonly (readonly string[])[] => [
  [title, isPassed ? "run" : "**failed**", run],
  ...Object.entries(counts).map(([what, count]) => ["", what, inWords(count)]),
];

/** The table of all parts, as Markdown. */
export const render = (proven: readonly Proven[]): string =>
  markdownTable({ columns: ["part", "what", "count"], rows: proven.flatMap(rowsOf) });

const file = new URL("../docs/reliability.md", import.meta.url);
const marked = /(<!-- results: [^>]*-->\n)([\s\S]*?)(<!-- \/results -->)/;

/** The lines of a table, by the part to which they belong. @internal Tests read the page with it. */
export function linesByPart(table: string): ReadonlyMap<string, readonly string[]> {
  const parts = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of table
    .split("\n")
    .filter((each) => each.startsWith("| "))
    .slice(1)) {
    const title = line.split("|")[1]?.trim() ?? "";
    if (title !== "") {
      lines = [];
      parts.set(title, lines);
    }
    lines.push(line);
  }
  return parts;
}

/**
 * Replaces the rows of these parts in docs/reliability.md; those of other parts stay.
 * @param titles of all parts, in their order on the page
 */
export function writeResults(titles: readonly string[], proven: readonly Proven[]): void {
  const page = readFileSync(file, "utf8");
  const [head, rule] = render([]).split("\n");
  const rows = new Map([...linesByPart(marked.exec(page)?.[2] ?? ""), ...linesByPart(render(proven))]);
  const table = [head, rule, ...titles.flatMap((title) => rows.get(title) ?? [])].join("\n");
  writeFileSync(
    file,
    page.replace(marked, (_, begin: string, __, end: string) => `${begin}${table}\n${end}`),
  );
}
