import type { DynamoDBRecord } from "aws-lambda";
import { allItems } from "./system.ts";

/**
 * The stream records of all accounts that were erased and of which something may be left. The tables of tests have no stream,
 * so these are made from what the table has.
 */
export async function erasureRecords(): Promise<DynamoDBRecord[]> {
  const erasures = (await allItems()).filter(({ type }) => type === "erasure");
  return erasures.map(({ pk, sk }) => {
    const Keys = { pk: { S: pk }, sk: { S: sk } };
    const NewImage = { ...Keys, type: { S: "erasure" } };
    return { eventName: "INSERT", dynamodb: { Keys, NewImage, SequenceNumber: pk } };
  });
}

/** Has the worker erase what is left of erased accounts. @returns the answer of the worker */
export async function eraseAll() {
  // Not at the top of the file, because the worker's logger reads its level from the environment when it is imported.
  process.env.POWERTOOLS_LOG_LEVEL ??= "SILENT";
  const { handler } = await import("../../functions/workers/clean-up.ts");
  return handler({ Records: await erasureRecords() });
}
