import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import type { BudgetRow, Measured, Section, Table } from "./section.ts";

/** A section and what it has measured. */
export interface Result {
  readonly section: Pick<Section, "title" | "about">;
  readonly measured: Measured;
}

/** A machine as people describe it. */
export const machine = (): string =>
  `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, ` +
  `${type()} ${release().split("-")[0]}, Node ${process.versions.node}`;

/** The load average of the last minute; 0 is an idle machine. */
export const load = (): string => (loadavg()[0] ?? 0).toFixed(1);

const cell = (value: string | number) => String(value).replaceAll("|", "\\|").replaceAll("\n", " ");
const line = (cells: readonly (string | number)[]) => `| ${cells.map(cell).join(" | ")} |`;

/** A table as Markdown. */
export const markdownTable = ({ title, columns, rows }: Table): string =>
  [...(title ? [`**${title}**`, ""] : []), line(columns), `|${"---|".repeat(columns.length)}`, ...rows.map(line)].join(
    "\n",
  );

/** The tables of a section, or why there are none. */
export const resultsOf = ({ tables, absent }: Measured): string =>
  [...(absent === undefined ? [] : [`Not measured: ${absent}`]), ...tables.map(markdownTable)].join("\n\n");

const budgetRow = ({ what, limit, measured, isMet, reason }: BudgetRow) => [
  what,
  limit,
  measured,
  `${isMet ? "yes" : "**no**"}${reason === undefined ? "" : `. ${reason}`}`,
];

/** All budgets of a section; that they were not measured, if the section is absent. */
const budgetsOf = ({ section: { title }, measured: { budgets, absent } }: Result) =>
  absent === undefined ? budgets.map(budgetRow) : [[`budgets of "${title}"`, "", "not measured", absent]];

/** The first that a reader wants to know. */
function inShort(results: readonly Result[]): string {
  const budgets = results.flatMap(({ measured }) => measured.budgets);
  const met = budgets.filter(({ isMet }) => isMet).length;
  const absent = results.flatMap(({ section, measured }) =>
    measured.absent === undefined ? [] : `"${section.title}" was not measured: ${measured.absent}`,
  );
  const sentences = results.flatMap(({ measured }) => measured.inShort ?? []);
  return [...sentences, `${met} of ${budgets.length} budgets are met.`, ...absent]
    .map((each) => `- ${each}`)
    .join("\n");
}

/** What is written between the marks of docs/performance.md. @param head says how it was measured, in lines */
export function render(head: readonly string[], results: readonly Result[]): string {
  const budgets = { columns: ["what", "limit", "measured", "met"], rows: results.flatMap(budgetsOf) };
  return `${[
    head.map((each) => `- ${each}`).join("\n"),
    "## In short",
    inShort(results),
    "## Budgets",
    markdownTable(budgets),
    ...results.flatMap(({ section, measured }) => [`## ${section.title}`, section.about, resultsOf(measured)]),
  ]
    .filter((part) => part !== "")
    .join("\n\n")}\n`;
}

const file = new URL("../docs/performance.md", import.meta.url);
const marked = /(<!-- results: [^>]*-->\n)([\s\S]*?)(<!-- \/results -->)/;

/** Replaces the text between the marks in docs/performance.md. @param results as `render` returns it */
export function writeResults(results: string): void {
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    text.replace(marked, (_, begin: string, __, end: string) => `${begin}${results}${end}`),
  );
}
