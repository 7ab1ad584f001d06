import { beforeAll, describe, expect, it } from "vitest";
import { call, expectOk, makePractice, makeVendor, type TestVendor } from "../../kit/system.ts";
import { named } from "./field-suites.ts";
import { collectPages, describeListParameters } from "./list-suites.ts";
import { fullPractice, fullPracticeAnswer, plainPracticeAnswer, refused } from "./practices-contract.ts";

let auth: TestVendor;
beforeAll(async () => {
  auth = await makeVendor();
});
const list = (fields: object = {}, credentials: object = auth) =>
  call("PracticeList", { auth: credentials, ...fields });

describe("2000 OK", () => {
  it("answers an empty list, without cursor, for a vendor without practices", async () => {
    const { status, json } = await list();
    expect(json).toEqual({ successful: true, responseMessage: "OK", responseCode: 2000, practiceList: [] });
    expect(status).toBe(200);
  });
  it("answers whole practices, active or not, and only the vendor's own", async () => {
    const vendor = await makeVendor();
    await makePractice({ accountId: "full", ...fullPractice("listed") }, vendor);
    await makePractice({ accountId: "plain", name: "Plain" }, vendor);
    await makePractice({ accountId: "inactive", name: "Inactive", active: false }, vendor);
    await makePractice({ accountId: "not listed" }, await makeVendor());
    const { practiceList, cursor } = await expectOk(list({}, vendor));
    expect(practiceList).toHaveLength(3);
    expect(practiceList).toEqual(
      expect.arrayContaining([
        fullPracticeAnswer("listed", "full"),
        plainPracticeAnswer("Plain", "plain"),
        { ...plainPracticeAnswer("Inactive", "inactive"), active: false },
      ]),
    );
    expect(cursor).toBeUndefined();
  });
  it.each([["unknown"], ["x".repeat(500)], [{}], [null]])(
    "ignores accountId %j, in root and auth",
    async (accountId) => {
      const vendor = await makeVendor();
      await makePractice({ accountId: "one" }, vendor);
      await makePractice({ accountId: "two" }, vendor);
      const { practiceList } = await expectOk(list({ accountId }, { ...vendor, accountId }));
      expect(practiceList).toHaveLength(2);
    },
  );
});

describe("pages", () => {
  describeListParameters({
    list: "practiceList",
    key: "accountId",
    fill: async (count) => {
      const vendor = await makeVendor();
      for (let place = 0; place < count; place++) await makePractice({ accountId: `p-${place}` }, vendor);
      return vendor;
    },
    read: (vendor, fields) => call("PracticeList", { auth: vendor, ...fields }),
  });

  it("has cursors that are not valid for lists of users", async () => {
    const vendor = await makeVendor();
    for (const accountId of ["a", "b", "c"]) await makePractice({ accountId }, vendor);
    const { cursor } = await expectOk(list({ limit: 1 }, vendor));
    const { responseCode } = (await call("UserList", { auth: vendor, cursor })).json;
    expect(responseCode).toBe(4060);
  });
  it("is read to the end in pages of any size", async () => {
    const vendor = await makeVendor();
    const keys = ["#", "%", "%23", "Z", "a", "ä", "🙂", "PRACTICE#a", "a".repeat(128)];
    for (const accountId of keys) await makePractice({ accountId }, vendor);
    for (const limit of [1, 2, 3, keys.length - 1, keys.length, keys.length + 1]) {
      const pages = await collectPages((fields) => list(fields, vendor), "practiceList", { limit });
      expect(pages.flat().map(({ accountId }) => accountId)).toHaveLength(keys.length);
      expect(new Set(pages.flat().map(({ accountId }) => accountId))).toEqual(new Set(keys));
    }
  });
});

describe(named(4010), () => {
  it("refuses before it checks limit or cursor", async () => {
    await refused(4010, () => list({ limit: 0 }, { ...auth, applicationPassword: "wrong" }));
    await refused(4010, () => list({ cursor: "junk" }, { ...auth, applicationPassword: "wrong" }));
  });
});
