import { beforeAll, describe, expect, it } from "vitest";
import { call, expectOk, makeVendor, type TestVendor } from "../kit/system.ts";

/**
 * What the source documents say about Account Management and User Management, sentence by sentence, as their reader
 * would try it: ids are in the Application Authentication Header, which is the body's `auth`.
 */
let vendor: TestVendor;
beforeAll(async () => {
  vendor = await makeVendor();
});
/** The Application Authentication Header of a call about an Account, or about one of its Users. */
const header = (accountId: string, userId?: string) => ({ auth: { ...vendor, accountId, ...(userId && { userId }) } });
const practice = async (accountId: string) => (await expectOk(call("PracticeGet", header(accountId)))).practice;
const user = async (accountId: string, userId: string) =>
  (await expectOk(call("UserGet", header(accountId, userId)))).user;
const outcome = async (pending: ReturnType<typeof call>) => {
  const { successful, responseCode, responseMessage } = (await pending).json;
  return { successful, responseCode, responseMessage };
};

describe("Account Management", () => {
  it("requires Vendor-level credentials", async () => {
    const { applicationPassword, ...without } = vendor;
    expect(await outcome(call("PracticeCreate", { auth: { ...without, accountId: "a" }, name: "A" }))).toEqual({
      successful: false,
      responseCode: 4010,
      responseMessage: "Unauthorized",
    });
  });
  it("requires the name field only", async () => {
    await expectOk(call("PracticeCreate", { ...header("name-only"), name: "Ohio Family Practice" }));
    expect((await call("PracticeCreate", header("no-name"))).json).toMatchObject({
      successful: false,
      responseCode: 4060,
      errors: [{ field: "name" }],
    });
  });
  it("makes the accountId passed into the Application Authentication Header the new accountId", async () => {
    await expectOk(call("PracticeCreate", { ...header("from-the-header"), name: "New" }));
    await expectOk(call("PingWithAccountAuth", header("from-the-header")));
    expect((await practice("from-the-header")).accountId).toBe("from-the-header");
  });
  it("fails with 4130: account already exists, if that accountId is already in use", async () => {
    await expectOk(call("PracticeCreate", { ...header("in-use"), name: "First" }));
    expect(await outcome(call("PracticeCreate", { ...header("in-use"), name: "Second" }))).toEqual({
      successful: false,
      responseCode: 4130,
      responseMessage: "account already exists",
    });
    expect((await practice("in-use")).name).toBe("First");
  });
  it("denies an inactive Account authorization with the same failure message as invalid credentials", async () => {
    await expectOk(call("PracticeCreate", { ...header("closing"), name: "Closing" }));
    await expectOk(call("PracticeUpdate", { ...header("closing"), name: "Closing", active: false }));
    const ofInactive = await call("PingWithAccountAuth", header("closing"));
    const ofUnknown = await call("PingWithAccountAuth", header("never-there"));
    expect(ofInactive.json.successful).toBe(false);
    expect(ofInactive.text).toBe(ofUnknown.text);
  });
  it.each(["PracticeUpdate", "PracticeSave"] as const)("allows re-activation of an Account by %s", async (id) => {
    await expectOk(call("PracticeSave", { ...header("reopening"), name: "Closed", active: false }));
    await expectOk(call(id, { ...header("reopening"), name: "Open", active: true }));
    await expectOk(call("PingWithAccountAuth", header("reopening")));
  });
  it("has a default time zone of Zulu", async () => {
    await expectOk(call("PracticeCreate", { ...header("somewhere"), name: "Somewhere" }));
    expect((await practice("somewhere")).timeZone).toBe("Zulu");
  });
  it.each([
    "America/Anchorage",
    "America/Chicago",
    "America/Denver",
    "America/New_York",
    "America/Los_Angeles",
    "America/Phoenix",
    "America/Puerto_Rico",
    "Pacific/Honolulu",
    "Zulu",
  ])("takes the time zone %s", async (timeZone) => {
    await expectOk(call("PracticeSave", { ...header("travelling"), name: "Travelling", timeZone }));
    expect((await practice("travelling")).timeZone).toBe(timeZone);
  });
  it("fails to create a practice whose websiteAddress is in use across all Accounts", async () => {
    const elsewhere = await makeVendor();
    const auth = { ...elsewhere, accountId: "updox" };
    await expectOk(call("PracticeCreate", { auth, name: "Updox", websiteAddress: "updox" }));
    const { successful } = await outcome(
      call("PracticeCreate", { ...header("late"), name: "Late", websiteAddress: "updox" }),
    );
    expect(successful).toBe(false);
    expect((await call("PingWithAccountAuth", header("late"))).json.successful).toBe(false);
  });
  it("clears, by PracticeUpdate, the value of city that is not passed in", async () => {
    await expectOk(call("PracticeCreate", { ...header("moving"), name: "Moving", city: "Columbus" }));
    expect((await practice("moving")).city).toBe("Columbus");
    await expectOk(call("PracticeUpdate", { ...header("moving"), name: "Moving" }));
    expect((await practice("moving")).city).toBe("");
  });
  it("fails to update an Account that does not exist", async () => {
    const missing = call("PracticeUpdate", { ...header("missing"), name: "Missing" });
    expect(await outcome(missing)).toMatchObject({ successful: false, responseCode: 4131 });
    expect((await call("PingWithAccountAuth", header("missing"))).json.successful).toBe(false);
  });
  it("creates by PracticeSave when there is no Account, and otherwise updates as PracticeUpdate does", async () => {
    const first = await expectOk(call("PracticeSave", { ...header("saved"), name: "Saved", city: "Columbus" }));
    expect(first.action).toBe("create");
    const second = await expectOk(call("PracticeSave", { ...header("saved"), name: "Saved Again" }));
    expect(second.action).toBe("update");
    expect(await practice("saved")).toMatchObject({ name: "Saved Again", city: "" });
  });
});

describe("User Management", () => {
  beforeAll(async () => {
    await expectOk(call("PracticeCreate", { ...header("clinic"), name: "Clinic", directDomain: "clinic" }));
  });
  const names = { firstName: "Clara", lastName: "Barton" };

  it("requires account-level credentials", async () => {
    const { responseCode } = await outcome(call("UserCreate", { auth: vendor, userId: "u", ...names }));
    expect(responseCode).toBe(4011);
  });
  it("requires the firstName and lastName fields only", async () => {
    await expectOk(call("UserCreate", { ...header("clinic", "names-only"), ...names }));
    expect((await call("UserCreate", header("clinic", "nameless"))).json).toMatchObject({
      responseCode: 4060,
      errors: [{ field: "firstName" }, { field: "lastName" }],
    });
  });
  it("makes the userId passed into the Application Authentication Header the new userId", async () => {
    await expectOk(call("UserCreate", { ...header("clinic", "from-the-header"), ...names }));
    await expectOk(call("PingWithAuth", header("clinic", "from-the-header")));
    expect((await user("clinic", "from-the-header")).userId).toBe("from-the-header");
  });
  it("fails if that userId is already in use", async () => {
    await expectOk(call("UserCreate", { ...header("clinic", "in-use"), ...names }));
    const again = call("UserCreate", { ...header("clinic", "in-use"), ...names, firstName: "Second" });
    expect(await outcome(again)).toMatchObject({ successful: false, responseCode: 4230 });
    expect((await user("clinic", "in-use")).firstName).toBe("Clara");
  });
  it("denies an inactive User authorization with the same message as invalid credentials", async () => {
    await expectOk(call("UserCreate", { ...header("clinic", "leaving"), ...names, active: false }));
    const ofInactive = await call("PingWithAuth", header("clinic", "leaving"));
    const ofUnknown = await call("PingWithAuth", header("clinic", "never-there"));
    expect(ofInactive.json.successful).toBe(false);
    expect(ofInactive.text).toBe(ofUnknown.text);
  });
  it.each(["UserUpdate", "UserSave"] as const)("allows re-activation of a User by %s", async (id) => {
    await expectOk(call("UserSave", { ...header("clinic", "returning"), ...names, active: false }));
    await expectOk(call(id, { ...header("clinic", "returning"), ...names, active: true }));
    await expectOk(call("PingWithAuth", header("clinic", "returning")));
  });
  it("uses loginId and loginPassword for the Individual Authorization of that User", async () => {
    const login = { loginId: "clara", loginPassword: "Angel-0f-battle" };
    await expectOk(call("UserCreate", { ...header("clinic", "clara"), ...names, ...login }));
    await expectOk(call("PingWithAuth", { auth: login }));
  });
  it("sets the direct address of that User, under the Direct domain of the Account", async () => {
    await expectOk(call("UserCreate", { ...header("clinic", "direct"), ...names, directAddress: "clara" }));
    expect((await user("clinic", "direct")).directAddress).toBe("clara@clinic.direct.example.com");
  });
  it("clears, by UserUpdate, the value of middleName that is not passed in", async () => {
    await expectOk(call("UserCreate", { ...header("clinic", "renaming"), ...names, middleName: "Harlowe" }));
    expect((await user("clinic", "renaming")).middleName).toBe("Harlowe");
    await expectOk(call("UserUpdate", { ...header("clinic", "renaming"), ...names }));
    expect((await user("clinic", "renaming")).middleName).toBe("");
  });
  it("fails to update a User who does not exist", async () => {
    const missing = call("UserUpdate", { ...header("clinic", "missing"), ...names });
    expect(await outcome(missing)).toMatchObject({ successful: false, responseCode: 4231 });
  });
  it("creates by UserSave when there is no User, and otherwise updates as UserUpdate does", async () => {
    const first = await expectOk(call("UserSave", { ...header("clinic", "saved"), ...names, city: "Oxford" }));
    expect(first.action).toBe("create");
    const second = await expectOk(call("UserSave", { ...header("clinic", "saved"), ...names }));
    expect(second.action).toBe("update");
    expect((await user("clinic", "saved")).city).toBe("");
  });
});
