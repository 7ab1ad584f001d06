import type { Findings } from "./table-check.ts";

/** How many lines about disagreements are printed at most. */
const linesMax = 1000;

/** Returns what the command prints: how many items there are of each kind, and each disagreement. */
export function reportOf({ counts, disagreements }: Findings): string {
  const rows = [...counts].sort(([, one], [, other]) => other - one);
  const width = Math.max(0, ...rows.map(([, count]) => String(count).length));
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  const left = disagreements.length - linesMax;
  return [
    ...rows.map(([kind, count]) => `${String(count).padStart(width)}  ${kind}`),
    `${total} items, ${disagreements.length} disagreements`,
    ...disagreements.slice(0, linesMax),
    ...(left > 0 ? [`… and ${left} more`] : []),
  ].join("\n");
}

/** Those disagreements that two readings of a table have found. Others were only writes that happened between two reads. */
export const inBoth = (first: Findings, second: Findings): Findings => ({
  counts: second.counts,
  disagreements: second.disagreements.filter((line) => first.disagreements.includes(line)),
});
