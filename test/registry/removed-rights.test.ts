import { beforeAll, describe, expect, it } from "vitest";
import { rowOf } from "../../lib/operations.ts";
import type { Key } from "../../lib/table/records.ts";
import { descriptionOf, isDescribed } from "../../openapi/descriptions.ts";
import { notesUse } from "../functions/accounts/accounts-contract.ts";
import { addApp, beginApp, signIn } from "../functions/accounts/apps.ts";
import { connect } from "../functions/accounts/connections.ts";
import { expectRefusal, password } from "../functions/practices/practices-contract.ts";
import {
  get,
  individual,
  organizationsPath,
  profilePath,
  sourceProfile,
} from "../functions/therapists/therapists-contract.ts";
import { byIndividual, callsOf, readyCallInSharedWorld, takesIndividuals } from "../kit/examples.ts";
import { sentMessages } from "../kit/outside.ts";
import {
  codeIn,
  expectSuccess,
  freshEmail,
  type Holder,
  newPerson,
  openPortal,
  roles,
  type TestPortal,
  tokenIn,
} from "../kit/portal.ts";
import { type EngineAnswer, type EngineRequest, engineError, throughProxy } from "../kit/proxy.ts";
import {
  allOperations,
  call,
  changeVendor,
  countsTries,
  expectOk,
  isWrite,
  makePractice,
  makeUser,
  type Response,
  send,
  type TableRequest,
  type TestPractice,
  watchTable,
} from "../kit/system.ts";
import { appCode } from "../kit/totp.ts";

/**
 * Does something just before the first transaction of a call reaches the engine.
 * @param then what the engine does with the transaction afterwards
 */
async function justBefore(
  interfere: () => Promise<unknown>,
  work: () => Promise<Response>,
  then: (request: EngineRequest) => Promise<EngineAnswer> = (request) => request.forward(),
): Promise<Response> {
  let token: string | undefined;
  let answer: Promise<EngineAnswer> | undefined;
  return throughProxy(async (request) => {
    if (request.operation !== "TransactWriteItems") return request.forward();
    const { ClientRequestToken } = request.json as { ClientRequestToken: string };
    token ??= ClientRequestToken;
    if (ClientRequestToken !== token) return request.forward();
    // On a busy machine the SDK may lose patience and send the same transaction again, which must not overtake `interfere`.
    answer ??= interfere().then(() => then(request));
    return answer;
  }, work);
}

const conflict = async () =>
  engineError("TransactionCanceledException", { CancellationReasons: [{ Code: "TransactionConflict" }] });

/** Whether a write is one that a refused call may leave: of a count of guesses, or of the use of a session. */
const mayRemain = (write: TableRequest) => {
  const { Key, UpdateExpression } = write.input;
  return notesUse(write) || countsTries(write) || Key?.sk === "COUNTER#ORG" || UpdateExpression === "ADD uses :uses";
};
/** Whether a write changes a vendor. */
const isOfVendor = ({ input }: TableRequest) => /^VENDOR#/.test(input.TransactItems?.[0]?.Put?.Item?.pk);

/** How each family refuses the callers of a disabled vendor. */
const refusals = { practices: 4010, therapists: 401, accounts: "kAccessDenied", edge: undefined };

// Each repetition checks the caller again. A write that met a conflict was once carried out with rights that were gone.
describe("a write that is repeated after its vendor was disabled", () => {
  const writes = allOperations.filter(({ table }) => table === "write");
  it.each(writes)("is refused by $id as if the vendor had been disabled before, and writes nothing", async ({ id }) => {
    if (!isDescribed(id)) throw new Error(`${id} has no description`);
    let repeated = 0;
    for (const name of callsOf(descriptionOf(id))) {
      const { send, world } = await readyCallInSharedWorld(id, name);
      let isRepeated = false;
      const disable = () => {
        isRepeated = true;
        return changeVendor(world.practice, (now) => ({ ...now, disabled: true }));
      };
      const { answer, requests } = await watchTable(() => justBefore(disable, () => send(), conflict));
      const { json } = answer;
      // A call that finds nothing to write is not repeated.
      if (!isRepeated) continue;
      repeated += 1;
      const code = json.responseCode ?? json.code ?? json.status;
      expect([name, code]).toEqual([name, refusals[rowOf(id).family]]);
      const written = requests.filter((request) => request.done && isWrite(request) && !mayRemain(request));
      expect([name, written.filter((write) => !isOfVendor(write))]).toEqual([name, []]);
      expect(written.length).toBe(1);
    }
    expect(repeated).toBeGreaterThan(0);
  });
});

/** Before the fix an administrator had the role again in 10 of 10 races. */
const races = Array.from({ length: 20 }, (_, place) => place + 1);

describe("an administrator of a portal whose rights are removed", () => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await openPortal();
  });
  const demote = (who: Holder) => () => expectSuccess(portal.administrator.put(`accounts/${who.id}`, { roles: [] }));
  const lock = (who: Holder) => () => expectSuccess(portal.administrator.put(`accounts/${who.id}`, { locked: true }));
  const reset = (who: Holder) => async () => {
    const visitor = portal.visitor();
    await expectSuccess(visitor.post("accounts/request-password-reset", { email: who.email }));
    const token = tokenIn((await sentMessages(who.email))[0]);
    await expectSuccess(visitor.post("accounts/reset-password", { token, password: "another horse of the same 9" }));
  };
  const takings = [
    ["the role", demote, "kAccessDenied"],
    ["the account, by a lock", lock, "kNotLoggedIn"],
    ["the session, by a reset of the password", reset, "kNotLoggedIn"],
  ] as const;
  const rights = [
    ["roles", { op: "push", path: "roles", value: roles.administrator }],
    ["locked", { op: "set", path: "locked", value: true }],
    ["activationRequired", { op: "set", path: "activationRequired", value: true }],
  ] as const;

  describe.each(takings)("%s", (_, take, code) => {
    it.each(rights)("no longer changes anybody's %s, even without another conflict", async (_, operation) => {
      const [boss, other] = [await portal.signedIn([roles.administrator]), await portal.register()];
      const response = await justBefore(take(boss), () => boss.patch(`accounts/${other.id}`, operation));
      // The same answers as if the rights had been gone before: other accounts then look as if they did not exist.
      expect(["kNotFound", code]).toContain(response.json.code);
      expect((await portal.administrator.get(`accounts/${other.id}`)).json).toMatchObject({
        roles: [],
        locked: false,
        activationRequired: false,
      });
    });
    // Regression: only writes of rights were bound to the rights of their caller. The suite of histories saw an administrator's
    // change of somebody's gender take effect after the answer to their lock.
    it.each([
      ["property", (boss: Holder, id: string) => boss.put(`accounts/${id}`, { gender: "f" })],
      ["image", (boss: Holder, id: string) => boss.put(`accounts/${id}/image`, { content: "other.jpg" })],
    ] as const)("no longer changes anybody's %s, even without another conflict", async (_, change) => {
      const [boss, other] = [await portal.signedIn([roles.administrator]), await portal.register()];
      const before = (await portal.administrator.get(`accounts/${other.id}`)).json;
      const response = await justBefore(take(boss), () => change(boss, other.id));
      expect(["kNotFound", code]).toContain(response.json.code);
      expect((await portal.administrator.get(`accounts/${other.id}`)).json).toEqual(before);
    });
    it("no longer turns anybody's second factor off, even without another conflict", async () => {
      const [boss, other] = [await portal.signedIn([roles.administrator]), await portal.register()];
      await addApp(other, new Date());
      const response = await justBefore(take(boss), () => boss.delete(`accounts/${other.id}/totp`));
      expect(["kNotFound", code]).toContain(response.json.code);
      expect((await signIn(portal.visitor(), other, new Date())).json.code).toBe("kNewLocation");
    });
    it("no longer changes the portal's settings, even without another conflict", async () => {
      const boss = await portal.signedIn([roles.administrator]);
      const response = await justBefore(take(boss), () => boss.put("settings", { registration: "invitation" }));
      expect(response.json.code).toBe(code);
      expect((await portal.administrator.get("settings")).json.registration).toBe(true);
    });
    it("no longer has a verification mailed to anybody, even without another conflict", async () => {
      const [boss, other] = [await portal.signedIn([roles.administrator]), await portal.register()];
      const response = await justBefore(take(boss), () => boss.post(`accounts/${other.id}/resend-verification`));
      expect(["kNotFound", code]).toContain(response.json.code);
      expect(await sentMessages(other.email)).toHaveLength(1);
    });
    it("no longer erases anybody, even without another conflict", async () => {
      const [boss, other] = [await portal.signedIn([roles.administrator]), await portal.register()];
      const response = await justBefore(take(boss), () => boss.delete(`accounts/${other.id}`));
      expect(["kNotFound", code]).toContain(response.json.code);
      expect((await portal.administrator.get(`accounts/${other.id}`)).status).toBe(200);
    });
    it("no longer changes what others share, even without another conflict", async () => {
      const boss = await portal.signedIn([roles.administrator]);
      const [context, target] = [await portal.register(), await portal.register()];
      const { _id } = await connect(context, target, 4);
      const response = await justBefore(take(boss), () => boss.patch(`connections/${_id}`, { access: 6 }));
      expect(["kNotFound", code]).toContain(response.json.code);
      expect((await target.get(`accounts/${context.id}`)).json.access).toBe(4);
    });
    it("no longer changes their own roles", async () => {
      const boss = await portal.signedIn([roles.administrator]);
      const change = { op: "push", path: "roles", value: roles.administrator };
      const response = await justBefore(take(boss), () => boss.patch("accounts/me", change));
      expect(response.json.code).toBe(code);
      const { json } = await portal.administrator.get(`accounts/${boss.id}`);
      expect(json.roles).toEqual(take === demote ? [] : [roles.administrator]);
    });
  });
  it("does not change the mobile number after a reset ended the session", async () => {
    const person = await portal.register();
    const response = await justBefore(reset(person), () => person.put("accounts/me", { mobile: "+16505550123" }));
    expect(response.json.code).toBe("kNotLoggedIn");
    expect((await portal.administrator.get(`accounts/${person.id}`)).json.mobile).toBe("+16505555555");
  });

  it.each(races)(`does not get the role back by constant requests (race %i of ${races.length})`, async () => {
    const boss = await portal.signedIn([roles.administrator]);
    const change = { op: "push", path: "roles", value: roles.administrator };
    let over = false;
    const loops = Array.from({ length: 4 }, async () => {
      while (!over) await boss.patch("accounts/me", change);
    });
    await demote(boss)();
    over = true;
    await Promise.all(loops);
    expect((await portal.administrator.get(`accounts/${boss.id}`)).json.roles).toEqual([]);
  });
  it.each(races)(`makes nobody an administrator in their place (race %i of ${races.length})`, async () => {
    const [boss, friend] = [await portal.signedIn([roles.administrator]), await portal.register()];
    let over = false;
    const make = async () => {
      while (!over) {
        await boss.put(`accounts/${friend.id}`, { roles: [] });
        await boss.put(`accounts/${friend.id}`, { roles: [roles.administrator] });
      }
    };
    const loops = [make(), make()];
    await demote(boss)();
    // The role may have been added before. It is removed here, and must not return.
    await expectSuccess(portal.administrator.put(`accounts/${friend.id}`, { roles: [] }));
    over = true;
    await Promise.all(loops);
    expect((await portal.administrator.get(`accounts/${friend.id}`)).json.roles).toEqual([]);
  });
});

/** The keys of a transaction's items. */
const keysIn = ({ input }: TableRequest): readonly Key[] =>
  (input.TransactItems as readonly Readonly<Record<string, { readonly Item?: Key; readonly Key?: Key }>>[]).flatMap(
    (item) => Object.values(item).flatMap((part) => part.Item ?? part.Key ?? []),
  );

it("every write by somebody who is signed in to a portal depends on their account, except what ends their own sessions and devices", async () => {
  const unbound: string[] = [];
  let bound = 0;
  for (const { id, family } of allOperations) {
    for (const name of family === "accounts" && isDescribed(id) ? callsOf(descriptionOf(id)) : []) {
      const ready = await readyCallInSharedWorld(id, name);
      const { id: own } = { id: undefined, ...ready.world.client };
      const { requests } = await watchTable(() => ready.send());
      const written = requests.filter(({ command, done }) => command === "TransactWriteItems" && done).flatMap(keysIn);
      if (own === undefined || written.length === 0) continue;
      if (written.some(({ sk }) => sk === `ACCOUNT#${own}`)) bound += 1;
      else unbound.push(`${id}: ${name}`);
    }
  }
  expect(bound).toBeGreaterThan(30);
  expect(unbound).toEqual([
    // Somebody who is signed in makes another account, for which nobody needs a right.
    "AccountRegister: an offered connection",
    "AccountLogout: logout",
    "DeviceDelete: forget",
    "DeviceDeleteAll: forget",
    "SessionDelete: end",
    "SessionDelete: the own one",
  ]);
});

it("every write by an individual depends on their own record", async () => {
  const bound = new Set<string>();
  for (const row of allOperations.filter(takesIndividuals)) {
    for (const name of callsOf(descriptionOf(row.id))) {
      const ready = await readyCallInSharedWorld(row.id, name);
      const { loginId, loginPassword } = await ready.world.administrator();
      const { requests } = await watchTable(() => ready.send(byIndividual(row, { loginId, loginPassword })));
      const written = requests.filter(({ command, done }) => command === "TransactWriteItems" && done).flatMap(keysIn);
      if (written.length === 0) continue;
      // The world's administrator has the same key as login.
      const isBound = written.some(({ sk }) => sk === `USER#${loginId}`);
      expect([row.id, name, isBound]).toEqual([row.id, name, true]);
      bound.add(row.id);
    }
  }
  expect([...bound]).toEqual([
    "UserCreate",
    "UserUpdate",
    "UserSave",
    "UserDelete",
    "PortalSettingsSave",
    "OrganizationSave",
    "PracticeProfileSave",
  ]);
});

describe("somebody whose connection is taken away", () => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await openPortal();
  });
  const connected = async () => {
    const [context, person] = [await portal.register(), await portal.register()];
    const { _id } = await connect(context, person, 6);
    return { context, person, _id };
  };
  const writes = [
    ["a property", { gender: "f" }],
    ["their own mark", { favorite: true }],
  ] as const;

  it.each(writes)("no longer writes %s, even without another conflict", async (_, change) => {
    const { context, person, _id } = await connected();
    const end = () => expectSuccess(context.delete(`connections/${_id}`));
    const { json } = await justBefore(end, () => person.put(`accounts/${context.id}`, change));
    expect(json.code).toBe("kNotFound");
    expect((await context.get("accounts/me")).json).not.toHaveProperty("gender");
  });
  it("no longer writes when it is lowered to 4", async () => {
    const { context, person, _id } = await connected();
    const lower = () => expectSuccess(context.patch(`connections/${_id}`, { access: 4 }));
    const { json } = await justBefore(lower, () => person.put(`accounts/${context.id}`, { gender: "f" }));
    expect(json.code).toBe("kAccessDenied");
  });
  it("shares nothing after the role of the administrator who offers it was taken away", async () => {
    const [boss, other, email] = [await portal.signedIn([roles.administrator]), await portal.register(), freshEmail()];
    const demoted = () => expectSuccess(portal.administrator.put(`accounts/${boss.id}`, { roles: [] }));
    const targets = [{ email, access: 6 }];
    const offered = await justBefore(demoted, () => boss.post(`accounts/${other.id}/connections`, { targets }));
    expect(offered.json.code).toBe("kNotFound");
    expect((await other.get("accounts/me")).json.shared).toBe(false);
    expect(await sentMessages(email)).toEqual([]);
  });
  it("gives no roles after the role of the administrator who gave them was taken away", async () => {
    const [boss, person, email] = [await portal.signedIn([roles.administrator]), await portal.register(), freshEmail()];
    const targets = [{ email, roles: [roles.administrator] }];
    await expectSuccess(boss.post("accounts/invitations", { targets }));
    const token = tokenIn((await sentMessages(email))[0]);
    const demoted = () => expectSuccess(portal.administrator.put(`accounts/${boss.id}`, { roles: [] }));
    const { json } = await justBefore(demoted, () => person.post(`connections/${token}`));
    expect(json.code).toBe("kNotFound");
    expect((await person.get("accounts/me/roles")).json.data).toEqual([]);
  });
  it.each(["the administrator", "somebody else"])(
    "gives %s no access after the role of the administrator who offered it was taken away",
    async (who) => {
      const [boss, other, email] = [
        await portal.signedIn([roles.administrator]),
        await portal.register(),
        freshEmail(),
      ];
      const person = who === "somebody else" ? await portal.register() : boss;
      await expectSuccess(boss.post(`accounts/${other.id}/connections`, { targets: [{ email, access: 6 }] }));
      const token = tokenIn((await sentMessages(email))[0]);
      const demoted = () => expectSuccess(portal.administrator.put(`accounts/${boss.id}`, { roles: [] }));
      const { json } = await justBefore(demoted, () => person.post(`connections/${token}`));
      expect(json.code).toBe("kNotFound");
      expect((await person.get(`accounts/${other.id}`)).json.code).toBe("kNotFound");
    },
  );
});

// A repeated sign-in used the records of the first reading: a device stayed trusted after a reset.
describe("a sign-in that is repeated", () => {
  const person = async (settings: Record<string, unknown> = {}) => {
    const portal = await openPortal(settings);
    const holder = await portal.register();
    const signIn = (location?: object) => {
      const body = { email: holder.email, password: holder.password, ...(location && { location }) };
      return portal.visitor().post("accounts/login", body);
    };
    return { portal, holder, signIn };
  };
  const reset = async ({ portal, holder }: Awaited<ReturnType<typeof person>>) => {
    const visitor = portal.visitor();
    await expectSuccess(visitor.post("accounts/request-password-reset", { email: holder.email }));
    const token = tokenIn((await sentMessages(holder.email))[0]);
    await expectSuccess(visitor.post("accounts/reset-password", { token, password: "another horse of the same 9" }));
  };
  it("is refused when the password was reset in between", async () => {
    const made = await person();
    const response = await justBefore(
      () => reset(made),
      () => made.signIn(),
      conflict,
    );
    expect(response.json.code).toBe("kInvalidCredentials");
    expect(response.cookies).toEqual([]);
  });
  it("is refused when an administrator locked the account in between", async () => {
    const { portal, holder, signIn } = await person();
    const lock = () => expectSuccess(portal.administrator.put(`accounts/${holder.id}`, { locked: true }));
    expect((await justBefore(lock, () => signIn(), conflict)).json.code).toBe("kAccountLocked");
  });
  it("is refused when a second factor was switched on in between", async () => {
    const { portal, signIn } = await person();
    const response = await justBefore(
      () => portal.settings({ twoFactor: true }),
      () => signIn(),
      conflict,
    );
    expect(response.json.code).toBe("kUnverifiedLocation");
  });
  it("is refused when an authenticator app was added in between", async () => {
    const { holder, signIn } = await person();
    const response = await justBefore(
      () => addApp(holder, new Date()),
      () => signIn(),
      conflict,
    );
    expect(response.json.code).toBe("kUnverifiedLocation");
    expect(response.cookies).toEqual([]);
  });
  it("is refused when the code that it showed was for another number, even without another conflict", async () => {
    const { portal, holder } = await person({ twoFactor: true });
    const browser = portal.visitor();
    const body = { email: holder.email, password: holder.password };
    expect((await browser.post("accounts/login", body)).json.code).toBe("kNewLocation");
    const verificationToken = codeIn((await sentMessages(String(holder.account.mobile)))[0]);
    const response = await justBefore(
      () => expectSuccess(portal.administrator.put(`accounts/${holder.id}`, { mobile: "+14155550188" })),
      () => browser.post("accounts/login", { ...body, location: { verificationToken, singleUse: true } }),
    );
    expect(response.json.code).toBe("kCallbackNotFound");
    expect(response.cookies).toEqual([]);
  });
  it("trusts no device after a reset of the password, even without another conflict", async () => {
    const made = await person({ twoFactor: true });
    const { portal, holder } = made;
    const browser = portal.visitor();
    const body = { email: holder.email, password: holder.password };
    expect((await browser.post("accounts/login", body)).json.code).toBe("kNewLocation");
    const code = codeIn((await sentMessages(String(holder.account.mobile)))[0]);
    const location = { verificationToken: code };
    const response = await justBefore(
      () => reset(made),
      () => browser.post("accounts/login", { ...body, location }),
    );
    expect(response.json.code).toBe("kInvalidCredentials");
    const later = await browser.post("accounts/login", { ...body, password: "another horse of the same 9" });
    expect(later.json.code).toMatch(/^k(NewLocation|UnverifiedLocation)$/);
  });
  it("does not register anybody when registration was switched off in between", async () => {
    const { portal } = await person();
    const register = () => portal.visitor().post("accounts/register", newPerson());
    const response = await justBefore(() => portal.settings({ registration: false }), register, conflict);
    expect(response.json.code).toBe("kSelfRegistrationDisabled");
  });
});

describe("somebody whose session ends", () => {
  it("turns no second factor on after a reset of the password, even without another conflict", async () => {
    const portal = await openPortal();
    const person = await portal.register();
    const now = new Date();
    const code = appCode(await beginApp(person, now), now);
    const reset = async () => {
      await expectSuccess(portal.visitor().post("accounts/request-password-reset", { email: person.email }));
      const token = tokenIn((await sentMessages(person.email))[0]);
      const body = { token, password: "another horse of the same 9" };
      await expectSuccess(portal.visitor().post("accounts/reset-password", body));
    };
    const response = await justBefore(reset, () => person.post("accounts/me/totp/confirm", { code }, { now }));
    expect(response.json.code).toBe("kNotLoggedIn");
    expect(response.cookies).toEqual([]);
  });
});

describe("a user who administers their practice, and whose rights are removed", () => {
  let auth: TestPractice;
  let users = 0;
  beforeAll(async () => {
    auth = await makePractice({ accountId: "administered" });
  });
  const names = { firstName: "Ada", lastName: "Mills" };
  const newBoss = async () => {
    users += 1;
    const userId = `boss-${users}`;
    const login = { loginId: userId, loginPassword: password };
    await makeUser(auth, { userId, admin: true, ...login });
    return { userId, login };
  };
  type Boss = Awaited<ReturnType<typeof newBoss>>;
  const update = (fields: object) => expectOk(call("UserUpdate", { auth, ...names, ...fields }));
  const takings = [
    [
      "by deactivation",
      ({ userId, login: { loginId } }: Boss) => update({ userId, loginId, admin: true, active: false }),
    ],
    ["by the end of the right to administer", ({ userId, login: { loginId } }: Boss) => update({ userId, loginId })],
    [
      "by another password",
      ({ userId, login: { loginId } }: Boss) =>
        update({ userId, loginId, loginPassword: "Other-Horse-2", admin: true }),
    ],
    ["by the loss of the login", ({ userId }: Boss) => update({ userId, admin: true })],
  ] as const;
  const userNow = async (userId: string) => (await call("UserGet", { auth, userId })).json.user;

  describe.each(takings)("%s", (_, take) => {
    it("creates no user", async () => {
      const boss = await newBoss();
      const userId = `made-by-${boss.userId}`;
      const body = { auth: boss.login, userId, ...names, admin: true };
      expectRefusal(
        await justBefore(
          () => take(boss),
          () => call("UserCreate", body),
        ),
        4010,
      );
      expectRefusal(
        await justBefore(
          () => take(boss),
          () => call("UserSave", body),
        ),
        4010,
      );
      expect(await userNow(userId)).toBeUndefined();
    });
    it("gives no other user rights", async () => {
      const boss = await newBoss();
      const { userId } = await makeUser(auth, { userId: `friend-of-${boss.userId}` });
      const body = { auth: boss.login, userId, ...names, admin: true };
      expectRefusal(
        await justBefore(
          () => take(boss),
          () => call("UserUpdate", body),
        ),
        4010,
      );
      expect((await userNow(userId)).admin).toBe(false);
    });
    it("does not learn which keys are taken", async () => {
      const boss = await newBoss();
      const other = await makeUser(auth, { userId: `other-of-${boss.userId}` });
      const taken = { auth: boss.login, userId: other.userId, ...names };
      expectRefusal(
        await justBefore(
          () => take(boss),
          () => call("UserCreate", taken),
        ),
        4010,
      );
    });
    it("gives themselves no rights", async () => {
      const boss = await newBoss();
      const body = { auth: boss.login, userId: boss.userId, ...names, ...boss.login, admin: true, active: true };
      expectRefusal(
        await justBefore(
          () => take(boss),
          () => call("UserUpdate", body),
        ),
        4010,
      );
    });
    // Regression: only writes of users and of a portal's settings were bound to the rights of an individual.
    it.each([
      ["organization", organizationsPath, { name: "by nobody" }],
      ["profile", profilePath, { ...sourceProfile, userId: "by-nobody" }],
    ] as const)("writes no %s", async (_, path, body) => {
      const boss = await newBoss();
      const headers = individual(boss.login.loginId, boss.login.loginPassword);
      const response = await justBefore(
        () => take(boss),
        () => send("POST", path, { headers, body }),
      );
      expect(response.status).toBe(401);
      // 204: there are none.
      expect((await get(auth, path)).status).toBe(204);
    });
    it("does not allow the portal another origin", async () => {
      const boss = await newBoss();
      const body = { auth: boss.login, allowedOrigins: ["https://evil.example"] };
      expectRefusal(
        await justBefore(
          () => take(boss),
          () => call("PortalSettingsSave", body),
        ),
        4010,
      );
      expect((await expectOk(call("PortalSettingsGet", { auth }))).portalSettings.allowedOrigins).toEqual([]);
    });
  });

  it.each(races)(
    `does not get the rights back by constant updates of themselves (race %i of ${races.length})`,
    async () => {
      const boss = await newBoss();
      const body = { auth: boss.login, userId: boss.userId, ...names, loginId: boss.userId, admin: true, active: true };
      let over = false;
      const loops = Array.from({ length: 3 }, async () => {
        while (!over) await call("UserUpdate", body);
      });
      await update({ userId: boss.userId, loginId: boss.userId, active: false });
      over = true;
      await Promise.all(loops);
      expect(await userNow(boss.userId)).toMatchObject({ active: false, admin: false });
    },
  );
});
