import { type EngineAnswer, type EngineRequest, engineError, hangUp } from "../kit/proxy.ts";

/** What the proxy does with each request to the table. */
export type Treat = (request: EngineRequest) => Promise<EngineAnswer | typeof hangUp>;
/** Begins to treat requests. */
export type Fault = () => Treat;

/** Whether a request is a transaction. */
export const isTransaction = ({ operation }: EngineRequest): boolean => operation === "TransactWriteItems";
/** Whether a request writes. */
export const isWrite = ({ operation }: EngineRequest): boolean => !/^(BatchGetItem|GetItem|Query)$/.test(operation);

/** Whether a request counts calls of an address or an application. */
export const countsCalls = ({ json }: EngineRequest): boolean => String(json.Key?.pk?.S).startsWith("LIMIT#");

/** The part of a request that stays the same when it is repeated. */
const identity = ({ operation, json }: EngineRequest) =>
  operation === "TransactWriteItems" ? json.ClientRequestToken : `${operation} ${JSON.stringify(json)}`;

/** Handles the first sending of each request, and forwards its repetitions. */
export function first(treat: Treat): Fault {
  return () => {
    const seen = new Set<string>();
    return async (request) => {
      const known = identity(request);
      if (seen.has(known)) return request.forward();
      seen.add(known);
      return treat(request);
    };
  };
}

/** The answer to a transaction that is cancelled. @param code why */
export const cancelled = (code: string): EngineAnswer =>
  engineError("TransactionCanceledException", { CancellationReasons: [{ Code: code }] });

/** Cancels every other transaction for a conflict. */
export const conflicting: Fault = () => {
  let transactions = 0;
  return async (request) => {
    if (!isTransaction(request)) return request.forward();
    transactions += 1;
    return transactions % 2 ? cancelled("TransactionConflict") : request.forward();
  };
};

/** Carries out every transaction, and loses its answer, each time. */
export const unanswered: Fault = () => async (request) => {
  const answer = await request.forward();
  return isTransaction(request) ? hangUp : answer;
};
