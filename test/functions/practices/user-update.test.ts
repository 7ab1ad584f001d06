import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, makePractice, makeUser, makeVendor, type TestPractice } from "../../kit/system.ts";
import { expectSoundClaims } from "./claims.ts";
import { named } from "./field-suites.ts";
import { freshKey } from "./practice-suites.ts";
import { refused } from "./practices-contract.ts";
import {
  describeMovedUserValues,
  describeTakenUserValues,
  describeUserDirectAddress,
  describeUserFields,
  describeUserOrder,
  describeUserReplacement,
  describeUserTarget,
  getUser,
} from "./user-suites.ts";

let auth: TestPractice;
beforeAll(async () => {
  auth = await makePractice();
});
// After all tests of this file, refused writes included, claims and records still match.
afterAll(expectSoundClaims);
const update = (userId: string, credentials = auth) =>
  call("UserUpdate", { auth: credentials, userId, firstName: "Grace", lastName: "Hopper" });

describe("2000 OK", () => {
  it("answers the keys and what was done, and nothing else", async () => {
    const { accountId, userId } = await makeUser(auth);
    const { status, json } = await update(userId);
    expect(json).toEqual({
      successful: true,
      responseMessage: "OK",
      responseCode: 2000,
      accountId,
      userId,
      action: "update",
    });
    expect(status).toBe(200);
  });
});

describe(named(4231), () => {
  it("refuses a key that nobody uses", async () => {
    await refused(4231, () => update("unknown"));
  });
  it("refuses a key that is used only in another practice, and does not change that user", async () => {
    const other = await makePractice({ accountId: freshKey() }, auth);
    const { userId } = await makeUser(other, { userId: freshKey() });
    await refused(4231, () => update(userId));
    expect((await getUser(other, userId)).firstName).toBe("Test");
  });
  it("refuses a key that differs only in case", async () => {
    const { userId } = await makeUser(auth, { userId: freshKey() });
    await refused(4231, () => update(userId.toUpperCase()));
  });
});

describe(named(4011), () => {
  it("refuses a practice that is inactive, unknown or another vendor's", async () => {
    const inactive = await makePractice({ accountId: freshKey(), active: false }, auth);
    const other = await makeVendor();
    const { userId } = await makeUser(auth, { userId: freshKey() });
    await refused(4011, () => update(userId, inactive));
    await refused(4011, () => update(userId, { ...auth, accountId: "unknown" }));
    await refused(4011, () => update(userId, { ...other, accountId: auth.accountId }));
  });
});

describe("replacement", () => describeUserReplacement("UserUpdate"));
describe("the user that is written", () => describeUserTarget("UserUpdate"));
describe("order of checks", () => describeUserOrder("UserUpdate"));
describe("unique values of others", () => describeTakenUserValues("UserUpdate"));
describe("unique values of its own", () => describeMovedUserValues("UserUpdate"));
describe("Direct address", () => describeUserDirectAddress("UserUpdate"));
describe("fields", () => describeUserFields("UserUpdate"));
