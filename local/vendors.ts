import { randomUUID } from "node:crypto";
import { newVendor, withClientKey, writeVendor } from "../lib/practices/vendor.ts";
import { settings } from "../lib/settings.ts";
import { createTable } from "../lib/table/create-table.ts";
import type { Place } from "../lib/table/cursor.ts";
import { vendorIndexPartition, vendorKey } from "../lib/table/keys.ts";
import { answerIndexPage, queryIndexPage } from "../lib/table/page.ts";
import { readItems } from "../lib/table/read.ts";
import type { Vendor } from "../lib/table/records.ts";
import { held, retryOnConflict } from "../lib/table/transact.ts";
import { Complaint } from "../tools/complaint.ts";
import { demo } from "./demo.ts";

/**
 * Creates the table if it does not exist.
 * @throws Complaint when the engine does not answer as DynamoDB does
 */
export async function prepareTable(endpoint: string): Promise<void> {
  // Before the database is used, so that a wrong setting is not reported as an error of the database.
  settings();
  try {
    await createTable();
  } catch (error) {
    // When a request was given up after retries, the cause says why.
    const { name, message, code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    throw new Complaint(`The database at ${endpoint} cannot provide the table: ${message || code || name}`);
  }
}

/** Creates the demo vendor if it does not exist. An existing one stays as its user has changed it. */
export async function makeDemoVendor(): Promise<void> {
  if (await findVendor(demo.applicationId)) return;
  await changeVendor(demo.applicationId, "vendor.created", (before) => {
    const { applicationId, applicationPassword, clientKey } = demo;
    return before ?? withClientKey(newVendor(applicationId, "Demo", applicationPassword, new Date()), clientKey);
  });
}

/** The vendor's present state, or `undefined`. */
async function findVendor(applicationId: string): Promise<Vendor | undefined> {
  return (await readItems({ vendor: vendorKey(applicationId) })).vendor;
}

/**
 * Creates or changes a vendor, on behalf of the operator.
 * @param what the audit event's name, such as `vendor.rotated`
 * @param change makes the new state from the present one; it is called again when the vendor was changed meanwhile
 * @throws the error that `change` throws
 */
export async function changeVendor(
  applicationId: string,
  what: string,
  change: (before: Vendor | undefined) => Vendor,
): Promise<Vendor> {
  const find = () => findVendor(applicationId);
  const context = { now: new Date(), requestId: randomUUID() };
  return retryOnConflict(held(await find(), find), ({ value: before }) =>
    writeVendor(before, change(before), what, { actor: { kind: "operator" }, context }),
  );
}

/** All vendors, by id. A vendor that was just created may be missing, because an index is updated after its table. */
export async function listVendors(): Promise<Vendor[]> {
  const vendors: Vendor[] = [];
  let after: Place | undefined;
  do {
    const page = await queryIndexPage(vendorIndexPartition, undefined, after);
    const { records, next } = await answerIndexPage(page, undefined, {
      relatedKey: (key) => key,
      isShown: () => true,
      show: (vendor) => vendor,
    });
    vendors.push(...records);
    after = next;
  } while (after);
  return vendors;
}
