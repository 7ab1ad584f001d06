import { appendFileSync } from "node:fs";

/**
 * The suites in test/reliability run small in `npm test` and long in `npm run prove`, which reports how much they did. This file
 * tells them which of both it is.
 */

/** What `npm run prove` tells its parts in their environment. */
export const told = { counts: "FRONTDESK_PROVE_COUNTS", seed: "FRONTDESK_PROVE_SEED" } as const;

const countsFile = process.env[told.counts];

/** Whether `npm run prove` runs. */
export const isLong = countsFile !== undefined;

/** Decides everything that a suite does at random. In `npm test` it is the same each time; `npm run prove` prints it. */
export const seed = Number(process.env[told.seed] ?? 1);

/** How much a suite does. @param few in `npm test` @param many in `npm run prove` */
export const amount = (few: number, many: number): number => (isLong ? many : few);

/** Time limit of a long test, for vitest, in milliseconds. `npm test` keeps its usual one. */
export const proofTimeout = { timeout: amount(5 * 60_000, 30 * 60_000) } as const;

/** What a part did, for the table that `npm run prove` prints: `{ calls: 12_000, "answers that were lost": 311 }`. */
export type Counts = Readonly<Record<string, number | string>>;

/**
 * Reports what a part did, at its end. One of the counts is `violations`: how often a guarantee was broken. Without
 * `npm run prove` nothing happens.
 */
export function report(counts: Counts): void {
  if (countsFile !== undefined) appendFileSync(countsFile, `${JSON.stringify(counts)}\n`);
}
