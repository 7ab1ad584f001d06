import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  call,
  expectOk,
  makePractice,
  makeUser,
  makeVendor,
  type TestPractice,
  type TestVendor,
} from "../../kit/system.ts";
import { expectSoundClaims } from "./claims.ts";
import { named } from "./field-suites.ts";
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
import { refused } from "./practices-contract.ts";

let auth: TestVendor;
beforeAll(async () => {
  auth = await makeVendor();
});
// After all tests of this file, refused writes included, claims and records still match.
afterAll(expectSoundClaims);
const update = (accountId: string, fields: object) =>
  call("PracticeUpdate", { auth, accountId, name: "Practice", ...fields });

describe("2000 OK", () => {
  it("answers the key and what was done, and nothing else", async () => {
    const { accountId } = await makePractice({ accountId: freshKey() }, auth);
    const { status, json } = await update(accountId, {});
    expect(json).toEqual({
      successful: true,
      responseMessage: "OK",
      responseCode: 2000,
      accountId,
      action: "update",
    });
    expect(status).toBe(200);
  });
});

describe(named(4131), () => {
  it("refuses a key that nobody uses", async () => {
    await refused(4131, () => update("unknown", { websiteAddress: freshKey() }));
  });
  it("refuses a key that another vendor uses, and does not change that practice", async () => {
    const other = await makeVendor();
    const { accountId } = await makePractice({ accountId: freshKey() }, other);
    await refused(4131, () => update(accountId, {}));
    expect((await getPractice(other, accountId)).name).toBe("Test Practice");
  });
  it("refuses a key that differs only in case", async () => {
    const { accountId } = await makePractice({ accountId: freshKey() }, auth);
    await refused(4131, () => update(accountId.toUpperCase(), {}));
  });
});

describe("replacement", () => describePracticeReplacement("PracticeUpdate"));
describe("the practice that is written", () => describePracticeTarget("PracticeUpdate"));
describe("order of checks", () => describePracticeOrder("PracticeUpdate"));
describe("unique values of others", () => describeTakenPracticeValues("PracticeUpdate"));
describe("unique values of its own", () => describeMovedPracticeValues("PracticeUpdate"));
describe("Direct address", () => describePracticeDirectAddress("PracticeUpdate"));
describe("fields", () => describePracticeFields("PracticeUpdate"));

describe("Direct addresses follow their domain", () => {
  const addressOf = async (practice: TestPractice, userId: string) =>
    (await expectOk(call("UserGet", { auth: practice, userId }))).user.directAddress;
  const listed = async (accountId: string): Promise<unknown[]> =>
    (await expectOk(call("UserList", { auth, accountId }))).userList.map(
      (user: { directAddress: unknown }) => user.directAddress,
    );

  it("moves every address of the practice with its domain, at once", async () => {
    const [before, after] = [freshKey(), freshKey()];
    const practice = await makePractice({ accountId: freshKey(), directDomain: before, directAddress: "office" }, auth);
    await makeUser(practice, { userId: "jane", directAddress: "jane" });
    await makeUser(practice, { userId: "john", directAddress: "john" });
    await makeUser(practice, { userId: "none" });
    expect(await addressOf(practice, "jane")).toBe(`jane@${before}.direct.example.com`);
    await expectOk(update(practice.accountId, { directDomain: after, directAddress: "office" }));
    expect((await getPractice(auth, practice.accountId)).directAddress).toBe(`office@${after}.direct.example.com`);
    expect(await addressOf(practice, "jane")).toBe(`jane@${after}.direct.example.com`);
    expect(await listed(practice.accountId)).toEqual([
      `jane@${after}.direct.example.com`,
      `john@${after}.direct.example.com`,
      null,
    ]);
  });

  it("answers null while the practice has no domain, and the addresses return with the next domain", async () => {
    const practice = await makePractice({ accountId: freshKey(), directDomain: freshKey() }, auth);
    await makeUser(practice, { userId: "jane", directAddress: "jane" });
    await expectOk(update(practice.accountId, {}));
    expect(await addressOf(practice, "jane")).toBeNull();
    expect(await listed(practice.accountId)).toEqual([null]);
    const next = freshKey();
    await expectOk(update(practice.accountId, { directDomain: next }));
    expect(await addressOf(practice, "jane")).toBe(`jane@${next}.direct.example.com`);
  });

  it("keeps the claims while there is no domain: nobody else can take an address that somebody had before", async () => {
    const practice = await makePractice({ accountId: freshKey(), directDomain: freshKey() }, auth);
    await makeUser(practice, { userId: "jane", directAddress: "jane" });
    await expectOk(update(practice.accountId, {}));
    await refused(4630, () =>
      call("UserCreate", { auth: practice, userId: "other", firstName: "A", lastName: "B", directAddress: "jane" }),
    );
    const next = freshKey();
    await refused(4610, () => update(practice.accountId, { directDomain: next, directAddress: "jane" }));
    await expectOk(update(practice.accountId, { directDomain: next }));
    await refused(4610, () =>
      call("UserCreate", { auth: practice, userId: "other", firstName: "A", lastName: "B", directAddress: "jane" }),
    );
  });

  it("never collides with the addresses of the practice that had the domain before", async () => {
    const domain = freshKey();
    const one = await makePractice({ accountId: freshKey(), directDomain: domain }, auth);
    await makeUser(one, { userId: "jane", directAddress: "jane" });
    await expectOk(update(one.accountId, {}));
    const two = await makePractice({ accountId: freshKey(), directDomain: domain, directAddress: "jane" }, auth);
    expect((await getPractice(auth, two.accountId)).directAddress).toBe(`jane@${domain}.direct.example.com`);
    expect(await addressOf(one, "jane")).toBeNull();
  });
});
