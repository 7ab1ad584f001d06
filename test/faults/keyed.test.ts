import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { takesKeys } from "../../lib/operations.ts";
import type { Change } from "../../openapi/describe.ts";
import { expectAgreement } from "../kit/agreement.ts";
import { engineError, hangUp, throughProxy } from "../kit/proxy.ts";
import { realClock, slowClock } from "../kit/slow-clock.ts";
import { allItems, type Item, type Response } from "../kit/system.ts";
import { type Call, type Calls, makeCalls } from "./calls.ts";
import { cancelled, conflicting, first, isTransaction, isWrite, type Treat, unanswered } from "./table-faults.ts";

/** Writes with an idempotency key, while the table fails. */

let made: Calls;
beforeAll(async () => {
  made = await makeCalls(takesKeys);
});
afterEach(() => made.restore());
afterEach(expectAgreement);

const keyed = { headers: { "idempotency-key": "one key" } };

const nameOf = ({ id, name }: Call) => `${id} (${name})`;
const eventsOf = ({ requestId }: Response, items: readonly Item[]) =>
  items.filter((item) => item.type === "event" && item.requestId === requestId).length;

/** Sends all calls, some at once, and waits until the last request on its way has arrived. */
async function sendAll(
  treat: Treat,
  remainingMs: number,
  atOnce: number,
  change: Change = keyed,
): Promise<Map<Call, Response>> {
  const waiting = made.calls.values();
  const responses = new Map<Call, Response>();
  let underway = 0;
  const counted: Treat = async (request) => {
    underway += 1;
    return treat(request).finally(() => {
      underway -= 1;
    });
  };
  return throughProxy(counted, async () => {
    const run = async () => {
      for (const call of waiting) responses.set(call, await call.send({ remainingMs }, change));
    };
    await Promise.all(Array.from({ length: atOnce }, run));
    while (underway > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    return responses;
  });
}

const told = ({ status, cookies, text }: Response) => ({ status, cookies, text });

let events: Map<string, number>;
beforeAll(async () => {
  const responses = await sendAll((request) => request.forward(), 15_000, 20);
  const items = await allItems();
  events = new Map([...responses].map(([call, response]) => [nameOf(call), eventsOf(response, items)]));
  await made.restore();
});

const passing: readonly (readonly [string, () => Treat])[] = [
  ["every request is lost once on its way", first(async () => hangUp)],
  [
    "every answer is lost once, though the request was carried out",
    first(async (request) => {
      await request.forward();
      return hangUp;
    }),
  ],
  ["every request is throttled once", first(async () => engineError("ThrottlingException"))],
  ["every other transaction conflicts", conflicting],
  ["every transaction is carried out and its answer lost, each time", unanswered],
];

describe.each(passing)("while %s", (_, fault) => {
  it("every write with a key is carried out once, and answered again afterwards", async () => {
    const responses = await sendAll(fault(), 15_000, 20);
    const items = await allItems();
    for (const [call, response] of responses) {
      expect([nameOf(call), eventsOf(response, items)]).toEqual([nameOf(call), events.get(nameOf(call))]);
    }
    made.restoreClients();
    for (const [call, again] of await sendAll((request) => request.forward(), 15_000, 20)) {
      const response = responses.get(call) as Response;
      if (again.headers["idempotent-replayed"])
        expect([nameOf(call), told(again)]).toEqual([nameOf(call), told(response)]);
      else expect([nameOf(call), again.status]).toEqual([nameOf(call), endsOwnSession(call)]);
    }
  });
});

/** The status of the repetition of a call that has ended its own session. */
const endsOwnSession = ({ id }: Call) => (id === "AccountReject" ? 404 : endingOwn.has(id) ? 403 : "a replay");
const endingOwn = new Set<string>(["AccountLogout", "AccountDelete", "SessionDelete"]);

const lasting: readonly (readonly [string, () => Treat])[] = [
  ["every transaction is lost", () => async (request) => (isTransaction(request) ? hangUp : request.forward())],
  [
    "every transaction is throttled",
    () => async (request) => (isTransaction(request) ? cancelled("ThrottlingError") : request.forward()),
  ],
  [
    "every write is throttled",
    () => async (request) => (isWrite(request) ? engineError("ThrottlingException") : request.forward()),
  ],
];

describe.each(lasting)("while %s", (_, fault) => {
  beforeAll(realClock);
  afterAll(slowClock);

  it("every write with a key is 503, writes nothing, and may be sent again with its key", async () => {
    const busy = await sendAll(fault(), 7500, made.calls.length);
    const items = await allItems();
    for (const [call, response] of busy) {
      expect([nameOf(call), response.status, eventsOf(response, items)]).toEqual([nameOf(call), 503, 0]);
    }
    made.restoreClients();
    // A key that could not be given back is free after 15 seconds. The code of an app is too old by then.
    const again = await sendAll((request) => request.forward(), 15_000, 20, { ...keyed, minutesLater: 1 });
    const after = await allItems();
    for (const [call, response] of again) {
      if (call.id === "TotpConfirm") continue;
      expect([nameOf(call), eventsOf(response, after)]).toEqual([nameOf(call), events.get(nameOf(call))]);
    }
  });
});
