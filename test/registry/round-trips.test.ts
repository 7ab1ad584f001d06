import { describe, expect, it, vi } from "vitest";
import { logger } from "../../lib/api/log.ts";
import type { Operation } from "../../lib/operations.ts";
import type { Described, Example, Way } from "../../openapi/describe.ts";
import { descriptions } from "../../openapi/descriptions.ts";
import { expectRefusal } from "../functions/practices/practices-contract.ts";
import {
  byIndividual,
  documentedRow,
  type ReadyCall,
  readyCall,
  readyCallInSharedWorld,
  requestsOf,
  takesIndividuals,
  worldOf,
} from "../kit/examples.ts";
import { type SharedWorld, sharedWorld } from "../kit/shared-worlds.ts";
import {
  call,
  expectOk,
  makePractice,
  makeUser,
  makeVendor,
  type Response,
  roundTrips,
  type TableRequest,
  watchTable,
} from "../kit/system.ts";
import { makeWorld, toTherapist, type World } from "../kit/worlds.ts";
import { documented } from "../openapi/document.ts";

/** A sign-in by login and password counts its try before it reads the records, and deletes the count afterwards. */
const ofIndividuals = 2;

/** Whether an individual sends a request rather than an application or the holder of a session. */
const isByIndividual = ({ body }: Example | Way) =>
  (body as { auth?: { loginId?: string } } | undefined)?.auth?.loginId !== undefined;

/** How many round trips a request takes, as its description says. */
const statedTrips = (description: Described, request: Example | Way): number =>
  (request.roundTrips ?? description.roundTrips) + (isByIndividual(request) ? ofIndividuals : 0);

const logged = vi.spyOn(logger, "info");
/** Makes a call, and asserts that it logs the round trips that it made. */
async function watchCall(id: string, work: () => Promise<Response>) {
  logged.mockClear();
  const watched = await watchTable(work);
  const line = expect.objectContaining({ operation: id, roundTrips: roundTrips(watched.requests) });
  expect(logged.mock.calls).toEqual([["answered", line]]);
  return watched;
}

/** Makes a call that must succeed, and returns its requests to the table. */
async function watch(id: string, ready: ReadyCall, ...change: Parameters<ReadyCall["send"]>) {
  const { answer, requests } = await watchCall(id, () => ready.send(...change));
  expectFewKinds(documentedRow(id), requests);
  const { status } = { status: undefined, ...ready.request };
  if (status === undefined) expect(answer.status, answer.text).toBeLessThan(300);
  else expect(answer.status, answer.text).toBe(status);
  if (documentedRow(id).family === "practices") expect(answer.json.responseCode).toBe(2000);
  return requests;
}

/** Asserts that a success never scans, reads by id strongly consistently, and writes by one transaction. */
function expectFewKinds(row: Operation, requests: readonly TableRequest[]): void {
  const reads = requests.filter(({ command }) => command === "BatchGetItem");
  const queries = requests.filter(({ command }) => command === "Query");
  const writes = requests.filter(({ command }) => command === "TransactWriteItems");
  // Counts of calls and of tries and the time of a session's last use are written on their own: they must be kept even if the
  // call fails.
  const alone = requests.filter(
    ({ command, input: { Key } }) =>
      /^(TRIES|SESSION|LIMIT)#/.test(Key?.pk) || (command === "UpdateItem" && /^DEVICECODE#/.test(Key?.sk)),
  );
  expect(requests).toHaveLength(reads.length + queries.length + writes.length + alone.length);
  for (const { input } of reads) {
    expect(Object.values(input.RequestItems)).toEqual([expect.objectContaining({ ConsistentRead: true })]);
  }
  for (const { input } of queries) {
    expect(input.KeyConditionExpression).toBeDefined();
    if (input.IndexName === undefined) expect(input.ConsistentRead).toBe(true);
  }
  // Some further requests find nothing to write.
  expect(writes.length).toBeLessThanOrEqual(row.table === "write" ? 1 : 0);
}

const transactions = (requests: readonly TableRequest[]) =>
  requests.filter(({ command }) => command === "TransactWriteItems").length;
const itemsRead = (requests: readonly TableRequest[]) => requests.reduce((sum, request) => sum + request.itemsRead, 0);

/** Adds records next to those of a world: accounts of its portal, or practices of its vendor and records in its own. */
async function crowd({ practice, portal }: World, { family }: Operation, size: number): Promise<void> {
  const { applicationId, applicationPassword } = practice;
  const exists = !portal && (await call("PingWithAccountAuth", { auth: practice })).json.successful;
  for (let place = 0; place < size; place++) {
    await portal?.register();
    if (portal) continue;
    const other = await makePractice({ accountId: `crowd-${place}` }, { applicationId, applicationPassword });
    await makeUser(other);
    if (exists && family === "practices") await makeUser(practice, { userId: `crowd-${place}` });
    const organization = { name: "Crowd", therapist_user_id: 42 };
    if (family === "therapists") await toTherapist(practice, "POST", "/therapist/organizations/", organization);
  }
}

const crowds = new WeakMap<SharedWorld, Promise<void>>();

/** Adds records to a shared world at its first use. */
function crowded(shared: SharedWorld, row: Operation, size: number): Promise<void> {
  const adding = crowds.get(shared) ?? shared.add(() => crowd(shared.world, row, size));
  crowds.set(shared, adding);
  return adding;
}

/** For lists a limit of two, so that another page always follows. */
function smallPage(id: string) {
  const { parameters = [], requestBody } = documented(id).operation;
  if (parameters.some(({ name }) => name === "limit")) return { query: { limit: "2" } };
  const schema = requestBody?.content["application/json"]?.schema as { properties?: object } | undefined;
  return Object.hasOwn(schema?.properties ?? {}, "limit") ? { body: { limit: 2 } } : {};
}

describe.each(descriptions)("$id", (description) => {
  const { id } = description;
  const row = documentedRow(id);
  const requests = requestsOf(description).map(([name, request]) => ({
    name,
    trips: statedTrips(description, request),
  }));

  it.each(requests)(
    "takes $trips round trips and at most one transaction, scans nothing, reads by id strongly consistently: $name",
    async ({ name, trips }) => {
      const ready = await readyCallInSharedWorld(id, name, { newSessions: true });
      const requested = await watch(id, ready);
      expect(roundTrips(requested)).toBe(trips);
      if (name === requests[0]?.name) expect(transactions(requested)).toBe(row.table === "write" ? 1 : 0);
    },
  );
  if (takesIndividuals(row)) {
    const trips = description.roundTrips + ofIndividuals;
    it(`takes ${trips} round trips when an administrator signs in for it`, async () => {
      const ready = await readyCallInSharedWorld(id);
      const requested = await watch(id, ready, byIndividual(row, await ready.world.administrator()));
      expect(roundTrips(requested)).toBe(trips);
      expect(transactions(requested)).toBe(row.table === "write" ? 1 : 0);
    });
  }
  it("sends the same requests and reads as many items among few records as among many", async () => {
    const among = async (size: number) => {
      const sharing = { use: `${row.family} ${size}`, newSessions: true };
      await crowded(await sharedWorld(worldOf(id), sharing), row, size);
      return watch(id, await readyCallInSharedWorld(id, undefined, sharing), smallPage(id));
    };
    const few = await among(3);
    const many = await among(12);
    expect(many.map(({ command }) => command)).toEqual(few.map(({ command }) => command));
    // The events of a practice are in one list. Nine more are read: AccountEventList looks through up to 1,000, and EventList
    // reads 25 at least.
    const others = id === "AccountEventList" || id === "EventList" ? 9 : 0;
    expect(itemsRead(many)).toBe(itemsRead(few) + others);
  });
});

/** The most round trips that each kind of operation may take. */
const budgets: readonly (readonly [kind: string, of: (row: Operation) => boolean, most: number])[] = [
  ["pings", ({ id }) => id.startsWith("Ping"), 1],
  ["a read of a practice, a user or settings", (row) => isOfPractices(row) && /Get$/.test(row.id), 1],
  ["a list of practices", (row) => isOfPractices(row) && /(?<!User|Event)List$/.test(row.id), 1],
  ["a list of users or of events", ({ id }) => id === "UserList" || id === "EventList", 2],
  [
    "a write of a practice, a user or settings",
    (row) => isOfPractices(row) && row.table === "write" && !isDeletion(row),
    2,
  ],
  // It looks for other records only after it has read that the practice is inactive.
  ["a deletion", (row) => isOfPractices(row) && isDeletion(row), 3],
  ["a read of therapists", ({ family, table }) => family === "therapists" && table === "read", 2],
  ["a write of therapists", ({ family, table }) => family === "therapists" && table === "write", 2],
  ["a holder's read of their account", ({ id }) => /^Account(Get|Status)/.test(id), 2],
  ["a registration", ({ id }) => id === "AccountRegister", 3],
  ["a login", ({ id }) => id === "AccountLogin", 4],
];
const isDeletion = ({ id }: Operation) => id.endsWith("Delete");
const isOfPractices = ({ family, id }: Operation) => family === "practices" && !id.startsWith("Ping");

describe("the budgets", () => {
  /** The maximum over all requests of an operation; for portals the number of the first request, which is the usual one. */
  const statedMost = (description: Described) => {
    const requests = requestsOf(description).map(([, request]) => request);
    const counted = documentedRow(description.id).family === "accounts" ? requests.slice(0, 1) : requests;
    return Math.max(...counted.map(({ roundTrips: own = description.roundTrips }) => own));
  };
  it.each(budgets)("for %s are kept", (_, isOfKind, most) => {
    const stated = descriptions.filter(({ id }) => isOfKind(documentedRow(id)));
    expect(stated.length).toBeGreaterThan(0);
    const over = stated.filter((description) => statedMost(description) > most);
    expect(over.map(({ id }) => id)).toEqual([]);
  });
  it("cover every operation of practices and therapists", () => {
    const rows = descriptions.map(({ id }) => documentedRow(id)).filter(({ family }) => family !== "accounts");
    expect(rows.filter((row) => !budgets.some(([, isOfKind]) => isOfKind(row))).map(({ id }) => id)).toEqual([]);
  });
});

describe("round trips do not grow", () => {
  it("when a write moves every unique value and none is refused", async () => {
    const ready = await readyCall("PracticeUpdate");
    for (const name of ["moved", "away"]) {
      const own = `${name}-${ready.world.practice.applicationId}`;
      const body = { websiteAddress: own, directDomain: own, directAddress: own, metadata: "x".repeat(4096) };
      expect(roundTrips(await watch("PracticeUpdate", ready, { body }))).toBe(2);
    }
  });
  it("when a write is refused because a value is taken", async () => {
    const { practice } = await makeWorld("practice");
    await makePractice({ accountId: "other", websiteAddress: "taken" }, await makeVendor());
    const body = { auth: practice, accountId: "new", name: "X", websiteAddress: "taken" };
    const { answer, requests } = await watchCall("PracticeCreate", () => call("PracticeCreate", body));
    expectRefusal(answer, 4140);
    expect(roundTrips(requests)).toBe(2);
  });
  it("when a page is further back in its list", async () => {
    const { practice } = await makeWorld("practice");
    for (let place = 0; place < 10; place++) await makePractice({ accountId: `place-${place}` }, practice);
    const { cursor } = await expectOk(call("PracticeList", { auth: practice, limit: 7 }));
    const watchPage = async (more: object) => {
      const work = () => call("PracticeList", { auth: practice, limit: 2, ...more });
      const { answer, requests } = await watchCall("PracticeList", work);
      expect(answer.json.practiceList).toHaveLength(2);
      return requests;
    };
    const later = await watchPage({ cursor });
    expect(roundTrips(later)).toBe(1);
    expect(itemsRead(later)).toBe(itemsRead(await watchPage({})));
  });
});
