import { beforeAll, describe, expect, it } from "vitest";
import {
  call,
  expectOk,
  makePractice,
  makeUser,
  makeVendor,
  type TestPractice,
  type TestVendor,
  watchTable,
} from "../../kit/system.ts";
import { named } from "./field-suites.ts";
import { collectPages, describeListParameters } from "./list-suites.ts";
import { faulty, fullUser, fullUserAnswer, plainUserAnswer, refused } from "./practices-contract.ts";

/** A vendor with two practices of three users each, and one practice without users. */
let vendor: TestVendor;
let one: TestPractice;
let two: TestPractice;
beforeAll(async () => {
  vendor = await makeVendor();
  one = await makePractice({ accountId: "one", directDomain: "one" }, vendor);
  two = await makePractice({ accountId: "two", directDomain: "two" }, vendor);
  await makePractice({ accountId: "empty" }, vendor);
  await makeUser(one, { userId: "full", ...fullUser("full") });
  await makeUser(one, { userId: "plain", firstName: "Plain", lastName: "User" });
  await makeUser(one, { userId: "inactive", firstName: "In", lastName: "Active", active: false });
  for (const userId of ["full", "second", "third"]) await makeUser(two, { userId, directAddress: userId });
  await makeUser(await makePractice({ accountId: "one" }), { userId: "another vendor's" });
});
const list = (fields: object = {}, credentials: object = vendor) => call("UserList", { auth: credentials, ...fields });

const usersOfOne = [
  fullUserAnswer("full", { accountId: "one", userId: "full" }, "one"),
  plainUserAnswer("Plain", "User", { accountId: "one", userId: "plain" }),
  { ...plainUserAnswer("In", "Active", { accountId: "one", userId: "inactive" }), active: false },
];
const usersOfTwo = ["full", "second", "third"].map((userId) => ({
  ...plainUserAnswer("Test", "User", { accountId: "two", userId }),
  directAddress: `${userId}@two.direct.example.com`,
}));
const inAnyOrder = (users: readonly object[]) => {
  const key = (user: object) => JSON.stringify(user, Object.keys(user).sort());
  return users.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
};

describe("2000 OK", () => {
  it("answers the users of one practice, active or not, as UserGet does, without passwords", async () => {
    const { status, json } = await list({ accountId: "one" });
    const { userList, ...rest } = json;
    expect(rest).toEqual({ successful: true, responseMessage: "OK", responseCode: 2000 });
    expect(inAnyOrder(userList)).toEqual(inAnyOrder(usersOfOne));
    expect(status).toBe(200);
  });
  it("answers the users of all practices of the vendor, and of no other vendor", async () => {
    const { userList, cursor } = await expectOk(list());
    expect(inAnyOrder(userList)).toEqual(inAnyOrder([...usersOfOne, ...usersOfTwo]));
    expect(cursor).toBeUndefined();
  });
  it("answers an empty list for a practice without users and for a vendor without practices", async () => {
    expect((await expectOk(list({ accountId: "empty" }))).userList).toEqual([]);
    expect((await expectOk(list({}, await makeVendor()))).userList).toEqual([]);
  });
  it.each([["two"], ["unknown"], [{}], ["x".repeat(500)]])(
    "filters by the accountId in the root, not by auth.accountId %j",
    async (accountId) => {
      const credentials = { ...vendor, accountId };
      expect((await expectOk(list({}, credentials))).userList).toHaveLength(6);
      expect((await expectOk(list({ accountId: "one" }, credentials))).userList).toHaveLength(3);
    },
  );
  it.each([[null], [""], ["  "]])("answers all practices for accountId %j", async (accountId) => {
    expect((await expectOk(list({ accountId }))).userList).toHaveLength(6);
  });
  it("accepts an accountId that is a number, or has blanks around it", async () => {
    const own = await makeVendor();
    await makeUser(await makePractice({ accountId: "4711" }, own));
    expect((await expectOk(list({ accountId: 4711 }, own))).userList).toHaveLength(1);
    expect((await expectOk(list({ accountId: " 4711 " }, own))).userList).toHaveLength(1);
  });
  it("answers the users of an inactive practice", async () => {
    const own = await makeVendor();
    const practice = await makePractice({ accountId: "closing" }, own);
    await makeUser(practice, { userId: "left" });
    await expectOk(call("PracticeUpdate", { auth: practice, name: "Closed", active: false }));
    expect((await expectOk(list({ accountId: "closing" }, own))).userList).toHaveLength(1);
    expect((await expectOk(list({}, own))).userList).toHaveLength(1);
  });
  it("shows a change at once", async () => {
    const own = await makeVendor();
    const practice = await makePractice({ accountId: "changing", directDomain: "before-change" }, own);
    await makeUser(practice, { userId: "u", directAddress: "u" });
    await expectOk(call("UserUpdate", { auth: practice, userId: "u", firstName: "New", lastName: "Name" }));
    for (const fields of [{}, { accountId: "changing" }]) {
      expect((await expectOk(list(fields, own))).userList).toMatchObject([{ firstName: "New", directAddress: null }]);
    }
  });
});

const fill = async (count: number, practices: number) => {
  const owner = await makeVendor();
  const of = await Promise.all(
    Array.from({ length: practices }, (_, place) => makePractice({ accountId: `p-${place}` }, owner)),
  );
  for (let place = 0; place < count; place++) {
    await makeUser(of[place % practices] as TestPractice, { userId: `p-${place}` });
  }
  return owner;
};

describe("pages of one practice", () => {
  describeListParameters({
    list: "userList",
    key: "userId",
    fill: (count) => fill(count, 1),
    read: (auth, fields) => call("UserList", { auth, accountId: "p-0", ...fields }),
  });
});

describe("pages of all practices", () => {
  describeListParameters({
    list: "userList",
    key: "userId",
    fill: (count) => fill(count, 3),
    read: (auth, fields) => call("UserList", { auth, ...fields }),
  });

  it("are read to the end in pages of any size", async () => {
    for (const limit of [1, 2, 4, 5, 6, 7]) {
      const pages = await collectPages((fields) => list(fields), "userList", { limit });
      expect(inAnyOrder(pages.flat())).toEqual(inAnyOrder([...usersOfOne, ...usersOfTwo]));
    }
  });
});

describe("users of a practice that was deleted, before the worker has erased them", () => {
  it("are left out without being read, however many they are", async () => {
    const owner = await makeVendor();
    const auth = await makePractice({ accountId: "a" }, owner);
    for (let place = 0; place < 30; place++) await makeUser(auth, { userId: `old-${place}` });
    await expectOk(call("PracticeUpdate", { auth, name: "A", active: false }));
    await expectOk(call("PracticeDelete", { auth }));
    await makePractice({ accountId: "a" }, owner);
    for (const userId of ["one", "two"]) await makeUser(auth, { userId });
    const { answer, requests } = await watchTable(() => list({ limit: 1 }, owner));
    expect(answer.json.userList.map(({ userId }: { userId: string }) => userId)).toEqual(["one"]);
    expect(answer.json.cursor).toBeDefined();
    const keys = requests.flatMap(({ input }) => input.RequestItems?.[String(process.env.TABLE_NAME)].Keys ?? []);
    expect(keys.filter(({ sk }) => sk.startsWith("USER#old-"))).toHaveLength(1);
  });
});

describe("4060 names the field with the error", () => {
  it.each([["x".repeat(129)], ["a\nb"], [{}], [["one"]], [true]])("refuses accountId %j", async (accountId) => {
    await faulty(["accountId"], () => list({ accountId }));
  });
  it.each([
    ["all practices", {}, "one practice", { accountId: "one" }],
    ["one practice", { accountId: "one" }, "all practices", {}],
    ["one practice", { accountId: "one" }, "another", { accountId: "two" }],
  ])("refuses the cursor of %s's list %j for that of %s", async (_, from, __, to) => {
    const { cursor } = await expectOk(list({ ...from, limit: 1 }));
    await faulty(["cursor"], () => list({ ...to, cursor }));
  });
  it("refuses a cursor of the list of practices", async () => {
    const { cursor } = await expectOk(call("PracticeList", { auth: vendor, limit: 1 }));
    await faulty(["cursor"], () => list({ cursor }));
  });
});

describe(named(4131), () => {
  it.each([["unknown"], ["ONE"], ["on"]])("refuses accountId %s, which names no practice", async (accountId) => {
    await refused(4131, () => list({ accountId }));
  });
  it("refuses another vendor's practice with the same answer as an unknown one", async () => {
    const other = await makeVendor();
    await refused(4131, () => list({ accountId: "one" }, other));
  });
});

describe(named(4010), () => {
  it("refuses before it checks limit, cursor or practice", async () => {
    const wrong = { ...vendor, applicationPassword: "wrong" };
    await refused(4010, () => list({ limit: 0 }, wrong));
    await refused(4010, () => list({ cursor: "junk", accountId: "one" }, wrong));
    await refused(4010, () => list({ accountId: "unknown" }, wrong));
  });
});
