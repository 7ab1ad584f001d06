import type { RequestContext } from "../../audit/audit-event.ts";
import { queueMessage } from "../../messages/outbox.ts";
import { triesKey } from "../../table/keys.ts";
import type { PracticeId } from "../../table/records.ts";
import { remove, type TransactionPart, write } from "../../table/transact.ts";
import { reserveTry, type Try } from "../../table/tries.ts";
import { type Account, unknownAccountId } from "../account/account.ts";
import { accountEvent } from "../account/account-event.ts";
import type { Portal } from "../portal.ts";

const purpose = "portal password";
/** Guesses are counted for each e-mail address, whether an account has it or not. */
const subjectOf = ({ applicationId, accountId }: PracticeId, email: string) =>
  JSON.stringify([applicationId, accountId, email]);

/** Reserves a guess at the password for an e-mail address; `undefined` while the address is locked out. */
export const reserveGuess = (portal: Portal, email: string, { now }: RequestContext): Promise<Try | undefined> =>
  reserveTry(
    purpose,
    subjectOf(portal, email),
    { triesMax: portal.settings.lockAttempts, lockMinutes: portal.settings.lockMinutes },
    now,
  );

/** Returns the part that resets the count of wrong guesses. */
export const forgiveGuesses = (practice: PracticeId, email: string): TransactionPart =>
  remove(triesKey(purpose, subjectOf(practice, email)));

/**
 * Counts a wrong guess. When it locks the address out, the holder gets a mail. When no account has the address, a decoy
 * is queued, so that the time does not reveal the difference.
 */
export async function noteWrongGuess(
  guess: Try,
  portal: Portal,
  account: Account | undefined,
  context: RequestContext,
): Promise<void> {
  if ((await guess.failed()) !== portal.settings.lockAttempts) return;
  const { practiceName } = portal;
  const message = account
    ? ({ kind: "locked", to: account.email, practiceName, minutes: portal.settings.lockMinutes } as const)
    : ({ kind: "decoy" } as const);
  await write(async () => [
    await queueMessage(message, context.now),
    accountEvent(portal, "account.lockedOut", account?.id ?? unknownAccountId, { kind: "visitor" }, context),
  ]);
}
