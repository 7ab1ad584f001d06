import { afterAll, describe, expect, it } from "vitest";
import { expectSoundClaims } from "../functions/practices/claims.ts";
import { type Code, password, refusal } from "../functions/practices/practices-contract.ts";
import { expectAgreement } from "../kit/agreement.ts";
import { hashes } from "../kit/cheap-hashes.ts";
import { type EngineRequest, throughProxy } from "../kit/proxy.ts";
import {
  allItems,
  call,
  expectOk,
  freshKey,
  makePractice,
  makeUser,
  makeVendor,
  type Response,
  type TestPractice,
  type TestVendor,
} from "../kit/system.ts";

const atOnce = 50;
/** Sends many requests at the same time. @param runners how many */
const race = <T>(send: (place: number) => Promise<T>, runners = atOnce): Promise<T[]> =>
  Promise.all(Array.from({ length: runners }, (_, place) => send(place)));

/** Asserts one success, and the same refusal for everybody else. */
function expectOneWinner(responses: readonly Response[], code: Code): void {
  const losers = responses.filter(({ json }) => json.responseCode !== 2000);
  expect(responses.length - losers.length).toBe(1);
  for (const { status, json } of losers) expect({ status, json }).toEqual({ status: 200, json: refusal(code) });
}

// After all races every claim belongs to one record that holds its value, and every value has its claim. Each race has
// values of its own, so that this check finds what any of them left.
afterAll(expectSoundClaims);
afterAll(expectAgreement);

const practice = { name: "Practice" };
const user = { firstName: "Grace", lastName: "Hopper" };
const events = async (accountId: string, what: string) =>
  (await allItems()).filter((item) => {
    const { accountId: of, userId } = (item.record ?? {}) as { accountId?: string; userId?: string };
    return item.type === "event" && (of === accountId || userId === accountId) && item.what === what;
  }).length;

describe("50 creates of one key at once", () => {
  it("make one practice and answer 49 times 4130", async () => {
    const [auth, accountId] = [await makeVendor(), freshKey()];
    const create = (place: number) =>
      call("PracticeCreate", { auth, accountId, ...practice, websiteAddress: `${accountId}-${place}` });
    expectOneWinner(await race(create), 4130);
    expect(await events(accountId, "practice.created")).toBe(1);
  });
  it("make one user and answer 49 times 4230", async () => {
    const [auth, userId] = [await makePractice({ directDomain: freshKey() }), freshKey()];
    const create = (place: number) => call("UserCreate", { auth, userId, ...user, directAddress: `address-${place}` });
    expectOneWinner(await race(create), 4230);
    expect(await events(userId, "user.created")).toBe(1);
  });
});

describe("50 saves of one new key at once", () => {
  const actions = (responses: readonly Response[]) =>
    responses.map(({ json }) => json.action ?? json.responseCode).sort();
  const expected = ["create", ...Array.from({ length: atOnce - 1 }, () => "update")];

  it("all succeed for a practice: one creates, 49 update, and one of them is stored whole", async () => {
    const [auth, accountId] = [await makeVendor(), freshKey()];
    const fields = (place: number) => ({
      name: `Name ${place}`,
      city: `City ${place}`,
      websiteAddress: `${accountId}-${place}`,
    });
    expect(actions(await race((place) => call("PracticeSave", { auth, accountId, ...fields(place) })))).toEqual(
      expected,
    );
    const stored = (await expectOk(call("PracticeGet", { auth, accountId }))).practice;
    expect(stored).toMatchObject(fields(Number(stored.name.split(" ")[1])));
    expect(await events(accountId, "practice.created")).toBe(1);
    expect(await events(accountId, "practice.updated")).toBe(atOnce - 1);
  });
  it("all succeed for a user: one creates, 49 update, and one of them is stored whole", async () => {
    const [auth, userId] = [await makePractice({ directDomain: freshKey() }), freshKey()];
    const fields = (place: number) => ({
      ...user,
      city: `City ${place}`,
      metadata: `${place}`,
      directAddress: `address-${place}`,
    });
    expect(actions(await race((place) => call("UserSave", { auth, userId, ...fields(place) })))).toEqual(expected);
    const stored = (await expectOk(call("UserGet", { auth, userId }))).user;
    const { directAddress, ...others } = fields(Number(stored.metadata));
    expect(stored).toMatchObject(others);
    expect(stored.directAddress.split("@")[0]).toBe(directAddress);
    expect(await events(userId, "user.updated")).toBe(atOnce - 1);
  });
});

describe("50 updates of one record at once", () => {
  it("all succeed for a practice; one of them is stored whole, and each has its event", async () => {
    const auth = await makePractice({ accountId: freshKey() });
    const record = async () =>
      (await allItems()).find(({ type, accountId }) => type === "practice" && accountId === auth.accountId);
    const before = await record();
    const fields = (place: number) => ({
      name: `Name ${place}`,
      city: `City ${place}`,
      directDomain: `${auth.accountId}-${place}`,
    });
    const responses = await race((place) => call("PracticeUpdate", { auth, ...fields(place) }));
    for (const { json } of responses) expect(json).toMatchObject({ responseCode: 2000, action: "update" });
    const stored = (await expectOk(call("PracticeGet", { auth }))).practice;
    const { name, city, directDomain } = fields(Number(stored.name.split(" ")[1]));
    expect(stored).toMatchObject({ name, city, directDomain: `${directDomain}.direct.example.com` });
    expect(await events(auth.accountId, "practice.updated")).toBe(atOnce);
    expect((await record())?.version).toBe(Number(before?.version) + atOnce);
  });
  it("all succeed for a user; one of them is stored whole, and each has its event", async () => {
    const auth = await makeUser(await makePractice(), { userId: freshKey() });
    const fields = (place: number) => ({ ...user, city: `City ${place}`, metadata: `${place}` });
    const responses = await race((place) => call("UserUpdate", { auth, ...fields(place) }));
    for (const { json } of responses) expect(json).toMatchObject({ responseCode: 2000, action: "update" });
    const stored = (await expectOk(call("UserGet", { auth }))).user;
    expect(stored).toMatchObject(fields(Number(stored.metadata)));
    expect(await events(auth.userId, "user.updated")).toBe(atOnce);
  });
});

/** Prepares a record, and returns the call that asks for a unique value. */
type Contender = (value: string, place: number) => Promise<() => Promise<Response>>;

const practiceContender =
  (id: "PracticeCreate" | "PracticeUpdate" | "PracticeSave", field: string, exists: boolean): Contender =>
  async (value, place) => {
    const auth = place % 2 ? sharedVendor : otherVendor;
    const accountId = freshKey();
    if (exists) await makePractice({ accountId, [field]: `${value}-before-${place}` }, auth);
    return () => call(id, { auth, accountId, ...practice, [field]: value });
  };
const userContender =
  (id: "UserCreate" | "UserUpdate" | "UserSave", fields: (value: string) => object, exists: boolean): Contender =>
  async (value, place) => {
    const auth = sharedPractice;
    const userId = freshKey();
    if (exists) await makeUser(auth, { userId, directAddress: `${value}-before-${place}` });
    return () => call(id, { auth, userId, ...user, ...fields(value) });
  };

let sharedVendor: TestVendor;
let otherVendor: TestVendor;
let sharedPractice: TestPractice;
const address = (directAddress: string) => ({ directAddress });
const login = (loginId: string) => ({ loginId, loginPassword: password });

describe("one unique value, wanted 50 times at once, goes to one", () => {
  it.each<[string, Code, Contender]>([
    ["websiteAddress by PracticeCreate", 4140, practiceContender("PracticeCreate", "websiteAddress", false)],
    ["websiteAddress by PracticeUpdate", 4140, practiceContender("PracticeUpdate", "websiteAddress", true)],
    ["websiteAddress by PracticeSave of new ones", 4140, practiceContender("PracticeSave", "websiteAddress", false)],
    ["websiteAddress by PracticeSave of old ones", 4140, practiceContender("PracticeSave", "websiteAddress", true)],
    ["directDomain by PracticeCreate", 4150, practiceContender("PracticeCreate", "directDomain", false)],
    ["directDomain by PracticeUpdate", 4150, practiceContender("PracticeUpdate", "directDomain", true)],
    ["directDomain by PracticeSave of new ones", 4150, practiceContender("PracticeSave", "directDomain", false)],
    ["directDomain by PracticeSave of old ones", 4150, practiceContender("PracticeSave", "directDomain", true)],
    ["directAddress by UserCreate", 4610, userContender("UserCreate", address, false)],
    ["directAddress by UserUpdate", 4610, userContender("UserUpdate", address, true)],
    ["directAddress by UserSave of new ones", 4610, userContender("UserSave", address, false)],
    ["directAddress by UserSave of old ones", 4610, userContender("UserSave", address, true)],
    ["loginId by UserCreate", 4234, userContender("UserCreate", login, false)],
    ["loginId by UserUpdate", 4234, userContender("UserUpdate", login, true)],
    ["loginId by UserSave of new ones", 4234, userContender("UserSave", login, false)],
    ["loginId by UserSave of old ones", 4234, userContender("UserSave", login, true)],
  ])("%s: the others are refused with %i", async (_, code, contender) => {
    sharedVendor = await makeVendor();
    otherVendor = await makeVendor();
    sharedPractice = await makePractice({ accountId: freshKey(), directDomain: freshKey() }, sharedVendor);
    const value = freshKey();
    const contenders = await race((place) => contender(value, place));
    expectOneWinner(await Promise.all(contenders.map((ask) => ask())), code);
  });

  it("directAddress, wanted by users and by the practice itself: the others are refused with 4610", async () => {
    const directDomain = freshKey();
    const auth = await makePractice({ accountId: freshKey(), directDomain });
    const responses = await race((place) =>
      place === 25
        ? call("PracticeUpdate", { auth, ...practice, directDomain, directAddress: "wanted" })
        : call("UserSave", { auth, userId: freshKey(), ...user, directAddress: "wanted" }),
    );
    expectOneWinner(responses, 4610);
  });
  it("loginId, wanted in 50 practices in equivalent forms: the others are refused with 4234", async () => {
    const loginId = freshKey();
    const practices = await race(() => makePractice({ accountId: freshKey() }));
    const responses = await race((place) => {
      const form = place % 2 ? loginId.toUpperCase() : loginId;
      return call("UserCreate", { auth: practices[place], userId: "user", ...user, ...login(form) });
    });
    expectOneWinner(responses, 4234);
  });
  it("a value that is released and wanted at the same time has one owner or none", async () => {
    for (let round = 0; round < 10; round++) {
      const websiteAddress = freshKey();
      const owner = await makePractice({ accountId: freshKey(), websiteAddress });
      const [freed, wanted] = await Promise.all([
        call("PracticeUpdate", { auth: owner, ...practice }),
        call("PracticeCreate", { auth: owner, accountId: freshKey(), ...practice, websiteAddress }),
      ]);
      expect(freed.json.responseCode).toBe(2000);
      expect([2000, 4140]).toContain(wanted.json.responseCode);
    }
  });
});

describe("two practices that swap their web addresses at once", () => {
  it("end with one owner for each address that is taken", async () => {
    for (let round = 0; round < 15; round++) {
      const [a, b] = [freshKey(), freshKey()];
      const one = await makePractice({ accountId: freshKey(), websiteAddress: a });
      const two = await makePractice({ accountId: freshKey(), websiteAddress: b });
      const swapped = await Promise.all([
        call("PracticeUpdate", { auth: one, ...practice, websiteAddress: b }),
        call("PracticeUpdate", { auth: two, ...practice, websiteAddress: a }),
        call("PracticeUpdate", { auth: one, ...practice, websiteAddress: b }),
        call("PracticeUpdate", { auth: two, ...practice, websiteAddress: a }),
      ]);
      for (const { json } of swapped) expect([2000, 4140]).toContain(json.responseCode);
    }
  });
});

describe("a deactivation", () => {
  it.each(["PracticeUpdate", "PracticeSave"] as const)(
    "is never lost to a %s at the same time that does not pass active",
    async (id) => {
      const vendor = await makeVendor();
      const rounds = await race(async () => {
        const auth = await makePractice({ accountId: freshKey() }, vendor);
        await Promise.all([
          expectOk(call(id, { auth, ...practice, city: "Akron" })),
          expectOk(call(id, { auth, ...practice, active: false })),
          expectOk(call(id, { auth, ...practice, city: "Dayton" })),
        ]);
        return (await expectOk(call("PracticeGet", { auth }))).practice.active;
      }, 15);
      expect(rounds).toEqual(rounds.map(() => false));
    },
  );
  it.each(["UserUpdate", "UserSave"] as const)(
    "is never lost to a %s at the same time that does not pass active",
    async (id) => {
      const practiceOfAll = await makePractice({ accountId: freshKey() });
      const rounds = await race(async () => {
        const auth = await makeUser(practiceOfAll, { userId: freshKey() });
        await Promise.all([
          expectOk(call(id, { auth, ...user, city: "Akron" })),
          expectOk(call(id, { auth, ...user, active: false })),
          expectOk(call(id, { auth, ...user, city: "Dayton" })),
        ]);
        return (await expectOk(call("UserGet", { auth }))).user.active;
      }, 15);
      expect(rounds).toEqual(rounds.map(() => false));
    },
  );
});

describe("a login that passes to somebody else while its former holder signs in", () => {
  it("no longer signs the former holder in", async () => {
    const auth = await makePractice({ accountId: freshKey() });
    const loginId = freshKey();
    const former = await makeUser(auth, { userId: freshKey(), ...login(loginId) });
    let reads = 0;
    const passOn = async (request: EngineRequest) => {
      // The claim is read first. Before its user is read, the login gets another holder and password.
      if (request.operation === "BatchGetItem" && ++reads === 2) {
        await expectOk(call("UserUpdate", { auth: former, ...user, loginId: freshKey() }));
        const other = { loginId, loginPassword: "An0ther-Password" };
        await expectOk(call("UserCreate", { auth, userId: freshKey(), ...user, ...other }));
      }
      return request.forward();
    };
    const { json } = await throughProxy(passOn, () => call("PingWithAuth", { auth: login(loginId) }));
    expect(json).toEqual(refusal(4010));
    expect(reads).toBeGreaterThan(2);
  });
});

describe("sign-ins at once", () => {
  const minutes = (count: number) => ({ now: new Date(Date.UTC(2026, 2, 1) + count * 60_000) });
  const member = async () => {
    const loginId = freshKey();
    await makeUser(await makePractice({ accountId: freshKey() }), login(loginId));
    return loginId;
  };
  const signIn = (loginId: string, loginPassword: string, now: { now: Date }) =>
    call("PingWithAuth", { auth: { loginId, loginPassword } }, now);

  it("all succeed, 50 with the right password", async () => {
    const loginId = await member();
    const responses = await race(() => signIn(loginId, password, minutes(0)));
    expect(responses.map(({ json }) => json.responseCode)).toEqual(responses.map(() => 2000));
  });
  it("get at most five guesses out of 50 wrong passwords, and then are refused for 15 minutes", async () => {
    const loginId = await member();
    const before = hashes.made;
    const responses = await race((place) => signIn(loginId, `Wr0ng-${place}`, minutes(0)));
    for (const { json } of responses) expect(json).toEqual(refusal(4010));
    expect(hashes.made - before).toBe(5);
    expect((await signIn(loginId, password, minutes(1))).json).toEqual(refusal(4010));
    expect((await signIn(loginId, password, minutes(14.9))).json).toEqual(refusal(4010));
    expect(hashes.made - before).toBe(5);
    await expectOk(signIn(loginId, password, minutes(15.1)));
  });
  it("get at most five guesses after these 15 minutes as well", async () => {
    const loginId = await member();
    await race((place) => signIn(loginId, `Wr0ng-${place}`, minutes(0)), 5);
    const before = hashes.made;
    await race((place) => signIn(loginId, `Wr0ng-${place}`, minutes(16)));
    expect(hashes.made - before).toBe(5);
    expect((await signIn(loginId, password, minutes(17))).json).toEqual(refusal(4010));
  });
});
