import { describe, expect, it } from "vitest";
import type * as z from "zod";
import { rules } from "../../lib/accounts/account/properties.ts";
import { descriptionOf, descriptions } from "../../openapi/descriptions.ts";
import { Account, Organization, PortalSettings, Practice, PracticeProfile, User } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { roles } from "../kit/portal.ts";
import { call, expectOk, makePractice, makeUser, type TestPractice } from "../kit/system.ts";
import { makeWorld, toTherapist, type World } from "../kit/worlds.ts";
import { documented, misfit } from "./document.ts";

/** A record in an answer matches the documented body of every operation that writes it, and can be sent back. */

type Json = Record<string, unknown>;

/** The operations whose descriptions say that this record can be sent back to them. */
const writesOf = (record: z.ZodObject) => descriptions.filter(({ acceptsAnswersOf }) => acceptsAnswersOf === record);

/** The records that the tests below send back. */
const tried: readonly z.ZodObject[] = [Practice, User, PortalSettings, Organization, PracticeProfile, Account];

/** Asserts that a value matches the body of every operation that writes such a record. */
function expectToFit(record: z.ZodObject, value: Json, extra: Json = {}): void {
  for (const { id } of writesOf(record)) {
    const schema = documented(id).operation.requestBody?.content["application/json"]?.schema ?? {};
    // A registration needs more properties than an account has in answers, and has no image.
    const { image: _, ...ofRegistration } = value;
    const whole = id === "AccountRegister" ? { ...ofRegistration, ...extra } : value;
    expect([id, misfit(schema, whole)]).toEqual([id, undefined]);
  }
}

/** The properties of an account that callers can write. */
const written = (account: Json) =>
  Object.fromEntries(
    Object.entries(account).filter(
      ([name]) => (rules[name] !== undefined && rules[name].write !== "server") || name.startsWith("c_"),
    ),
  );

describe("a record in an answer matches the documented body, and is the same after it was sent back:", () => {
  const leastPractice = () => makePractice({ name: "Riverside" });
  const wholePractice = () => makeWorld("practice").then(({ practice }) => practice);
  it.each([
    ["with only a name", leastPractice],
    ["with all fields", wholePractice],
  ])("a practice %s", async (_, make) => {
    const auth = await make();
    const get = async () => (await call("PracticeGet", { auth })).json.practice;
    const before = await get();
    expectToFit(Practice, { auth, ...before });
    const { json } = await call("PracticeList", { auth });
    expectToFit(Practice, { auth, ...json.practiceList[0] });
    await expectOk(call("PracticeUpdate", { auth, ...before }));
    expect(await get()).toEqual(before);
  });

  const { auth: _, directAddress: __, ...withoutDirectAddress } = sample.fullUser;
  const userOf = async (making: Promise<TestPractice>, fields: Json): Promise<TestPractice> => {
    const practice = await making;
    await makeUser(practice, fields);
    return practice;
  };
  it.each([
    ["with nothing but a name", () => userOf(leastPractice(), { userId: "user-1" })],
    ["without a Direct address", () => userOf(leastPractice(), withoutDirectAddress)],
    ["with all fields", () => makeWorld("user").then(({ practice }) => practice)],
  ])("a user %s", async (_, make) => {
    const auth = await make();
    const get = async () => (await call("UserGet", { auth, userId: "user-1" })).json.user;
    const before = await get();
    expectToFit(User, { auth, ...before });
    const { json } = await call("UserList", { auth });
    expectToFit(User, { auth, ...json.userList[0] });
    await expectOk(call("UserUpdate", { auth, ...before }));
    expect(await get()).toEqual(before);
  });

  it.each([
    ["by default", {}],
    ["after a change", { twoFactor: true, minPasswordScore: 4, allowedOrigins: ["https://app.example.org:8443"] }],
  ])("a portal's settings %s", async (_, change) => {
    const { practice: auth } = await makeWorld("practice");
    const { portalSettings } = await expectOk(call("PortalSettingsSave", { auth, ...change }));
    expectToFit(PortalSettings, { auth, ...portalSettings });
    const saved = await expectOk(call("PortalSettingsSave", { auth, ...portalSettings }));
    expect(saved.portalSettings).toEqual(portalSettings);
  });

  it.each([
    ["without fields", {}],
    ["with all fields", { name: "Riverside Therapists", therapist_user_id: 42 }],
  ])("an organization %s", async (_, fields) => {
    const { practice } = await makeWorld("practice");
    const path = "/therapist/organizations/";
    const { json } = await toTherapist(practice, "POST", path, fields);
    expectToFit(Organization, json);
    expect((await toTherapist(practice, "POST", path, json)).json).toEqual(json);
    expect((await toTherapist(practice, "GET", path)).json).toEqual([json]);
  });

  const leastProfile = async (): Promise<World> => {
    const world = await makeWorld("practice");
    const { least } = descriptionOf("PracticeProfileSave").examples;
    const body = { ...(least?.body as Json), address: [{}] };
    await toTherapist(world.practice, "POST", "/therapist/practice-profile/", body);
    return world;
  };
  it.each([
    ["with only the required fields", leastProfile],
    ["with all fields", () => makeWorld("profile")],
  ])("a therapist's profile %s", async (_, make) => {
    const { practice } = await make();
    const path = "/therapist/practice-profile/";
    const get = async () => (await toTherapist(practice, "GET", `${path}therapist-1/`)).json;
    const before = await get();
    expectToFit(PracticeProfile, before);
    expect((await toTherapist(practice, "POST", path, before)).json).toEqual({ success: true });
    expect(await get()).toEqual(before);
  });

  it("an account, with the properties that its holder writes", async () => {
    const { client, fill } = await makeWorld("holder");
    const { email } = fill(sample.person);
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
    for (const change of [{}, all, { image: { content: "me.jpg" } }]) {
      await client?.put("accounts/me", change);
      const before = (await client?.get("accounts/me"))?.json;
      expect(before.email).toBe(email);
      expectToFit(Account, written(before), { email, password: sample.password });
      const { state, locked, activationRequired, roles: _, ...own } = written(before);
      const after = (await client?.put("accounts/me", own))?.json;
      expect(written(after)).toEqual(written(before));
    }
  });

  it("an account, with the properties that an administrator reads", async () => {
    const { portal, fill } = await makeWorld("holder");
    await portal?.signedIn([roles.administrator]);
    const { data } = (await portal?.administrator.get("accounts"))?.json ?? {};
    expect(data).toHaveLength(2);
    for (const account of data) {
      const { email } = account;
      expectToFit(Account, written(account), { email, password: sample.password });
      const { locked, roles: theirs } = account;
      const after = (await portal?.administrator.put(`accounts/${account._id}`, { locked, roles: theirs }))?.json;
      expect(written(after)).toEqual(written(account));
    }
    expect(data.map(({ _id }: Json) => _id)).toContain(fill(sample.id));
  });
});

it("every record that can be sent back to an operation is tried", () => {
  const untried = descriptions.filter(({ acceptsAnswersOf }) => acceptsAnswersOf && !tried.includes(acceptsAnswersOf));
  expect(untried.map(({ id }) => id)).toEqual([]);
  for (const record of tried) expect(writesOf(record)).not.toEqual([]);
});
