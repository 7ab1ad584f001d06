import { setTimeout as wait } from "node:timers/promises";
import { type FrontdeskError, isFailure } from "../../../client/src/client.ts";
import { Complaint, exitCodes, failureLine } from "../failure.ts";

const pauseMsMin = 250;
const pauseMsMax = 10_000;
/** After so many answers in a row, one more call at once is tried. */
const answersToSpeedUp = 20;
/** How often a row is sent that gets no answer, or an error of the server, while other rows succeed. */
const attemptsMax = 10;

/** Whether a call may succeed later. */
export const isPassing = ({ code, status }: FrontdeskError): boolean =>
  code === "network" || status === 429 || status >= 500;

const isTimeout = (error: unknown) => error instanceof Error && error.name === "TimeoutError";

/** What to say about a failure. */
const described = (error: unknown) => (isFailure(error) ? failureLine(error) : "no answer in time");

/**
 * How many calls run at once, and when. After a failure that may pass, there are half as many, and a pause. They become more
 * again with the answers that come.
 */
export class Pace {
  readonly #most: number;
  readonly #patienceMs: number;
  readonly #signal: AbortSignal;
  #limit: number;
  #running = 0;
  #answers = 0;
  #failures = 0;
  #successes = 0;
  #resumesAt = 0;
  #answeredAt = Date.now();
  readonly #waiting: (() => void)[] = [];

  /**
   * @param most the most calls at once
   * @param patienceMs when no call has succeeded for so long, the import ends
   * @param signal ends all waits
   */
  constructor(most: number, patienceMs: number, signal: AbortSignal) {
    this.#most = most;
    this.#limit = most;
    this.#patienceMs = patienceMs;
    this.#signal = signal;
  }

  /** How many calls may run at once now. */
  get limit(): number {
    return this.#limit;
  }

  /**
   * Makes a call until it is answered: with a success, or a refusal that will not pass.
   * @throws FrontdeskError for such a refusal
   * @throws Complaint when no call has succeeded for too long
   */
  async run<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    const successesBefore = this.#successes;
    for (let attempt = 1; ; attempt += 1) {
      await this.#enter();
      try {
        const answer = await call();
        this.#answered();
        this.#successes += 1;
        return answer;
      } catch (error) {
        if (isFailure(error) && !isPassing(error)) this.#answered();
        const isBusy = isFailure(error) && (error.status === 429 || error.status === 503);
        const mayPass = isFailure(error) ? isPassing(error) : isTimeout(error);
        const isOfThisRow = !isBusy && attempt >= attemptsMax && this.#successes > successesBefore;
        if (!mayPass || isOfThisRow) throw error;
        this.#failed(error);
      } finally {
        this.#leave();
      }
    }
  }

  async #enter(): Promise<void> {
    while (this.#running >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    try {
      this.#signal.throwIfAborted();
      for (let ms = this.#resumesAt - Date.now(); ms > 0; ms = this.#resumesAt - Date.now()) {
        await wait(ms, undefined, { signal: this.#signal });
      }
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  #leave(): void {
    this.#running -= 1;
    for (let free = this.#limit - this.#running; free > 0; free -= 1) this.#waiting.shift()?.();
  }

  #answered(): void {
    this.#answeredAt = Date.now();
    this.#failures = 0;
    this.#answers += 1;
    if (this.#answers < answersToSpeedUp) return;
    this.#answers = 0;
    this.#limit = Math.min(this.#most, this.#limit + 1);
  }

  #failed(error: unknown): void {
    const now = Date.now();
    if (now - this.#answeredAt > this.#patienceMs) {
      throw new Complaint(
        `no call has succeeded for ${Math.round(this.#patienceMs / 1000)} s: ${described(error)}`,
        "The rows that are done are in the journal. Continue with --resume.",
        exitCodes.failed,
      );
    }
    this.#answers = 0;
    // Failures that come at once are one.
    if (now < this.#resumesAt) return;
    this.#failures += 1;
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    const pauseMs = Math.min(pauseMsMax, pauseMsMin * 2 ** this.#failures);
    const retryAfterMs = isFailure(error) ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    this.#resumesAt = now + Math.max(retryAfterMs, pauseMs * (0.5 + Math.random() / 2));
  }
}
