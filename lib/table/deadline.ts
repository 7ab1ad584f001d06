import { AsyncLocalStorage } from "node:async_hooks";
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Busy } from "../errors.ts";

/** How long a call keeps trying when the table throttles it, does not answer, or others write the same record. */
const tryingMsMax = 8000;

/**
 * Time that a call needs after its last try may begin: a pause, one request that times out, and finding out whether a
 * transaction whose answer was lost has been carried out.
 */
const reserveMs = 7000;

/** How long one may try to find out what became of a transaction. The last request may take longer by its own timeout. */
const decidingMsMax = 1500;

/** When trying ends, in milliseconds of `performance.now()`. */
const deadlines = new AsyncLocalStorage<number>();

/**
 * From here on this call, and no other, begins no request to the table after its deadline.
 * @param remainingMs what is left of the time that Lambda gives the function; without a limit when left out
 */
export const setDeadline = (remainingMs = Number.POSITIVE_INFINITY): void =>
  deadlines.enterWith(performance.now() + Math.min(tryingMsMax, remainingMs - reserveMs));

/** Does something after the deadline, within a time of its own: finding out what became of a transaction. */
export const withDecidingTime = <T>(work: () => Promise<T>): Promise<T> =>
  deadlines.run(performance.now() + decidingMsMax, work);

/** Stops a call that has no time left. @throws Busy when its deadline has passed */
export function checkDeadline(): void {
  if (performance.now() >= (deadlines.getStore() ?? Number.POSITIVE_INFINITY)) throw new Busy("no time is left");
}

/** When work that begins now has to end: at the call's deadline. What runs outside a call, such as a command, has its own. */
export const endOfRetries = (): number => deadlines.getStore() ?? performance.now() + tryingMsMax;

/** The repetitions of one piece of work: a random, growing pause before each, until the deadline. */
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
 * Waits for all, also when one of them fails: nothing goes on behind an answer.
 * @throws what the first of them in the list threw
 */
export async function waitForAll<const Work extends readonly unknown[]>(
  work: Work,
): Promise<{ -readonly [Place in keyof Work]: Awaited<Work[Place]> }> {
  await Promise.allSettled(work);
  return Promise.all(work) as Promise<{ -readonly [Place in keyof Work]: Awaited<Work[Place]> }>;
}
