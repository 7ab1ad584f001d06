import { note, printable } from "../output.ts";
import type { Checked } from "./check.ts";
import type { ReportLine } from "./report.ts";

/** A fault and its place. */
type Told = Pick<ReportLine, "line" | "field" | "message" | "code">;

/** A fault in one line: the file, the line, the field, the rule. */
export function faultLine(name: string, { line, field, message, code }: Told): string {
  const rule = `${code === undefined ? "" : `${code} `}${message}`;
  return printable(`${name}:${line}: ${field ? `${field}: ` : ""}${rule}`);
}

const rowsOf = (count: number) => `${count} row${count === 1 ? "" : "s"}`;

/** What the check of a file found, in lines. */
export function summaryOfCheck(name: string, { rows, faulty, changes }: Checked): string[] {
  const changed = [...changes].map(([what, count]) => `  ${what}: ${count}`);
  return [
    `${name}: ${rowsOf(rows)}, ${faulty.size === 0 ? "no faults" : `${faulty.size} with faults`}`,
    ...(changed.length > 0 ? ["Values that were read in another form:", ...changed] : []),
  ];
}

/** How many faults are printed. The report has all. */
const printedMax = 20;

/** Prints the first faults, so that a terminal stays readable. */
export interface FaultPrinter {
  print(fault: Told): void;
}

/** Prints faults on stderr, and says once where the others are. */
export function faultPrinter(name: string, reportPath: string): FaultPrinter {
  let printed = 0;
  return {
    print(fault) {
      printed += 1;
      if (printed <= printedMax) note(faultLine(name, fault));
      if (printed === printedMax + 1) note(`More faults are in ${reportPath}`);
    },
  };
}

/** Of users, and of accounts. */
const unknownPractice: readonly unknown[] = [4011, 4131];

/** Counts the rows whose practice does not exist, and names the first practices. */
export function absentPractices() {
  const named = new Set<string>();
  let rows = 0;
  return {
    see({ code, practice }: ReportLine): void {
      if (!unknownPractice.includes(code)) return;
      rows += 1;
      if (named.size < 10) named.add(practice);
    },
    tell(): void {
      if (rows === 0) return;
      note(
        `${rowsOf(rows)} name${rows === 1 ? "s" : ""} practices that do not exist or are not active: ${printable([...named].join(", "))}`,
      );
      note("Import these practices first, or enable them.");
    },
  };
}
