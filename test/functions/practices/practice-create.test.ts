import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { justBefore } from "../../accounts-security/attack.ts";
import { eraseAll, finishAll } from "../../kit/erasures.ts";
import { call, expectOk, makePractice, makeUser, makeVendor, type TestVendor } from "../../kit/system.ts";
import { expectSoundClaims } from "./claims.ts";
import { named } from "./field-suites.ts";
import {
  describePracticeDirectAddress,
  describePracticeFields,
  describePracticeOrder,
  describePracticeTarget,
  describeTakenPracticeValues,
  freshKey,
  getPractice,
} from "./practice-suites.ts";
import { expectRefusal, plainPracticeAnswer, refused } from "./practices-contract.ts";

let auth: TestVendor;
beforeAll(async () => {
  auth = await makeVendor();
});
// After all tests of this file, refused writes included, claims and records still match.
afterAll(expectSoundClaims);
const create = (fields: object) => call("PracticeCreate", { auth, name: "Practice", ...fields });

describe("2000 OK", () => {
  it("answers the key and what was done, and nothing else", async () => {
    const { status, json } = await create({ accountId: "first" });
    expect(json).toEqual({
      successful: true,
      responseMessage: "OK",
      responseCode: 2000,
      accountId: "first",
      action: "create",
    });
    expect(status).toBe(200);
  });
  it("is found at once", async () => {
    const accountId = freshKey();
    await expectOk(create({ accountId, name: "Found" }));
    expect(await getPractice(auth, accountId)).toEqual(plainPracticeAnswer("Found", accountId));
  });
  it("is not erased with another practice that came and went under its key meanwhile", async () => {
    const accountId = freshKey();
    const comeAndGo = async () => {
      await expectOk(create({ accountId, active: false }));
      await expectOk(call("PracticeDelete", { auth: { ...auth, accountId } }));
    };
    await expectOk(justBefore("practice.created", comeAndGo, () => create({ accountId, name: "Stays" })));
    const practice = { ...auth, accountId };
    await makeUser(practice, { userId: "stays" });
    await eraseAll();
    await finishAll();
    expect(await getPractice(auth, accountId)).toEqual(plainPracticeAnswer("Stays", accountId));
    await expectOk(call("UserGet", { auth: practice, userId: "stays" }));
  });
  it("creates an active practice unless active is false", async () => {
    const [active, inactive] = [freshKey(), freshKey()];
    await expectOk(create({ accountId: active }));
    await expectOk(create({ accountId: inactive, active: "False" }));
    await expectOk(call("PingWithAccountAuth", { auth: { ...auth, accountId: active } }));
    expectRefusal(await call("PingWithAccountAuth", { auth: { ...auth, accountId: inactive } }), 4011);
  });
  it("lets two vendors use the same key and never see each other's practice", async () => {
    const accountId = freshKey();
    const other = await makeVendor();
    await expectOk(create({ accountId, name: "Mine" }));
    await expectOk(call("PracticeCreate", { auth: other, accountId, name: "Theirs" }));
    expect((await getPractice(auth, accountId)).name).toBe("Mine");
    expect((await getPractice(other, accountId)).name).toBe("Theirs");
  });
  it("compares keys exactly: another case or another Unicode composition is another practice", async () => {
    const keys = ["Exact", "exact", "EXACT", "ex\u00e1ct", "exa\u0301ct", "ex act", "ｅxact"];
    for (const accountId of keys) await expectOk(create({ accountId, name: `Practice ${accountId}` }));
    for (const accountId of keys) expect((await getPractice(auth, accountId)).name).toBe(`Practice ${accountId}`);
  });
});

describe(named(4130), () => {
  it.each([[true], [false]])("refuses a key in use, by a practice with active: %s", async (active) => {
    const { accountId } = await makePractice({ accountId: freshKey(), active }, auth);
    await refused(4130, () => create({ accountId }));
    await refused(4130, () => create({ accountId, active: true, websiteAddress: freshKey() }));
  });
});

describe(named(4010), () => {
  it("refuses an application with a wrong password", async () => {
    await refused(4010, () =>
      call("PracticeCreate", { auth: { ...auth, applicationPassword: "x" }, accountId: "a", name: "A" }),
    );
  });
});

describe("the practice that is written", () => describePracticeTarget("PracticeCreate"));
describe("order of checks", () => describePracticeOrder("PracticeCreate"));
describe("unique values", () => describeTakenPracticeValues("PracticeCreate"));
describe("Direct address", () => describePracticeDirectAddress("PracticeCreate"));
describe("fields", () => describePracticeFields("PracticeCreate"));
