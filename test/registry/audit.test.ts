import { beforeAll, describe, expect, it } from "vitest";
import type { Operation } from "../../lib/operations.ts";
import { readItems } from "../../lib/table/read.ts";
import { descriptions } from "../../openapi/descriptions.ts";
import { type Handler, handlerOf } from "../../openapi/handlers.ts";
import * as sample from "../../openapi/samples.ts";
import { failuresOf, uncaused } from "../../openapi/stack-failures.ts";
import { fullPractice, fullUser } from "../functions/practices/practices-contract.ts";
import {
  byIndividual,
  documentedRow,
  firstExample,
  type ReadyCall,
  readyCall,
  readyCallInSharedWorld,
  sendExample,
  takesIndividuals,
} from "../kit/examples.ts";
import { sharedWorld } from "../kit/shared-worlds.ts";
import {
  call,
  expectOk,
  freshKey,
  type Item,
  isSuccess,
  makePractice,
  type Response,
  type TableRequest,
  type TestPractice,
  testSourceIp,
  watchTable,
} from "../kit/system.ts";

type Event = Item & {
  readonly what: string;
  readonly at: string;
  /** Epoch seconds. */
  readonly expiresAt: number;
  readonly changed: string[];
  readonly record: object;
  readonly who: object;
};

/** The transactions among requests that DynamoDB carried out. */
const transactionsIn = (requests: readonly TableRequest[]) =>
  requests.filter(({ command, done }) => command === "TransactWriteItems" && done);
const isEvent = (item: Item): item is Event => item.type === "event";
/** The events that requests stored. */
const eventsOf = (requests: readonly TableRequest[]): Event[] =>
  transactionsIn(requests)
    .flatMap(({ input }) => input.TransactItems as { Put?: { Item: Item } }[])
    .flatMap(({ Put }) => Put?.Item ?? [])
    .filter(isEvent);

/** Makes a call that must succeed, and returns the one event that it stored, with the answer. */
async function stored(work: () => Promise<Response>): Promise<{ event: Event; answer: Response }> {
  const { answer, requests } = await watchTable(work);
  expect(isSuccess(answer), answer.text).toBe(true);
  // The event is in the transaction of the record, which is the only one.
  const transactions = transactionsIn(requests);
  expect(transactions).toHaveLength(1);
  expect(transactions[0]?.input.TransactItems.length).toBeGreaterThan(1);
  const events = eventsOf(requests);
  expect(events).toHaveLength(1);
  const [event] = events as [Event];
  const { pk, sk } = event;
  expect((await readItems({ event: { pk, sk } })).event).toEqual(event);
  const sixYears = 6 * 365.25 * 86_400;
  expect(event.expiresAt).toBe(Math.ceil(Date.parse(event.at) / 1000) + sixYears);
  return { event, answer };
}
const eventOf = async (work: () => Promise<Response>) => (await stored(work)).event;

/** The keys of the record that a first example is about. */
function recordOf(
  { id, family }: Operation,
  { target }: Handler,
  { world, body }: ReadyCall,
  { json }: Response,
): object {
  const { accountId } = world.practice;
  const { userId } = (body ?? {}) as { userId?: string };
  if (family === "practices") return { accountId, ...(target === "userId" && { userId }) };
  if (family === "therapists") return { accountId, ...(userId === undefined ? { id: String(json.id) } : { userId }) };
  if (id === "SettingsPut") return { accountId };
  const connection = json.data?.[0] ?? json;
  if (connection.object === "connection") {
    return { accountId, id: (connection.context ?? connection.creator)._id, connections: connection._id };
  }
  const isOfConnection = id.startsWith("Connection");
  const connections = isOfConnection ? { connections: world.fill(sample.connectionId) } : {};
  return { accountId, id: json._id ?? world.fill(sample.id), ...connections };
}

/** Who sends a first example. */
function actorOf({ family, tier }: Operation, { world }: ReadyCall): object {
  const { applicationId, accountId } = world.practice;
  if (family !== "accounts") return { kind: "application", applicationId };
  if (tier !== "session") return { kind: "visitor" };
  return { kind: "portalAccount", applicationId, accountId, id: (world.client as { id?: string } | undefined)?.id };
}

/** Operations that do nothing when they are sent again, and answer the same. */
const answersAgain = ["ConnectionAccept"];

const storing = descriptions.filter(({ event }) => event !== undefined);
const silent = descriptions.filter(({ event }) => event === undefined);

it("the operations that store events are those that write", () => {
  expect(storing.map(({ id }) => id)).toEqual(
    descriptions
      .map(({ id }) => documentedRow(id))
      .filter(({ table }) => table === "write")
      .map(({ id }) => id),
  );
});

describe.each(storing)("$id", async (description) => {
  const { id, repeatable } = description;
  const row = documentedRow(id);
  const handler = await handlerOf(row);
  const first = firstExample(description);

  it("stores one event in its transaction: what, which record, who, when, in which request, and from which address", async () => {
    const [ready, shared] = [await readyCallInSharedWorld(id), await sharedWorld(first.given)];
    const now = new Date(Date.now() + 1_123);
    const { event, answer } = await stored(() => shared.run(() => sendExample(id, first, { ...shared.world, now })));
    expect(event.what).toBe(description.event);
    expect(event.record).toEqual(recordOf(row, handler, ready, answer));
    expect(event.who).toEqual(actorOf(row, ready));
    expect(event.at).toBe(now.toISOString());
    expect(event.requestId).toBe(answer.requestId);
    expect(event.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(event.sourceIp).toBe(testSourceIp);
    expect(Array.isArray(event.changed)).toBe(true);
  });
  it("stores a separate event for each request", async () => {
    const ids = [];
    // What can be repeated is sent again to the records that it has changed.
    const isRepeated = repeatable === true && !answersAgain.includes(id);
    const ready = await (isRepeated ? readyCall : readyCallInSharedWorld)(id);
    for (let time = 0; time < 3; time++) {
      ids.push((await eventOf(() => ready.send())).requestId);
    }
    expect(new Set(ids).size).toBe(3);
  });
  if (takesIndividuals(row)) {
    it("names the user who did it, when one signed in", async () => {
      const ready = await readyCallInSharedWorld(id);
      const { applicationId, accountId } = ready.world.practice;
      const login = await ready.world.administrator();
      const event = await eventOf(() => ready.send(byIndividual(row, login)));
      expect(event.who).toEqual({ kind: "individual", applicationId, accountId, userId: login.loginId });
    });
  }
  const failures = Object.entries(failuresOf(row, handler, description)).filter(([name]) => !uncaused.has(name));
  it.each(failures)("stores no event when it fails and does nothing: %s", async (_, failure) => {
    const { world, run } = await sharedWorld(failure.given ?? first.given);
    const { answer, requests } = await watchTable(() => run(() => sendExample(id, first, world, failure)));
    expect(isSuccess(answer), answer.text).toBe(false);
    // A login from a new device fails with HTTP 200: a code was sent, and that is an event.
    const didSomething = (row.family === "accounts" && answer.status === 200) || failure.before !== undefined;
    expect(eventsOf(requests)).toHaveLength(didSomething ? 1 : 0);
  });
});

describe.each(silent)("$id", ({ id }) => {
  it("stores no event", async () => {
    const ready = await readyCallInSharedWorld(id);
    const { answer, requests } = await watchTable(() => ready.send());
    expect(isSuccess(answer), answer.text).toBe(true);
    expect(transactionsIn(requests)).toEqual([]);
  });
});

describe("an event names the fields that changed, and contains no value of any", () => {
  let auth: TestPractice;
  beforeAll(async () => {
    auth = await makePractice({ accountId: "target" });
  });

  const expectNoValues = (event: Item, ...records: Readonly<Record<string, unknown>>[]) => {
    const { pk, sk, record, who, requestId, at, ...told } = event;
    const text = JSON.stringify(told);
    for (const values of records) {
      for (const value of Object.values(values)) {
        if (typeof value === "string") expect(text).not.toContain(value);
      }
    }
  };

  it("of a practice", async () => {
    const [accountId, before, after] = [freshKey(), fullPractice("before"), fullPractice("after")];
    const created = await eventOf(() => call("PracticeCreate", { auth, accountId, ...before }));
    expect(created.changed).toEqual(expect.arrayContaining(Object.keys(before)));
    expectNoValues(created, before);

    const unique = { websiteAddress: after.websiteAddress, metadata: after.metadata, active: false };
    const updated = await eventOf(() => call("PracticeUpdate", { auth, accountId, ...before, ...unique }));
    expect(updated.changed.sort()).toEqual(Object.keys(unique).sort());
    expectNoValues(updated, before, after);

    const { city, fax, ...rest } = { ...before, ...unique };
    const cleared = await eventOf(() => call("PracticeSave", { auth, accountId, ...rest }));
    expect(cleared.changed.sort()).toEqual(["city", "fax"]);
    expectNoValues(cleared, before, after);
  });
  it("of a user: of a password only the name", async () => {
    const practice = await makePractice({ accountId: freshKey(), directDomain: "audited" }, auth);
    const [userId, before, after] = [freshKey(), fullUser("one"), fullUser("two")];
    const created = await eventOf(() => call("UserCreate", { auth: practice, userId, ...before }));
    expect(created.changed).toEqual(expect.arrayContaining(Object.keys(before)));
    expectNoValues(created, before);
    expect(JSON.stringify(created)).not.toContain("argon2");

    const { loginPassword, ...kept } = before;
    const renamed = { directAddress: after.directAddress, lastName: "Byron", admin: false };
    const updated = await eventOf(() => call("UserUpdate", { auth: practice, userId, ...kept, ...renamed }));
    expect(updated.changed.sort()).toEqual(Object.keys(renamed).sort());
    expectNoValues(updated, before, after, renamed);

    const again = { ...kept, ...renamed, loginPassword: "An0ther-Password" };
    const secret = await eventOf(() => call("UserSave", { auth: practice, userId, ...again }));
    expect(secret.changed).toEqual(["loginPassword"]);
    expectNoValues(secret, again);
  });
  it("of a portal", async () => {
    const settings = { lockMinutes: 44, allowedOrigins: ["https://audited.example.com"] };
    const event = await eventOf(() => call("PortalSettingsSave", { auth, ...settings }));
    expect(event.changed.sort()).toEqual(["allowedOrigins", "lockMinutes"]);
    expect(JSON.stringify(event)).not.toMatch(/audited|44(?!\d)(?=[,}\]])/);
  });
  it("no field, if the request changed nothing", async () => {
    const { practice } = await expectOk(call("PracticeGet", { auth, accountId: "target" }));
    const event = await eventOf(() => call("PracticeUpdate", { auth, ...practice }));
    expect(event.changed).toEqual([]);
  });
});
