import { beforeEach, describe, expect, it } from "vitest";
import { freshOrg, makeClientKey, openPortal } from "../../kit/portal.ts";
import {
  allItems,
  call,
  expectOk,
  type Item,
  makePractice,
  makeVendor,
  send,
  type TestPractice,
  type TestVendor,
} from "../../kit/system.ts";
import { expectSoundClaims } from "./claims.ts";
import { refusal, refused } from "./practices-contract.ts";

// Regression: a released name went to the first vendor that asked, who then got its mail and its visitors.

const keptMs = 90 * 86_400_000;
/** When a test releases its names. It is the current time, because the engine may delete items that expired long ago. */
let freedAt: Date;
const msAfter = (ms: number) => ({ now: new Date(freedAt.getTime() + ms) });
const [atOnce, lastMoment, over] = [msAfter.bind(null, 0), msAfter.bind(null, keptMs - 1), msAfter.bind(null, keptMs)];

let names = 0;
const freshName = () => `freed-${++names}`;
const name = "Practice";
const writes = ["PracticeCreate", "PracticeUpdate", "PracticeSave"] as const;
const changes = ["PracticeUpdate", "PracticeSave"] as const;

/** A practice that can request a name by one of the writes. */
async function contender(id: (typeof writes)[number], vendor: TestVendor) {
  const accountId = freshName();
  if (id === "PracticeUpdate") await makePractice({ accountId }, vendor);
  return (fields: object, when: { now: Date }) => call(id, { auth: vendor, accountId, name, ...fields }, when);
}

describe.each([
  { field: "websiteAddress", code: 4140, partition: "WEBADDRESS" },
  { field: "directDomain", code: 4150, partition: "DIRECTDOMAIN" },
] as const)("a released $field", ({ field, code, partition }) => {
  let owner: TestPractice;
  let value: string;
  const fields = () => ({ [field]: value });
  const claim = async () => (await allItems()).find(({ pk }) => pk === `${partition}#${value}`) as Item;
  const giveUp = (id: (typeof changes)[number] = "PracticeUpdate", to: object = {}, when = atOnce()) =>
    expectOk(call(id, { auth: owner, name, ...to }, when));

  beforeEach(async () => {
    freedAt = new Date();
    value = freshName();
    owner = await makePractice({ accountId: freshName(), ...fields() });
  });

  describe.each(changes)("by %s", (id) => {
    it.each(["cleared", "changed"])("can be taken back at once by its own practice: %s", async (how) => {
      await giveUp(id, how === "changed" ? { [field]: freshName() } : {});
      await expectOk(call(id, { auth: owner, name, ...fields() }, atOnce()));
      await refused(code, async () => (await contender("PracticeCreate", owner))(fields(), over()));
      await expectSoundClaims();
    });
    it.each(writes)("can be taken at once by a practice of the same vendor: %s", async (taking) => {
      await giveUp(id);
      const ask = await contender(taking, owner);
      await expectOk(ask(fields(), atOnce()));
      expect(await claim()).toEqual(
        expect.objectContaining({ type: "claim", applicationId: owner.applicationId, accountId: expect.any(String) }),
      );
      for (const left of ["freedBy", "freedAt", "endsAt", "expiresAt"]) expect(await claim()).not.toHaveProperty(left);
      await expectSoundClaims();
    });
    it.each(writes)(`is refused to another vendor until the last millisecond of 90 days: %s`, async (taking) => {
      await giveUp(id);
      const ask = await contender(taking, await makeVendor());
      for (const when of [atOnce(), msAfter(86_400_000), lastMoment()]) await refused(code, () => ask(fields(), when));
      await expectOk(ask(fields(), over()));
      expect(await claim()).not.toHaveProperty("expiresAt");
      await expectSoundClaims();
    });
  });

  it("is reserved by time, not by the item's presence: the item expires a day after the reservation ends", async () => {
    await giveUp();
    const { freedBy, freedAt: at, endsAt, expiresAt, ...rest } = await claim();
    expect([freedBy, at, endsAt]).toEqual([owner.applicationId, freedAt.getTime(), freedAt.getTime() + keptMs]);
    expect(Number(expiresAt) * 1000).toBeGreaterThanOrEqual(Number(endsAt) + 86_400_000);
    expect(rest).toEqual({ pk: `${partition}#${value}`, sk: "CLAIM", type: "freedName" });
  });
  it("is reserved for its last owner, from the time of the release", async () => {
    await giveUp();
    const second = await makePractice({ accountId: freshName() }, await makeVendor());
    await expectOk(call("PracticeUpdate", { auth: second, name, ...fields() }, over()));
    await expectOk(call("PracticeUpdate", { auth: second, name }, over()));
    await refused(code, () => call("PracticeUpdate", { auth: owner, name, ...fields() }, msAfter(2 * keptMs - 1)));
    await expectOk(call("PracticeUpdate", { auth: owner, name, ...fields() }, msAfter(2 * keptMs)));
  });
  it("stays taken when the change that would release it is refused", async () => {
    const taken = freshName();
    await makePractice({ accountId: freshName(), [field]: taken }, owner);
    await refused(code, () => call("PracticeUpdate", { auth: owner, name, [field]: taken }, atOnce()));
    expect(await claim()).toMatchObject({ type: "claim", accountId: owner.accountId });
    const ask = await contender("PracticeCreate", owner);
    await refused(code, () => ask(fields(), over()));
  });
  it("goes to exactly one of 20 practices of the same vendor that want it at once", async () => {
    await giveUp();
    const asks = await Promise.all(
      Array.from({ length: 20 }, (_, at) => contender(writes[at % 3] ?? writes[0], owner)),
    );
    const answers = await Promise.all(asks.map((ask) => ask(fields(), atOnce())));
    const lost = answers.filter(({ json }) => json.responseCode !== 2000);
    expect(lost.map(({ json }) => json)).toEqual(Array.from({ length: 19 }, () => refusal(code)));
    await expectSoundClaims();
  });
  it("goes to exactly one of 20 vendors that want it at once when the 90 days are over, and to none of them before", async () => {
    await giveUp();
    const vendors = await Promise.all(Array.from({ length: 20 }, () => makeVendor()));
    const asks = await Promise.all(vendors.map((vendor, at) => contender(writes[at % 3] ?? writes[0], vendor)));
    const codes = async (when: { now: Date }) =>
      (await Promise.all(asks.map((ask) => ask(fields(), when)))).map(({ json }) => json.responseCode).sort();
    expect(await codes(lastMoment())).toEqual(asks.map(() => code));
    expect(await codes(over())).toEqual([2000, ...asks.slice(1).map(() => code)]);
    await expectSoundClaims();
  });
  it("has one owner or none when it is released and wanted at the same time", async () => {
    for (let round = 0; round < 10; round++) {
      const ask = await contender("PracticeCreate", owner);
      const [freed, wanted] = await Promise.all([giveUp(), ask(fields(), atOnce())]);
      expect(freed.responseCode).toBe(2000);
      expect([2000, code]).toContain(wanted.json.responseCode);
      await expectSoundClaims();
      value = freshName();
      await expectOk(call("PracticeUpdate", { auth: owner, name, ...fields() }));
    }
  });
});

describe("a released web address", () => {
  it("opens no portal: the answers are the same as for an address that never existed", async () => {
    const portal = await openPortal({ allowedOrigins: ["https://app.example.com"] });
    await expectOk(call("PracticeUpdate", { auth: portal.practice, name }));
    const { clientKey, practice } = portal;
    const basic = `${practice.applicationId}:${practice.applicationPassword}`;
    const credentials = [
      { "medable-client-key": clientKey },
      { authorization: `Basic ${Buffer.from(basic).toString("base64")}`, "x-account-id": practice.accountId },
    ];
    const origin = "https://app.example.com";
    for (const headers of [...credentials, {}]) {
      const answers = [portal.org, freshOrg()].map(async (org) => [
        await send("GET", `/${org}/v2/accounts/status`, { headers: { origin, ...headers } as never }),
        await send("POST", `/${org}/v2/accounts/login`, { headers: { origin, ...headers } as never, body: {} }),
        await send("OPTIONS", `/${org}/v2/accounts`, { headers: { origin } }),
      ]);
      const [freed, never] = await Promise.all(answers);
      expect(freed).toEqual(never);
      expect(freed?.map(({ status }) => status)).toEqual([403, 403, 204]);
      expect(freed?.[0]?.json).toMatchObject({ code: "kAccessDenied" });
    }
  });
  it("opens the portal of the practice that takes it, without the sessions of the previous practice", async () => {
    const portal = await openPortal();
    const patient = await portal.signedIn();
    await expectOk(call("PracticeUpdate", { auth: portal.practice, name }));
    const websiteAddress = portal.org;
    await makePractice({ accountId: freshName(), websiteAddress }, portal.practice);
    const clientKey = await makeClientKey(portal.practice);
    const { status, json } = await patient.get("accounts/status", { headers: { "medable-client-key": clientKey } });
    expect([status, json]).toEqual([200, { loggedin: false }]);
  });
});

describe("a unique value that mail and links do not use", () => {
  it("is free for everybody at once: a login id", async () => {
    const login = { loginId: freshName(), loginPassword: "Passw0rd-1" };
    const user = { userId: "user", firstName: "Ada", lastName: "Mills" };
    const first = await makePractice({ accountId: freshName() });
    await expectOk(call("UserCreate", { auth: first, ...user, ...login }));
    await expectOk(call("UserUpdate", { auth: first, ...user }));
    const second = await makePractice({ accountId: freshName() });
    await expectOk(call("UserCreate", { auth: second, ...user, ...login }));
  });
});
