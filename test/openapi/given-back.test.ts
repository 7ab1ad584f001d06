import { beforeEach, describe, expect, it } from "vitest";
import { rules } from "../../lib/accounts/account/properties.ts";
import { documentedRows } from "../../openapi/handlers.ts";
import { roles } from "../kit/portal.ts";
import { call, expectOk } from "../kit/system.ts";
import { documented, misfit } from "./document.ts";
import { bodyOf, emptyTable, holder, practice, profile, toTherapist, user } from "./givens.ts";
import type { Id } from "./scenarios.ts";

/** What is answered of a record fits what the document says of a body that writes it, and can be sent back. */

type Json = Record<string, unknown>;
const vendor = { applicationId: "demo", applicationPassword: "demo-application-password" };
const inPractice = { ...vendor, accountId: "practice-1" };
const allFields = {
  ...{ firstName: "Ada", lastName: "Mills", middleName: "B", loginId: "ada", loginPassword: "Stethoscope1" },
  ...{ address1: "2 Elm Street", city: "Columbus", state: "OH", postal: "43004", timeZone: "America/New_York" },
};

/** Asserts that a value fits the body of every operation that writes such a record. */
function expectToFit(ids: readonly Id[], value: Json): void {
  for (const id of ids) {
    const schema = documented(id).operation.requestBody?.content["application/json"]?.schema ?? {};
    expect([id, misfit(schema, value)]).toEqual([id, undefined]);
  }
}

const practiceWrites = ["PracticeCreate", "PracticeUpdate", "PracticeSave"] as const;
const userWrites = ["UserCreate", "UserUpdate", "UserSave"] as const;
const written = (account: Json) =>
  Object.fromEntries(
    Object.entries(account).filter(
      ([name]) => (rules[name] !== undefined && rules[name].write !== "server") || name.startsWith("c_"),
    ),
  );

beforeEach(emptyTable);

describe("what is answered fits what is taken", () => {
  const leastPractice = () =>
    expectOk(call("PracticeCreate", { auth: vendor, accountId: "practice-1", name: "Riverside" }));
  it.each([
    ["with nothing but a name", leastPractice],
    ["with all fields", () => practice()],
  ])("of a practice %s, which is the same afterwards", async (_, make) => {
    await make();
    const get = async () => (await call("PracticeGet", { auth: inPractice })).json.practice;
    const before = await get();
    expectToFit(practiceWrites, { auth: inPractice, ...before });
    const { json } = await call("PracticeList", { auth: vendor });
    expectToFit(practiceWrites, { auth: inPractice, ...json.practiceList[0] });
    await expectOk(call("PracticeUpdate", { auth: inPractice, ...before }));
    expect(await get()).toEqual(before);
  });

  const leastUser = () =>
    leastPractice().then(() =>
      call("UserCreate", { auth: inPractice, userId: "user-1", firstName: "A", lastName: "M" }),
    );
  const withoutDirectDomain = () =>
    leastPractice().then(() => call("UserCreate", { auth: inPractice, userId: "user-1", ...allFields }));
  it.each([
    ["with nothing but a name", leastUser],
    ["without a Direct address", withoutDirectDomain],
    ["with all fields", () => user()],
  ])("of a user %s, who is the same afterwards", async (_, make) => {
    await make();
    const get = async () => (await call("UserGet", { auth: inPractice, userId: "user-1" })).json.user;
    const before = await get();
    expectToFit(userWrites, { auth: inPractice, ...before });
    const { json } = await call("UserList", { auth: vendor });
    expectToFit(userWrites, { auth: inPractice, ...json.userList[0] });
    await expectOk(call("UserUpdate", { auth: inPractice, ...before }));
    expect(await get()).toEqual(before);
  });

  it.each([
    ["by default", {}],
    ["after a change", { twoFactor: true, minPasswordScore: 4, allowedOrigins: ["https://app.example.org:8443"] }],
  ])("of a portal's settings %s, which are the same afterwards", async (_, change) => {
    await practice();
    const { portalSettings } = await expectOk(call("PortalSettingsSave", { auth: inPractice, ...change }));
    expectToFit(["PortalSettingsSave"], { auth: inPractice, ...portalSettings });
    const saved = await expectOk(call("PortalSettingsSave", { auth: inPractice, ...portalSettings }));
    expect(saved.portalSettings).toEqual(portalSettings);
  });

  it.each([
    ["without anything", {}],
    ["with all fields", { name: "Riverside Therapists", therapist_user_id: 42 }],
  ])("of an organization %s, which is the same afterwards", async (_, fields) => {
    await practice();
    const { json } = await toTherapist("POST", "/therapist/organizations/", fields);
    expectToFit(["OrganizationSave"], json);
    expect((await toTherapist("POST", "/therapist/organizations/", json)).json).toEqual(json);
    expect((await toTherapist("GET", "/therapist/organizations/")).json).toEqual([json]);
  });

  const leastProfile = async () => {
    await practice();
    const body = { ...bodyOf("PracticeProfileSave", "least"), address: [{}] };
    await toTherapist("POST", "/therapist/practice-profile/", body);
  };
  it.each([
    ["with no more than is required", leastProfile],
    ["with all fields", () => profile()],
  ])("of a therapist's profile %s, which is the same afterwards", async (_, make) => {
    await make();
    const get = async () => (await toTherapist("GET", "/therapist/practice-profile/therapist-1/")).json;
    const before = await get();
    expectToFit(["PracticeProfileSave"], before);
    expect((await toTherapist("POST", "/therapist/practice-profile/", before)).json).toEqual({ success: true });
    expect(await get()).toEqual(before);
  });

  it("of an account, as far as its holder writes it, which is the same afterwards", async () => {
    const { client } = await holder();
    const all = {
      favorite: true,
      name: { first: "Charles", last: "Best", prefix: "Dr.", additional: ["H."] },
      locale: "en_CA",
      preferences: {
        notifications: [{ label: "News", name: "news", endpoints: [{ enabled: true, label: "M", name: "m" }] }],
      },
      profile: { provider: { affiliation: "General", license: { number: "7", state: "OH" }, npi: "1234567893" } },
      c_shoe_size: 43,
    };
    for (const change of [{}, all]) {
      const { json: before } = await client.put("accounts/me", change);
      expectToFit(["AccountPut"], written(before));
      expectToFit(["AccountRegister"], { ...written(before), email: before.email, password: client.password });
      const { state, locked, activationRequired, roles: _, ...own } = written(before);
      const { json: after } = await client.put("accounts/me", own);
      expect(written(after)).toEqual(written(before));
    }
  });

  it("of an account, as far as an administrator sees it", async () => {
    const { portal, client } = await holder();
    await portal.signedIn([roles.administrator]);
    const { json } = await portal.administrator.get("accounts");
    expect(json.data).toHaveLength(2);
    for (const account of json.data) {
      expectToFit(["AccountPut"], written(account));
      const { locked, roles: theirs } = account;
      const { json: after } = await portal.administrator.put(`accounts/${account._id}`, { locked, roles: theirs });
      expect(written(after)).toEqual(written(account));
    }
    expect(json.data.map(({ _id }: Json) => _id)).toContain(client.id);
  });
});

it("every operation that writes what another answers is tried", () => {
  const wanted = documentedRows.filter(({ id }) => /(Create|Register|Update|Save|Put)$/.test(id)).map(({ id }) => id);
  const tried = [...practiceWrites, ...userWrites, "PortalSettingsSave", "OrganizationSave", "PracticeProfileSave"];
  expect([...tried, "AccountPut", "AccountRegister"].sort()).toEqual(wanted.sort());
});
