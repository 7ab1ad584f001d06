/**
 * Limits how often an account is mailed the same thing on request. Sendings are epoch milliseconds, the newest last.
 */

const hourMs = 3_600_000;
const pauseMs = 60_000;
/** Maximum number of mails of one kind for one account in an hour. */
const mailsMax = 5;

/** Returns the sendings of the last hour. */
const recent = (sentAt: readonly number[] = [], now: Date) => sentAt.filter((at) => at > now.getTime() - hourMs);

/** Returns the sendings with one more; `undefined` when there have been five in the last hour. */
export function addSending(sentAt: readonly number[] | undefined, now: Date): readonly number[] | undefined {
  const within = recent(sentAt, now);
  return within.length < mailsMax ? [...within, now.getTime()] : undefined;
}

/** As `addSending`, but also returns `undefined` within a minute after the last sending. */
export const addSpacedSending = (sentAt: readonly number[] | undefined, now: Date): readonly number[] | undefined =>
  (sentAt?.at(-1) ?? 0) > now.getTime() - pauseMs ? undefined : addSending(sentAt, now);
