import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, expectOk, makePractice, makeUser, makeVendor, type TestPractice } from "../../kit/system.ts";
import { expectSoundClaims } from "./claims.ts";
import { named } from "./field-suites.ts";
import { freshKey } from "./practice-suites.ts";
import { fullUser, fullUserAnswer, plainUserAnswer, refused } from "./practices-contract.ts";
import {
  describeMovedUserValues,
  describeTakenUserValues,
  describeUserDirectAddress,
  describeUserFields,
  describeUserOrder,
  describeUserReplacement,
  describeUserTarget,
  getUser,
  practiceWithDomain,
} from "./user-suites.ts";

let auth: TestPractice & { domain: string };
beforeAll(async () => {
  auth = await practiceWithDomain();
});
// After all tests of this file, refused writes included, claims and records still match.
afterAll(expectSoundClaims);
const save = (fields: object, credentials: TestPractice = auth) =>
  call("UserSave", { auth: credentials, firstName: "Grace", lastName: "Hopper", ...fields });

describe("2000 OK", () => {
  it.each([
    ["create", "when the key is unused", async () => freshKey()],
    ["update", "when the user exists", async () => (await makeUser(auth, { userId: freshKey() })).userId],
    [
      "update",
      "when the user is inactive",
      async () => (await makeUser(auth, { userId: freshKey(), active: false })).userId,
    ],
  ])('answers "%s" %s', async (action, _, key) => {
    const [{ accountId }, userId] = [auth, await key()];
    const { status, json } = await save({ userId });
    expect(json).toEqual({ successful: true, responseMessage: "OK", responseCode: 2000, accountId, userId, action });
    expect(status).toBe(200);
  });
  it("creates what UserCreate creates", async () => {
    const [{ accountId, domain }, userId] = [auth, freshKey()];
    await expectOk(save({ userId, ...fullUser(userId) }));
    expect(await getUser(auth, userId)).toEqual(fullUserAnswer(userId, { accountId, userId }, domain));
  });
  it("then updates as UserUpdate does: a field that is not passed is cleared", async () => {
    const [{ accountId }, userId] = [auth, freshKey()];
    await expectOk(save({ userId, ...fullUser(userId) }));
    await expectOk(save({ userId }));
    expect(await getUser(auth, userId)).toEqual(plainUserAnswer("Grace", "Hopper", { accountId, userId }));
  });
  it("creates an active user when active is not passed", async () => {
    const userId = freshKey();
    await expectOk(save({ userId }));
    expect((await getUser(auth, userId)).active).toBe(true);
  });
  it("creates its own user under a key that another practice uses", async () => {
    const other = await makePractice({ accountId: freshKey() }, auth);
    const { userId } = await makeUser(other, { userId: freshKey() });
    expect((await expectOk(save({ userId }))).action).toBe("create");
    expect((await getUser(other, userId)).firstName).toBe("Test");
    expect((await getUser(auth, userId)).firstName).toBe("Grace");
  });
});

describe(named(4011), () => {
  it("refuses a practice that is inactive, unknown or another vendor's", async () => {
    const inactive = await makePractice({ accountId: freshKey(), active: false }, auth);
    const other = await makeVendor();
    await refused(4011, () => save({ userId: "u" }, inactive));
    await refused(4011, () => save({ userId: "u" }, { ...auth, accountId: "unknown" }));
    await refused(4011, () => save({ userId: "u" }, { ...other, accountId: auth.accountId }));
  });
});

describe("replacement", () => describeUserReplacement("UserSave"));
describe("the user that is written", () => describeUserTarget("UserSave"));
describe("order of checks", () => describeUserOrder("UserSave"));
describe("unique values of others", () => describeTakenUserValues("UserSave"));
describe("unique values of its own", () => describeMovedUserValues("UserSave"));
describe("Direct address", () => describeUserDirectAddress("UserSave"));
describe("fields", () => describeUserFields("UserSave"));
