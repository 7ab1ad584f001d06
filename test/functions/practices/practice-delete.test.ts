import { beforeEach, describe, expect, it } from "vitest";
import { reserveNumber } from "../../../lib/table/counter.ts";
import { organizationCounterKey } from "../../../lib/table/keys.ts";
import { freshOrg, openPortal } from "../../kit/portal.ts";
import { type EngineRequest, throughProxy } from "../../kit/proxy.ts";
import { allItems, call, expectOk, makePractice, makeUser, makeVendor, type TestVendor } from "../../kit/system.ts";
import { toTherapist } from "../../kit/worlds.ts";
import { expectSoundClaims } from "./claims.ts";
import { expectRefusal, fullPractice, refused } from "./practices-contract.ts";

let vendor: TestVendor;
let names = 0;
beforeEach(async () => {
  vendor = await makeVendor();
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

describe("records that do not prevent the deletion of a practice", () => {
  // Regression: anybody could request a password reset, and so prevent the deletion of an empty practice.
  it("are password resets of addresses that nobody has, and a number that was reserved for an organization", async () => {
    const org = freshOrg();
    const portal = await openPortal({}, { accountId: org, websiteAddress: org }, vendor);
    await portal.visitor().post("accounts/request-password-reset", { email: "nobody@example.org" });
    await reserveNumber(organizationCounterKey({ ...vendor, accountId: org }));
    await expectOk(call("PracticeUpdate", { auth: vendor, accountId: org, name: "Practice", active: false }));
    await expectOk(remove(org));
    expect((await allItems()).some(({ pk, sk }) => pk.endsWith(`#${org}`) && sk.startsWith("COUNTER"))).toBe(false);
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

describe("4136 account holds records and cannot be deleted", () => {
  const deactivate = (accountId: string, fields: object = {}) =>
    expectOk(call("PracticeUpdate", { auth: vendor, accountId, name: "Practice", ...fields, active: false }));

  it("is answered while there is a user", async () => {
    const { accountId } = await inactive({ active: true });
    await makeUser({ ...vendor, accountId });
    await deactivate(accountId);
    await refused(4136, () => remove(accountId));
  });
  it("is answered while there is an inactive organization", async () => {
    const practice = { ...vendor, accountId: (await inactive({ active: true })).accountId };
    await toTherapist(practice, "POST", "/therapist/organizations/", { name: "One", is_active: false });
    await deactivate(practice.accountId);
    await refused(4136, () => remove(practice.accountId));
  });
  it("is answered while there is a practice profile", async () => {
    const practice = { ...vendor, accountId: (await inactive({ active: true })).accountId };
    const profile = { userId: "t", image: "https://images.example.org/t.png", address: [] };
    await toTherapist(practice, "POST", "/therapist/practice-profile/", profile);
    await deactivate(practice.accountId);
    await refused(4136, () => remove(practice.accountId));
  });
  it("is answered while there is a portal account", async () => {
    const org = freshOrg();
    const portal = await openPortal({}, { accountId: org, websiteAddress: org }, vendor);
    await portal.register();
    await deactivate(org, { websiteAddress: org });
    await refused(4136, () => remove(org));
  });
});

// Regression: the other records were read together with the practice, so a user who was created in between was left behind.
describe("a user who is created while a practice is about to be deleted", () => {
  it("prevents the deletion, also when the practice is deactivated after that", async () => {
    const { accountId } = await inactive({ active: true });
    let isFirst = true;
    const meanwhile = async (request: EngineRequest) => {
      if (request.operation !== "BatchGetItem" || !isFirst) return request.forward();
      isFirst = false;
      await makeUser({ ...vendor, accountId });
      await expectOk(call("PracticeUpdate", { auth: vendor, accountId, name: "Practice", active: false }));
      return request.forward();
    };
    expectRefusal(await throughProxy(meanwhile, () => remove(accountId)), 4136);
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
