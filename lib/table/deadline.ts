import { AsyncLocalStorage } from "node:async_hooks";
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Busy } from "../errors.ts";

/** How long a call keeps trying when the table throttles it, does not answer, or others write the same record. */
const tryingMsMax = 8000;

/**
 * Time that a call needs after its last try has begun: for a pause, one request that times out, and finding out whether a
 * transaction whose answer was lost was carried out.
 */
const reserveMs = 7000;

/** How long to try to find out whether a transaction was carried out. The last request may exceed this by its own timeout. */
const decidingMsMax = 1500;

/** How long after the deadline such work may begin its last request: what the reserve has without that request's timeout. */
const releasingMsMax = 4000;

/** Deadlines of calls, in milliseconds of `performance.now()`. */
const deadlines = new AsyncLocalStorage<number>();

/**
 * Sets the deadline of this call only. After it, the call sends no request to the table.
 * @param remainingMs time that Lambda leaves the function; no limit when left out
 */
export const setDeadline = (remainingMs = Number.POSITIVE_INFINITY): void =>
  deadlines.enterWith(performance.now() + Math.min(tryingMsMax, remainingMs - reserveMs));

/** Runs work after the deadline, with a deadline of its own: finding out whether a transaction was carried out. */
export const withDecidingTime = <T>(work: () => Promise<T>): Promise<T> =>
  deadlines.run(performance.now() + decidingMsMax, work);

/**
 * Runs work that tidies up after the deadline, with a deadline of its own. The function's own time limit leaves less of it
 * after a transaction whose answer was lost.
 */
export function withReleasingTime<T>(work: () => Promise<T>): Promise<T> {
  const lastMs = (deadlines.getStore() ?? Number.POSITIVE_INFINITY) + releasingMsMax;
  return deadlines.run(Math.min(performance.now() + decidingMsMax, lastMs), work);
}

/** Checks that the call has time left. @throws Busy when its deadline has passed */
export function checkDeadline(): void {
  if (performance.now() >= (deadlines.getStore() ?? Number.POSITIVE_INFINITY)) throw new Busy("no time is left");
}

/** When retries that begin now have to end: at the call's deadline. Work outside a call, such as a command, gets its own. */
export const endOfRetries = (): number => deadlines.getStore() ?? performance.now() + tryingMsMax;

/** Retries of one piece of work until the deadline, with a random, growing pause before each. */
export class Retries {
  readonly #end = endOfRetries();
  readonly #pauseMsMax: number;
  #count = 0;

  /** @param pauseMsMax the longest pause */
  constructor(pauseMsMax = 1000) {
    this.#pauseMsMax = pauseMsMax;
  }

  /** Waits before the next try. @throws Busy when there is no time for one */
  async pause(): Promise<void> {
    await sleep(randomInt(Math.min(this.#pauseMsMax, 4 * 2 ** Math.min(this.#count, 10))));
    this.#count += 1;
    if (performance.now() >= this.#end) throw new Busy("others were served first until no time was left");
  }
}

/**
 * Waits for all promises, also when one of them fails, so that no work continues after the answer.
 * @throws the error of the first one in the list that failed
 */
export async function waitForAll<const Work extends readonly unknown[]>(
  work: Work,
): Promise<{ -readonly [Place in keyof Work]: Awaited<Work[Place]> }> {
  await Promise.allSettled(work);
  return Promise.all(work) as Promise<{ -readonly [Place in keyof Work]: Awaited<Work[Place]> }>;
}
