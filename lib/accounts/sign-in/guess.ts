import { noteNotable } from "../../audit/access-note.ts";
import type { RequestContext } from "../../audit/audit-event.ts";
import { verifyPassword } from "../../crypto/password-hash.ts";
import { Failure } from "../../errors.ts";
import { type LockedFrom, queueMessage } from "../../messages/outbox.ts";
import { triesKey } from "../../table/keys.ts";
import type { PracticeId } from "../../table/records.ts";
import { remove, type TransactionPart, write } from "../../table/transact.ts";
import { reserveTry, type Try } from "../../table/tries.ts";
import { type Account, unknownAccountId } from "../account/account.ts";
import { accountEvent } from "../account/account-event.ts";
import { type Portal, portalDigest } from "../portal.ts";
import { normalisePassword } from "./password-text.ts";

/**
 * From where a password is guessed. Each has a counter of its own, so that strangers lock neither a known device nor a
 * change of the password under a session, and neither of these locks another.
 */
export type GuessFrom = LockedFrom;

/** What counters are named by. */
const purposes: Readonly<Record<GuessFrom, string>> = {
  stranger: "portal password",
  "known device": "portal password on a known device",
  session: "portal password under a session",
};

/** Guesses are counted for each e-mail address, whether an account has it or not. */
const subjectOf = ({ applicationId, accountId }: PracticeId, email: string) =>
  JSON.stringify([applicationId, accountId, email]);

/** The fewest wrong guesses in an hour after which more are refused, when right ones come in between. */
const hourMaxMin = 20;

/** A guess at a password that was reserved. */
export interface Guess extends Try {
  readonly from: GuessFrom;
}

/** Reserves a guess at the password for an e-mail address; `undefined` while the address is locked out there. */
export async function reserveGuess(
  portal: Portal,
  email: string,
  from: GuessFrom,
  { now }: RequestContext,
): Promise<Guess | undefined> {
  const { lockAttempts, lockMinutes } = portal.settings;
  const limit = { triesMax: lockAttempts, lockMinutes, hourMax: Math.max(hourMaxMin, lockAttempts) };
  const reserved = await reserveTry(purposes[from], subjectOf(portal, email), limit, now);
  return reserved && { ...reserved, from };
}

/** Returns the parts that end every lock of an e-mail address and reset its counters. */
export const forgiveGuesses = (practice: PracticeId, email: string): TransactionPart[] =>
  Object.values(purposes).map((purpose) => remove(triesKey(purpose, subjectOf(practice, email))));

/**
 * Counts a wrong guess. When it locks the address out, the holder gets a mail. When no account has the address, a decoy
 * is queued, so that the time does not reveal the difference.
 */
export async function noteWrongGuess(
  guess: Guess,
  portal: Portal,
  account: Account | undefined,
  context: RequestContext,
): Promise<void> {
  const lockedUntil = await guess.failed();
  if (!lockedUntil) return;
  noteNotable("lockedOut");
  const { practiceName } = portal;
  const minutes = Math.max(1, Math.ceil((lockedUntil.getTime() - context.now.getTime()) / 60_000));
  const message = account
    ? ({
        kind: "locked",
        to: account.email,
        practiceName,
        from: guess.from,
        minutes,
        portal: portalDigest(portal),
      } as const)
    : ({ kind: "decoy" } as const);
  await write(async () => [
    await queueMessage(message, context.now),
    accountEvent(portal, "account.lockedOut", account?.id ?? unknownAccountId, { kind: "visitor" }, context),
  ]);
}

/**
 * Checks the password that the holder of a session has to state again. The guess is counted. The caller ends it by
 * `success()` in its transaction, or by `succeeded()` when something else refuses the request.
 * @throws Failure kAccountLocked, kInvalidCredentials
 */
export async function checkHolderPassword(
  holder: Account,
  stated: unknown,
  { portal, context }: { readonly portal: Portal; readonly context: RequestContext },
): Promise<Guess> {
  const guess = await reserveGuess(portal, holder.email, "session", context);
  if (!guess) throw new Failure("kAccountLocked");
  if (await verifyPassword(normalisePassword(stated) ?? "", holder.passwordHash)) return guess;
  await noteWrongGuess(guess, portal, holder, context);
  throw new Failure("kInvalidCredentials");
}
