import { readFileSync, writeFileSync } from "node:fs";
import { markdownTable } from "../bench/performance.ts";
import type { Counts } from "../test/kit/proof.ts";

/** A part of the proof, and what it did. */
export interface Proven {
  readonly title: string;
  readonly counts: Counts;
  readonly seconds: number;
  /** Whether it ended well, reported its violations, and there were none. */
  readonly isPassed: boolean;
}

const inWords = (count: number | string) => (typeof count === "number" ? count.toLocaleString("en-US") : count);

/** A row for each count of a part; the first one names the part. */
const rowsOf = ({ title, counts, seconds, isPassed }: Proven) =>
  [...Object.entries(counts), ["seconds", Math.round(seconds)] as const].map(([what, count], place) => [
    place === 0 ? `${title}${isPassed ? "" : " (**failed**)"}` : "",
    what,
    inWords(count),
  ]);

/** What is written between the marks of docs/reliability.md. @param head says how it was run, in lines */
export const render = (head: readonly string[], proven: readonly Proven[]): string =>
  `${head.map((each) => `- ${each}`).join("\n")}\n\n${markdownTable({
    columns: ["part", "what", "count"],
    rows: proven.flatMap(rowsOf),
  })}\n`;

const file = new URL("../docs/reliability.md", import.meta.url);
const marked = /(<!-- results: [^>]*-->\n)([\s\S]*?)(<!-- \/results -->)/;

/** Replaces the text between the marks in docs/reliability.md. @param results as `render` returns it */
export function writeResults(results: string): void {
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    text.replace(marked, (_, begin: string, __, end: string) => `${begin}${results}${end}`),
  );
}
