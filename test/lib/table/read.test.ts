import { describe, expect, it } from "vitest";
import { practiceKey, userKey } from "../../../lib/table/keys.ts";
import { readItems } from "../../../lib/table/read.ts";
import { refusal } from "../../functions/practices/practices-contract.ts";
import { type EngineRequest, engineError, throughProxy } from "../../kit/proxy.ts";
import { call, expectOk, makePractice, makeUser, makeVendor, roundTrips, watchTable } from "../../kit/system.ts";

/** Answers only one key of each BatchGetItem and leaves the others unprocessed, as DynamoDB may do. */
const oneAtATime = async (request: EngineRequest) => {
  if (request.operation !== "BatchGetItem") return request.forward();
  const [[table, { Keys, ...how }]] = Object.entries(request.json.RequestItems) as [[string, { Keys: unknown[] }]];
  const [first, ...rest] = Keys;
  const answer = await request.forward({ RequestItems: { [table]: { ...how, Keys: [first] } } });
  const UnprocessedKeys = rest.length > 0 ? { [table]: { ...how, Keys: rest } } : {};
  return { status: answer.status, json: { ...answer.json, UnprocessedKeys } };
};

describe("keys that DynamoDB leaves unprocessed", () => {
  it("are requested again until all are answered", async () => {
    const auth = await makePractice();
    for (const userId of ["a", "b", "c"]) await makeUser(auth, { userId });
    const list = () => call("UserList", { auth });
    const whole = await list();
    expect(whole.json.userList).toHaveLength(3);
    expect((await throughProxy(oneAtATime, list)).text).toBe(whole.text);
  });
  it("do not change who is admitted", async () => {
    const user = await makeUser(await makePractice({ accountId: "guarded" }));
    const ping = (auth: object) => throughProxy(oneAtATime, () => call("PingWithAuth", { auth }));
    await expectOk(ping(user));
    expect((await ping({ ...user, userId: "unknown" })).json).toEqual(refusal(4012));
  });
});

describe("readItems", () => {
  it("returns items by name, and undefined for missing items and undefined keys", async () => {
    const { applicationId, accountId } = await makePractice({ accountId: "read" });
    const found = await readItems({
      there: practiceKey({ applicationId, accountId }),
      again: practiceKey({ applicationId, accountId }),
      missing: practiceKey({ applicationId, accountId: "missing" }),
      unasked: undefined,
    });
    expect(found.there).toMatchObject({ accountId });
    expect(found.again).toBe(found.there);
    expect(found.missing).toBeUndefined();
    expect(found.unasked).toBeUndefined();
  });
  it("sends no request when there are no keys", async () => {
    const { requests } = await watchTable(() => readItems({ nothing: undefined }));
    expect(requests).toEqual([]);
  });
  it("reads more keys than one call takes, in parallel calls", async () => {
    const vendor = await makeVendor();
    const ids = Array.from({ length: 250 }, (_, place) => ({ ...vendor, accountId: "a", userId: `u-${place}` }));
    const keys = Object.fromEntries(ids.map((id) => [id.userId, userKey(id)]));
    const { requests } = await watchTable(() => readItems(keys));
    expect(requests).toHaveLength(3);
    expect(roundTrips(requests)).toBe(1);
    // The engine of tests has no other reads. DynamoDB's would miss what was written a moment ago.
    for (const { input } of requests)
      for (const { ConsistentRead } of Object.values<{ ConsistentRead?: boolean }>(input.RequestItems))
        expect(ConsistentRead).toBe(true);
  });
});

describe("a table that cannot be read", () => {
  it.each(["PingWithApplicationAuth", "PracticeGet", "PracticeList", "UserList"] as const)(
    "makes %s answer HTTP 500 and code 5000, not a refusal",
    async (id) => {
      const auth = await makeVendor();
      const broken = async () => engineError("ResourceNotFoundException");
      const { status, json } = await throughProxy(broken, () => call(id, { auth, accountId: "a" }));
      expect(status).toBe(500);
      expect(json).toEqual(refusal(5000));
    },
  );
});
