import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusal } from "../../functions/practices/practices-contract.ts";
import { type EngineAnswer, type EngineRequest, engineError, hangUp, throughProxy } from "../../kit/proxy.ts";
import { allItems, call, expectOk, makePractice, makeUser, type TestPractice } from "../../kit/system.ts";

let auth: TestPractice;
let keys = 0;
beforeEach(async () => {
  auth = await makePractice({ accountId: `practice-${++keys}` });
});
let tokens: string[] = [];
afterEach(() => {
  tokens = [];
});

const update = (fields: object = {}) => call("PracticeUpdate", { auth, name: "Changed", ...fields });
const nameNow = async () => (await expectOk(call("PracticeGet", { auth }))).practice.name;
const updates = async () => {
  const items = await allItems();
  return items.filter(({ what, record }) => {
    const { accountId } = (record ?? {}) as { accountId?: string };
    return what === "practice.updated" && accountId === auth.accountId;
  }).length;
};

type Turn = (request: EngineRequest) => Promise<EngineAnswer | typeof hangUp>;

/** Answers the first transactions in these ways. Later ones and all other requests go to the engine. */
function transactions(...turns: Turn[]) {
  const left = [...turns];
  return async (request: EngineRequest) => {
    if (request.operation !== "TransactWriteItems") return request.forward();
    tokens.push(request.json.ClientRequestToken);
    return (left.shift() ?? ((untouched) => untouched.forward()))(request);
  };
}
/** Answers all transactions in this way. */
const always = (turn: Turn) => (request: EngineRequest) => {
  if (request.operation !== "TransactWriteItems") return request.forward();
  tokens.push(request.json.ClientRequestToken);
  return turn(request);
};

const doneButLost: Turn = async (request) => {
  expect((await request.forward()).status).toBe(200);
  return hangUp;
};
const notDone: Turn = async () => hangUp;

/** Cancels a transaction with these reasons, one for each part. */
const cancelled =
  (...codes: string[]) =>
  async ({ json }: EngineRequest) =>
    engineError("TransactionCanceledException", {
      Message: "Transaction cancelled, please refer cancellation reasons for specific reasons",
      CancellationReasons: json.TransactItems.map((_: unknown, place: number) => ({ Code: codes[place] ?? "None" })),
    });

describe("a lost answer", () => {
  it("does no harm when the write was done: it is sent again with the same token, and is stored once", async () => {
    const answer = await throughProxy(transactions(doneButLost), update);
    expect(answer.json).toMatchObject({ responseCode: 2000, action: "update" });
    expect(tokens).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), tokens[0]]);
    expect(await updates()).toBe(1);
    expect(await nameNow()).toBe("Changed");
  });
  it("does no harm to a create, which then finds its own record", async () => {
    const create = () => call("PracticeCreate", { auth, accountId: "new", name: "New", websiteAddress: "new-one" });
    const answer = await throughProxy(transactions(doneButLost), create);
    expect(answer.json).toMatchObject({ responseCode: 2000, action: "create" });
    expect((await allItems()).filter(({ pk }) => pk === "WEBADDRESS#new-one")).toHaveLength(1);
  });
  it("does no harm when the write was not done", async () => {
    const answer = await throughProxy(transactions(notDone), update);
    expect(answer.json.responseCode).toBe(2000);
    expect(new Set(tokens).size).toBe(1);
    expect(await updates()).toBe(1);
  });
  it("does no harm while the first request is still in progress: the call waits for its end", async () => {
    const underWay = async () => engineError("TransactionInProgressException");
    const answer = await throughProxy(transactions(notDone, underWay, underWay, underWay), update);
    expect(answer.json.responseCode).toBe(2000);
    expect(new Set(tokens).size).toBe(1);
    expect(await updates()).toBe(1);
  });
});

describe("a write that conflicts with another", () => {
  it.each([
    ["at the record", cancelled("TransactionConflict")],
    ["at a claim", cancelled("None", "TransactionConflict")],
    ["by throttling", cancelled("ThrottlingError")],
    ["by exceeded throughput", cancelled("None", "ProvisionedThroughputExceeded")],
    ["because the record was changed since it was read", cancelled("ConditionalCheckFailed")],
  ])("%s is built and sent again as a new transaction, until it succeeds", async (_, conflict) => {
    const answer = await throughProxy(transactions(conflict, conflict, conflict), () =>
      update({ websiteAddress: `w-${keys}` }),
    );
    expect(answer.json).toMatchObject({ responseCode: 2000, action: "update" });
    expect(tokens).toHaveLength(4);
    expect(new Set(tokens).size).toBe(4);
    expect(await updates()).toBe(1);
  });
  it("is built again from the record's new state", async () => {
    const { userId } = await makeUser(auth, { active: true });
    const deactivatedMeanwhile: Turn = async (request) => {
      const { json } = await call("UserUpdate", { auth, userId, firstName: "A", lastName: "B", active: false });
      expect(json.responseCode).toBe(2000);
      return request.forward();
    };
    const treat = transactions(deactivatedMeanwhile);
    const body = { auth, userId, firstName: "Changed", lastName: "User" };
    await expectOk(throughProxy(treat, () => call("UserUpdate", body)));
    const { user } = await expectOk(call("UserGet", { auth, userId }));
    expect(user).toMatchObject({ firstName: "Changed", active: false });
  });
  it("answers the error of the first refused part, when a condition of the contract failed", async () => {
    const answer = await throughProxy(transactions(cancelled("None", "ConditionalCheckFailed")), () =>
      update({ websiteAddress: `w-${keys}` }),
    );
    expect(answer.json).toEqual(refusal(4140));
    expect(tokens).toHaveLength(1);
  });
});

describe("retries that run out", () => {
  it.each([
    ["PracticeCreate", { accountId: "other", name: "New" }],
    ["PracticeUpdate", { name: "New" }],
    ["UserSave", { userId: "u", firstName: "A", lastName: "B" }],
    ["PortalSettingsSave", { lockMinutes: 20 }],
  ] as const)("answer %s with HTTP 503, Retry-After: 1 and code 5000, and nothing is written", async (id, fields) => {
    const before = await allItems();
    const { status, headers, json } = await throughProxy(always(cancelled("TransactionConflict")), () =>
      // Half a second remains for retries.
      call(id, { auth, ...fields }, { remainingMs: 7500 }),
    );
    expect(status).toBe(503);
    expect(headers["retry-after"]).toBe("1");
    expect(headers["cache-control"]).toBe("no-store");
    expect(json).toEqual(refusal(5000));
    expect(await allItems()).toEqual(before);
    expect(tokens.length).toBeGreaterThan(1);
    // After that the same request succeeds.
    await expectOk(call(id, { auth, ...fields }));
  });
});

describe("anything else that goes wrong with a transaction", () => {
  it.each([
    ["a validation error", engineError("ValidationException")],
    ["a refusal for an unknown reason", undefined],
  ])("is answered as internal: %s", async (_, error) => {
    const treat = always(error ? async () => error : cancelled("ItemCollectionSizeLimitExceeded"));
    const { status, json } = await throughProxy(treat, update);
    expect(status).toBe(500);
    expect(json).toEqual(refusal(5000));
    expect(await nameNow()).toBe("Test Practice");
  });
});
