import { setTimeout as sleep } from "node:timers/promises";
import { cancelled, countsCalls, isTransaction, isWrite, type Treat } from "../../faults/table-faults.ts";
import { type EngineAnswer, type EngineRequest, engineError, hangUp } from "../../kit/proxy.ts";

/** Faults of the table, chosen at random by a seed. Each of them passes: a request that is sent again may get through. */

/** Returns a function that returns numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A kind of fault: how often it happens, to which requests, and what it does. */
interface Fault {
  readonly name: string;
  /** Of a thousand requests. */
  readonly often: number;
  readonly concerns: (request: EngineRequest) => boolean;
  readonly treat: Treat;
}

const all = () => true;
/** Whether a request takes, or gives back, the lease of a message. */
const isOfMessage = ({ json }: EngineRequest) => String(json.Key?.pk?.S).startsWith("MESSAGE#");

/**
 * Whether a request finds out what became of a transaction whose answer was lost. If that fails too, the answer is 500, which
 * says nothing about what was written (contract practices §1), so that no model could go on.
 */
const isDeciding = ({ operation, json }: EngineRequest) => operation === "PutItem" && json.Item?.type?.S === "void";

/** Leaves every other key of a read unprocessed. */
async function unprocessed(request: EngineRequest): Promise<EngineAnswer> {
  const [[table, { Keys, ...options }] = ["", { Keys: [] }]] = Object.entries(
    request.json.RequestItems as Record<string, { readonly Keys: readonly unknown[] }>,
  );
  const [left, read] = [Keys.filter((_, place) => place % 2 === 0), Keys.filter((_, place) => place % 2 === 1)];
  const UnprocessedKeys = { [table]: { ...options, Keys: left } };
  if (read.length === 0) return { status: 200, json: { Responses: { [table]: [] }, UnprocessedKeys } };
  const { status, json } = await request.forward({
    ...request.json,
    RequestItems: { [table]: { ...options, Keys: read } },
  });
  return { status, json: status === 200 ? { ...json, UnprocessedKeys } : json };
}

const faults: readonly Fault[] = [
  {
    name: "delay",
    often: 40,
    concerns: all,
    treat: async (request) => {
      await sleep(15);
      return request.forward();
    },
  },
  {
    name: "throttle",
    often: 25,
    concerns: all,
    treat: async (request) =>
      isTransaction(request) ? cancelled("ThrottlingError") : engineError("ThrottlingException"),
  },
  {
    name: "conflict",
    often: 40,
    // No transaction changes a count of calls, or a message that was queued: nothing conflicts there.
    concerns: (request) => isWrite(request) && !countsCalls(request) && !isOfMessage(request),
    treat: async (request) =>
      isTransaction(request) ? cancelled("TransactionConflict") : engineError("TransactionConflictException"),
  },
  { name: "drop before the commit", often: 15, concerns: all, treat: async () => hangUp },
  {
    name: "drop after the commit",
    often: 40,
    concerns: isWrite,
    treat: async (request) => {
      await request.forward();
      return hangUp;
    },
  },
  { name: "500", often: 15, concerns: all, treat: async () => engineError("InternalServerError", {}, 500) },
  { name: "unprocessed", often: 60, concerns: ({ operation }) => operation === "BatchGetItem", treat: unprocessed },
];

/** The names of all kinds of faults of the table. */
export const faultNames: readonly string[] = faults.map(({ name }) => name);

/** How many requests an outage lasts, in which the table throttles all. */
const outageLength = 40;

/** The faults of one run, and how often each of them has happened. */
export class Weather {
  /** Whether there are any faults at the moment. */
  isFair = true;
  /** Requests that are under way: some are late, and arrive after their call has ended. */
  underway = 0;
  readonly counts = new Map<string, number>();
  readonly #number: () => number;
  #outage = 0;

  constructor(seed: number) {
    this.#number = numbersFrom(seed);
  }

  /** From now on the table throttles some requests in a row, so that calls with little time are refused. */
  beginOutage(): void {
    this.#outage = outageLength;
  }

  /** Handles a request to the table. */
  readonly treat: Treat = async (request) => {
    this.underway += 1;
    try {
      return await this.#treat(request);
    } finally {
      this.underway -= 1;
    }
  };

  /** Waits until the last request on its way has arrived. */
  async settle(): Promise<void> {
    while (this.underway > 0) await sleep(10);
  }

  #treat(request: EngineRequest): ReturnType<Treat> {
    if (this.isFair || isDeciding(request)) return request.forward();
    if (this.#outage > 0) {
      this.#outage -= 1;
      this.#count("throttle");
      return Promise.resolve(engineError("ThrottlingException"));
    }
    let drawn = this.#number() * 1000;
    for (const { name, often, concerns, treat } of faults) {
      if (!concerns(request)) continue;
      drawn -= often;
      if (drawn >= 0) continue;
      this.#count(name);
      return treat(request);
    }
    return request.forward();
  }

  #count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}
