import { beforeAll, describe, expect, it } from "vitest";
import {
  call,
  countsTries,
  expectOk,
  leavesNoTrace,
  makePractice,
  makeUser,
  makeVendor,
  type TestPractice,
} from "../../kit/system.ts";
import { named } from "./field-suites.ts";
import { expectRefusal, missing, password, refused } from "./practices-contract.ts";

let practice: TestPractice;
beforeAll(async () => {
  practice = await makePractice();
  await makeUser(practice, { userId: "admin", loginId: "admin", loginPassword: password, admin: true });
  await makeUser(practice, { userId: "member", loginId: "member", loginPassword: password });
});
const ping = (auth: object) => call("PingWithAccountAuth", { auth });

describe("2000 OK", () => {
  it("answers the bare envelope to an application that names an active practice of its own", async () => {
    const { status, json } = await ping(practice);
    expect(json).toEqual({ successful: true, responseMessage: "OK", responseCode: 2000 });
    expect(status).toBe(200);
  });
  it("accepts a key that is a number", async () => {
    await makePractice({ accountId: "4711" }, practice);
    await expectOk(ping({ ...practice, accountId: 4711 }));
  });
  it.each([["unknown"], ["@x"], ["x".repeat(500)], [{}]])("ignores userId %j", async (userId) => {
    await expectOk(ping({ ...practice, userId }));
  });
  it("answers an administrator of the practice who signs in", async () => {
    await expectOk(ping({ loginId: "admin", loginPassword: password }));
  });
  it("does not take the practice from the root: only credentials name it", async () => {
    const { accountId, ...vendor } = practice;
    expectRefusal(await call("PingWithAccountAuth", { auth: vendor, accountId }), 4011, missing.practice);
  });
});

describe(named(4010), () => {
  it("refuses a wrong application before it checks the practice", async () => {
    await refused(4010, () => ping({ ...practice, applicationPassword: "wrong" }));
    await refused(4010, () => ping({ ...practice, applicationPassword: "wrong", accountId: "unknown" }));
  });
  it("refuses a user who signs in and is not an administrator", async () => {
    const response = await leavesNoTrace(() => ping({ loginId: "member", loginPassword: password }), countsTries);
    expectRefusal(response, 4010);
  });
  it("refuses a former administrator from the next call on", async () => {
    await makeUser(practice, { userId: "former", loginId: "former", loginPassword: password, admin: true });
    await expectOk(ping({ loginId: "former", loginPassword: password }));
    const demoted = { userId: "former", firstName: "A", lastName: "B", loginId: "former" };
    await expectOk(call("UserUpdate", { auth: practice, ...demoted }));
    expectRefusal(await ping({ loginId: "former", loginPassword: password }), 4010);
  });
});

describe(named(4011), () => {
  it("refuses a practice that is unknown, inactive, another vendor's, or not named", async () => {
    const inactive = await makePractice({ accountId: "inactive", active: false }, practice);
    const { accountId } = await makePractice({ accountId: "theirs" }, await makeVendor());
    for (const wrong of ["unknown", inactive.accountId, accountId, "PRACTICE-1", "x".repeat(500), {}]) {
      await refused(4011, () => ping({ ...practice, accountId: wrong }));
    }
    for (const none of ["", null]) {
      await refused(4011, () => ping({ ...practice, accountId: none }), missing.practice);
    }
  });
});
