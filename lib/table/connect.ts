import { withDecidingTime } from "./deadline.ts";
import { vendorKey } from "./keys.ts";
import { readItems } from "./read.ts";

/**
 * Opens a connection to DynamoDB, and runs the SDK's code for the first time, by reading a vendor that cannot exist: no id is
 * empty. The role of every operation that uses the table may read vendors.
 * @throws Error when the table does not answer
 */
export const connect = () => withDecidingTime(() => readItems({ nobody: vendorKey("") }));
