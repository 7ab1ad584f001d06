import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, expectOk, makePractice, makeVendor, type TestVendor } from "../../kit/system.ts";
import { expectSoundClaims } from "./claims.ts";
import {
  describeMovedPracticeValues,
  describePracticeDirectAddress,
  describePracticeFields,
  describePracticeOrder,
  describePracticeReplacement,
  describePracticeTarget,
  describeTakenPracticeValues,
  freshKey,
  getPractice,
} from "./practice-suites.ts";
import { fullPractice, fullPracticeAnswer, plainPracticeAnswer } from "./practices-contract.ts";

let auth: TestVendor;
beforeAll(async () => {
  auth = await makeVendor();
});
// After all tests of this file, refused writes included, claims and records still match.
afterAll(expectSoundClaims);
const save = (fields: object) => call("PracticeSave", { auth, name: "Practice", ...fields });

describe("2000 OK", () => {
  it.each([
    ["create", "when the key is unused", async () => freshKey()],
    ["update", "when the practice exists", async () => (await makePractice({ accountId: freshKey() }, auth)).accountId],
    [
      "update",
      "when the practice is inactive",
      async () => (await makePractice({ accountId: freshKey(), active: false }, auth)).accountId,
    ],
  ])('answers "%s" %s', async (action, _, key) => {
    const accountId = await key();
    const { status, json } = await save({ accountId });
    expect(json).toEqual({ successful: true, responseMessage: "OK", responseCode: 2000, accountId, action });
    expect(status).toBe(200);
  });
  it("creates what PracticeCreate creates", async () => {
    const accountId = freshKey();
    await expectOk(save({ accountId, ...fullPractice(accountId) }));
    expect(await getPractice(auth, accountId)).toEqual(fullPracticeAnswer(accountId, accountId));
  });
  it("then updates as PracticeUpdate does: a field that is not passed is cleared", async () => {
    const accountId = freshKey();
    await expectOk(save({ accountId, ...fullPractice(accountId) }));
    await expectOk(save({ accountId, name: "Name Alone" }));
    expect(await getPractice(auth, accountId)).toEqual(plainPracticeAnswer("Name Alone", accountId));
  });
  it("creates an active practice when active is not passed", async () => {
    const accountId = freshKey();
    await expectOk(save({ accountId }));
    expect((await getPractice(auth, accountId)).active).toBe(true);
  });
  it("creates its own practice under a key that another vendor uses", async () => {
    const other = await makeVendor();
    const { accountId } = await makePractice({ accountId: freshKey() }, other);
    expect((await expectOk(save({ accountId, name: "Mine" }))).action).toBe("create");
    expect((await getPractice(other, accountId)).name).toBe("Test Practice");
    expect((await getPractice(auth, accountId)).name).toBe("Mine");
  });
});

describe("replacement", () => describePracticeReplacement("PracticeSave"));
describe("the practice that is written", () => describePracticeTarget("PracticeSave"));
describe("order of checks", () => describePracticeOrder("PracticeSave"));
describe("unique values of others", () => describeTakenPracticeValues("PracticeSave"));
describe("unique values of its own", () => describeMovedPracticeValues("PracticeSave"));
describe("Direct address", () => describePracticeDirectAddress("PracticeSave"));
describe("fields", () => describePracticeFields("PracticeSave"));
