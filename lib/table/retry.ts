import { randomInt } from "node:crypto";
import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { Busy } from "../errors.ts";
import { endOfRetries } from "./deadline.ts";

/** The longest pause before a request is sent again. */
const pauseMsMax = 500;

type Strategy = Extract<DynamoDBClientConfig["retryStrategy"], { recordSuccess: unknown }>;
type Token = Awaited<ReturnType<Strategy["acquireInitialRetryToken"]>>;

/** The tries of one request: their number so far, and when they have to end. */
interface Tries extends Token {
  readonly end: number;
}

const tries = (count: number, end: number): Tries => ({
  end,
  getRetryCount: () => count,
  getRetryDelay: () => (count === 0 ? 0 : randomInt(Math.min(pauseMsMax, 25 * 2 ** Math.min(count, 10)))),
});

/** Errors after which the request was not repeated because time was up. */
const givenUp = new WeakSet<object>();

/**
 * The SDK's retry strategy: repeats transient failures, with random, growing pauses, until the call's deadline. The SDK's
 * own strategies end after a number of tries, and stop to repeat after many failures of earlier calls.
 */
export const retryUntilDeadline: Strategy = {
  acquireInitialRetryToken: async () => tries(0, endOfRetries()),
  async refreshRetryTokenForRetry(token, { error, errorType }) {
    const { end } = token as Tries;
    const mayPass = errorType === "THROTTLING" || errorType === "TRANSIENT" || errorType === "SERVER_ERROR";
    if (mayPass && performance.now() < end) return tries(token.getRetryCount() + 1, end);
    if (mayPass && error) givenUp.add(error);
    // The SDK then throws the error of the last try.
    throw new Error("not to be repeated");
  },
  recordSuccess() {},
};

/** Middleware around all tries of a request. @throws Busy, with the last error as its cause, when time was up */
export const throwBusyAtDeadline =
  <Args, Answer>(next: (args: Args) => Promise<Answer>) =>
  async (args: Args): Promise<Answer> => {
    try {
      return await next(args);
    } catch (error) {
      throw givenUp.has(error as object) ? new Busy("the table did not do it in time", { cause: error }) : error;
    }
  };
