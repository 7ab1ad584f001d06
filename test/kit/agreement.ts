import { expect } from "vitest";
import { verifyTable } from "../../local/verify/verify-table.ts";

/** Expects that the items of the whole table agree with each other, after everything that a suite has done to it. */
export async function expectAgreement(): Promise<void> {
  const { disagreements } = await verifyTable({ segments: 1, unitsPerSecond: Number.POSITIVE_INFINITY });
  expect(disagreements).toEqual([]);
}
