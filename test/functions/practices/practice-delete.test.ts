import { beforeEach, describe, expect, it } from "vitest";
import { eraseAll, finishAll } from "../../kit/erasures.ts";
import { freshOrg, newPerson, openPortal, password } from "../../kit/portal.ts";
import { type EngineRequest, throughProxy } from "../../kit/proxy.ts";
import {
  allItems,
  call,
  emptyTable,
  expectOk,
  makePractice,
  makeUser,
  makeVendor,
  type TestPractice,
  type TestVendor,
  withUnusedKey,
} from "../../kit/system.ts";
import { toTherapist } from "../../kit/worlds.ts";
import { expectSoundClaims } from "./claims.ts";
import { expectRefusal, fullPractice, refused } from "./practices-contract.ts";

let vendor: TestVendor;
let names = 0;
beforeEach(async () => {
  await emptyTable();
  vendor = await makeVendor(withUnusedKey);
});
const freshName = () => `deleted-${++names}`;
const remove = (accountId: string, auth: TestVendor = vendor) => call("PracticeDelete", { auth, accountId });
const get = (accountId: string) => call("PracticeGet", { auth: vendor, accountId });

/** An inactive practice with all fields. */
async function inactive(fields: object = {}) {
  const name = freshName();
  const practice = { ...fullPractice(name), accountId: name, active: false, ...fields };
  await makePractice(practice, vendor);
  return practice;
}

/** The items that belong to a practice, without its audit events. */
const itemsOf = async (accountId: string) =>
  (await allItems()).filter((item) => item.accountId === accountId && item.type !== "event");

describe("2000 OK", () => {
  it("answers the envelope, the key and what was done, and nothing else", async () => {
    const { accountId } = await inactive();
    const { status, json } = await remove(accountId);
    expect(status).toBe(200);
    expect(json).toEqual({
      successful: true,
      responseMessage: "OK",
      responseCode: 2000,
      accountId,
      action: "delete",
    });
  });
  it("leaves nothing of the practice but its audit events", async () => {
    const practice = await inactive({ active: true });
    const { accountId } = practice;
    await expectOk(call("PortalSettingsSave", { auth: { ...vendor, accountId }, lockMinutes: 30 }));
    await expectOk(call("PracticeUpdate", { auth: vendor, ...practice, active: false }));
    await expectOk(remove(accountId));
    await eraseAll();
    await finishAll();
    expectRefusal(await get(accountId), 4131);
    expect((await expectOk(call("PracticeList", { auth: vendor }))).practiceList).not.toContainEqual(
      expect.objectContaining({ accountId }),
    );
    expect(await itemsOf(accountId)).toEqual([]);
    const events = (await allItems()).filter(
      ({ pk, type }) => type === "event" && pk === `PRACTICE#${vendor.applicationId}#${accountId}`,
    );
    expect(events.map(({ what }) => what)).toEqual(expect.arrayContaining(["practice.created", "practice.deleted"]));
    await expectSoundClaims();
  });
  it("lets the key be used again, by a practice that has nothing of the deleted one", async () => {
    const { accountId } = await inactive();
    await expectOk(remove(accountId));
    await makePractice({ accountId, name: "Another" }, vendor);
    const { practice } = await expectOk(get(accountId));
    expect(practice).toMatchObject({ name: "Another", city: "", websiteAddress: "", directDomain: "", active: true });
  });
  it("releases its names: for the same vendor at once, for others after 90 days", async () => {
    const practice = await inactive();
    const { websiteAddress, directDomain } = practice;
    await expectOk(remove(practice.accountId));
    const other = await makeVendor();
    const create = (auth: TestVendor, fields: object, now = new Date()) =>
      call("PracticeCreate", { auth, accountId: freshName(), name: "Practice", ...fields }, { now });
    const later = (days: number) => new Date(Date.now() + days * 86_400_000);
    await refused(4140, () => create(other, { websiteAddress }, later(89)));
    await refused(4150, () => create(other, { directDomain }, later(89)));
    await expectOk(create(vendor, { websiteAddress }));
    await expectOk(create(other, { directDomain }, later(91)));
    await expectSoundClaims();
  });
});

/** A practice with a portal, a user who can sign in, their profile, two organizations, and a registered person. */
async function populated() {
  const org = freshOrg();
  const portal = await openPortal({}, { accountId: org, websiteAddress: org, directDomain: org }, vendor);
  const auth = portal.practice;
  const login = { loginId: `login-of-${org}`, loginPassword: "Stethoscope1" };
  const user = { userId: "user-1", admin: true, directAddress: "ada", ...login };
  await makeUser(auth, user);
  await addOrganization(auth);
  await addOrganization(auth);
  // Two pictures: what one transaction erases must not lead to one item twice.
  for (const userId of ["user-1", "user-2"]) {
    const profile = { userId, image: "https://images.example.org/t.png", address: [] };
    await toTherapist(auth, "POST", "/therapist/practice-profile/", profile);
  }
  const person = newPerson();
  const holder = await portal.register(person);
  return { org, auth, portal, login, user, person, holder };
}

const addOrganization = async (auth: TestPractice) =>
  (await toTherapist(auth, "POST", "/therapist/organizations/", { name: "One", therapist_user_id: 1 })).json;

const deactivate = (accountId: string, fields: object = {}) =>
  expectOk(call("PracticeUpdate", { auth: vendor, accountId, name: "Practice", ...fields, active: false }));

describe("a practice that holds everything", () => {
  it("is found by nobody from the answer on, and neither is anything in it", async () => {
    const { org, auth, portal, login, holder, person } = await populated();
    await deactivate(org, { websiteAddress: org });
    await expectOk(remove(org));
    const users = async (fields: object = {}) =>
      (await expectOk(call("UserList", { auth: vendor, ...fields }))).userList;
    expect(await users()).toEqual([]);
    expect(await users({ limit: 1 })).toEqual([]);
    await refused(4131, () => call("UserList", { auth: vendor, accountId: org }));
    await refused(4011, () => call("UserGet", { auth, userId: "user-1" }));
    expectRefusal(await call("PingWithAuth", { auth: login }), 4010);
    expect((await holder.get("accounts/me")).json.code).toBe("kAccessDenied");
    expect((await portal.administrator.get("accounts")).json.code).toBe("kAccessDenied");
    const { email } = person;
    expect((await portal.visitor().post("accounts/login", { email, password })).json.code).toBe("kAccessDenied");
    expect((await portal.visitor().get("")).json.code).toBe("kNotFound");
  });

  it("leaves nothing but its audit events when the workers are done", async () => {
    const { org, person, login } = await populated();
    await deactivate(org, { websiteAddress: org });
    await expectOk(remove(org));
    expect(await eraseAll()).toEqual({ batchItemFailures: [] });
    expect(await finishAll()).toBe(1);
    const left = (await allItems()).filter((item) => {
      const text = JSON.stringify(item);
      return [org, String(person.email), login.loginId].some((name) => text.includes(name));
    });
    // A released name stays reserved for its vendor, and it is noted that the key was used.
    const types = left.map(({ type }) => type).filter((type) => type !== "event");
    expect(types.toSorted()).toEqual(["deletedPractice", "freedName", "freedName"]);
    expect(left.filter(({ type }) => type === "event").length).toBeGreaterThan(5);
    await expectSoundClaims();
  });

  it("can be created again at once, and begins empty: with the same user, e-mail address, and ids from 1", async () => {
    const { org, auth, portal, user, person, holder } = await populated();
    await deactivate(org, { websiteAddress: org });
    await expectOk(remove(org));
    await makePractice({ accountId: org, name: "Again", websiteAddress: org, directDomain: org }, vendor);
    const users = async (fields: object = {}) =>
      (await expectOk(call("UserList", { auth: vendor, ...fields }))).userList;
    expect([await users(), await users({ accountId: org })]).toEqual([[], []]);
    await refused(4231, () => call("UserGet", { auth, userId: "user-1" }));
    expect((await toTherapist(auth, "GET", "/therapist/organizations/")).status).toBe(204);
    expect((await toTherapist(auth, "GET", "/therapist/practice-profile/user-1/")).status).toBe(404);
    expect((await holder.get("accounts/me")).json.code).toBe("kNotLoggedIn");
    expect((await portal.administrator.get("accounts")).json.data).toEqual([]);
    // The login is free when the worker is done.
    await makeUser(auth, { ...user, loginId: "", loginPassword: "" });
    expect(await addOrganization(auth)).toMatchObject({ id: 1 });
    const again = await portal.register({ ...person, email: holder.email });
    await eraseAll();
    await expectOk(call("UserSave", { auth, firstName: "A", lastName: "B", ...user }));
    await finishAll();
    expect((await users()).map(({ loginId }: { loginId: string }) => loginId)).toEqual([user.loginId]);
    expect((await again.get("accounts/me")).status).toBe(200);
    expect((await portal.administrator.get("accounts")).json.data).toHaveLength(1);
    expect((await toTherapist(auth, "GET", "/therapist/organizations/")).json).toHaveLength(1);
    await expectOk(call("PingWithAuth", { auth: { loginId: user.loginId, loginPassword: user.loginPassword } }));
    await expectSoundClaims();
  });

  it("can be deleted and created again any number of times, also before the workers are done", async () => {
    const { org, auth } = await populated();
    for (let time = 0; time < 3; time++) {
      await deactivate(org);
      await expectOk(remove(org));
      await makePractice({ accountId: org }, vendor);
      expect(await addOrganization(auth)).toMatchObject({ id: 1 });
      await makeUser(auth, { userId: `user-${time}` });
      const { userList } = await expectOk(call("UserList", { auth: vendor }));
      expect(userList.map(({ userId }: { userId: string }) => userId)).toEqual([`user-${time}`]);
    }
    await eraseAll();
    expect(await finishAll()).toBe(3);
    expect((await allItems()).filter(({ type }) => type === "user")).toHaveLength(1);
    expect((await allItems()).filter(({ type }) => type === "organization")).toHaveLength(1);
  });
});

describe("calls at the moment of a deletion", () => {
  const codeOf = ({ json }: { json: { responseCode: number } }) => json.responseCode;

  it("never create a practice that the deletion takes away, nor bring the old one back", async () => {
    for (let round = 0; round < 10; round++) {
      const { accountId } = await inactive();
      const fields = { auth: vendor, accountId, name: "New" };
      const answers = await Promise.all([
        remove(accountId),
        call("PracticeCreate", fields),
        call("PracticeSave", fields),
        call("PracticeUpdate", fields),
      ]);
      const [deleted, created, saved, updated] = answers.map(codeOf);
      expect(deleted).toBe(2000);
      expect([2000, 4130]).toContain(created);
      expect(saved).toBe(2000);
      expect([2000, 4131]).toContain(updated);
      // The save was carried out before the deletion, on the old practice, or left one behind.
      const { json } = await get(accountId);
      const practices = (await allItems()).filter(
        ({ type, sk }) => type === "practice" && sk === `PRACTICE#${accountId}`,
      );
      expect(practices).toHaveLength(json.responseCode === 2000 ? 1 : 0);
      if (created === 2000 || updated === 2000) expect(json.practice?.name ?? "New").toBe("New");
    }
    await expectSoundClaims();
  });

  // Regression: the new record had the version of the old one, so that a write which was built from the old one was carried out.
  it.each(["PracticeUpdate", "PracticeDelete"] as const)(
    "never take the new practice for the old one: %s",
    async (id) => {
      const { accountId } = await inactive();
      const auth = { ...vendor, accountId };
      let isFirst = true;
      const meanwhile = async (request: EngineRequest) => {
        if (isFirst && request.operation === "TransactWriteItems") {
          isFirst = false;
          await expectOk(remove(accountId));
          await makePractice({ accountId, name: "New", active: true }, vendor);
          await makeUser(auth);
        }
        return request.forward();
      };
      const answer = await throughProxy(meanwhile, () => call(id, { auth: vendor, accountId, name: "Changed" }));
      expect(codeOf(answer)).toBe(id === "PracticeUpdate" ? 2000 : 4135);
      await eraseAll();
      await finishAll();
      expect((await expectOk(get(accountId))).practice.name).toBe(id === "PracticeUpdate" ? "Changed" : "New");
      expect((await expectOk(call("UserList", { auth: vendor, accountId }))).userList).toHaveLength(1);
      await expectSoundClaims();
    },
  );

  it("leave no user of the deleted practice, who was created too late", async () => {
    for (let round = 0; round < 5; round++) {
      const { accountId } = await inactive({ active: true });
      const auth = { ...vendor, accountId };
      await Promise.all([
        ...["a", "b", "c"].map((userId) =>
          call("UserCreate", {
            auth,
            userId,
            firstName: "A",
            lastName: "B",
            loginId: `${accountId}-${userId}`,
            loginPassword: "Stethoscope1",
          }),
        ),
        deactivate(accountId).then(() => remove(accountId)),
      ]);
      await eraseAll();
      await finishAll();
      expect(await itemsOf(accountId)).toEqual([]);
    }
    await expectSoundClaims();
  });
});

describe("4131 account does not exist", () => {
  it("is answered to an unknown practice, to one of another vendor, and to one that was deleted before", async () => {
    const { accountId } = await inactive();
    await refused(4131, () => remove("unknown"));
    const other = await makeVendor();
    await refused(4131, () => remove(accountId, other));
    await expectOk(remove(accountId));
    await refused(4131, () => remove(accountId));
  });
});

describe("4135 account must be inactive to be deleted", () => {
  it("is answered to an active practice, and nothing changes", async () => {
    const { accountId } = await inactive({ active: true });
    await refused(4135, () => remove(accountId));
    await expectOk(get(accountId));
  });
});

describe("fifty deletions of one practice at once", () => {
  it("delete it once; the others are answered 4131", async () => {
    const { accountId } = await inactive();
    const answers = await Promise.all(Array.from({ length: 50 }, () => remove(accountId)));
    const codes = answers.map(({ json }) => json.responseCode).toSorted();
    expect(codes).toEqual([2000, ...Array(49).fill(4131)].toSorted());
    const deletions = (await allItems()).filter(
      ({ pk, what }) => what === "practice.deleted" && pk.endsWith(`#${accountId}`),
    );
    expect(deletions).toHaveLength(1);
  });
  it("never delete a practice that is activated at the same time, and never lose that activation", async () => {
    for (let round = 0; round < 10; round++) {
      const { accountId } = await inactive();
      const [deleted, activated] = await Promise.all([
        remove(accountId),
        call("PracticeUpdate", { auth: vendor, accountId, name: "Practice", active: true }),
      ]);
      expect([
        [2000, 4131],
        [4135, 2000],
      ]).toContainEqual([deleted.json.responseCode, activated.json.responseCode]);
    }
  });
});
