import type { Context } from "aws-lambda";
import { removedElsewhere } from "../../lib/accounts/erasure/elsewhere.ts";
import { restNotErased } from "../../lib/accounts/erasure/filter.ts";
import { eraseUnverified } from "../../lib/accounts/erasure/unverified.ts";
import { causesOf, logger } from "../../lib/api/log.ts";
import { finishErasures, overdueRunMs } from "../../lib/practices/erasure.ts";
import { checkSettings } from "../../lib/settings.ts";
import { callersKey } from "../../lib/table/generation.ts";
import { NoTimeLeft } from "../../lib/table/lease.ts";

/** The most time that the account which is being erased may still need. */
const reserveMs = 15_000;
/** What is left of a run for accounts, when there is much to erase in practices. */
const accountsMs = overdueRunMs / 2;

const now = () => new Date();

/**
 * Finishes the erasures of practices that were deleted more than a minute ago, and erases the accounts that have been
 * unverified for longer than their portals allow. A schedule calls it every hour. What it has no time for, the next call does.
 */
export async function handler(
  _event?: unknown,
  context?: Pick<Context, "getRemainingTimeInMillis" | "awsRequestId">,
): Promise<void> {
  checkSettings({});
  const remainingMs = () => context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY;
  const hasTime = () => remainingMs() >= reserveMs;
  if (!hasTime()) return;
  await finishPractices(remainingMs);
  const erased = await eraseUnverified({
    now,
    requestId: context?.awsRequestId ?? "schedule",
    hasTime,
    onFailure: (id, error) => logger.error("unverified account not erased", { id, causes: causesOf(error) }),
  });
  logger.info("unverified accounts erased", { erased });
}

/** Finishes the erasures of practices, until its part of the run's time is over. */
async function finishPractices(remainingMs: () => number): Promise<void> {
  const checkTime = () => {
    if (remainingMs() < accountsMs) throw new NoTimeLeft("the next run goes on");
  };
  const work = { now, checkTime, leaseMs: overdueRunMs, removedElsewhere };
  try {
    const finished = await finishErasures(work, ({ pk }, error) =>
      logger.error(restNotErased, { item: callersKey(pk), causes: causesOf(error) }),
    );
    logger.info("erasures of practices finished", { finished });
  } catch (error) {
    if (!(error instanceof NoTimeLeft)) throw error;
    logger.info("the next run goes on with the erasures of practices");
  }
}
