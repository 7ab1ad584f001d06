import { beforeAll, describe, expect, it } from "vitest";
import { call, expectOk, makePractice, makeVendor, type TestVendor } from "../../kit/system.ts";
import { named } from "./field-suites.ts";
import {
  expectRefusal,
  faulty,
  fullPractice,
  fullPracticeAnswer,
  missing,
  plainPracticeAnswer,
  refused,
} from "./practices-contract.ts";

let auth: TestVendor;
beforeAll(async () => {
  auth = await makeVendor();
  await makePractice({ accountId: "full", ...fullPractice("full") }, auth);
  await makePractice({ accountId: "plain", name: "Plain" }, auth);
  await makePractice({ accountId: "inactive", active: false }, auth);
  await makePractice({ accountId: "4711" }, auth);
});
const get = (fields: object, credentials: object = auth) => call("PracticeGet", { auth: credentials, ...fields });

describe("2000 OK", () => {
  it("answers the envelope and the whole practice, and nothing else", async () => {
    const { status, json } = await get({ accountId: "full" });
    expect(json).toEqual({
      successful: true,
      responseMessage: "OK",
      responseCode: 2000,
      practice: fullPracticeAnswer("full", "full"),
    });
    expect(status).toBe(200);
  });
  it("answers unset text as an empty text and an unset Direct address as null", async () => {
    expect((await expectOk(get({ accountId: "plain" }))).practice).toEqual(plainPracticeAnswer("Plain", "plain"));
  });
  it("shows an inactive practice with active: false", async () => {
    expect((await expectOk(get({ accountId: "inactive" }))).practice).toMatchObject({
      accountId: "inactive",
      active: false,
    });
  });
  it.each([
    ["in the root", { accountId: "plain" }, {}],
    ["in the root as a number", { accountId: 4711 }, {}],
    ["in the root with blanks around it", { accountId: " plain " }, {}],
    ["in auth", {}, { accountId: "plain" }],
    ["in auth as a number", {}, { accountId: 4711 }],
    ["in auth, the root's being null", { accountId: null }, { accountId: "plain" }],
    ["in auth, the root's being blank", { accountId: " " }, { accountId: "plain" }],
    ["in the root, auth naming another", { accountId: "plain" }, { accountId: "full" }],
    ["in the root, auth naming an unknown one", { accountId: "plain" }, { accountId: "unknown" }],
    ["in the root, auth naming an inactive one", { accountId: "plain" }, { accountId: "inactive" }],
  ])("takes the accountId %s", async (_, root, more) => {
    const wanted = [root, more].map((place) => String((place as { accountId?: unknown }).accountId ?? "").trim());
    const { practice } = await expectOk(get(root, { ...auth, ...more }));
    expect(practice.accountId).toBe(wanted[0] || wanted[1]);
  });
  // Regression: they were refused as values that are not text.
  it.each(["9007199254740993", "12345678901234567890"])("takes the number %s as its digits", async (digits) => {
    const credentials = JSON.stringify(auth).slice(1, -1);
    const raw = (fields: string) => `{"auth":{${credentials}},"accountId":${digits}${fields}}`;
    await expectOk(call("PracticeCreate", raw(`,"name":${digits},"phone":"5550001111"`)));
    const { practice } = await expectOk(call("PracticeGet", raw("")));
    expect([practice.accountId, practice.name]).toEqual([digits, digits]);
    expect((await expectOk(get({}, { ...auth, accountId: digits }))).practice.name).toBe(digits);
    expect((await call("PracticeGet", `{"auth":{${credentials},"accountId":${digits}}}`)).json.practice.name).toBe(
      digits,
    );
  });
  it("uses the accountId of the header X-Account-Id when the body has none", async () => {
    const basic = Buffer.from(`${auth.applicationId}:${auth.applicationPassword}`).toString("base64");
    const headers = { authorization: `Basic ${basic}`, "x-account-id": "plain" };
    expect((await expectOk(call("PracticeGet", {}, { headers }))).practice.accountId).toBe("plain");
    const { practice } = await expectOk(call("PracticeGet", { accountId: "full" }, { headers }));
    expect(practice.accountId).toBe("full");
  });
  it("reads strongly consistently: it answers what was just created or changed", async () => {
    for (let round = 0; round < 20; round++) {
      await expectOk(call("PracticeSave", { auth, accountId: "changing", name: `Round ${round}` }));
      expect((await expectOk(get({ accountId: "changing" }))).practice.name).toBe(`Round ${round}`);
    }
  });
});

describe(named(4131), () => {
  it.each([["unknown"], ["PLAIN"], ["plai"], ["plain#"], ["plain%"]])("refuses %s: no such practice", async (id) => {
    await refused(4131, () => get({ accountId: id }));
  });
  it("refuses the key of another vendor's practice with the same answer as an unknown one", async () => {
    const other = await makeVendor();
    const response = await get({ accountId: "plain" }, other);
    expectRefusal(response, 4131);
    expect(response.text).toBe((await get({ accountId: "unknown" }, other)).text);
  });
});

describe(named(4110), () => {
  it.each([[{}], [{ accountId: null }], [{ accountId: "" }], [{ accountId: "  " }]])("answers %j", async (root) => {
    await refused(4110, () => get(root));
  });
});

describe("4060 names the field with the error", () => {
  it.each([["x".repeat(129)], ["a\nb"], ["a\u0000"], [{}], [["plain"]], [true]])("refuses accountId %j", async (id) => {
    await faulty(["accountId"], () => get({ accountId: id }));
  });
});

describe("order of checks", () => {
  it("checks credentials before the id: 4010", async () => {
    await refused(4010, () => get({}, { ...auth, applicationPassword: "wrong" }));
    await refused(4010, () => get({ accountId: "plain" }, { ...auth, applicationPassword: "wrong" }));
    await refused(4010, () => get({ accountId: {} }, {}), missing.credentials);
  });
});
