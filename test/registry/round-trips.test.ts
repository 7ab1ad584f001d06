import { beforeAll, describe, expect, it, vi } from "vitest";
import { logger } from "../../lib/api/log.ts";
import { expectRefusal, password } from "../functions/practices/practices-contract.ts";
import {
  call,
  expectOk,
  makePractice,
  makeUser,
  makeVendor,
  roundTrips,
  type TableRequest,
  watchTable,
} from "../kit/system.ts";
import { freshKey, leastBody, makeTargets, type Row, rows } from "./practices.ts";

/** Budgets: sequential round trips with Application Authentication. */
const budgets: Readonly<Record<Row["id"], number>> = {
  Ping: 0,
  PingWithApplicationAuth: 1,
  PingWithAccountAuth: 1,
  PingWithAuth: 1,
  PracticeCreate: 2,
  PracticeUpdate: 2,
  PracticeSave: 2,
  PracticeGet: 1,
  PracticeList: 1,
  UserCreate: 2,
  UserUpdate: 2,
  UserSave: 2,
  UserGet: 1,
  UserList: 2,
  PortalSettingsGet: 1,
  PortalSettingsSave: 2,
};
/** A sign-in reserves its try before it reads the records, and settles it after. */
const ofIndividuals = 2;

let few: Awaited<ReturnType<typeof makeTargets>>;
let many: typeof few;
const full = {
  websiteAddress: "moved",
  directDomain: "moved",
  directAddress: "moved",
  metadata: "x".repeat(4096),
};
beforeAll(async () => {
  few = await makeTargets();
  await makePractice({ accountId: "third" }, few);
  many = await makeTargets();
  // Two are there already. Users too, so that lists of them have something to grow with.
  for (let place = 2; place < 60; place++) {
    const practice = await makePractice({ accountId: `practice-${place}` }, many);
    await makeUser(practice);
  }
  for (const accountId of ["target", "third"]) await makeUser({ ...few, accountId }, { userId: "other" });
  for (const caller of [few, many]) {
    const loginId = `admin of ${caller.applicationId}`.replaceAll(" ", "-");
    await makeUser(caller, { userId: "admin", loginId, loginPassword: password, admin: true });
    await makeUser(caller, { userId: "user" });
    await expectOk(call("PortalSettingsSave", { auth: caller, lockMinutes: 20 }));
  }
});
const individual = ({ applicationId }: typeof few) => ({
  loginId: `admin-of-${applicationId}`,
  loginPassword: password,
});
const logged = vi.spyOn(logger, "info");
/** Makes a call; the round trips that it logs are those that it made. */
const watchCall = async (id: Row["id"], body: object) => {
  logged.mockClear();
  const watched = await watchTable(() => call(id, body));
  const line = expect.objectContaining({ operation: id, roundTrips: roundTrips(watched.requests) });
  expect(logged.mock.calls).toEqual([["answered", line]]);
  return watched;
};
const watch = async (row: Row, auth: object, fields: object = {}) => {
  const { answer, requests } = await watchCall(row.id, { auth, ...leastBody(row), ...fields });
  await expectOk(Promise.resolve(answer));
  return requests;
};
const itemsRead = (requests: readonly TableRequest[]) => requests.reduce((sum, request) => sum + request.itemsRead, 0);

describe.each(rows)("$id", (row: Row) => {
  it(`takes ${budgets[row.id]} round trips, and logs them`, async () => {
    expect(roundTrips(await watch(row, { ...few, userId: "user" }))).toBe(budgets[row.id]);
  });
  if (row.tier === "account" || row.tier === "user") {
    it(`takes ${budgets[row.id] + ofIndividuals} round trips with Individual Authentication`, async () => {
      expect(roundTrips(await watch(row, individual(few)))).toBe(budgets[row.id] + ofIndividuals);
    });
  }
  it("takes as many requests and reads as many items with 3 practices as with 60", async () => {
    const limit = row.id.endsWith("List") ? { limit: 2 } : {};
    const [ofFew, ofMany] = [
      await watch(row, { ...few, userId: "user" }, limit),
      await watch(row, { ...many, userId: "user" }, limit),
    ];
    expect(ofMany.map(({ command }) => command)).toEqual(ofFew.map(({ command }) => command));
    expect(itemsRead(ofMany)).toBe(itemsRead(ofFew));
  });
  it("never scans, reads by id strongly consistently, and writes by one transaction", async () => {
    const requests = await watch(row, { ...many, userId: "user" });
    if (row.tier === "account" || row.tier === "user") requests.push(...(await watch(row, individual(many))));
    const reads = requests.filter(({ command }) => command === "BatchGetItem");
    const queries = requests.filter(({ command }) => command === "Query");
    const writes = requests.filter(({ command }) => command === "TransactWriteItems");
    // Counting tries is the one write that stands alone: it must happen whatever becomes of the call.
    const tries = requests.filter(({ input }) => String(input.Key?.pk).startsWith("TRIES#"));
    expect(requests).toHaveLength(reads.length + queries.length + writes.length + tries.length);
    for (const { input } of reads) {
      expect(Object.values(input.RequestItems)).toEqual([expect.objectContaining({ ConsistentRead: true })]);
    }
    for (const { input } of queries) {
      expect(input.KeyConditionExpression).toBeDefined();
      if (input.IndexName === undefined) expect(input.ConsistentRead).toBe(true);
    }
    const calls = row.table === "write" ? (row.tier === "account" ? 2 : 1) : 0;
    expect(writes).toHaveLength(calls);
  });
});

describe("round trips do not grow", () => {
  it("when a write moves every unique value and refuses none", async () => {
    const row = rows.find(({ id }) => id === "PracticeUpdate") as Row;
    expect(roundTrips(await watch(row, few, full))).toBe(2);
    const moved = { ...full, websiteAddress: "away", directDomain: "away", directAddress: "away" };
    expect(roundTrips(await watch(row, few, moved))).toBe(2);
  });
  it("when a write is refused for a value that is taken", async () => {
    await makePractice({ accountId: freshKey(), websiteAddress: "taken" }, await makeVendor());
    const body = { auth: few, accountId: freshKey(), name: "X", websiteAddress: "taken" };
    const { answer, requests } = await watchCall("PracticeCreate", body);
    expectRefusal(answer, 4140);
    expect(roundTrips(requests)).toBe(2);
  });
  it("beyond one for the users of one practice", async () => {
    const row = rows.find(({ id }) => id === "UserList") as Row;
    expect(roundTrips(await watch(row, few, { accountId: "target" }))).toBe(1);
  });
  it("with the place of a page in its list", async () => {
    const row = rows.find(({ id }) => id === "PracticeList") as Row;
    const { cursor } = await expectOk(call("PracticeList", { auth: many, limit: 50 }));
    const requests = await watch(row, many, { limit: 2, cursor });
    expect(roundTrips(requests)).toBe(1);
    expect(itemsRead(requests)).toBe(itemsRead(await watch(row, many, { limit: 2 })));
  });
});
