import { beforeAll, describe, expect, it } from "vitest";
import { rowOf } from "../../lib/operations.ts";
import { type EngineAnswer, type EngineRequest, engineError, hangUp, throughProxy } from "../kit/proxy.ts";
import { allItems, allOperations, type Item, type Response } from "../kit/system.ts";
import { type Call, makeCalls } from "./calls.ts";

/** What stands between the functions and the engine, made for one run of all calls. */
type Fault = () => (request: EngineRequest) => Promise<EngineAnswer | typeof hangUp>;

/** The limit of a function, and what of it a run in which the table does not recover leaves to trying: half a second. */
const limitMs = 15_000;
const shortLimitMs = 7500;

interface Outcome {
  readonly call: Call;
  readonly response: Response;
  /** What was left of the function's time when it answered. */
  readonly leftMs: number;
}

const isWrite = ({ operation }: EngineRequest) => !/^(BatchGetItem|GetItem|Query)$/.test(operation);

/** Each request as the engine knows it again when it is repeated. */
const identity = ({ operation, json }: EngineRequest) =>
  operation === "TransactWriteItems" ? json.ClientRequestToken : `${operation} ${JSON.stringify(json)}`;

/** Treats the first sending of each request in a way of its own, and lets its repetitions through. */
function first(treat: (request: EngineRequest) => Promise<EngineAnswer | typeof hangUp>): Fault {
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

const throttled = engineError("ThrottlingException");
const exceeded = engineError("ProvisionedThroughputExceededException");
const cancelled = (code: string) =>
  engineError("TransactionCanceledException", { CancellationReasons: [{ Code: code }] });

/** Answers nothing of a BatchGetItem. */
const unprocessed = ({ json }: EngineRequest): EngineAnswer => ({
  status: 200,
  json: { Responses: {}, UnprocessedKeys: json.RequestItems },
});

/** Sends all calls at once through a proxy. */
async function run(fault: Fault, remainingMs: number): Promise<Outcome[]> {
  const calls = await makeCalls();
  const treat = fault();
  return throughProxy(treat, () =>
    Promise.all(
      calls.map(async (call) => {
        const begun = performance.now();
        const response = await call.send({ remainingMs });
        return { call, response, leftMs: remainingMs - (performance.now() - begun) };
      }),
    ),
  );
}

const nameOf = ({ id, about }: Call) => `${id} (${about})`;
const isSuccess = ({ status, json }: Response) =>
  status < 300 && json?.successful !== false && json?.object !== "fault";
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
    if (call.id !== "Unmatched") expect([nameOf(call), isSuccess(response)]).toEqual([nameOf(call), true]);
  }
});

it("every operation is called", async () => {
  const called = new Set((await makeCalls()).map(({ id }) => id));
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
    "every answer is lost once: what was asked for was done",
    first(async (request) => {
      await request.forward();
      return hangUp;
    }),
  ],
  [
    "no write is answered at first, though it was done",
    first(async (request) => {
      const answer = await request.forward();
      // Longer than anybody waits for an answer.
      if (isWrite(request)) await new Promise((resolve) => setTimeout(resolve, 2500));
      return answer;
    }),
  ],
  ["every request is throttled once", first(async () => throttled)],
  ["throughput is exceeded once for every request", first(async () => exceeded)],
  ["the engine breaks once at every request", first(async () => engineError("InternalServerError", {}, 500))],
  [
    "every read leaves its keys unprocessed once",
    first(async (request) => (request.operation === "BatchGetItem" ? unprocessed(request) : request.forward())),
  ],
  [
    "every other transaction is cancelled for a conflict",
    () => {
      let transactions = 0;
      return async (request) => {
        if (request.operation !== "TransactWriteItems") return request.forward();
        transactions += 1;
        return transactions % 2 ? cancelled("TransactionConflict") : request.forward();
      };
    },
  ],
  [
    "every transaction is done and its answer lost, each time",
    () => async (request) => {
      if (request.operation !== "TransactWriteItems") return request.forward();
      await request.forward();
      return hangUp;
    },
  ],
];

describe.each(passing)("while %s", (_, fault) => {
  it("every operation does what it should, once", async () => {
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
      if (request.operation !== "TransactWriteItems") return request.forward();
      await new Promise((resolve) => setTimeout(resolve, 50));
      return cancelled("TransactionConflict");
    },
  ],
  [
    "every transaction is throttled",
    () => async (request) =>
      request.operation === "TransactWriteItems" ? cancelled("ThrottlingError") : request.forward(),
  ],
  [
    "every transaction is lost",
    () => async (request) => (request.operation === "TransactWriteItems" ? hangUp : request.forward()),
  ],
  [
    "every transaction is on its way for longer than anybody waits, and arrives in the end",
    () => async (request) => {
      if (request.operation !== "TransactWriteItems") return request.forward();
      await new Promise((resolve) => setTimeout(resolve, 3500));
      late.push(await request.forward());
      return hangUp;
    },
  ],
];
let late: EngineAnswer[] = [];

/** What a call leaves in the table also when it is refused: counts of guesses, the use of a session, and placeholders. */
const mayRemain = ({ pk, sk, type }: Item) =>
  pk.startsWith("TRIES#") || pk.startsWith("SESSION#") || type === "void" || sk === "COUNTER#ORG";

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
  // Nothing was done, so a browser is told nothing: a sign-out that failed took the cookie of a session that went on.
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
      type: "about:blank",
      title: "Service Unavailable",
      status: 503,
      detail: "Nothing was written. Send the same request again.",
      instance: response.requestId,
    });
  }
}

describe.each(lasting)("while %s", (_, fault) => {
  it("every operation that needs it answers 503 within its time, and writes nothing, then or later", async () => {
    late = [];
    let before: Item[] = [];
    const made = await makeCalls();
    before = (await allItems()).filter((item) => !mayRemain(item));
    const treat = fault();
    let under = 0;
    const outcomes = await throughProxy(
      async (request) => {
        under += 1;
        return treat(request).finally(() => {
          under -= 1;
        });
      },
      async () => {
        const answered = await Promise.all(
          made.map(async (call) => {
            const begun = performance.now();
            const response = await call.send({ remainingMs: shortLimitMs });
            return { call, response, leftMs: shortLimitMs - (performance.now() - begun) };
          }),
        );
        // Until the last request that was on its way has arrived.
        while (under > 0) await new Promise((resolve) => setTimeout(resolve, 20));
        return answered;
      },
    );
    const [busy, through] = [
      outcomes.filter(({ response }) => response.status === 503),
      outcomes.filter(({ response }) => response.status !== 503),
    ];
    for (const outcome of busy) expectBusy(outcome);
    // Those that asked nothing of the table that failed.
    const seen = Object.fromEntries(through.map(({ call, response }) => [nameOf(call), response.status]));
    expect(seen).toEqual(
      Object.fromEntries(through.map(({ call }) => [nameOf(call), baseline.get(nameOf(call))?.status])),
    );
    const writing = through.filter(({ call }) => (baseline.get(nameOf(call))?.events ?? 0) > 0);
    expect(writing.map(({ call }) => nameOf(call))).toEqual([]);
    expect(outcomes.filter(({ leftMs }) => leftMs <= 0).map(({ call }) => nameOf(call))).toEqual([]);
    expect((await allItems()).filter((item) => !mayRemain(item))).toEqual(before);
    expect(late.filter(({ status }) => status === 200)).toEqual([]);
  });
});
