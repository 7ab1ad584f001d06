import { randomUUID } from "node:crypto";
import { newVendor, withClientKey, writeVendor } from "../lib/practices/vendor.ts";
import { createTable } from "../lib/table/create-table.ts";
import { vendorIndexPartition, vendorKey } from "../lib/table/keys.ts";
import { answerIndexPage, type Place, queryIndexPage } from "../lib/table/page.ts";
import { readItems } from "../lib/table/read.ts";
import type { Vendor } from "../lib/table/records.ts";
import { held, retryOnConflict } from "../lib/table/transact.ts";
import { Complaint } from "../tools/complaint.ts";

/** The vendor of a laptop, who is in the README. */
export const demo = {
  applicationId: "demo",
  applicationPassword: "demo-application-password",
  clientKey: "DemoClientKey000000001",
} as const;

/**
 * Makes the table where there is none yet.
 * @throws Complaint when the engine does not answer as DynamoDB does
 */
export async function prepareTable(endpoint: string): Promise<void> {
  try {
    await createTable();
  } catch (error) {
    // Behind a request that was given up stands what went wrong.
    const { name, message, code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    throw new Complaint(`No table can be had from the database at ${endpoint}: ${message || code || name}`);
  }
}

/** Makes the demo vendor, unless there is or was one: what became of it since is its user's doing. */
export async function makeDemoVendor(): Promise<void> {
  if (await findVendor(demo.applicationId)) return;
  await changeVendor(demo.applicationId, "vendor.created", (before) => {
    const { applicationId, applicationPassword, clientKey } = demo;
    return before ?? withClientKey(newVendor(applicationId, "Demo", applicationPassword, new Date()), clientKey);
  });
}

/** The vendor as it is now, or `undefined`. */
async function findVendor(applicationId: string): Promise<Vendor | undefined> {
  return (await readItems({ vendor: vendorKey(applicationId) })).vendor;
}

/**
 * Makes or changes a vendor as its operator.
 * @param what the event's name, such as `vendor.rotated`
 * @param change decides from the present state, more than once if others write meanwhile; what it throws is thrown
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

/** Every vendor, by id. One that was made in this moment may be missing: an index lags behind its table. */
export async function listVendors(): Promise<Vendor[]> {
  const vendors: Vendor[] = [];
  let after: Place | undefined;
  do {
    const page = await queryIndexPage(vendorIndexPartition, undefined, after);
    const { records, next } = await answerIndexPage(
      page,
      undefined,
      (key) => key,
      (vendor) => vendor,
    );
    vendors.push(...records);
    after = next;
  } while (after);
  return vendors;
}
