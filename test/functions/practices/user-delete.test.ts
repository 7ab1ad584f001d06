import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EngineRequest, engineError, hangUp, throughProxy } from "../../kit/proxy.ts";
import { allItems, call, expectOk, makePractice, makeUser, makeVendor, type TestPractice } from "../../kit/system.ts";
import { toTherapist } from "../../kit/worlds.ts";
import { expectSoundClaims } from "./claims.ts";
import { named } from "./field-suites.ts";
import { freshKey } from "./practice-suites.ts";
import { expectRefusal, fullUser, password, refused } from "./practices-contract.ts";
import { practiceWithDomain } from "./user-suites.ts";

let auth: TestPractice;
beforeAll(async () => {
  auth = await practiceWithDomain();
});
// After all tests of this file, refused deletions included, claims and records still match.
afterAll(expectSoundClaims);

const remove = (userId: string, credentials: object = auth) => call("UserDelete", { auth: credentials, userId });
const get = (userId: string) => call("UserGet", { auth, userId });

/** A user with all fields. */
async function made(fields: object = {}) {
  const userId = freshKey();
  const user = { ...fullUser(userId), userId, ...fields };
  await makeUser(auth, user);
  return user;
}
/** A login of the practice. */
async function login(fields: object) {
  const userId = freshKey();
  const credentials = { loginId: `login-${userId}`, loginPassword: password };
  await makeUser(auth, { userId, ...credentials, ...fields });
  return { userId, credentials };
}
const itemsOf = async (userId: string) =>
  (await allItems()).filter((item) => item.type !== "event" && JSON.stringify(item).includes(JSON.stringify(userId)));

describe("2000 OK", () => {
  it("answers the keys and what was done, and nothing else", async () => {
    const { userId } = await made();
    const { status, json } = await remove(userId);
    expect(status).toBe(200);
    expect(json).toEqual({
      successful: true,
      responseMessage: "OK",
      responseCode: 2000,
      accountId: auth.accountId,
      userId,
      action: "delete",
    });
  });
  it.each([[true], [false]])(
    "deletes a user with active: %s, their claims and their profile, but no event",
    async (active) => {
      const { userId, loginId } = await made({ active });
      const profile = { userId, image: "https://images.example.org/t.png", address: [] };
      expect((await toTherapist(auth, "POST", "/therapist/practice-profile/", profile)).status).toBe(200);
      await expectOk(remove(userId));
      expectRefusal(await get(userId), 4231);
      expect((await toTherapist(auth, "GET", `/therapist/practice-profile/${userId}/`)).status).toBe(404);
      expectRefusal(await call("PingWithAuth", { auth: { loginId, loginPassword: password } }), 4010);
      for (const filter of [{}, { accountId: auth.accountId }]) {
        const { userList } = await expectOk(call("UserList", { auth, ...filter }));
        expect(userList.map((user: { userId: string }) => user.userId)).not.toContain(userId);
      }
      expect(await itemsOf(userId)).toEqual([]);
      const events = (await allItems()).filter(
        ({ type, record }) => type === "event" && (record as { userId?: string }).userId === userId,
      );
      expect(events.map(({ what }) => what).toSorted()).toEqual([
        "practiceProfile.saved",
        "user.created",
        "user.deleted",
      ]);
    },
  );
  it("leaves profiles and users of other keys, also of those that begin the same", async () => {
    const { userId } = await made();
    const others = [`${userId}#`, `${userId}1`];
    for (const other of others) {
      await makeUser(auth, { userId: other });
      const profile = { userId: other, image: "https://images.example.org/t.png", address: [] };
      await toTherapist(auth, "POST", "/therapist/practice-profile/", profile);
    }
    await expectOk(remove(userId));
    for (const other of others) {
      await expectOk(get(other));
      const path = `/therapist/practice-profile/${encodeURIComponent(other)}/`;
      expect((await toTherapist(auth, "GET", path)).status).toBe(200);
    }
  });
  it("frees the key, the login and the Direct address at once", async () => {
    const user = await made();
    await expectOk(remove(user.userId));
    await makeUser(auth, { ...user, userId: freshKey() });
    await makeUser(auth, { userId: user.userId, firstName: "Another" });
    expect((await expectOk(get(user.userId))).user).toMatchObject({ firstName: "Another", loginId: "", city: "" });
  });
  it("is possible for an individual who administers the practice, also for themselves; then their login is gone", async () => {
    const { userId } = await made();
    const administrator = await login({ admin: true });
    await expectOk(remove(userId, administrator.credentials));
    await expectOk(remove(administrator.userId, administrator.credentials));
    expectRefusal(await remove(userId, administrator.credentials), 4010);
    expect(await itemsOf(administrator.userId)).toEqual([]);
  });
});

describe(named(4231), () => {
  it("is answered to an unknown user, to one of another practice, and to one that was deleted before", async () => {
    const { userId } = await made();
    const other = await makePractice({ accountId: freshKey() }, auth);
    await refused(4231, () => remove("unknown"));
    await refused(4231, () => remove(userId, other));
    await expectOk(remove(userId));
    await refused(4231, () => remove(userId));
  });
});

describe("credentials", () => {
  it("of another vendor, a wrong secret, and an individual who administers nothing delete nobody", async () => {
    const { userId } = await made();
    const [other, member] = [await makeVendor(), await login({ admin: false })];
    await refused(4011, () => remove(userId, { ...other, accountId: auth.accountId }));
    await refused(4010, () => remove(userId, { ...auth, applicationPassword: "wrong" }));
    expectRefusal(await remove(userId, member.credentials), 4010);
    await expectOk(get(userId));
  });
});

describe("at the same time", () => {
  const codeOf = ({ json }: { json: { responseCode: number } }) => json.responseCode;

  it("fifty deletions of one user delete them once; the others are answered 4231", async () => {
    const { userId } = await made();
    const codes = (await Promise.all(Array.from({ length: 50 }, () => remove(userId)))).map(codeOf);
    expect(codes.toSorted()).toEqual([2000, ...Array(49).fill(4231)]);
    const events = (await allItems()).filter(
      ({ what, record }) => what === "user.deleted" && (record as { userId?: string }).userId === userId,
    );
    expect(events).toHaveLength(1);
  });
  it("a deletion, an update, a save and a create of one user leave one user or none, with the claims that they have", async () => {
    for (let round = 0; round < 10; round++) {
      const { userId, ...fields } = await made();
      const write = (id: "UserUpdate" | "UserSave" | "UserCreate") =>
        call(id, { auth, userId, ...fields, directAddress: `${id}-${userId}`.toLowerCase() });
      const answers = [remove(userId), write("UserUpdate"), write("UserSave"), write("UserCreate")];
      const [deleted, updated, saved, created] = (await Promise.all(answers)).map(codeOf);
      expect(deleted).toBe(2000);
      expect([2000, 4231]).toContain(updated);
      expect(saved).toBe(2000);
      expect([2000, 4230]).toContain(created);
    }
    await expectSoundClaims();
  });
  it("two administrators who delete each other: one is left", async () => {
    for (let round = 0; round < 5; round++) {
      const [one, other] = [await login({ admin: true }), await login({ admin: true })];
      const codes = (
        await Promise.all([remove(other.userId, one.credentials), remove(one.userId, other.credentials)])
      ).map(codeOf);
      expect(codes.toSorted()).toEqual([2000, 4010]);
    }
  });
});

describe("when the table is in trouble", () => {
  it("a user is deleted once, and answered so, although answers are lost and requests throttled", async () => {
    const { userId } = await made();
    let requests = 0;
    const troubled = async ({ operation, forward }: EngineRequest) => {
      requests += 1;
      if (requests % 2 === 0) return engineError("ThrottlingException");
      const answer = await forward();
      return operation === "TransactWriteItems" && requests < 6 ? hangUp : answer;
    };
    expect((await throughProxy(troubled, () => remove(userId))).json.responseCode).toBe(2000);
    expectRefusal(await get(userId), 4231);
    expect(await itemsOf(userId)).toEqual([]);
  });
});
