import { setTimeout as wait } from "node:timers/promises";
import { hangUp, throughProxy } from "../../kit/proxy.ts";
import type { Random } from "./random.ts";

/**
 * How long a request or its answer is held up, in milliseconds. Now and then it is long enough for others to read, write and read
 * again.
 */
const heldMs = (random: Random) => random.below(random.chance(0.05) ? 80 : 5);

/** What was done to requests to the engine. */
export interface Disturbances {
  requests: number;
  /** Transactions that were carried out and never answered. */
  answersLost: number;
  /** Requests that never arrived. */
  requestsLost: number;
}

/** Runs `work` while requests to the engine and their answers are held up at random, and some are lost. */
export function disturbed<T>(random: Random, disturbances: Disturbances, work: () => Promise<T>): Promise<T> {
  return throughProxy(async (request) => {
    disturbances.requests += 1;
    await wait(heldMs(random));
    if (random.chance(0.02)) {
      disturbances.requestsLost += 1;
      return hangUp;
    }
    const answer = await request.forward();
    await wait(heldMs(random));
    if (request.operation !== "TransactWriteItems" || !random.chance(0.06)) return answer;
    disturbances.answersLost += 1;
    return hangUp;
  }, work);
}
