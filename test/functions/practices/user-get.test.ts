import { beforeAll, describe, expect, it } from "vitest";
import { call, expectOk, makePractice, makeUser, makeVendor } from "../../kit/system.ts";
import { named } from "./field-suites.ts";
import {
  expectRefusal,
  faulty,
  fullUser,
  fullUserAnswer,
  password,
  plainUserAnswer,
  refused,
} from "./practices-contract.ts";
import { practiceWithDomain } from "./user-suites.ts";

let auth: Awaited<ReturnType<typeof practiceWithDomain>>;
beforeAll(async () => {
  auth = await practiceWithDomain();
  await makeUser(auth, { userId: "full", ...fullUser("full") });
  await makeUser(auth, { userId: "plain", firstName: "Plain", lastName: "User" });
  await makeUser(auth, { userId: "inactive", active: false });
  await makeUser(auth, { userId: "4711" });
});
const get = (fields: object, credentials: object = auth) => call("UserGet", { auth: credentials, ...fields });

describe("2000 OK", () => {
  it("answers the envelope and the whole user, never a password, and nothing else", async () => {
    const { status, json } = await get({ userId: "full" });
    expect(json).toEqual({
      successful: true,
      responseMessage: "OK",
      responseCode: 2000,
      user: fullUserAnswer("full", { accountId: auth.accountId, userId: "full" }, auth.domain),
    });
    expect(status).toBe(200);
  });
  it("answers unset text as an empty text and an unset Direct address as null", async () => {
    const { user } = await expectOk(get({ userId: "plain" }));
    expect(user).toEqual(plainUserAnswer("Plain", "User", { accountId: auth.accountId, userId: "plain" }));
  });
  it("shows an inactive user with active: false", async () => {
    expect((await expectOk(get({ userId: "inactive" }))).user).toMatchObject({ userId: "inactive", active: false });
  });
  it.each([
    ["in the root", { userId: "plain" }, {}, "plain"],
    ["in the root as a number", { userId: 4711 }, {}, "4711"],
    ["in the root with blanks around it", { userId: " plain " }, {}, "plain"],
    ["in auth", {}, { userId: "plain" }, "plain"],
    ["in auth as a number", {}, { userId: 4711 }, "4711"],
    ["in auth when the root's is null", { userId: null }, { userId: "plain" }, "plain"],
    ["in auth when the root's is blank", { userId: " " }, { userId: "plain" }, "plain"],
    ["in the root when auth names another", { userId: "plain" }, { userId: "full" }, "plain"],
    ["in the root when auth names an unknown one", { userId: "plain" }, { userId: "unknown" }, "plain"],
    ["in the root when auth names an inactive one", { userId: "plain" }, { userId: "inactive" }, "plain"],
  ])("uses the userId %s", async (_, root, more, answered) => {
    expect((await expectOk(get(root, { ...auth, ...more }))).user.userId).toBe(answered);
  });
  it("uses the userId of the header X-User-Id when the body has none", async () => {
    const basic = Buffer.from(`${auth.applicationId}:${auth.applicationPassword}`).toString("base64");
    const headers = { authorization: `Basic ${basic}`, "x-account-id": auth.accountId, "x-user-id": "plain" };
    expect((await expectOk(call("UserGet", {}, { headers }))).user.userId).toBe("plain");
    expect((await expectOk(call("UserGet", { userId: "full" }, { headers }))).user.userId).toBe("full");
  });
  it("ignores an accountId in the root: the credentials name the practice", async () => {
    const other = await makePractice({ accountId: "other" }, auth);
    await makeUser(other, { userId: "plain", firstName: "Foreign" });
    for (const accountId of [other.accountId, "unknown", {}]) {
      expect((await expectOk(get({ userId: "plain", accountId }))).user.firstName).toBe("Plain");
    }
  });
  it("reads strongly consistently: it answers what was just created or changed", async () => {
    for (let round = 0; round < 20; round++) {
      const fields = { userId: "changing", firstName: `Round ${round}`, lastName: "User" };
      await expectOk(call("UserSave", { auth, ...fields }));
      expect((await expectOk(get({ userId: "changing" }))).user.firstName).toBe(`Round ${round}`);
    }
  });
  it("answers an administrator of the practice, who signs in, with the same user", async () => {
    const admin = { userId: "admin", loginId: "the-admin", loginPassword: password, admin: true };
    await makeUser(auth, admin);
    const byApplication = await get({ userId: "full" });
    const byAdmin = await get({ userId: "full" }, { loginId: "the-admin", loginPassword: password });
    expect(byAdmin.text).toBe(byApplication.text);
  });
});

describe(named(4231), () => {
  it.each([["unknown"], ["PLAIN"], ["plai"], ["plain#"], ["plain%"]])(
    "refuses %s, which names no user",
    async (userId) => {
      await refused(4231, () => get({ userId }));
    },
  );
  it("refuses the key of another practice's user with the same answer as an unknown one", async () => {
    const other = await makePractice({ accountId: "third" }, auth);
    const response = await get({ userId: "plain" }, other);
    expectRefusal(response, 4231);
    expect(response.text).toBe((await get({ userId: "unknown" }, other)).text);
  });
});

describe(named(4241), () => {
  it.each([["@"], ["@plain"], [" @plain "]])("refuses userId %j, in the root and in auth", async (userId) => {
    await refused(4241, () => get({ userId }));
    await refused(4241, () => get({}, { ...auth, userId }));
  });
});

describe(named(4210), () => {
  it.each([[{}], [{ userId: null }], [{ userId: "" }], [{ userId: "  " }]])("answers %j", async (root) => {
    await refused(4210, () => get(root));
  });
});

describe("4060 names the field with the error", () => {
  it.each([["x".repeat(129)], ["a\nb"], ["a\u0000"], [{}], [["plain"]], [true]])(
    "refuses userId %j",
    async (userId) => {
      await faulty(["userId"], () => get({ userId }));
    },
  );
});

describe("order of checks", () => {
  it("checks credentials before the id: 4010, 4011", async () => {
    await refused(4010, () => get({}, { ...auth, applicationPassword: "wrong" }));
    await refused(4011, () => get({}, { ...auth, accountId: "unknown" }));
    const stranger = { ...(await makeVendor()), accountId: auth.accountId };
    await refused(4011, () => get({ userId: "plain" }, stranger));
  });
});
