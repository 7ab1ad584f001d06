import type { DynamoDBRecord } from "aws-lambda";
import { removedElsewhere } from "../../lib/accounts/erasure/elsewhere.ts";
import { finishErasures, overdueRunMs, pacing } from "../../lib/practices/erasure.ts";
import { allItems } from "./system.ts";

// The table of a test serves nobody else.
pacing.pause = async () => undefined;

/**
 * The stream records of all accounts and practices that were erased and of which something may be left. The tables of tests
 * have no stream, so these are made from what the table has.
 */
export async function erasureRecords(): Promise<DynamoDBRecord[]> {
  const erasures = (await allItems()).filter(({ type }) => type === "erasure");
  return erasures.map(({ pk, sk }) => {
    const Keys = { pk: { S: pk }, sk: { S: sk } };
    const NewImage = { ...Keys, type: { S: "erasure" } };
    return { eventName: "INSERT", dynamodb: { Keys, NewImage, SequenceNumber: pk } };
  });
}

/** Has the worker erase what is left of erased accounts and practices. @returns the answer of the worker */
export async function eraseAll() {
  // Not at the top of the file, because the worker's logger reads its level from the environment when it is imported.
  process.env.LOG_LEVEL ??= "SILENT";
  const { handler } = await import("../../functions/workers/clean-up.ts");
  return handler({ Records: await erasureRecords() });
}

/** Does what the hourly worker does two minutes later for deleted practices. @returns how many are finished */
export function finishAll(): Promise<number> {
  const work = { now: () => new Date(Date.now() + 120_000), checkTime: () => {}, leaseMs: overdueRunMs };
  return finishErasures({ ...work, removedElsewhere }, (_, error) => {
    throw error;
  });
}
