import type { Context } from "aws-lambda";
import { eraseUnverified } from "../../lib/accounts/erasure/unverified.ts";
import { causesOf, logger } from "../../lib/api/log.ts";
import { checkSettings } from "../../lib/settings.ts";

/** The most time that the account which is being erased may still need. */
const reserveMs = 15_000;

/**
 * Erases the accounts that have been unverified for longer than their portals allow. A schedule calls it every hour. What it
 * has no time for, the next call does.
 */
export async function handler(
  _event?: unknown,
  context?: Pick<Context, "getRemainingTimeInMillis" | "awsRequestId">,
): Promise<void> {
  checkSettings({});
  const hasTime = () => (context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY) >= reserveMs;
  if (!hasTime()) return;
  const erased = await eraseUnverified({
    now: () => new Date(),
    requestId: context?.awsRequestId ?? "schedule",
    hasTime,
    onFailure: (id, error) => logger.error("unverified account not erased", { id, causes: causesOf(error) }),
  });
  logger.info("unverified accounts erased", { erased });
}
