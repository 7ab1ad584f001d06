import { parseArgs } from "node:util";
import { Complaint, orComplain } from "../tools/complaint.ts";
import { functionDefaults, setDefaults } from "../tools/function-settings.ts";
import { reachTable } from "./reach.ts";
import { readExport } from "./verify/export-files.ts";
import { inBoth, reportOf } from "./verify/report.ts";
import { type Findings, type ReadItem, TableCheck } from "./verify/table-check.ts";
import { verifyTable } from "./verify/verify-table.ts";

/** `npm run verify-table`: looks whether the items of a table, or of an export, agree with each other. */

const usage =
  "Usage: npm run verify-table -- [--stack STACK | --table NAME | --export FOLDER] [--units READ-UNITS-A-SECOND] [--segments NUMBER]";

await orComplain(async () => {
  const stated = statedOptions();
  const findings = await (stated.folder === undefined ? verifyStored(stated) : verifyExport(stated.folder));
  console.log(reportOf(findings));
  if (findings.disagreements.length > 0) process.exitCode = 1;
});

function statedOptions() {
  const { stack, table, export: folder, units, segments } = parsed();
  if ([stack, table, folder].filter((each) => each !== undefined).length > 1) throw new Complaint(usage);
  return { stack, table, folder, unitsPerSecond: positive(units), segments: Math.ceil(positive(segments)) };
}

function parsed() {
  const option = { type: "string" } as const;
  try {
    return parseArgs({
      options: {
        stack: option,
        table: option,
        export: option,
        units: { type: "string", default: "500" },
        segments: { type: "string", default: "4" },
      },
    }).values;
  } catch {
    throw new Complaint(usage);
  }
}

function positive(stated: string): number {
  const value = Number(stated);
  if (!(value > 0)) throw new Complaint(`"${stated}" is no number above 0. ${usage}`);
  return value;
}

async function verifyStored({ stack, table, ...pace }: ReturnType<typeof statedOptions>): Promise<Findings> {
  await using open = new AsyncDisposableStack();
  if (table === undefined) await reachTable(open, stack);
  else {
    process.env.TABLE_NAME = table;
    setDefaults(functionDefaults);
  }
  try {
    const first = await verifyTable(pace);
    // Callers may write meanwhile: an item that was read late may not fit one that was read early.
    return first.disagreements.length === 0 ? first : inBoth(first, await verifyTable(pace));
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw new Complaint(`The table cannot be read: ${(error as Error).message}`);
  }
}

async function verifyExport(folder: string): Promise<Findings> {
  const check = new TableCheck(new Date());
  for await (const item of readExport(folder)) check.add(item as unknown as ReadItem);
  return check.findings();
}
