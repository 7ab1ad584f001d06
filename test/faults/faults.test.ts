import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { rowOf } from "../../lib/operations.ts";
import { expectAgreement } from "../kit/agreement.ts";
import { type EngineAnswer, type EngineRequest, engineError, hangUp, throughProxy } from "../kit/proxy.ts";
import { realClock, slowClock } from "../kit/slow-clock.ts";
import { allItems, allOperations, type Item, isSuccess, type Response } from "../kit/system.ts";
import { type Call, type Calls, makeCalls } from "./calls.ts";
import {
  cancelled,
  conflicting,
  countsCalls,
  type Fault,
  first,
  isTransaction,
  isWrite,
  unanswered,
} from "./table-faults.ts";

/**
 * The time limit of a function. The shorter one is for runs in which the table does not recover: it leaves half a second
 * to retry.
 */
const limitMs = 15_000;
const shortLimitMs = 7500;

interface Outcome {
  readonly call: Call;
  readonly response: Response;
  /** How much of the function's time was left when it answered. */
  readonly leftMs: number;
}

/** Carries out all requests, but answers the first sending of certain requests later than a function waits. */
const answeredLate = (isMeant: (request: EngineRequest) => boolean): Fault =>
  first(async (request) => {
    const answer = await request.forward();
    if (isMeant(request)) await new Promise((resolve) => setTimeout(resolve, 2500));
    return answer;
  });

const throttled = engineError("ThrottlingException");
const exceeded = engineError("ProvisionedThroughputExceededException");

/** Leaves all keys of a BatchGetItem unprocessed. */
const unprocessed = ({ json }: EngineRequest): EngineAnswer => ({
  status: 200,
  json: { Responses: {}, UnprocessedKeys: json.RequestItems },
});

let made: Calls;
beforeAll(async () => {
  made = await makeCalls();
});
afterEach(() => made.restore());
afterEach(expectAgreement);

/** How many calls are sent at once if they are to succeed: more would spend their time limit on waiting for the CPU. */
const succeedingAtOnce = 45;

/**
 * Sends all calls through a proxy, and waits until the last request on its way has arrived.
 * @param atOnce how many calls are under way at the same time
 */
async function run(fault: Fault, remainingMs: number, atOnce = succeedingAtOnce): Promise<Outcome[]> {
  const treat = fault();
  const waiting = made.calls.values();
  let underway = 0;
  return throughProxy(
    async (request) => {
      underway += 1;
      return treat(request).finally(() => {
        underway -= 1;
      });
    },
    async () => {
      const outcomes: Outcome[] = [];
      const sendAll = async () => {
        for (const call of waiting) {
          const begun = performance.now();
          const response = await call.send({ remainingMs });
          outcomes.push({ call, response, leftMs: remainingMs - (performance.now() - begun) });
        }
      };
      await Promise.all(Array.from({ length: atOnce }, sendAll));
      while (underway > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      return outcomes;
    },
  );
}

const nameOf = ({ id, name }: Call) => `${id} (${name})`;
/** How many events a call has stored. */
const eventsOf = ({ requestId }: Response, items: readonly Item[]) =>
  items.filter((item) => item.type === "event" && item.requestId === requestId).length;

let baseline: Map<string, { status: number; events: number }>;
beforeAll(async () => {
  const outcomes = await run(() => (request) => request.forward(), limitMs);
  const items = await allItems();
  baseline = new Map(
    outcomes.map(({ call, response }) => [
      nameOf(call),
      { status: response.status, events: eventsOf(response, items) },
    ]),
  );
  for (const { call, response } of outcomes) {
    const { status = isSuccess(response) ? response.status : "a success" } = call;
    expect([nameOf(call), response.status, response.text]).toEqual([nameOf(call), status, response.text]);
  }
  await made.restore();
});

it("every operation is called", () => {
  const called = new Set(made.calls.map(({ id }) => id));
  expect(allOperations.map(({ id }) => id).filter((id) => !called.has(id))).toEqual([]);
});

const passing: readonly (readonly [string, Fault])[] = [
  [
    "every answer comes late",
    first(async (request) => {
      const answer = await request.forward();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return answer;
    }),
  ],
  ["every request is lost once on its way", first(async () => hangUp)],
  [
    "every answer is lost once, though the request was carried out",
    first(async (request) => {
      await request.forward();
      return hangUp;
    }),
  ],
  // Separate faults, because a call may make five writes, and waiting three times would use most of its time limit.
  ["no transaction is answered at first, though it was carried out", answeredLate(isTransaction)],
  [
    "no other write is answered at first, though it was carried out",
    answeredLate((request) => isWrite(request) && !isTransaction(request) && !countsCalls(request)),
  ],
  ["no count of calls is answered at first, though it was carried out", answeredLate(countsCalls)],
  ["every request is throttled once", first(async () => throttled)],
  ["throughput is exceeded once for every request", first(async () => exceeded)],
  ["the engine breaks once at every request", first(async () => engineError("InternalServerError", {}, 500))],
  [
    "every read leaves its keys unprocessed once",
    first(async (request) => (request.operation === "BatchGetItem" ? unprocessed(request) : request.forward())),
  ],
  ["every other transaction is cancelled for a conflict", conflicting],
  ["every transaction is carried out and its answer lost, each time", unanswered],
];

describe.each(passing)("while %s", (_, fault) => {
  it("every operation has its documented outcome, and is carried out once", async () => {
    const outcomes = await run(fault, limitMs);
    const items = await allItems();
    const seen = Object.fromEntries(
      outcomes.map(({ call, response }) => [
        nameOf(call),
        { status: response.status, events: eventsOf(response, items) },
      ]),
    );
    expect(seen).toEqual(Object.fromEntries(baseline));
    expect(outcomes.filter(({ leftMs }) => leftMs <= 0).map(({ call }) => nameOf(call))).toEqual([]);
  });
});

const lasting: readonly (readonly [string, Fault])[] = [
  ["every request is throttled", () => async () => throttled],
  ["throughput is exceeded", () => async () => exceeded],
  ["every request is lost", () => async () => hangUp],
  ["the engine breaks at every request", () => async () => engineError("InternalServerError", {}, 500)],
  ["no request is answered", () => () => new Promise((resolve) => setTimeout(resolve, 4000, hangUp))],
  [
    "every read leaves its keys unprocessed",
    () => async (request) => (request.operation === "BatchGetItem" ? unprocessed(request) : throttled),
  ],
  ["every write is throttled", () => async (request) => (isWrite(request) ? throttled : request.forward())],
  [
    "every transaction conflicts with others",
    () => async (request) => {
      if (!isTransaction(request)) return request.forward();
      await new Promise((resolve) => setTimeout(resolve, 50));
      return cancelled("TransactionConflict");
    },
  ],
  [
    "every transaction is throttled",
    () => async (request) => (isTransaction(request) ? cancelled("ThrottlingError") : request.forward()),
  ],
  ["every transaction is lost", () => async (request) => (isTransaction(request) ? hangUp : request.forward())],
  [
    "every transaction arrives later than a function waits for its answer",
    () => async (request) => {
      if (!isTransaction(request)) return request.forward();
      await new Promise((resolve) => setTimeout(resolve, 3500));
      late.push(await request.forward());
      return hangUp;
    },
  ],
];
let late: EngineAnswer[] = [];

/** Items that a refused call may leave: counts of guesses, the use of a session, and placeholders. */
const mayRemain = ({ pk, sk, type }: Item) =>
  pk.startsWith("TRIES#") || pk.startsWith("SESSION#") || type === "void" || sk === "COUNTER#ORG";

/** All other items, without the count of guesses at a code. */
const mustStay = (items: readonly Item[]) => items.filter((item) => !mayRemain(item)).map(({ uses, ...item }) => item);

const kTooBusy = {
  object: "fault",
  name: "error",
  code: "kTooBusy",
  errCode: "cortex.throttled.tooBusy",
  status: 503,
  message: "Too busy; nothing was written",
  reason: "Too busy; nothing was written",
  path: "",
  faults: [],
};

/** Asserts the family's 503. */
function expectBusy({ call, response }: Outcome): void {
  const { status, headers, json } = response;
  expect([nameOf(call), status, headers["retry-after"]]).toEqual([nameOf(call), 503, "1"]);
  // Nothing was written, so no cookie is set. A failed sign-out once removed the cookie of a session that went on.
  expect([nameOf(call), response.cookies]).toEqual([nameOf(call), []]);
  const { family } = rowOf(call.id);
  if (family === "accounts") expect(json).toEqual(kTooBusy);
  else if (family === "practices") {
    expect(json).toEqual({
      successful: false,
      responseMessage: "an unknown error has occurred",
      responseCode: 5000,
    });
  } else {
    expect(json).toEqual({
      type: "/docs/errors.html#therapists-503",
      title: "Service Unavailable",
      status: 503,
      detail: "Nothing was written. Send the same request again.",
      instance: response.requestId,
    });
  }
}

describe.each(lasting)("while %s", (_, fault) => {
  beforeAll(realClock);
  afterAll(slowClock);

  it("every operation that needs the table answers 503 before its time limit, and writes nothing, then or later", async () => {
    late = [];
    const outcomes = await run(fault, shortLimitMs, made.calls.length);
    const [busy, through] = [
      outcomes.filter(({ response }) => response.status === 503),
      outcomes.filter(({ response }) => response.status !== 503),
    ];
    for (const outcome of busy) expectBusy(outcome);
    // These did not send the requests that failed.
    const seen = Object.fromEntries(through.map(({ call, response }) => [nameOf(call), response.status]));
    expect(seen).toEqual(
      Object.fromEntries(through.map(({ call }) => [nameOf(call), baseline.get(nameOf(call))?.status])),
    );
    const writing = through.filter(({ call }) => (baseline.get(nameOf(call))?.events ?? 0) > 0);
    expect(writing.map(({ call }) => nameOf(call))).toEqual([]);
    expect(outcomes.filter(({ leftMs }) => leftMs <= 0).map(({ call }) => nameOf(call))).toEqual([]);
    expect(mustStay(await allItems())).toEqual(mustStay(made.items));
    expect(late.filter(({ status }) => status === 200)).toEqual([]);
  });
});
