import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, expectOk, makePractice, makeUser, makeVendor, type TestPractice } from "../../kit/system.ts";
import { expectSoundClaims } from "./claims.ts";
import { named } from "./field-suites.ts";
import { freshKey } from "./practice-suites.ts";
import { expectRefusal, plainUserAnswer, refused } from "./practices-contract.ts";
import {
  describeTakenUserValues,
  describeUserDirectAddress,
  describeUserFields,
  describeUserOrder,
  describeUserTarget,
  getUser,
} from "./user-suites.ts";

let auth: TestPractice;
beforeAll(async () => {
  auth = await makePractice();
});
// After all tests of this file, refused writes included, claims and records still match.
afterAll(expectSoundClaims);
const create = (fields: object, credentials = auth) =>
  call("UserCreate", { auth: credentials, firstName: "Grace", lastName: "Hopper", ...fields });

describe("2000 OK", () => {
  it("answers the keys and what was done, and nothing else", async () => {
    const { status, json } = await create({ userId: "first" });
    expect(json).toEqual({
      successful: true,
      responseMessage: "OK",
      responseCode: 2000,
      accountId: auth.accountId,
      userId: "first",
      action: "create",
    });
    expect(status).toBe(200);
  });
  it("is found at once", async () => {
    const userId = freshKey();
    await expectOk(create({ userId }));
    const answer = plainUserAnswer("Grace", "Hopper", { accountId: auth.accountId, userId });
    expect(await getUser(auth, userId)).toEqual(answer);
  });
  it("creates an active user unless active is false", async () => {
    const [active, inactive] = [freshKey(), freshKey()];
    await expectOk(create({ userId: active }));
    await expectOk(create({ userId: inactive, active: "FALSE" }));
    await expectOk(call("PingWithAuth", { auth: { ...auth, userId: active } }));
    expectRefusal(await call("PingWithAuth", { auth: { ...auth, userId: inactive } }), 4012);
  });
  it("lets two practices use the same key, of one vendor or of two, each with its own user", async () => {
    const practices = [auth, await makePractice({ accountId: freshKey() }, auth), await makePractice()];
    const userId = freshKey();
    for (const [place, practice] of practices.entries()) {
      await expectOk(create({ userId, firstName: `User ${place}` }, practice));
    }
    for (const [place, practice] of practices.entries()) {
      expect((await getUser(practice, userId)).firstName).toBe(`User ${place}`);
    }
  });
  it("compares keys exactly: another case or another Unicode composition is another user", async () => {
    const keys = ["Exact", "exact", "EXACT", "ex\u00e1ct", "exa\u0301ct", "ex act", "ｅxact"];
    for (const userId of keys) await expectOk(create({ userId, firstName: `User ${userId}` }));
    for (const userId of keys) expect((await getUser(auth, userId)).firstName).toBe(`User ${userId}`);
  });
});

describe(named(4230), () => {
  it.each([[true], [false]])("refuses a key in use, by a user with active: %s", async (active) => {
    const { userId } = await makeUser(auth, { userId: freshKey(), active });
    await refused(4230, () => create({ userId }));
  });
});

describe(named(4011), () => {
  it("refuses a practice that is inactive, unknown or another vendor's", async () => {
    const inactive = await makePractice({ accountId: freshKey(), active: false }, auth);
    const other = await makeVendor();
    await refused(4011, () => create({ userId: "u" }, inactive));
    await refused(4011, () => create({ userId: "u" }, { ...auth, accountId: "unknown" }));
    await refused(4011, () => create({ userId: "u" }, { ...other, accountId: auth.accountId }));
  });
});

describe("the user that is written", () => describeUserTarget("UserCreate"));
describe("order of checks", () => describeUserOrder("UserCreate"));
describe("unique values", () => describeTakenUserValues("UserCreate"));
describe("Direct address", () => describeUserDirectAddress("UserCreate"));
describe("fields", () => describeUserFields("UserCreate"));
