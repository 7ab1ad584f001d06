import { type ScanPace, scanTable } from "../../lib/table/scan.ts";
import { type Findings, TableCheck } from "./table-check.ts";

/** Reads the whole table once, and looks whether its items agree with each other. */
export async function verifyTable(pace: ScanPace): Promise<Findings> {
  const check = new TableCheck(new Date());
  await scanTable(pace, (items) => {
    for (const item of items) check.add(item);
  });
  return check.findings();
}
