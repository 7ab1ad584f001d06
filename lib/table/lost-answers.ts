import { AsyncLocalStorage } from "node:async_hooks";
import { TransactionInProgressException } from "@aws-sdk/client-dynamodb";
import { Busy } from "../errors.ts";

/** The errors of a transaction's tries that may have written something. */
export const lostAnswers = new AsyncLocalStorage<Set<unknown>>();

/** After how many lost answers to find out whether a transaction was carried out. */
const answersLostMax = 2;

/** Ends the SDK's repetitions of a transaction. */
class AnswersLost extends Error {}

/** Middleware around each try of a request: notes in `lostAnswers` that an answer was lost, and ends the tries after two. */
export const noteLostAnswers =
  <Args, Answer>(next: (args: Args) => Promise<Answer>) =>
  async (args: Args): Promise<Answer> => {
    const lost = lostAnswers.getStore();
    if (!lost) return next(args);
    try {
      return await next(args);
    } catch (error) {
      if (isRefusal(error)) throw error;
      lost.add(error);
      const isUnderWay = error instanceof TransactionInProgressException;
      // Finding out whether it was carried out takes less time than sending it again and again.
      throw lost.size >= answersLostMax && !isUnderWay ? new AnswersLost() : error;
    }
  };

/** Whether a try has certainly written nothing: it was not sent, or DynamoDB refused it. */
function isRefusal(error: unknown): boolean {
  const { httpStatusCode: status = 0 } = (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
  const isRefused = status >= 400 && status < 500 && !(error instanceof TransactionInProgressException);
  return error instanceof Busy || isRefused;
}
